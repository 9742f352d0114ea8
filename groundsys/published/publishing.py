"""Publishing the catalogue: the desks alone do, one head after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.objects import Bucket, KeyTakenError, SealedObjectStore
from groundsys.published.doors import Grant, make_door
from groundsys.published.head import (
    BatchName,
    Head,
    Space,
    batch_place,
    digest,
    head_place,
    newest_head,
    oldest_head,
    opened_head,
    sealed_head,
)
from groundsys.published.kit import PortalKit
from groundsys.published.sealing import read_object, seal
from groundsys.published.space import Batch, Event, merged, read_batch
from groundsys.published.superseded import batches_of_none_but, is_read_by_nobody
from groundsys.signing import public_pem

#: heads; the desks wait meanwhile
_REMOVED_AT_ONCE = 3


class CataloguePublisher:
    """Knows the newest head; whoever holds one is the only one to publish in this store.

    `known` is the number of the last head that is known to have been published: `ProductError`
    if it is gone, or if the store's heads are not ours.  Nothing is written before the first
    `publish`.
    """

    def __init__(
        self, bucket: Bucket, objects: SealedObjectStore, signer: Ed25519PrivateKey, known: int = 0
    ) -> None:
        self._bucket = bucket
        self._objects = objects
        self._keys = objects.keys
        self._signer = signer
        self._head_key = self._keys.own_key("catalogue heads")
        number = newest_head(bucket, known)
        self.head = Head(0, 0.0, "")
        #: in the store, and the one that follows it, if they have been looked for
        self._oldest: tuple[Head, Head] | None = None
        self._digest = ""
        if number:
            sealed = read_object(bucket, head_place(number))
            self.head = opened_head(sealed, number, signer.public_key(), self._head_key)
            self._digest = digest(sealed)

    def kit(self) -> PortalKit:
        """What a portal needs for all who have a key: nobody's is drawn for this."""
        shares = {one: self._keys.derived_key(one, "portal's share") for one in self._served()}
        pem = public_pem(self._signer.public_key())
        return PortalKit(pem, self._head_key, shares, self.head.number)

    def has_lost_a_key(self) -> bool:
        """Whether a customer's key has been destroyed of which the newest head does not tell."""
        spaces = self.head.spaces
        return any(
            self._keys.is_destroyed(one) and not (one in spaces and spaces[one].destroyed)
            for one in self._keys.customers()
        )

    def publish(
        self, news: Mapping[str, Iterable[Event]], grants: Iterable[Grant], now_s: float
    ) -> int:
        """Publish what is new behind each space's `up_to`, and who may enter; the head's number.

        Of a customer whose key has been destroyed nothing is told but that.
        """
        spaces, served = dict(self.head.spaces), self._served()
        for customer, events in news.items():
            told = tuple(events)
            if told and customer in served:
                spaces[customer] = self._grown(customer, spaces.get(customer, Space()), told)
        for customer in self._keys.customers():
            if self._keys.is_destroyed(customer):
                spaces[customer] = Space(destroyed=True)
        doors = tuple(
            make_door(
                grant,
                self._keys.derived_key(grant.customer, "portal's share"),
                self._keys.derived_key(grant.customer, "catalogue"),
            )
            for grant in grants
            if grant.customer in served
        )
        head = Head(self.head.number + 1, now_s, self._digest, spaces, doors)
        sealed = sealed_head(head, self._signer, self._head_key)
        self._bucket.put(head_place(head.number), sealed)
        self.head, self._digest = head, digest(sealed)
        return head.number

    def remove_superseded(self, now_s: float) -> None:
        """Take away what no portal can still read: a little at a time, the oldest first."""
        for _ in range(_REMOVED_AT_ONCE):
            if self._oldest is None:
                self._oldest = self._oldest_two()
            if self._oldest is None or not is_read_by_nobody(self._oldest[1], now_s):
                return
            oldest, following = self._oldest
            for place in batches_of_none_but(oldest, following):
                self._bucket.remove(place)
            self._bucket.remove(head_place(oldest.number))
            self._oldest = None

    def _oldest_two(self) -> tuple[Head, Head] | None:
        number = oldest_head(self._bucket)
        if not 0 < number < self.head.number:
            return None
        return self._opened(number), self._opened(number + 1)

    def _opened(self, number: int) -> Head:
        if number == self.head.number:
            return self.head
        sealed = read_object(self._bucket, head_place(number))
        return opened_head(sealed, number, self._signer.public_key(), self._head_key)

    def _served(self) -> frozenset[str]:
        """Customers who have a key that is not destroyed: with their first product."""
        keys = self._keys
        return frozenset(one for one in keys.customers() if not keys.is_destroyed(one))

    def _grown(self, customer: str, space: Space, events: tuple[Event, ...]) -> Space:
        """The space with another batch, which takes in those before that are no longer than it.

        So there are few of them, the longest first, and what is old is rarely written again.
        """
        key = self._keys.derived_key(customer, "catalogue")
        batch = Batch(events, dict(self._data_keys(events)))
        number = space.batches[-1].number + 1 if space.batches else 1
        batches = space.batches
        while batches and batches[-1].events <= len(batch.events):
            batch = merged((read_batch(self._bucket, customer, batches[-1], key), batch))
            batches = batches[:-1]
        content = batch.encode()
        while True:
            place = batch_place(customer, number)
            sealed = seal(key, content, place)
            try:
                self._bucket.put(place, sealed)
                break
            except KeyTakenError:  # a death came before the head that would have told of it
                number += 1
        name = BatchName(number, len(batch.events), digest(sealed))
        return replace(space, up_to=int(events[-1]["number"]), batches=(*batches, name))

    def _data_keys(self, events: Iterable[Event]) -> Iterator[tuple[str, bytes]]:
        for event in events:
            row = event.get("product")
            if row is not None:
                yield str(row["id"]), self._objects.data_key_of(str(row["key"]))
