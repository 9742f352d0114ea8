"""One burn: what is wanted, what of it is truly given, and the rocket equation step by step.

A burn ends when the accelerometer has counted the Δv wanted, at its time limit, or when no
propellant is left.  Within a step of at most 0.1 s thrust and specific impulse are those of the
step's middle; the cut-off within a step is solved exactly.  Steps err by (ṗ/p · 0.1 s)² / 24,
below 1e-6 of the Δv.

Execution errors are those of C. R. Gates, *A Simplified Model of Midcourse Maneuver Execution
Errors*, JPL Technical Report 32-504 (1963): in magnitude a fixed and a proportional part, which
the accelerometer does not see, and in pointing a fixed and a proportional part about two axes
across the thrust, all normal and independent.  Their sizes are in `scenario.truth`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sims.craft.nature.planets import Vector, dot
from sims.craft.platform.engine import Engine, delta_v_m_s, propellant_kg
from sims.craft.platform.tank import Tank
from sims.draws import normal

_STEP_S = 0.1
#: the errors drawn never leave less of a Δv than this share
_LEAST_SHARE = 0.05

CutOff = Literal["REACHED", "TIME_LIMIT", "NO_PROPELLANT"]


@dataclass(frozen=True, slots=True)
class BurnPlan:
    """A Δv along ICRF axes in m/s, and how long the engine may burn at most."""

    delta_v_m_s: Vector
    time_limit_s: float

    @property
    def size_m_s(self) -> float:
        return math.sqrt(dot(self.delta_v_m_s, self.delta_v_m_s))


@dataclass(frozen=True, slots=True)
class Execution:
    """How the truth differs from the plan: true Δv a m/s counted, and the true direction."""

    true_share: float
    direction: Vector


def perfect(plan: BurnPlan) -> Execution:
    """What a plan is without errors."""
    return Execution(1.0, _scaled(plan.delta_v_m_s, 1.0 / plan.size_m_s))


def draw_execution(
    plan: BurnPlan, truth: Mapping[str, float], seed: int, craft: str, number: int
) -> Execution:
    """The errors of a craft's burn `number`, by the sizes in `truth`."""

    def error(size: str) -> float:
        return truth.get(size, 0.0) * normal(seed, craft, "burn", number, size)

    size = plan.size_m_s
    share = 1.0 + error("burn_magnitude") + error("burn_magnitude_m_s") / size
    direction = _scaled(plan.delta_v_m_s, 1.0 / size)
    for axis, across in zip("uv", _across(direction), strict=True):
        angle = sum(
            truth.get(name, 0.0) / scale * normal(seed, craft, "burn", number, name, axis)
            for name, scale in (("burn_pointing_rad", 1.0), ("burn_pointing_m_s", size))
        )
        direction = _sum(direction, _scaled(across, angle))
    length = math.sqrt(dot(direction, direction))
    return Execution(max(share, _LEAST_SHARE), _scaled(direction, 1.0 / length))


@dataclass(slots=True)
class Burn:
    """A burn under way; `advance` moves it on and draws from the tank."""

    plan: BurnPlan
    execution: Execution
    engine: Engine
    tank: Tank
    #: of the whole craft, propellant included, at ignition
    mass_kg: float
    #: of the thrust that the engine should give
    thrust_share: float = 1.0
    seconds: float = 0.0
    #: true, along the thrust
    gained_m_s: float = 0.0
    ended: CutOff | None = None
    _moment_s_m_s: float = 0.0
    #: seconds, Δv and moment of what was taken as pushes before
    _taken: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def counted_m_s(self) -> float:
        """Δv as the accelerometer has it."""
        return self.gained_m_s / self.execution.true_share

    @property
    def gained(self) -> Vector:
        """The true Δv so far along ICRF axes, m/s."""
        return _scaled(self.execution.direction, self.gained_m_s)

    @property
    def centroid_s(self) -> float:
        """Seconds after ignition of the Δv's centre of gravity."""
        return self._moment_s_m_s / self.gained_m_s if self.gained_m_s > 0.0 else 0.0

    @property
    def untaken_s(self) -> float:
        """Seconds burnt since a push was taken."""
        return self.seconds - self._taken[0]

    def take_push(self) -> tuple[float, Vector] | None:
        """What was gained since this was last asked: its centroid in seconds after ignition, and
        the Δv along ICRF axes in m/s; None if nothing."""
        _, before_m_s, before_moment = self._taken
        gained_m_s = self.gained_m_s - before_m_s
        if gained_m_s <= 0.0:
            return None
        centroid_s = (self._moment_s_m_s - before_moment) / gained_m_s
        self._taken = (self.seconds, self.gained_m_s, self._moment_s_m_s)
        return centroid_s, _scaled(self.execution.direction, gained_m_s)

    def advance(self, seconds: float) -> float:
        """Burn for so long, or until it ends; the seconds burnt."""
        burnt = 0.0
        while self.ended is None and seconds - burnt > 1e-9:
            burnt += self._step(min(_STEP_S, seconds - burnt))
        return burnt

    def _step(self, wanted_s: float) -> float:
        tank, engine = self.tank, self.engine
        flow = engine.flow_kg_s(tank.pressure_pa) * self.thrust_share
        middle_pa = tank.pressure_with(max(0.0, tank.propellant_kg - flow * wanted_s / 2.0))
        isp_s = engine.isp_s(middle_pa)
        flow = engine.flow_kg_s(middle_pa) * self.thrust_share
        lacking = self.plan.size_m_s * self.execution.true_share - self.gained_m_s
        ends: dict[CutOff, float] = {
            "REACHED": propellant_kg(isp_s, self.mass_kg, lacking) / flow,
            "TIME_LIMIT": self.plan.time_limit_s - self.seconds,
            "NO_PROPELLANT": tank.usable_kg / flow,
        }
        first = min(ends, key=lambda end: ends[end])
        burnt_s = max(0.0, min(wanted_s, ends[first]))
        if ends[first] <= wanted_s:
            self.ended = first
        used_kg = flow * burnt_s
        gained = delta_v_m_s(isp_s, self.mass_kg, used_kg)
        self._moment_s_m_s += gained * (self.seconds + burnt_s / 2.0)
        self.gained_m_s += gained
        self.seconds += burnt_s
        self.mass_kg -= used_kg
        tank.draw(used_kg)
        return burnt_s


def _across(direction: Vector) -> tuple[Vector, Vector]:
    """Two unit vectors across a direction and each other."""
    helper = (1.0, 0.0, 0.0) if abs(direction[0]) < 0.9 else (0.0, 1.0, 0.0)
    one = _cross(direction, helper)
    one = _scaled(one, 1.0 / math.sqrt(dot(one, one)))
    return one, _cross(direction, one)


def _cross(left: Vector, right: Vector) -> Vector:
    return (
        left[1] * right[2] - left[2] * right[1],
        left[2] * right[0] - left[0] * right[2],
        left[0] * right[1] - left[1] * right[0],
    )


def _scaled(vector: Vector, by: float) -> Vector:
    return (vector[0] * by, vector[1] * by, vector[2] * by)


def _sum(left: Vector, right: Vector) -> Vector:
    return (left[0] + right[0], left[1] + right[1], left[2] + right[2])
