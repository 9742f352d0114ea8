"""Misbehaviour of space that a scenario may ask for, so that a rehearsal must fail.

* `clean_air`     no frame, command or proximity frame is lost or corrupted
* `deaf_antenna`  `antenna` (absent: every one) receives nothing, from `from_s` after the start
                  (absent: always) until `until_s` (absent: to the end)
* `hostile_uplink`  somebody transmits to `spacecraft` (absent: any that antennas speak to): each
                  CLTU that has reached it again, changed, and commands in clear
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.values.instants import Instant

KNOWN_FAULTS = frozenset({"clean_air", "deaf_antenna", "hostile_uplink"})


@dataclass(frozen=True, slots=True)
class Deafness:
    """An antenna (None: every one) that receives nothing for a while; an open end is None."""

    antenna: str | None
    from_ns: int
    until_ns: int | None

    def strikes(self, antenna_id: str, ns: int) -> bool:
        begun = ns >= self.from_ns and (self.until_ns is None or ns < self.until_ns)
        return begun and self.antenna in (None, antenna_id)


@dataclass(frozen=True, slots=True)
class SpaceFaults:
    clean_air: bool = False
    deafness: tuple[Deafness, ...] = ()
    #: craft that somebody else transmits to; None: any
    hostile: frozenset[str | None] = frozenset()

    def is_hostile_to(self, spacecraft: str) -> bool:
        return not self.hostile.isdisjoint({None, spacecraft})

    def is_deaf(self, antenna_id: str, ns: int) -> bool:
        return any(one.strikes(antenna_id, ns) for one in self.deafness)


def space_faults_of(entries: Sequence[Mapping[str, Any]], start: Instant) -> SpaceFaults:
    """The faults meant for space, in a scenario that begins at `start`; others are left alone."""

    def after(seconds: float) -> int:
        return start.plus_seconds(seconds).tai_ns

    return SpaceFaults(
        clean_air=any(entry.get("fault") == "clean_air" for entry in entries),
        deafness=tuple(
            Deafness(
                antenna=entry.get("antenna"),
                from_ns=after(float(entry["from_s"])) if "from_s" in entry else 0,
                until_ns=after(float(entry["until_s"])) if "until_s" in entry else None,
            )
            for entry in entries
            if entry.get("fault") == "deaf_antenna"
        ),
        hostile=frozenset(
            entry.get("spacecraft") for entry in entries if entry.get("fault") == "hostile_uplink"
        ),
    )
