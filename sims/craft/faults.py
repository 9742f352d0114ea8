"""Misbehaviour of a craft that a scenario may ask for, so that a rehearsal must fail.

Each is a map in `scenario.faults` with `fault`, the craft's id as `spacecraft` (absent: every
craft it fits) and what else it needs:

* `drop_file`      cube: the file number `sequence` (default 1) is recorded and never sent
* `corrupt_file`   cube: the file number `sequence` (default 1) is sent with one octet changed,
                   and with a checksum that fits the change
* `silent_cube`    cube: no hail is answered
* `command_deaf`   OTV: no telecommand is decoded, though the carrier is seen
* `reset_counts`   any: at `after_s` (default 0) all packet counts start again at zero
* `lose_packets`   any: every `nth` (default 50) packet, or packet called `packet`, is generated and
                   never stored
* `no_replay`      OTV: replays are reported as done, and nothing is sent
* `stray_file`     cube: with file number `sequence` (default 1) goes one that no payload made: the
                   same records, a day before, under another number
* `fail_commands`  any: no accepted command can be started, for a fault of hardware
* `upset_upload`   OTV: of the uploaded file number `sequence` (default 1) an octet changes in
                   memory once the file has been received whole
* `no_reports`     any: commands are executed, and no report on them is made
* `stuck_valve`    OTV: the latch valve to the engine does not open
* `weak_engine`    OTV: the engine gives only `share` (default 0.5) of its thrust, so that a burn
                   takes longer, or its time limit cuts it short
* `stuck_release`  OTV: a cube that is released does not leave
* `lose_scheduled` OTV: the memory loses the insertion number `insertion` (default 1) into the
                   schedule, which is reported as done
* `clock_reset`    any: at `after_s` (default 0) the clock begins anew at zero, or jumps by `jump_s`
* `alter_scheduled` OTV: the memory keeps the insertion number `insertion` (default 1) with a bit
                   changed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.values.errors import DefinitionError

KNOWN_FAULTS = frozenset(
    {
        "drop_file",
        "corrupt_file",
        "silent_cube",
        "command_deaf",
        "reset_counts",
        "lose_packets",
        "no_replay",
        "stray_file",
        "fail_commands",
        "no_reports",
        "stuck_valve",
        "weak_engine",
        "stuck_release",
        "lose_scheduled",
        "alter_scheduled",
        "upset_upload",
        "clock_reset",
    }
)


@dataclass(frozen=True, slots=True)
class ClockReset:
    """When after the start, and by how much the clock then jumps; None: it begins at zero."""

    after_s: float
    jump_s: float | None


@dataclass(frozen=True, slots=True)
class Faults:
    """What one craft is to do wrong."""

    drop_file: frozenset[int] = frozenset()
    corrupt_file: frozenset[int] = frozenset()
    silent: bool = False
    command_deaf: bool = False
    reset_counts_after_s: float | None = None
    lose_every_nth_packet: int | None = None
    #: the only kind of packet that is lost; None: any
    lose_packet: str | None = None
    no_replay: bool = False
    stray_file: frozenset[int] = frozenset()
    fail_commands: bool = False
    no_reports: bool = False
    stuck_valve: bool = False
    thrust_share: float = 1.0
    stuck_release: bool = False
    lose_scheduled: frozenset[int] = frozenset()
    alter_scheduled: frozenset[int] = frozenset()
    upset_upload: frozenset[int] = frozenset()
    clock_reset: ClockReset | None = None


def faults_of(craft: str, entries: Sequence[Mapping[str, Any]]) -> Faults:
    """The faults meant for `craft`; entries of other simulators are left to them.

    Raises `DefinitionError` for an entry that names no fault at all.
    """
    mine: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        fault = entry.get("fault")
        if not isinstance(fault, str):
            raise DefinitionError(
                "a scenario's fault has no name",
                expected="a map with the key 'fault'",
                found=repr(dict(entry)),
            )
        if fault in KNOWN_FAULTS and entry.get("spacecraft", craft) == craft:
            mine[fault] = entry
    return Faults(
        drop_file=_numbers(mine.get("drop_file")),
        corrupt_file=_numbers(mine.get("corrupt_file")),
        silent="silent_cube" in mine,
        command_deaf="command_deaf" in mine,
        reset_counts_after_s=(
            float(mine["reset_counts"].get("after_s", 0.0)) if "reset_counts" in mine else None
        ),
        lose_every_nth_packet=(
            int(mine["lose_packets"].get("nth", 50)) if "lose_packets" in mine else None
        ),
        lose_packet=mine.get("lose_packets", {}).get("packet"),
        no_replay="no_replay" in mine,
        stray_file=_numbers(mine.get("stray_file")),
        fail_commands="fail_commands" in mine,
        no_reports="no_reports" in mine,
        stuck_valve="stuck_valve" in mine,
        thrust_share=(
            float(mine["weak_engine"].get("share", 0.5)) if "weak_engine" in mine else 1.0
        ),
        stuck_release="stuck_release" in mine,
        lose_scheduled=_numbers(mine.get("lose_scheduled"), "insertion"),
        alter_scheduled=_numbers(mine.get("alter_scheduled"), "insertion"),
        upset_upload=_numbers(mine.get("upset_upload")),
        clock_reset=_clock_reset(mine.get("clock_reset")),
    )


def _clock_reset(entry: Mapping[str, Any] | None) -> ClockReset | None:
    if entry is None:
        return None
    jump_s = entry.get("jump_s")
    return ClockReset(float(entry.get("after_s", 0.0)), None if jump_s is None else float(jump_s))


def _numbers(entry: Mapping[str, Any] | None, key: str = "sequence") -> frozenset[int]:
    return frozenset() if entry is None else frozenset({int(entry.get(key, 1))})
