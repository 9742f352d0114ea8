"""The navigation team: what it determines of a craft's orbit, and tells the ground as an OEM.

Orbit determination itself is others' work, and is not simulated: a solution is the true orbit at
its data cut-off, off by one draw for each solution of the sizes that the craft's `navigation`
states.  What happens to the craft after the cut-off is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.mission.model import KeplerOrbit, Navigation
from groundsys.mission.scenario_model import OrbitSolution
from groundsys.values.instants import Instant, Interval
from sims.space.air import Air
from sims.truth import moved

#: a solution reaches so far beyond both ends of the scenario
_BEYOND_S = 2 * 86_400.0
#: between states: a millimetre off in a low orbit, and few lines where the craft moves slowly
_STEP_S = {"mars": 120.0, "earth": 120.0, "sun": 3_600.0}


class NavigationTeam:
    """Tells the desks each solution when it is due."""

    def __init__(self, air: Air, solutions: Iterable[OrbitSolution], span: Interval) -> None:
        self._air, self._span = air, span
        for number, one in enumerate(solutions, 1):
            closed = max(one.cut_off, span.start)
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
        worse = air.faults.solution_worse_by(one.spacecraft, number)
        orbit = _off_by(
            *(air.orbit(one.spacecraft), one.spacecraft, air.seed, craft.navigation, number),
            worse=worse,
        )
        geometry = air.geometry.with_trajectory(one.spacecraft, SecularOrbit(orbit))
        reach = Interval(
            Instant(one.cut_off.tai_ns).plus_seconds(-_BEYOND_S),
            self._span.end.plus_seconds(_BEYOND_S),
        )
        step_s = _STEP_S[geometry.craft(one.spacecraft).trajectory.center]
        text = write_oem(geometry, one.spacecraft, reach, one.told_at, "NAVIGATION", step_s)
        body = {"kind": "trajectory", "spacecraft": one.spacecraft, "oem": text}
        air.say("desks", "notice", one.told_at.tai_ns, body)
        air.record.note(
            "solution", spacecraft=one.spacecraft, number=number, told_ns=one.told_at.tai_ns
        )


def _off_by(
    orbit: KeplerOrbit, craft: str, seed: int, navigation: Navigation, number: int, *, worse: float
) -> KeplerOrbit:
    sizes = {
        "orbit_along_track_km": worse * navigation.along_track_km,
        "orbit_cross_track_km": worse * navigation.cross_track_km,
        "orbit_radial_km": worse * navigation.radial_km,
    }
    return moved(orbit, craft, seed, sizes, number)
