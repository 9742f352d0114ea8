"""Requests about custody of data: operators see everybody's, a customer its own alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker, may, permission
from groundsys.desks.requests.verbs import Answer, Request, Verb
from groundsys.values.errors import AccessRefusedError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


class CustodyRequests:
    """Answers the verb `custody`; `customer` names whose, by default all that the asker may see."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {"custody": Verb(Action.SEE_CUSTODY, self._custody)}

    def _custody(self, request: Request, asker: Asker) -> Answer:
        customer = str(request.get("customer") or "")
        if permission(asker.role, Action.SEE_CUSTODY) == "own":
            customer = customer or asker.customer
            # whether there is such a customer is no business of the asker's
            may(asker, Action.SEE_CUSTODY, owner=customer)
        elif customer and customer not in self._desks.room.scenario.customers:
            raise AccessRefusedError(
                f"there is no customer '{customer}'",
                expected=", ".join(self._desks.room.scenario.customers) or "none flies",
            )
        return self._desks.custody.tell(customer)
