"""What was received, in slices of some minutes: the source frames that a product can name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.products import FrameRange
from groundsys.store import ReceptionSummary
from groundsys.values.instants import Instant

#: a slice covers at most so much
_SLICE = timedelta(minutes=10)

_Key = tuple[str, str, int]


class ReceptionLog:
    """Adds up the hub's reports an antenna, craft and virtual channel at a time."""

    def __init__(self, room: ControlRoom, passes: PassDesk) -> None:
        self._room = room
        self._passes = passes
        self._open: dict[_Key, ReceptionSummary] = {}
        self._changed: set[_Key] = set()
        self._kept = room.store.passes.receptions()

    def frames(self, spacecraft: str) -> int:
        """Frames of a craft received so far."""
        return sum(one.frames for one in self.all if one.spacecraft == spacecraft)

    @property
    def all(self) -> list[ReceptionSummary]:
        return [*self._kept, *self._open.values()]

    def between(
        self, spacecraft: str, virtual_channel: int, start: Instant, end: Instant
    ) -> list[ReceptionSummary]:
        """Slices of one channel that overlap a stretch of Earth receive time, in order."""
        found = [
            one
            for one in self.all
            if one.spacecraft == spacecraft
            and one.virtual_channel == virtual_channel
            and one.first_ert <= end
            and one.last_ert >= start
        ]
        return sorted(found, key=lambda one: one.first_ert)

    def take(self, channel: Mapping[str, Any]) -> None:
        """One channel of a `received` message."""
        key = (channel["antenna"], channel["spacecraft"], channel["virtual_channel"])
        first, last = Instant(channel["first_ert_ns"]), Instant(channel["last_ert_ns"])
        relay = self._room.mission.spacecraft[channel["spacecraft"]].relay
        one = self._passes.at(relay or channel["spacecraft"], last)
        pass_id = one.id if one else ""
        known = self._open.get(key)
        if known is not None and (known.pass_id != pass_id or last > known.first_ert + _SLICE):
            self._close(key)
            known = None
        if known is None:
            self._open[key] = ReceptionSummary(
                pass_id,
                *key,
                first_count=channel["first_count"],
                last_count=channel["last_count"],
                frames=channel["frames"],
                missing=channel["missing"],
                corrected=channel["corrected"],
                first_ert=first,
                last_ert=last,
            )
        else:
            self._open[key] = replace(
                known,
                last_count=channel["last_count"],
                frames=known.frames + channel["frames"],
                missing=known.missing + channel["missing"],
                corrected=known.corrected + channel["corrected"],
                first_ert=min(known.first_ert, first),
                last_ert=max(known.last_ert, last),
            )
        self._changed.add(key)

    def keep(self) -> None:
        """Write down what has changed."""
        if not self._changed:
            return
        with self._room.store.writing():
            for key in sorted(self._changed):
                self._room.store.passes.put_reception(self._open[key])
        self._changed.clear()

    def _close(self, key: _Key) -> None:
        if key in self._changed:
            self._room.store.passes.put_reception(self._open[key])
            self._changed.discard(key)
        self._kept.append(self._open.pop(key))


def frame_range(one: ReceptionSummary) -> FrameRange:
    """A slice as a manifest names it."""
    return FrameRange(
        antenna=one.antenna,
        spacecraft=one.spacecraft,
        virtual_channel=one.virtual_channel,
        first_count=one.first_count,
        last_count=one.last_count,
        frames=one.frames,
        first_ert=one.first_ert,
        last_ert=one.last_ert,
    )
