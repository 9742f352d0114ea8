"""A portal that reads the catalogue in the object store: it needs the desks for deeds alone.

**What it serves by itself**: lists, filters, versions, downloads, archives and events of products,
to whoever shows a key or token that the catalogue has a door for (`groundsys.published.doors`).
What it shows it writes down first, in a file of its own, and hands over when the desks answer.

**What it asks the desks for**: commands, keys and tokens, webhooks, accesses, what is on its way,
sessions of people, and tokens that no door is for, as new ones are.  While they do not answer,
these are refused at once with status 503; the desks are tried again every two seconds.

**How old what it believes may be**: it looks for a newer catalogue every two seconds, and the desks
publish within a second of a change: so a revoked key, or a product, is known here in some 3 s.  A
token for minutes ends at its time, whoever says what.  Desks that are down revoke nothing; whoever
owns the store could withhold what they publish, so a catalogue of more than 24 hours is not
believed any more, and products are refused as well.  A catalogue that does not verify, or is older
than one that was seen, is refused: what was read before goes on to hold, and `health` says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from groundsys.customers import token_hash
from groundsys.customers.product_filters import LARGEST_PAGE, ProductFilter
from groundsys.customers.webhooks import BATCH as EVENTS_AT_ONCE
from groundsys.portal.answers import DesksSilentError
from groundsys.portal.catalogue import (
    Catalogue,
    DesksLine,
    KnownProduct,
    Page,
    event_told,
    known_product,
)
from groundsys.portal.portal_state import PortalState
from groundsys.portal.spool import AccessSpool
from groundsys.published import (
    OpenedDoor,
    PublishedCatalogue,
    PublishedProduct,
    PublishedSpace,
)
from groundsys.values.errors import (
    AccessRefusedError,
    EnvironmentLackError,
    GroundsysError,
    NoAnswerError,
    ProductError,
    RefusalError,
    RequestError,
)

LOOK_EVERY_S = 2.0
_HAND_OVER_EVERY_S = 0.5
#: without other questions the desks are asked so often whether they are there
_LISTENED_FOR_S = 2.0
_PATIENCE_S = 5.0

_log = logging.getLogger(__name__)


class StoreCatalogue(Catalogue):
    """Answers as `Catalogue` does, from the store wherever that can be."""

    def __init__(
        self,
        desks: DesksLine,
        published: PublishedCatalogue,
        state: PortalState,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(desks)
        self._published = published
        self._state = state
        self._spool = AccessSpool(state.folder)
        self._wall_s = wall_s
        self._silent = threading.Event()
        self._asked_at_s = time.monotonic()
        self._over = threading.Event()
        #: what is wrong with the newest head, or with a space
        self._troubles: dict[str, str] = {}
        self._threads = [
            threading.Thread(target=self._repeat, args=(deed, every_s), daemon=True)
            for deed, every_s in (
                (self.look, LOOK_EVERY_S),
                (self.hand_over, _HAND_OVER_EVERY_S),
            )
        ]

    # --- who asks ------------------------------------------------------------------------------

    def whose_token(self, token: str) -> Mapping[str, Any]:
        """Of a token that has no door, ask the desks: it may be new."""
        door = self._door(token)
        if door is None:
            return super().whose_token(token)
        return {"customer": door.customer, "key": door.key, "scopes": door.scopes}

    def data_key(self, customer: str, product: str, envelope: bytes) -> bytes | None:
        space = self._space(customer)
        key = space.data_key(product) if space is not None else None
        return key if key is not None else super().data_key(customer, product, envelope)

    def open_products(
        self,
        customer: str,
        envelopes: Mapping[str, bytes],
        accesses: Sequence[Mapping[str, Any]],
        *,
        key: str,
        what: str,
    ) -> Mapping[str, bytes] | None:
        data_keys = {}
        for product, envelope in envelopes.items():
            data_key = self.data_key(customer, product, envelope)
            if data_key is None:
                return None
            data_keys[product] = data_key
        self.record_access(customer, accesses, key=key, what=what)
        return data_keys

    # --- products ------------------------------------------------------------------------------

    def find(self, customer: str, wanted: ProductFilter, limit: int = LARGEST_PAGE) -> Page:
        space = self._space(customer)
        return (
            super().find(customer, wanted, limit)
            if space is None
            else _page(customer, space, wanted, limit)
        )

    def find_all(self, customer: str, wanted: ProductFilter, most: int) -> Page:
        space = self._space(customer)
        return (
            super().find_all(customer, wanted, most)
            if space is None
            else _page(customer, space, wanted, most)
        )

    def product(self, customer: str, identifier: str) -> KnownProduct | None:
        space = self._space(customer)
        if space is None:
            return super().product(customer, identifier)
        one = space.product(identifier)
        return None if one is None else _known(customer, one)

    def versions(self, customer: str, identifier: str) -> tuple[KnownProduct, ...]:
        space = self._space(customer)
        if space is None:
            return super().versions(customer, identifier)
        found = (_known(customer, one) for one in space.versions(identifier))
        return tuple(one for one in found if one is not None)

    def record_access(
        self,
        customer: str,
        accesses: Sequence[Mapping[str, Any]],
        *,
        key: str,
        what: str,
        found: int = 0,
    ) -> None:
        """Write it down here; the desks have it when they answer next."""
        self._spool.write(
            {
                "customer": customer,
                "accesses": [dict(one) for one in accesses],
                "key": key,
                "what": what,
                "found": found,
                "shown_s": self._wall_s(),
            }
        )

    # --- what happens --------------------------------------------------------------------------

    def events(self, customer: str, after: int | None) -> tuple[list[dict[str, Any]], int]:
        space = self._space(customer)
        if space is None:
            return super().events(customer, after)
        if after is None:
            return [], space.up_to
        some = space.events(after, EVENTS_AT_ONCE)
        told = [event_told(customer, event) for event in some]
        behind = max((int(event["number"]) for event in some), default=after)
        return [one for one in told if one is not None], behind

    def signing_key(self) -> bytes:
        return self._published.kit.public_pem

    def desks_answer(self) -> None:
        if self._silent.is_set():
            raise self._silence()

    def trouble(self) -> str:
        """What is wrong with the catalogue in the store; "" if nothing is."""
        return "; ".join(self._troubles.values())

    # --- by itself -----------------------------------------------------------------------------

    def start(self) -> None:
        """Look at the store once; then again and again, in threads of its own."""
        self.look()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._spool.close()

    def look(self) -> None:
        """Take what is new in the store; what is refused is told, and what was before holds."""
        try:
            if self._published.look():
                self._state.keep(self._published.kit, self._published.number)
            self._troubles.pop("head", None)
        except (ProductError, EnvironmentLackError) as error:
            self._refuse("head", error)

    def hand_over(self) -> None:
        """Give the desks what they do not have yet, and ask for the kit if it lacks customers."""
        lines = self._spool.waiting()
        quiet_s = time.monotonic() - self._asked_at_s
        try:
            if lines or quiet_s > _LISTENED_FOR_S:  # so nobody else waits for desks that are gone
                told = {"portal": self._spool.portal, "lines": [dict(line) for line in lines]}
                answer = self._try("hand_over_accesses", _PATIENCE_S, told)
                self._spool.handed_over(int(answer["up_to"]))
            if self._published.lacks_shares():
                kit = self._state.kit_of_desks(self._ask)
                if kit is not None:
                    self._published.use(kit)
            self._troubles.pop("hand_over", None)
        except RequestError:
            self._over.wait(_LISTENED_FOR_S)

    def _ask(
        self, verb: str, *, timeout_s: float = _PATIENCE_S, **arguments: Any
    ) -> dict[str, Any]:
        return self._try(verb, min(timeout_s, _PATIENCE_S), arguments, at_any_rate=False)

    def _try(
        self,
        verb: str,
        timeout_s: float,
        arguments: Mapping[str, Any],
        *,
        at_any_rate: bool = True,
    ) -> dict[str, Any]:
        """Ask, and remember whether there was an answer: one waits for silent desks, not many."""
        with self._one_at_a_time:
            if self._silent.is_set() and not at_any_rate:
                raise self._silence()
            self._asked_at_s = time.monotonic()
            try:
                answer = self._desks.ask(verb, timeout_s=timeout_s, **arguments)
            except (RefusalError, AccessRefusedError):  # which is an answer
                self._silent.clear()
                raise
            except RequestError as error:
                self._silent.set()
                raise self._silence() from error
            self._silent.clear()
            return answer

    def _silence(self) -> DesksSilentError:
        if self._published.is_believed() and "space" not in self._troubles:
            return DesksSilentError(
                "Products go on being listed and downloaded; ask for this again in a while"
            )
        return DesksSilentError(
            "What this portal would go by meanwhile is too old, or not as it was published; "
            "the operators have to look"
        )

    def _door(self, token: str) -> OpenedDoor | None:
        """The token's door; None also where the desks have to be asked instead."""
        try:
            return self._published.door(token_hash(token))
        except (NoAnswerError, ProductError):
            return None

    def _space(self, customer: str) -> PublishedSpace | None:
        """The customer's space; None also where the desks have to be asked instead."""
        try:
            space = self._published.space(customer)
            self._troubles.pop("space", None)
        except NoAnswerError:
            return None
        except (ProductError, EnvironmentLackError) as error:
            self._refuse("space", error)
            return None
        return space

    def _refuse(self, what: str, error: Exception) -> None:
        """Remember what is wrong, and say so once."""
        told = error.message if isinstance(error, GroundsysError) else repr(error)
        if told != self._troubles.get(what):
            _log.error("trouble with the catalogue (%s): %s", what, error)
            self._troubles[what] = told

    def _repeat(self, deed: Callable[[], None], every_s: float) -> None:
        while not self._over.wait(every_s):
            try:
                deed()
            except Exception as error:  # whatever it is, the next time may be better
                self._refuse(deed.__name__, error)


def _page(customer: str, space: PublishedSpace, wanted: ProductFilter, limit: int) -> Page:
    found = space.find(wanted)
    page = found[:limit]
    known = (_known(customer, one) for one in page)
    cursor = page[-1].number if page else wanted.after
    visible = tuple(one for one in known if one is not None)
    return Page(visible, cursor, len(found) > limit)


def _known(customer: str, one: PublishedProduct) -> KnownProduct | None:
    return known_product(customer, {**one.row, "latest": one.latest})
