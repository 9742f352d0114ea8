"""The navigation team: what it determines of a craft's orbit, and tells the ground as an OEM.

Orbit determination itself is others' work, and is not simulated: a solution is the true orbit at
its data cut-off, off by one draw for each solution of the sizes that the craft's `navigation`
states, times the solution's `uncertainty`; it says these sizes.  What happens to the craft after
the cut-off is not in it, but for a burn that is planned (`with_burn`): the solution leads through
it as if the engine erred in nothing (`planned_burn`), and beside it navigation hands over where the
craft goes if the engine does not fire.  What another agency has determined (`agency`) is brought as
a solution of others, on which a person decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.trajectories import orbit_trajectory
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.mission.scenario.scenario_model import OrbitSolution, Scenario
from groundsys.mission.spacecraft.place_model import KeplerOrbit, Navigation
from groundsys.values.instants import Instant, Interval
from sims.space.air import Air
from sims.space.planned_burn import through_burn
from sims.truth import moved

#: a solution reaches so far beyond both ends of the scenario
_BEYOND_S = 2 * 86_400.0
#: between states: a millimetre off in a low orbit, and few lines where the craft moves slowly
_STEP_S = {"mars": 120.0, "earth": 120.0, "sun": 3_600.0}


class NavigationTeam:
    """Tells the desks each solution when it is due."""

    def __init__(self, air: Air, scenario: Scenario) -> None:
        self._air, self._span, self._attached = air, scenario.span, scenario.attached
        for number, one in enumerate(scenario.solutions, 1):
            closed = max(one.cut_off, scenario.span.start)
            air.agenda.at(closed.tai_ns, self._determination(number, one))

    def _determination(self, number: int, one: OrbitSolution) -> Callable[[int], None]:
        return lambda _: self._determine(number, one)

    def _determine(self, number: int, one: OrbitSolution) -> None:
        """The tracking is closed: what holds now is what will be told."""
        air = self._air
        craft = air.mission.spacecraft[one.spacecraft]
        if air.faults.is_lost_solution(one.spacecraft, number):
            air.record.note("fault", fault="lose_solution", time_ns=one.told_at.tai_ns)
            return
        worse = one.uncertainty * air.faults.solution_worse_by(one.spacecraft, number)
        orbit = _off_by(
            *(air.orbit(one.spacecraft), one.spacecraft, air.seed, craft.navigation, number),
            worse=worse,
        )
        coasting = orbit_trajectory(orbit, air.geometry.bodies)
        body: dict[str, Any] = {
            "kind": "trajectory",
            "spacecraft": one.spacecraft,
            "one_sigma_km": _stated(craft.navigation, one.uncertainty),
        }
        if one.burn is None:
            body["oem"] = self._message(one, coasting)
        else:
            cargo_kg = self._cargo_kg(one.spacecraft)
            foreseen = through_burn(craft, orbit, one.burn, cargo_kg, air.geometry.bodies)
            body["oem"] = self._message(one, foreseen.path, foreseen.burn)
            body["without_burn"] = self._message(one, coasting)
            body["burn"] = {
                "start_ns": foreseen.burn.start.tai_ns,
                "end_ns": foreseen.burn.end.tai_ns,
                "delta_v_m_s": list(one.burn.delta_v_m_s),
                "time_limit_s": one.burn.time_limit_s,
                "mass_share": foreseen.mass_share,
                "given": 1.0,
            }
        if one.agency is None:
            air.say("desks", "notice", one.told_at.tai_ns, body)
        else:
            told = {"of": one.spacecraft, "oem": body["oem"], "by": one.agency.name}
            air.say("desks", "solution", one.told_at.tai_ns, told)
        air.record.note(
            "solution", spacecraft=one.spacecraft, number=number, told_ns=one.told_at.tai_ns
        )

    def _message(self, one: OrbitSolution, path: Trajectory, *burns: Interval) -> str:
        geometry = self._air.geometry.with_trajectory(one.spacecraft, path)
        reach = Interval(
            Instant(one.cut_off.tai_ns).plus_seconds(-_BEYOND_S),
            self._span.end.plus_seconds(_BEYOND_S),
        )
        step_s = _STEP_S[path.center]
        return write_oem(geometry, one.spacecraft, reach, one.told_at, "NAVIGATION", step_s, burns)

    def _cargo_kg(self, craft_id: str) -> float:
        """What the craft holds that it is to release."""
        held = (self._air.mission.spacecraft[id] for id in self._attached)
        return sum(one.platform["mass_kg"] for one in held if one.relay == craft_id)


def _stated(navigation: Navigation, uncertainty: float) -> dict[str, float]:
    """What navigation says of a solution's errors."""
    return {
        "along_track_km": uncertainty * navigation.along_track_km,
        "cross_track_km": uncertainty * navigation.cross_track_km,
        "radial_km": uncertainty * navigation.radial_km,
    }


def _off_by(
    orbit: KeplerOrbit, craft: str, seed: int, navigation: Navigation, number: int, *, worse: float
) -> KeplerOrbit:
    sizes = {
        "orbit_along_track_km": worse * navigation.along_track_km,
        "orbit_cross_track_km": worse * navigation.cross_track_km,
        "orbit_radial_km": worse * navigation.radial_km,
    }
    return moved(orbit, craft, seed, sizes, number)
