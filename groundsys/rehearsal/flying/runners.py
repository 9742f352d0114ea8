"""People of a rehearsal who run its scenario's procedures: start them, and say go at their gates.

They do what people would.  A start that is refused is tried again later.  At a gate they say go
once all its conditions hold; where the rehearsal counts no more, they say that they have seen it.
A run that holds because a command was lost is told to send it again; any other hold is left to
the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundsys.mission.scenario.scenario_model import ProcedureRun
from groundsys.rehearsal.flying.attendance import EVERYBODY, Attendance
from groundsys.rehearsal.flying.operators import Answer, Ask
from groundsys.values.errors import NoAnswerError, RequestError
from groundsys.values.instants import Instant

#: runs are looked at this often, and a refused start is tried again after (mission seconds)
_LOOK_S = 60.0
_AGAIN_S = 600.0

#: rehearses one of the runs now, on simulators of its own, and brings the verdict to the desks
Rehearse = Callable[[ProcedureRun], None]


@dataclass(slots=True)
class Pursued:
    """One planned run, and how far it has come."""

    planned: ProcedureRun
    not_before: Instant
    #: the desks' name for it; "" until it is started
    run: str = ""
    ended: bool = False
    #: how often a lost command was sent again
    retries: int = 0
    #: why it could not be started, or gone on with, the last time
    refused: str = ""
    refusals: int = 0


class Runners:
    """All of them together; `act` between two steps of the mission clock."""

    def __init__(
        self,
        planned: Sequence[ProcedureRun],
        ask: Ask,
        rehearse: Rehearse,
        attendance: Attendance = EVERYBODY,
    ) -> None:
        self._ask = ask
        self._attendance = attendance
        self._rehearse = rehearse
        self._next = Instant(0)
        self._unanswered = False
        self.pursued = [Pursued(one, one.at) for one in planned]

    def act(self, now: Instant) -> None:
        """Start what is to start, and look after what is under way."""
        if now < self._next:
            return
        self._next = now.plus_seconds(_LOOK_S)
        try:
            for one in self.pursued:
                if one.run and not one.ended:
                    self._look_after(one)
                elif not one.run and self._is_due(one, now):
                    self._start(one, now)
        except (
            NoAnswerError
        ):  # the desks were killed over it: look again once the clock has gone on
            self._unanswered = True

    def _is_due(self, one: Pursued, now: Instant) -> bool:
        if not self._attendance.is_there(one.planned.starts):
            return False
        before = one.planned.after
        done = all(other.ended for other in self.pursued if other.planned.key == before)
        return done and now >= one.not_before

    def _start(self, one: Pursued, now: Instant) -> None:
        planned = one.planned
        try:
            one.run = self._found(planned)
            if one.run:
                return
            if planned.rehearsed == "before":
                self._rehearse(planned)
            started = self._ask(
                "procedure_start",
                operator=planned.starts,
                procedure=planned.procedure,
                spacecraft=planned.spacecraft,
                parameters=dict(planned.parameters),
            )
            one.run = str(started["run"])
        except NoAnswerError:
            raise
        except RequestError as refusal:
            one.refused, one.refusals = str(refusal), one.refusals + 1
            one.not_before = now.plus_seconds(_AGAIN_S)

    def _found(self, planned: ProcedureRun) -> str:
        """The run, if a request that was never answered has started it; "" if not."""
        if not self._unanswered:
            return ""
        known = {one.run for one in self.pursued}
        listed = self._ask("procedure_list", operator=planned.starts)["runs"]
        mine = (planned.procedure, planned.spacecraft)
        found = (str(one["run"]) for one in listed if (one["procedure"], one["spacecraft"]) == mine)
        return next((run for run in found if run not in known), "")

    def _look_after(self, one: Pursued) -> None:
        told = self._ask("procedure_show", operator=one.planned.starts, run=one.run)
        one.ended = told["state"] == "ended"
        try:
            if told["state"] == "held" and "expired" in told["stop"]["why"]:
                self._resume(one)
            elif told["at"] is not None and "roles" in told["at"]:
                self._vote(one, told)
        except NoAnswerError:
            raise
        except RequestError as refusal:
            one.refused, one.refusals = str(refusal), one.refusals + 1

    def _resume(self, one: Pursued) -> None:
        self._ask(
            "procedure_resume", operator=one.planned.starts, run=one.run, how="retry",
            reason="the command was lost",
        )  # fmt: skip
        one.retries += 1

    def _vote(self, one: Pursued, told: Answer) -> None:
        """Everybody who is asked, and there, says go if all conditions hold."""
        at = told["at"]
        if not all(condition["holds"] is True for condition in at["conditions"]):
            return
        stale = (told["rehearsal"] or {}).get("stale", ())
        reason = "seen: " + "; ".join(stale) if stale else ""
        given = {vote["role"] for vote in at["votes"]}
        for role in at["roles"]:
            person = self._attendance.speaks_as(one.planned.go.get(role, ""))
            if role not in given and person:
                self._ask(
                    "procedure_vote", operator=person, run=one.run, go=True,
                    reason=reason,
                )  # fmt: skip
