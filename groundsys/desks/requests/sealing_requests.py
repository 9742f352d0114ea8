"""Requests about what product bytes are sealed with: data keys for the portal, customers' keys.

A customer's key is destroyed by two flight directors: one asks, another asks for the same.  The
audit log is the only memory of who asked; it is on the disk before the key goes.  So whatever cuts
a destruction off, the log tells of it, and desks that start anew finish it.
"""

from __future__ import annotations

from groundsys.authority import Action, Asker, check_two_people
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.requests.portal_requests import write_down_accesses
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.ports import ObjectStore
from groundsys.values.errors import GroundsysError

ASK, WITHDRAW, DESTROY = (f"customer_key.{verb}" for verb in ("ask", "withdraw", "destroy"))


class SealingRequests:
    """Answers `data_keys` and the verbs that begin with `customer_key`."""

    def __init__(self, room: ControlRoom, objects: ObjectStore) -> None:
        self._room = room
        self._objects = objects
        self.verbs: dict[str, Verb] = {
            "data_keys": Verb(Action.SERVE_PRODUCTS, self._data_keys),
            "customer_key_list": Verb(Action.WATCH, self._list),
            "customer_key_destroy": Verb(Action.DESTROY_CUSTOMER_KEY, self._destroy),
            "customer_key_withdraw": Verb(Action.DESTROY_CUSTOMER_KEY, self._withdraw),
        }
        self._finish()

    def _data_keys(self, request: Request, _: Asker) -> Answer:
        """The keys of products' bytes, from the envelopes at their heads; none if destroyed.

        With `accesses`, what is about to be shown with them is written down in the same turn.
        """
        customer = text_of(request, "customer")
        products = {}
        for identifier in request["envelopes"]:
            product = self._room.store.catalogue.product(customer, identifier)
            if product is None:
                raise GroundsysError(f"'{customer}' has no product '{identifier}'")
            products[identifier] = product
        if self._objects.keys.is_destroyed(customer):
            return {"data_keys": None}
        data_keys = {
            identifier: self._objects.data_key(products[identifier].key, bytes(envelope))
            for identifier, envelope in request["envelopes"].items()
        }
        if request.get("accesses"):
            write_down_accesses(self._room, request)
        return {"data_keys": data_keys}

    def _list(self, _: Request, __: Asker) -> Answer:
        keys = self._objects.keys
        return {
            "keys": [
                {
                    "customer": customer,
                    "destroyed": keys.is_destroyed(customer),
                    "destruction_asked_by": self._asked_by(customer),
                }
                for customer in keys.customers()
            ]
        }

    def _destroy(self, request: Request, asker: Asker) -> Answer:
        customer, reason = text_of(request, "customer"), text_of(request, "reason")
        keys = self._objects.keys
        if customer not in keys.customers() or keys.is_destroyed(customer):
            raise GroundsysError(
                f"customer '{customer}' has no key to destroy",
                expected=", ".join(one for one in keys.customers() if not keys.is_destroyed(one)),
            )
        first = self._asked_by(customer)
        if not first:
            self._note(ASK, customer, asker, reason)
            return {"customer": customer, "destroyed": False}
        check_two_people(first, asker.name)
        self._note(DESTROY, customer, asker, reason)
        self._room.store.audit.make_durable()
        keys.destroy(customer)
        return {"customer": customer, "destroyed": True}

    def _finish(self) -> None:
        """Destroy what the audit log says is destroyed: a death may have come between the two."""
        keys = self._objects.keys
        for customer in keys.customers():
            if not keys.is_destroyed(customer) and self._last_word(customer)[0] == DESTROY:
                keys.destroy(customer)
                text = f"the key of customer {customer} is destroyed now: that had been cut off"
                self._room.log("", "warning", "authority", text)

    def _withdraw(self, request: Request, asker: Asker) -> Answer:
        customer, reason = text_of(request, "customer"), text_of(request, "reason")
        if not self._asked_by(customer):
            raise GroundsysError(f"nobody has asked to destroy the key of '{customer}'")
        self._note(WITHDRAW, customer, asker, reason)
        return {"customer": customer}

    def _asked_by(self, customer: str) -> str:
        """Who has asked for the key's destruction and waits for a second person; "" if nobody."""
        action, actor = self._last_word(customer)
        return actor if action == ASK else ""

    def _last_word(self, customer: str) -> tuple[str, str]:
        """What was said last about the key's destruction, and by whom; empty if nothing was."""
        last = ("", "")
        for entry in self._room.store.audit.all(subject=customer):
            if entry.action in (ASK, WITHDRAW, DESTROY):
                last = (entry.action, entry.actor)
        return last

    def _note(self, action: str, customer: str, asker: Asker, reason: str) -> None:
        words = {
            ASK: "asks to destroy, and waits for a second flight director:",
            WITHDRAW: "keeps",
            DESTROY: "destroys",
        }
        text = f"{asker.name} {words[action]} the key of customer {customer}: {reason}"
        self._room.log("", "warning", "authority", text)
        self._room.audit(
            actor=asker.name, role=asker.role, action=action, subject=customer, reason=reason
        )
