"""Requests about orbit solutions: brought, shown, accepted and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker
from groundsys.desks.planning.planning_desk import Outcome
from groundsys.desks.planning.solution_desk import solution_for_watchers
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.store import StoredSolution
from groundsys.values.errors import RefusalError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


class SolutionRequests:
    """Answers the verbs that begin with `solution_`; solutions travel as CCSDS OEM."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {
            "solution_list": Verb(Action.WATCH, self._list),
            "solution_show": Verb(Action.WATCH, self._show),
            "solution_import": Verb(Action.TELL_NOTICE, self._import),
            "solution_accept": Verb(Action.CHANGE_PLAN, self._accept),
            "solution_refuse": Verb(Action.CHANGE_PLAN, self._refuse),
        }

    def _list(self, _: Request, __: Asker) -> Answer:
        """Every version, and what the next must cover (`reach`)."""
        desk = self._desks.solutions
        return {
            "solutions": [solution_for_watchers(one) for one in desk.all()],
            "reach": {"start_ns": desk.reach.start.tai_ns, "end_ns": desk.reach.end.tai_ns},
        }

    def _show(self, request: Request, _: Asker) -> Answer:
        return {"solution": solution_for_watchers(self._desks.solutions.get(_number(request)))}

    def _import(self, request: Request, asker: Asker) -> Answer:
        """`of` a craft or body, `oem` its solution, `source` where that comes from."""
        source = request.get("source")
        source = source if isinstance(source, dict) else {}
        with self._desks.room.store.writing():
            solution, outcome = self._desks.solutions.take(
                text_of(request, "of"), text_of(request, "oem"), source, asker
            )
            self._audit(request, asker, "import", solution)
        return self._answer(solution, outcome)

    def _accept(self, request: Request, asker: Asker) -> Answer:
        why = text_of(request, "reason")
        with self._desks.room.store.writing():
            solution, outcome = self._desks.solutions.accept(_number(request), asker, why)
            self._audit(request, asker, "accept", solution)
        return self._answer(solution, outcome)

    def _refuse(self, request: Request, asker: Asker) -> Answer:
        why = text_of(request, "reason")
        with self._desks.room.store.writing():
            solution = self._desks.solutions.refuse(_number(request), asker, why)
            self._audit(request, asker, "refuse", solution)
        return self._answer(solution, None)

    def _audit(self, request: Request, asker: Asker, verb: str, one: StoredSolution) -> None:
        self._desks.room.audit(
            actor=asker.name,
            role=asker.role,
            action=f"solution.{verb}",
            subject=one.of,
            reason=str(request.get("reason") or ""),
            detail={"solution": one.number, "state": one.state, "sha256": one.sha256},
        )

    def _answer(self, solution: StoredSolution, outcome: Outcome | None) -> Answer:
        self._desks.live.publish(force=True)
        planned: dict[str, Any] | None = None
        if outcome is not None:
            planned = {
                "adopted": outcome.adopted,
                "version": outcome.version.version,
                "findings": list(outcome.findings),
                "changes": outcome.version.changes,
            }
        return {"solution": solution_for_watchers(solution), "plan": planned}


def _number(request: Request) -> int:
    value = request.get("number")
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusalError("a request needs 'number'", expected="a number", found=repr(value))
    return value
