"""One virtual channel's frames in their order, each once, whoever received them.

A TM frame counts modulo 256 (132.0-B §4.1.2.6), so that a count alone does not tell how many
frames were lost in a long gap, nor whether two receptions are of one frame.  Here a frame is
placed by its count and its time together: receptions within a second of each other differ by
less than half a turn of the count; over a longer gap the fewest missing frames are assumed,
until another antenna's frames in that gap tell better.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass

from groundsys.ccsds.tm_frames import COUNT_MODULUS

#: receptions of one frame by two antennas lie closer than this, and less than 128 frames in it
NEAR_NS = 1_000_000_000


@dataclass(slots=True, eq=False)
class Place:
    """Where a frame stands: its channel, its time, its place in the journal.

    `count` is unwrapped; it grows when a gap before it proves longer than was assumed.
    `starts_packet` is false for a frame that only continues a packet.
    """

    virtual_channel: int
    count: int
    order_ns: int
    journal_place: int
    starts_packet: bool


@dataclass(frozen=True, slots=True)
class Giving:
    """What has to be given to a reader of the channel so that it misses no packet.

    `again` comes first, out of turn: late frames with those around them that hold the rest of
    their packets.  `ahead` simply goes on.
    """

    again: tuple[Place, ...]
    ahead: tuple[Place, ...]


class Channel:
    """The frames of one virtual channel that are known so far."""

    def __init__(self) -> None:
        self._in_time: list[Place] = []
        self._by_count: dict[int, Place] = {}
        self._counts: list[int] = []
        self._head: Place | None = None

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def last_count(self) -> int | None:
        return self._counts[-1] if self._counts else None

    def missing_between(self, first: int, last: int) -> int:
        """Counts from `first` to `last` (both included) that no frame is known of."""
        known = bisect_left(self._counts, last + 1) - bisect_left(self._counts, first)
        return max(0, last - first + 1 - known)

    def unwrap(self, count: int, order_ns: int) -> int | None:
        """The unwrapped count of a frame, or None if the channel has that frame already."""
        if not self._in_time:
            return count
        if order_ns > self._in_time[-1].order_ns:  # as nearly always
            index = len(self._in_time)
        else:
            index = bisect_left(self._in_time, order_ns, key=_time)
        around = self._in_time[max(0, index - 1) : index + 1]
        nearest = min(around, key=lambda one: abs(one.order_ns - order_ns))
        if abs(nearest.order_ns - order_ns) <= NEAR_NS:
            half = COUNT_MODULUS // 2
            found = nearest.count + (count - nearest.count + half) % COUNT_MODULUS - half
        elif index == 0:
            after = self._in_time[0].count
            return after - ((after - count - 1) % COUNT_MODULUS + 1)
        else:
            before = self._in_time[index - 1].count
            found = before + (count - before - 1) % COUNT_MODULUS + 1
        known = self._by_count.get(found)
        if known is not None and abs(known.order_ns - order_ns) <= NEAR_NS:
            return None
        if order_ns + NEAR_NS > self._in_time[-1].order_ns:
            return None if found in self._by_count else found
        later = bisect_left(self._in_time, order_ns + NEAR_NS, key=_time)
        if found >= self._in_time[later].count:
            self._widen(self._in_time[later].count, found)
        return None if found in self._by_count else found

    def add(self, place: Place) -> None:
        if self._in_time and place.order_ns <= self._in_time[-1].order_ns:
            insort(self._in_time, place, key=_time)
        else:
            self._in_time.append(place)
        insort(self._counts, place.count)
        self._by_count[place.count] = place

    def resume(self) -> tuple[Place, ...]:
        """Go on where the newest known frame ends; the frames that hold its packet's beginning."""
        if not self._counts:
            return ()
        self._head = self._by_count[self._counts[-1]]
        return _in_order(self._back(self._head.count + 1))

    def give(self, fresh: Iterable[Place]) -> Giving:
        """How to give the frames `fresh`, which are in the channel, to whoever read it so far."""
        places = _in_order(fresh)
        if not places:
            return Giving((), ())
        head_count = places[0].count - 1 if self._head is None else self._head.count
        late = self.give_again(place for place in places if place.count < head_count)
        ahead = tuple(place for place in places if place.count > head_count)
        if ahead:
            self._head = ahead[-1]
        return Giving(late, ahead)

    def give_again(self, places: Iterable[Place]) -> tuple[Place, ...]:
        """The frames to give once more so that no packet of `places` stays lost.

        Each comes with its neighbours up to where packets start, and last the beginning of the
        packet in which the newest frame given ends, so that the one after it can go on.
        """
        wanted: set[Place] = set()
        for place in places:
            wanted.update(self._back(place.count), (place,), self._forth(place.count))
        if wanted and self._head is not None:
            wanted.update(self._back(self._head.count + 1))
        return _in_order(wanted)

    def _back(self, count: int) -> list[Place]:
        """The frames before `count` that hold the beginning of a packet it may continue."""
        found = []
        while (place := self._by_count.get(count := count - 1)) is not None:
            found.append(place)
            if place.starts_packet:
                break
        return found

    def _forth(self, count: int) -> list[Place]:
        """The frames after `count`, up to the newest given, that may end a packet it begins."""
        found = []
        while (place := self._by_count.get(count := count + 1)) is not None:
            if self._head is None or count > self._head.count:
                break
            found.append(place)
            if place.starts_packet:
                break
        return found

    def _widen(self, first: int, found: int) -> None:
        """Move the frames from count `first` on by whole turns, so that `found` comes before."""
        shift = ((found - first) // COUNT_MODULUS + 1) * COUNT_MODULUS
        for place in self._in_time:
            if place.count >= first:
                place.count += shift
        self._by_count = {place.count: place for place in self._in_time}
        self._counts = sorted(self._by_count)


def _time(place: Place) -> int:
    return place.order_ns


def _in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(places, key=lambda place: place.count))
