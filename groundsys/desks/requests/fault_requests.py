"""Requests about faults that are to strike a simulated mission while it flies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

_REFUSAL = "no fault can be injected into a real flight"


class FaultRequests:
    """Answers `fault_catalogue` and `fault_inject`."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {
            "fault_catalogue": Verb(Action.INJECT_FAULT, self._catalogue),
            "fault_inject": Verb(Action.INJECT_FAULT, self._inject),
        }

    def _catalogue(self, _: Request, __: Asker) -> Answer:
        self._desks.clock_wish.require_simulated(_REFUSAL)
        return {"faults": self._desks.faults.catalogue()}

    def _inject(self, request: Request, asker: Asker) -> Answer:
        """`fault`: `name,key=value,…`, as `--inject` takes it."""
        self._desks.clock_wish.require_simulated(_REFUSAL)
        wished = self._desks.faults.wish(
            text_of(request, "fault"), asker, str(request.get("reason") or "")
        )
        self._desks.live.publish(force=True)
        return wished
