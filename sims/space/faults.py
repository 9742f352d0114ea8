"""Misbehaviour of space that a scenario may ask for, so that a rehearsal must fail.

* `clean_air`     no frame, command or proximity frame is lost or corrupted
* `deaf_antenna`  `antenna` (absent: every one) receives nothing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SpaceFaults:
    clean_air: bool = False
    all_deaf: bool = False
    deaf_antennas: frozenset[str] = frozenset()

    def is_deaf(self, antenna_id: str) -> bool:
        return self.all_deaf or antenna_id in self.deaf_antennas


def space_faults_of(entries: Sequence[Mapping[str, Any]]) -> SpaceFaults:
    """The faults meant for space; entries of other simulators are left to them."""
    deaf = [entry for entry in entries if entry.get("fault") == "deaf_antenna"]
    return SpaceFaults(
        clean_air=any(entry.get("fault") == "clean_air" for entry in entries),
        all_deaf=any("antenna" not in entry for entry in deaf),
        deaf_antennas=frozenset(str(entry["antenna"]) for entry in deaf if "antenna" in entry),
    )
