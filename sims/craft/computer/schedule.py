"""Time-tagged commands on board: a table of sub-schedules (ECSS-E-ST-70-41C 6.11, reduced).

As flown here: one activity an insertion, no groups, no time shift, and releases in whole seconds
of SCLK.  Stricter than the standard, so that nothing runs that the ground has not read back:

* a sub-schedule begins disabled, and is disabled again once it is empty;
* an enabled one takes no entries and is not deleted;
* an entry whose time comes while its sub-schedule is disabled lapses, and a sub-schedule that has
  let one lapse is never enabled again before it is deleted.

Safe mode and a reset of the computer disable every sub-schedule.  The entries lie in memory that
keeps them without power (MRAM, as flown on such computers), so they survive both; which
sub-schedules are enabled lies in working memory, and does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count as counter
from typing import Any

from groundsys.ccsds.space_packets import TcPacket, decode_tc_packet
from groundsys.values.errors import FrameError
from sims.craft.computer.board import Board
from sims.craft.computer.commands import CommandFailure

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ScheduledEntry:
    """A telecommand packet and when it is released, in whole seconds of SCLK."""

    number: int
    release_s: int
    packet: bytes


@dataclass
class SubSchedule:
    """Entries that are enabled and disabled together."""

    enabled: bool = False
    #: whether an entry's time has come while it was disabled
    has_lapsed: bool = False
    entries: list[ScheduledEntry] = field(default_factory=list)


class OnboardSchedule:
    """The table of one craft.

    `check` raises `CommandFailure` for a packet that the craft does not know; `release` takes a
    packet as if it came from Earth.
    """

    def __init__(
        self,
        board: Board,
        check: Callable[[TcPacket], object],
        release: Callable[[bytes, int], None],
    ) -> None:
        self._board = board
        self._check = check
        self._release = release
        self._capacity = int(board.craft.platform.get("schedule_entries", 0))
        self._subs: dict[int, SubSchedule] = {}
        self._numbers = counter(1)
        self._inserted = 0
        self.released = 0
        self.lapsed = 0
        board.at_safe_mode.append(self.disable_all)
        board.after_clock_reset.append(lambda now_ns, jump_ns: self._look_at_clock())

    # --- commands: each may raise `CommandFailure` and then changes nothing --------------------

    def check_insert(self, sub: int, release_s: int, packet: bytes, now_ns: int) -> None:
        """Whether the table would take an entry."""
        if self._sub(sub).enabled:
            raise CommandFailure("WRONG_MODE")
        if self._is_past(release_s, now_ns):
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        try:
            read = decode_tc_packet(packet)
        except FrameError as error:
            raise CommandFailure("BAD_CHECKSUM") from error
        self._check(read)
        if self.entries_held >= self._capacity:
            raise CommandFailure("TABLE_FULL")

    def insert(self, sub: int, release_s: int, packet: bytes, now_ns: int) -> None:
        """Put an entry into a sub-schedule; one that is new begins disabled."""
        self.check_insert(sub, release_s, packet, now_ns)
        spoilt = self._spoilt(packet, now_ns)
        if spoilt is None:
            return
        entry = ScheduledEntry(next(self._numbers), release_s, spoilt)
        self._subs.setdefault(sub, SubSchedule()).entries.append(entry)
        self._board.truth.note(
            "schedule", event="inserted", schedule=sub, release_s=release_s, time_ns=now_ns
        )
        self._wait_for(sub, entry)

    def check_enable(self, sub: int) -> None:
        known = self._subs.get(sub)
        if known is None or not known.entries:
            raise CommandFailure("NOT_FOUND")
        if self._board.mode == "SAFE" or known.has_lapsed:
            raise CommandFailure("WRONG_MODE")

    def enable(self, sub: int, now_ns: int) -> None:
        self.check_enable(sub)
        self._subs[sub].enabled = True
        self._board.truth.note("schedule", event="enabled", schedule=sub, time_ns=now_ns)

    def disable(self, sub: int, now_ns: int) -> None:
        """Release nothing more of it; harmless if it is disabled or empty."""
        if self._sub(sub).enabled:
            self._subs[sub].enabled = False
            self._board.truth.note("schedule", event="disabled", schedule=sub, time_ns=now_ns)

    def check_delete(self, sub: int) -> None:
        if self._sub(sub).enabled:
            raise CommandFailure("WRONG_MODE")

    def delete(self, sub: int, now_ns: int) -> None:
        """Forget a sub-schedule; harmless if there is none."""
        self.check_delete(sub)
        if self._subs.pop(sub, None) is not None:
            self._board.truth.note("schedule", event="deleted", schedule=sub, time_ns=now_ns)

    def report(self, sub: int, now_ns: int) -> None:
        """List a sub-schedule by release time, one packet an entry."""
        known = self._sub(sub)
        entries = sorted(known.entries, key=lambda one: (one.release_s, one.number))
        head: dict[str, Any] = {
            "schedule_id": sub,
            "schedule_state": "ENABLED" if known.enabled else "DISABLED",
            "schedule_entries": len(entries),
        }
        empty = ScheduledEntry(0, 0, b"")
        for number, entry in enumerate(entries, 1) if entries else [(0, empty)]:
            values = {
                **head,
                "schedule_entry": number,
                "schedule_release_sclk": entry.release_s,
                "schedule_packet_length": len(entry.packet),
                "schedule_packet": entry.packet,
            }
            self._board.emit("SCHEDULE_LISTING", values, now_ns)

    def disable_all(self, now_ns: int) -> None:
        """As safe mode and a reset of the computer do."""
        for sub in self._subs:
            self.disable(sub, now_ns)

    # --- what is told --------------------------------------------------------------------------

    @property
    def entries_held(self) -> int:
        return sum(len(sub.entries) for sub in self._subs.values())

    def reset_counters(self) -> None:
        self.released = self.lapsed = 0

    def telemetry(self) -> dict[str, int]:
        """Engineering values of the SCHEDULE packet."""
        return {
            "schedule_entries_held": self.entries_held,
            "schedule_enabled": sum(sub.enabled for sub in self._subs.values()),
            "schedule_released": self.released,
            "schedule_lapsed": self.lapsed,
        }

    # --- within --------------------------------------------------------------------------------

    def _sub(self, sub: int) -> SubSchedule:
        return self._subs.get(sub) or SubSchedule()

    def _is_past(self, release_s: int, now_ns: int) -> bool:
        return release_s * _SECOND_NS <= self._board.clock.reading(now_ns)

    def _wait_for(self, sub: int, entry: ScheduledEntry) -> None:
        due_ns = self._board.clock.when(entry.release_s * _SECOND_NS)
        self._board.agenda.at(due_ns, lambda time_ns: self._come_due(sub, entry, time_ns))

    def _look_at_clock(self) -> None:
        """The clock has jumped: every entry comes at another time."""
        for number, sub in self._subs.items():
            for entry in sub.entries:
                self._wait_for(number, entry)

    def _come_due(self, sub: int, entry: ScheduledEntry, now_ns: int) -> None:
        """An entry's time has come; nothing happens if it was deleted meanwhile."""
        known = self._subs.get(sub)
        if known is None or entry not in known.entries:
            return
        if not self._is_past(entry.release_s, now_ns):  # the clock has slowed down or jumped
            self._wait_for(sub, entry)
            return
        known.entries.remove(entry)
        event = "released" if known.enabled else "lapsed"
        self._board.truth.note(
            "schedule", event=event, schedule=sub, release_s=entry.release_s, time_ns=now_ns
        )
        if known.enabled:
            self.released += 1
            known.enabled = bool(known.entries)
            self._release(entry.packet, now_ns)
        else:
            self.lapsed += 1
            known.has_lapsed = True

    def _spoilt(self, packet: bytes, now_ns: int) -> bytes | None:
        """A packet as the memory keeps it; None if a fault loses it."""
        self._inserted += 1
        faults = self._board.faults
        if self._inserted in faults.lose_scheduled:
            self._board.truth.note("fault", fault="lose_scheduled", time_ns=now_ns)
            return None
        if self._inserted in faults.alter_scheduled:
            self._board.truth.note("fault", fault="alter_scheduled", time_ns=now_ns)
            last = packet[-1] ^ 1
            return packet[:-1] + bytes((last,))
        return packet
