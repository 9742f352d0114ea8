"""The path that navigation foresees through a burn: as planned, by an engine that errs in nothing.

The craft burns the Δv wanted along its direction, thrust and flow those of
`sims.craft.platform.engine` at the tank's pressure at the start of the scenario, and no execution
error.  It is taken as pushes of
10 s each at their centroids (`sims.orbits`): of a burn of half a minute's steps, which is how the
truth is taken, the path differs by less than 3e-5 of the Δv once the burn is over.  While it burns,
the place is good to some 10 m and the velocity to half a push, 5 m/s for 1 m/s².
"""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.geometry.central_bodies import CentralBodies
from groundsys.geometry.orbits import SecularOrbit
from groundsys.mission.scenario.scenario_model import PlannedBurn
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant, Interval
from sims.craft.platform.burn import Burn, BurnPlan, perfect
from sims.craft.platform.engine import Engine
from sims.craft.platform.tank import Tank
from sims.space.pushed import PushedTrajectory, pushed_orbit, pushed_path

_PUSH_S = 10.0


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Where a burn leads, and from when to when it lasts."""

    path: PushedTrajectory
    burn: Interval
    #: of the craft's mass, what it leaves
    mass_share: float


def through_burn(
    craft: Spacecraft,
    orbit: KeplerOrbit,
    planned: PlannedBurn,
    cargo_kg: float = 0.0,
    bodies: CentralBodies | None = None,
) -> Foreseen:
    """From `orbit` through the burn; `cargo_kg` is held beside what the platform weighs."""
    platform = craft.platform
    plan = BurnPlan(planned.delta_v_m_s, planned.time_limit_s)
    tank = Tank.of(platform, platform["temperature_initial_c"])
    mass_kg = platform["mass_kg"] + cargo_kg
    burn = Burn(plan, perfect(plan), Engine.of(platform), tank, mass_kg)
    path = PushedTrajectory(SecularOrbit(orbit, bodies))
    while burn.ended is None:
        burn.advance(_PUSH_S)
        if (push := burn.take_push()) is not None:
            centroid_s, delta_v_m_s = push
            at = Instant(planned.ignition.tai_ns).plus_seconds(centroid_s)
            orbit = pushed_orbit(orbit, at, delta_v_m_s, bodies)
            path = pushed_path(path, at, orbit, bodies)
    lasts = Interval(planned.ignition, planned.ignition.plus_seconds(burn.seconds))
    return Foreseen(path, lasts, burn.mass_kg / mass_kg)
