"""Reading the catalogue: what a portal knows by itself, with nobody to ask.

What is believed is a head that the desks have signed and no older one than was seen before; what a
store that is put back, or written in by others, shows instead is refused, and what was read before
still holds.  Whoever owns the store can withhold newer heads, though: so none is believed for
longer than `MOST_AGE_S` after it was issued.  Desks at work issue one each `ISSUED_EVERY_S`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from groundsys.objects import Bucket
from groundsys.published.doors import Door, OpenedDoor, door_name, open_door
from groundsys.published.head import (
    BatchName,
    Head,
    digest,
    head_place,
    newest_head,
    opened_head,
)
from groundsys.published.kit import PortalKit
from groundsys.published.sealing import not_as_published, read_object
from groundsys.published.space import Batch, PublishedSpace, merged, read_batch
from groundsys.values.errors import NoAnswerError

#: a head without news follows the last one after so long (wall time)
ISSUED_EVERY_S = 600.0
#: so long a portal serves without the desks, and so long a store may hide that a key is revoked
MOST_AGE_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class _Read:
    """What has been read of a space: these batches, with this key."""

    key: bytes
    batches: tuple[BatchName, ...]
    space: PublishedSpace


class PublishedCatalogue:
    """For any thread; nothing is read before the first `look`."""

    def __init__(
        self,
        bucket: Bucket,
        kit: PortalKit,
        *,
        seen: int = 0,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        """`seen` is the number of a head that was seen before: none older is believed."""
        self._bucket = bucket
        self._kit = kit
        self._seen = max(seen, kit.head)
        self._wall_s = wall_s
        self._lock = threading.Lock()
        self._head: Head | None = None
        self._digest = ""
        self._doors: dict[str, Door] = {}
        self._opened: dict[str, OpenedDoor] = {}
        self._keys: dict[str, bytes] = {}
        self._read: dict[str, _Read] = {}

    @property
    def kit(self) -> PortalKit:
        """Without what has been destroyed since it was handed out."""
        return self._kit

    def use(self, kit: PortalKit) -> None:
        """Know more customers than before."""
        with self._lock:
            self._kit = kit

    @property
    def number(self) -> int:
        """Of the newest head that was seen and is believed."""
        return self._seen

    @property
    def issued_s(self) -> float | None:
        """When what holds was issued (wall time); None if nothing has been read."""
        return self._head.issued_s if self._head is not None else None

    def is_believed(self) -> bool:
        """Whether there is a head, and none that is too old."""
        try:
            self._check_age()
        except NoAnswerError:
            return False
        return True

    def lacks_shares(self) -> bool:
        """Whether there are customers of whom the kit knows nothing."""
        head = self._head
        return head is not None and any(
            customer not in self._kit.shares
            for customer, space in head.spaces.items()
            if not space.destroyed
        )

    def look(self) -> bool:
        """Take the newest head, if there is a newer one; True if so.

        `ProductError` for a store that was put back, or in which somebody else has written.
        """
        number = newest_head(self._bucket, self._seen)
        if number == 0 or (self._head is not None and number == self._head.number):
            return False
        sealed = read_object(self._bucket, head_place(number))
        head = opened_head(sealed, number, self._kit.public_key, self._kit.head_key)
        follows = self._head is not None and number == self._head.number + 1
        if follows and head.previous != self._digest:
            raise not_as_published(head_place(number), "a head that does not follow the last one")
        with self._lock:
            self._head, self._digest, self._seen = head, digest(sealed), number
            self._doors = {door.name: door for door in head.doors}
            self._opened.clear()
            for customer, space in head.spaces.items():
                if space.destroyed:
                    self._kit = self._kit.without(customer)
                    self._keys.pop(customer, None)
                    self._read.pop(customer, None)
        return True

    def door(self, token_hash: str) -> OpenedDoor | None:
        """Whose the token is, if the catalogue knows; `NoAnswerError` if it is too old to tell."""
        self._check_age()
        name = door_name(token_hash)
        with self._lock:
            opened, door = self._opened.get(name), self._doors.get(name)
            share = self._kit.shares.get(door.customer) if door is not None else None
        if opened is None and door is not None and share is not None:
            opened = open_door(door, token_hash, share)
            with self._lock:
                if self._doors.get(name) is door:
                    self._opened[name] = opened
                    self._keys[door.customer] = opened.catalogue_key
        return opened if opened is not None and opened.is_open(self._wall_s()) else None

    def space(self, customer: str) -> PublishedSpace | None:
        """A customer's space; None unless one of its doors has been opened.

        `ProductError` if it is not as published, `NoAnswerError` if it is too old.
        """
        self._check_age()
        with self._lock:
            key, head, read = self._keys.get(customer), self._head, self._read.get(customer)
        if key is None or head is None:
            return None
        told = head.spaces.get(customer)
        batches = told.batches if told is not None else ()
        if read is not None and read.batches == batches and read.key == key:
            return read.space
        begun: tuple[Batch, ...] = ()
        if read is not None and read.key == key and batches[: len(read.batches)] == read.batches:
            begun, batches_left = (read.space.batch,), batches[len(read.batches) :]
        else:
            batches_left = batches
        new = (read_batch(self._bucket, customer, one, key) for one in batches_left)
        whole = merged((*begun, *new))
        fresh = _Read(key, batches, PublishedSpace(whole))
        with self._lock:
            if customer in self._keys:  # not destroyed meanwhile
                self._read[customer] = fresh
        return fresh.space

    def _check_age(self) -> None:
        head = self._head
        age_s = None if head is None else self._wall_s() - head.issued_s
        if age_s is None or age_s > MOST_AGE_S:
            raise NoAnswerError(
                "this portal's catalogue is too old to be believed",
                expected=f"one that the desks have issued within {MOST_AGE_S / 3600:g} hours",
                found="none" if age_s is None else f"one of {age_s / 3600:.1f} hours ago",
                remedy="start the desks, or have the object store looked at",
            )
