"""People of a rehearsal who decide on orbit solutions that other agencies bring.

They look at what waits, as `groundsys solution show` lists it, and accept it after a while.  Who
gets no answer looks again: an acceptance plans anew, which takes its time.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundsys.mission.scenario.scenario_model import OrbitSolution
from groundsys.rehearsal.flying.attendance import Attendance
from groundsys.rehearsal.flying.operators import Ask
from groundsys.values.errors import NoAnswerError, RequestError
from groundsys.values.instants import Instant

#: between the alarm and the decision, and between two looks
_THINKS_S = 300.0
_AGAIN_S = 120.0


class Deciders:
    """`act` between two steps of the mission clock."""

    def __init__(self, solutions: Iterable[OrbitSolution], ask: Ask, there: Attendance) -> None:
        self._ask = ask
        self._due = [
            (one.told_at.plus_seconds(_THINKS_S), one.spacecraft, one.agency.decides)
            for one in solutions
            if one.agency is not None and there.is_there(one.agency.decides)
        ]

    def act(self, now: Instant) -> None:
        """Accept what waits and is due."""
        for one in [each for each in self._due if each[0] <= now]:
            self._due.remove(one)
            _, craft, person = one
            try:
                decided = self._decide(craft, person)
            except (NoAnswerError, RequestError):
                decided = False
            if not decided:
                self._due.append((now.plus_seconds(_AGAIN_S), craft, person))

    def _decide(self, craft: str, person: str) -> bool:
        """Whether nothing waits any more of what has come."""
        told = self._ask("solution_list", operator=person)["solutions"]
        mine = [one for one in told if one["of"] == craft]
        for one in mine:
            if one["state"] == "proposed":
                why = "compared with what is flown: passes and sequences stay as they are"
                self._ask("solution_accept", operator=person, number=one["number"], reason=why)
        return bool(mine)
