"""What is heard back of commands: from Yamcs' history, from the craft's own reports, from silence.

A craft's reports come by the archive, and are dated by its clock as known now.  Silence tells
something where all reports of a time are in the archive (`Coverage`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from groundsys.ccsds.requests import is_from_ground
from groundsys.commanding.deadlines import AT_THE_ANTENNA, REPORTS_WITHIN
from groundsys.commanding.events import DeadlinePassed, Reported
from groundsys.commanding.keeping import shut_out_since
from groundsys.commanding.ledger import UNDER_WAY, Command
from groundsys.commanding.verification import StageReport, read_report, reported_attempt
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.commanding.sequence_control import SequenceControl
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.telemetry.completeness import Coverage
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime
from groundsys.values.records import ArchivedPacket, CommandRecord

#: Yamcs' history is read from so long before what is looked for
HISTORY_SLACK_S = 300.0


class CommandReports:
    """Tells the ledger what is heard back."""

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        sequence: SequenceControl,
        ledger: CommandLedger,
        event_time: Callable[[Spacecraft, Instant], SpacecraftEventTime],
    ) -> None:
        self._room = room
        self._passes = passes
        self._sequence = sequence
        self._ledger = ledger
        self._event_time = event_time
        self._reports: dict[str, list[ArchivedPacket]] = {}
        #: reports that fit no attempt yet: a clock that is not known well dates them wrongly
        self._unclaimed: dict[str, list[ArchivedPacket]] = {}
        #: by Yamcs' id: attempts whose frames were acknowledged, and that people were told of
        self._taken: set[str] = set()

    def take(self, craft: Spacecraft, packet: ArchivedPacket) -> None:
        """A craft's report on a command is in the archive; it counts with the next reading."""
        self._reports.setdefault(craft.id, []).append(packet)

    def read(self, *, of_all: bool = False) -> None:
        """Take in what the craft have reported: from Yamcs' history, then from the archive.

        Yamcs is asked about craft that have reported since the last time, or `of_all`.
        """
        reports, self._reports = self._reports, {}
        for craft in self._room.craft:
            if of_all or craft.id in reports:
                self._read_history(craft)
            waiting = self._unclaimed.pop(craft.id, []) + reports.get(craft.id, [])
            if unclaimed := [packet for packet in waiting if not self._claim(craft, packet)]:
                self._unclaimed[craft.id] = unclaimed

    def _claim(self, craft: Spacecraft, packet: ArchivedPacket) -> bool:
        """Tell the command that a report is about, by the craft's clock as known now."""
        report = self._dated(craft, packet)
        if report is None or not is_from_ground(report.source):
            return True
        found = reported_attempt(self._ledger.of_craft(craft.id), report)
        if found is None:
            return False
        command, record = found
        self._ledger.advance(command, Reported(record, SpacecraftEventTime(report.made_at.tai_ns)))
        return True

    def _dated(self, craft: Spacecraft, packet: ArchivedPacket) -> StageReport | None:
        return read_report(craft.model, packet, self._event_time(craft, packet.generation))

    def are_awaited(self, craft: Spacecraft) -> bool:
        """Whether a command has left that the craft has not been heard to accept."""
        return any(one.state in ("issued", "radiated") for one in self._ledger.of_craft(craft.id))

    def take_coverage(self, craft: Spacecraft, archived: Coverage) -> None:
        """Every report that the craft made at `archived` times is in the archive.

        A command that can have arrived only at such times and was never reported has not been
        accepted, and nothing will bring it there.  Far away a craft's playback comes only after
        the pass's uplink is over, and tells no less; so does what a relay brings of a cube.  A
        count that somebody did report, though nobody knows yet on which command, proves nothing of
        the commands that bear it; nor does silence of one that FARM-1 has taken (`_was_taken`).
        """
        dated = (self._dated(craft, packet) for packet in self._unclaimed.get(craft.id, ()))
        reported = {report.request for report in dated if report is not None}
        for command in self._ledger.of_craft(craft.id):
            if command.state not in ("issued", "radiated"):
                continue
            within = self._reported_within(craft, command)
            last = command.attempts[-1]
            if last.request in reported or within is None or not archived.is_whole(within):
                continue
            if not self._was_taken(craft, command):
                self._ledger.advance(command, DeadlinePassed(absent=True))

    def _was_taken(self, craft: Spacecraft, command: Command) -> bool:
        """Whether the craft's CLCW has acknowledged the AD frame of the last attempt.

        A craft that then reports nothing is at fault, and may have carried the command out: people
        are told, once.
        """
        last = command.attempts[-1]
        if last.bypass or last.yamcs_id in self._taken:
            return not last.bypass
        since = last.issued_at.plus_seconds(-HISTORY_SLACK_S)
        records = self._room.yamcs.command_records(craft, since)
        if not any(one.id == last.yamcs_id and one.sent for one in records):
            return False
        self._taken.add(last.yamcs_id)
        text = (
            f"{command.id} {command.name}: its frame was acknowledged, and no report was made on "
            "it; see by telemetry whether it was carried out before you ask for it again"
        )
        self._room.log(craft.id, "warning", "command", text)
        return True

    def _reported_within(self, craft: Spacecraft, command: Command) -> Interval | None:
        """When the craft can have reported the last attempt's acceptance; None: it still can.

        A cube's frame may be with the relay until the cube would refuse it.  FOP-1 repeats an AD
        frame until it is begun anew or the uplink ends.
        """
        last = command.attempts[-1]
        if craft.relay is not None:
            shut_out = self._shut_out_since(craft, command)
            if shut_out is None:
                return None
            return Interval(last.issued_at, max(last.issued_at, Instant(shut_out.tai_ns)))
        first = last.radiated_at or last.issued_at
        leaves_until = last.radiated_at or last.issued_at + AT_THE_ANTENNA
        if not last.bypass:
            repeated_until = self._repeated_until(craft, last.issued_at) + AT_THE_ANTENNA
            leaves_until = max(leaves_until, repeated_until)
        light_time_s = self._passes.light_time(craft.id).seconds
        # packets on either side of a gap are dated by a clock that is never known exactly
        return Interval(
            first.plus_seconds(light_time_s) - REPORTS_WITHIN,
            leaves_until.plus_seconds(light_time_s) + REPORTS_WITHIN,
        )

    def _shut_out_since(self, craft: Spacecraft, command: Command) -> SpacecraftEventTime | None:
        if craft.security is None:
            return None
        of_craft = self._ledger.of_craft(craft.id)
        return shut_out_since(command, of_craft, craft.security.replay_window)

    def _repeated_until(self, craft: Spacecraft, issued_at: Instant) -> Instant:
        during = next(
            (p for p in self._passes.of(craft.id) if p.interval.contains(issued_at)), None
        )
        if during is None:
            return issued_at
        begun = self._sequence.begun(craft.id)
        anew = begun if begun is not None and begun > issued_at else during.uplink_until
        return min(anew, during.uplink_until)

    def _read_history(self, craft: Spacecraft) -> None:
        open_attempts = [
            attempt.issued_at
            for command in self._ledger.of_craft(craft.id)
            if command.state in UNDER_WAY or _may_still_report(command)
            for attempt in command.attempts
        ]
        if not open_attempts:
            return
        since = min(open_attempts).plus_seconds(-HISTORY_SLACK_S)
        used = Counter(
            attempt.request
            for command in self._ledger.of_craft(craft.id)
            for attempt in command.attempts
        )
        for record in self._room.yamcs.command_records(craft, since):
            command = self._ledger.issued_as(record.id)
            # A Yamcs that somebody else runs counts anew when it is started anew, as the same
            # source, and then takes a report on an earlier command for one on a later of the same
            # count (so does ours once counts come round): the craft's own dates tell them apart
            if command is not None and _used_once(record, used):
                self._ledger.advance(command, Reported(record))


def _may_still_report(command: Command) -> bool:
    """Given up or queued again, yet a late report of an attempt would settle it."""
    return bool(command.attempts) and command.state in ("expired", "queued", "issuing")


def _used_once(record: CommandRecord, used: Counter[tuple[int, int]]) -> bool:
    """Whether no other attempt bears source and count of a record, or it has no packet yet."""
    if record.source is None or record.sequence_count is None:
        return True
    return used[record.source, record.sequence_count] <= 1
