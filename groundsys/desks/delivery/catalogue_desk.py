"""The catalogue desk: publishes what customers have, and who may enter, beside the products.

Portals that read it there serve customers while no desk answers; what they have shown meanwhile
they hand over afterwards, and it is written down here as if it had been told at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from groundsys.authority import Action, Asker
from groundsys.customers import key_id
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.people.gatekeeper import Gatekeeper
from groundsys.desks.requests.portal_requests import event_for_watchers, write_down_accesses
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.published import CataloguePublisher, Grant
from groundsys.published.head import Space
from groundsys.published.reading import ISSUED_EVERY_S
from groundsys.values.disk_room import is_disk_full
from groundsys.values.errors import GroundsysError

#: the store is looked through so often (wall time), and after trouble so seldom
LOOK_EVERY_S = 1.0
_AFTER_TROUBLE_S = 30.0
#: tokens for minutes are many: they wait for so long to be told of together
_SHORT_TOKENS_WAIT_S = 30.0
#: of one space in one head
_MOST_EVENTS = 2000
_HEAD, _HANDED = "published_head", "handed_over"

#: makes the publisher that goes on behind the head of this number
OpenPublisher = Callable[[int], CataloguePublisher]


class CatalogueDesk:
    """Publishes by itself as often as something is new; answers what portals ask for that.

    Without `open_publisher` nothing is published, and portals ask the desks alone.
    """

    def __init__(
        self,
        room: ControlRoom,
        gate: Gatekeeper,
        open_publisher: OpenPublisher | None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room = room
        self._gate = gate
        self._open_publisher = open_publisher
        self._monotonic_s = monotonic_s
        self._publisher: CataloguePublisher | None = None
        self._look_at_s = float("-inf")
        self._told_of_trouble = self._told_of_untidiness = False
        self._published: frozenset[Grant] = frozenset()
        self.verbs: dict[str, Verb] = {
            "portal_kit": Verb(Action.SERVE_PRODUCTS, self._kit),
            "hand_over_accesses": Verb(Action.SERVE_PRODUCTS, self._hand_over),
        }

    def work(self, *, now: bool = False) -> None:
        """Publish what is new, if it is time to look, or at once.

        Trouble with the object store is told once and tried again: nothing else waits for it.
        """
        if self._open_publisher is None:
            return
        if not now and self._monotonic_s() < self._look_at_s:
            return
        self._look_at_s = self._monotonic_s() + LOOK_EVERY_S
        try:
            self._publish_if_new(self._opened(self._open_publisher))
            self._told_of_trouble = False
        except (GroundsysError, OSError) as error:
            self._publisher = None  # what lies in the store is looked at anew
            self._look_at_s = self._monotonic_s() + _AFTER_TROUBLE_S
            if not self._told_of_trouble:
                self._told_of_trouble = True
                why = "the disk is full; make room" if is_disk_full(error) else str(error)
                text = f"the catalogue for portals cannot be published: {why}"
                self._room.log("", "critical", "delivery", text)

    def _opened(self, open_publisher: OpenPublisher) -> CataloguePublisher:
        if self._publisher is None:
            self._publisher = open_publisher(int(self._room.store.facts.get(_HEAD, 0)))
            self._published = frozenset()
        return self._publisher

    def _publish_if_new(self, publisher: CataloguePublisher) -> None:
        store, head, now_s = self._room.store, publisher.head, self._gate.wall_s
        grants = self._grants(now_s)
        news = {
            customer: self._behind(head.spaces.get(customer, Space()), customer)
            for customer, last in store.customer_events.last().items()
            if customer not in head.spaces or last > head.spaces[customer].up_to
        }
        age_s = abs(now_s - head.issued_s)  # a clock that was put back is news as well
        if not (
            any(news.values())
            or publisher.has_lost_a_key()
            or _differ(grants, self._published, now_s)
            or (age_s >= _SHORT_TOKENS_WAIT_S and grants != self._published)
            or age_s >= ISSUED_EVERY_S
        ):
            return
        number = publisher.publish(news, grants, now_s)
        store.facts.put(_HEAD, number)
        self._published = grants
        self._tidy(publisher, now_s)

    def _tidy(self, publisher: CataloguePublisher, now_s: float) -> None:
        """Remove what is superseded; what was published holds whether that is possible or not."""
        try:
            publisher.remove_superseded(now_s)
            self._told_of_untidiness = False
        except (GroundsysError, OSError) as error:
            if not self._told_of_untidiness:
                self._told_of_untidiness = True
                text = f"superseded parts of the catalogue for portals stay in the store: {error}"
                self._room.log("", "warning", "delivery", text)

    def _behind(self, space: Space, customer: str) -> list[Answer]:
        """Events that the space does not tell yet; none of one that nobody can open any more."""
        if space.destroyed:
            return []
        store = self._room.store
        events = store.customer_events.of(customer, space.up_to, limit=_MOST_EVENTS)
        return [event_for_watchers(event, store) for event in events]

    def _grants(self, now_s: float) -> frozenset[Grant]:
        return frozenset(
            Grant(
                token_hash=one.token_hash,
                customer=one.customer,
                key=key_id(one.parent or one.token_hash),
                scopes=tuple(sorted(map(str, self._gate.scopes(one)))),
                expires_s=one.expires_s,
            )
            for one in self._room.store.tokens.all_usable(now_s)
        )

    # --- what portals ask for ------------------------------------------------------------------

    def _kit(self, _: Request, __: Asker) -> Answer:
        """What a portal needs to read the catalogue by itself."""
        if self._open_publisher is None:
            raise GroundsysError("these desks publish no catalogue", remedy="ask them instead")
        return {"kit": self._opened(self._open_publisher).kit().to_json()}

    def _hand_over(self, request: Request, _: Asker) -> Answer:
        """What a portal has shown: lines in order of their numbers, each taken down once."""
        store, name = self._room.store, f"{_HANDED}:{text_of(request, 'portal')[:64]}"
        taken = int(store.facts.get(name, 0))
        new = [one for one in request.get("lines") or () if int(one["number"]) > taken]
        if not new:  # it only asks whether we are there
            return {"up_to": taken}
        with store.durably():
            for line in new:
                # mission time is when it was handed over; the portal's clock says when it was
                write_down_accesses(self._room, line, shown=_utc(line["shown_s"]))
            taken = max(int(line["number"]) for line in new)
            store.facts.put(name, taken)
        return {"up_to": taken}


def _utc(wall_s: Any) -> str:
    return datetime.fromtimestamp(float(wall_s), UTC).isoformat(timespec="seconds")


def _differ(grants: frozenset[Grant], published: frozenset[Grant], now_s: float) -> bool:
    """Whether a lasting key has come, or anything has gone before its time."""
    come, gone = grants - published, published - grants
    lasting = any(one.key == key_id(one.token_hash) for one in come)
    return lasting or any(one.expires_s is None or one.expires_s > now_s for one in gone)
