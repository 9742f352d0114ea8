"""The schedule desk: what craft list of their time-tagged commands, and what they report of them.

Everything here is a fold over the Yamcs archive and the command ledger: after a restart it is
read from the archive's beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundsys.ccsds.requests import SCHEDULE_SOURCE, is_from_ground, request_id
from groundsys.commanding.ledger import Command
from groundsys.commanding.verification import StageReport, read_report, reported_attempt
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.scheduling import (
    SCHEDULE_INSERT,
    TOUCHING,
    Listing,
    ListingPart,
    ReadBack,
    Touch,
    command_name,
    entry_of,
    insert_arguments,
    newest_listing,
    next_count,
    read_back,
    read_listing_part,
)
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

#: a clock that is not measured yet may date a release this much too early
_CLOCK_SLACK_S = 60.0


class ScheduleDesk:
    """Knows what should be on board, and what the craft say is."""

    def __init__(self, room: ControlRoom, ledger: CommandLedger, clocks: ClockDesk) -> None:
        self._room = room
        self._ledger = ledger
        self._clocks = clocks
        #: by craft and sub-schedule: the parts of its newest listing
        self._parts: dict[tuple[str, int], dict[int, ListingPart]] = {}
        #: by command id: the craft's own stamp on the end of a command that touches a sub-schedule
        self._done_at: dict[str, Instant] = {}

    def take_packet(self, craft: Spacecraft, packet: ArchivedPacket, made_at: Instant) -> None:
        """A packet is in the archive, perhaps not for the first time."""
        part = read_listing_part(craft.model, packet)
        if part is not None:
            self._take_part(craft, part)
            return
        report = read_report(craft.model, packet, made_at)
        if report is None or not is_from_ground(report.source):
            return
        if report.stage == "completion" or report.outcome == "failed":
            self._take_end(craft, report, packet.generation)

    def insertion(
        self,
        craft: Spacecraft,
        schedule_id: int,
        at: Instant,
        name: str,
        arguments: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Arguments by which a command is put on board, to be released at event time `at`.

        Yamcs encodes the packet, and `CommandRefusedError` tells if it refuses.
        """
        packet = self._room.yamcs.prepare_command(craft, name, arguments)
        release_s = round(self._clocks.believed(craft).sclk_s(at))
        count = next_count(one.arguments for one in self._insertions(craft))
        return insert_arguments(schedule_id, release_s, packet, count)

    def inserted_as(self, craft: Spacecraft, report: StageReport) -> Command | None:
        """The insertion of the released command that a report is about.

        Counts come round again: it is the newest insertion whose release is not after the report.
        """
        if report.source != SCHEDULE_SOURCE:
            return None
        sclk_s = self._clocks.believed(craft).sclk_s(report.made_at) + _CLOCK_SLACK_S
        found = [
            one
            for one in self._insertions(craft)
            if request_id(one.arguments["scheduled_packet"]).sequence_count == report.sequence_count
            and one.arguments["release_sclk"] <= sclk_s
            and one.was_issued
        ]
        return found[-1] if found else None

    def read_back(
        self, craft: Spacecraft, schedule_id: int, insertions: Sequence[str], light_time_s: float
    ) -> ReadBack:
        """Whether a sub-schedule holds what the insertions of these ids have put there."""
        arrival = self._room.now.plus_seconds(light_time_s)
        loaded = [one for one in map(self._ledger.get, insertions) if one is not None]
        if len(loaded) < len(insertions):
            return ReadBack("NOT_SHOWN", ("not everything is in the ledger",))
        return read_back(
            [entry_of(one.arguments) for one in loaded],
            self._touches(craft, schedule_id),
            self.listing(craft.id, schedule_id),
            self._clocks.believed(craft).sclk_s(arrival),
            lambda packet: command_name(craft.model, packet),
        )

    def listing(self, spacecraft: str, schedule_id: int) -> Listing | None:
        """What a craft has listed last of a sub-schedule, as far as it has come."""
        return newest_listing(self._parts.get((spacecraft, schedule_id), {}).values())

    # --- within --------------------------------------------------------------------------------

    def _take_end(self, craft: Spacecraft, report: StageReport, stamp: Instant) -> None:
        commands = self._ledger.of_craft(craft.id)
        touching = any(
            attempt.request == report.request
            for one in commands
            if one.name in TOUCHING
            for attempt in one.attempts
        )
        found = reported_attempt(commands, report) if touching else None
        if found is not None and found[0].name in TOUCHING:
            self._done_at[found[0].id] = stamp

    def _take_part(self, craft: Spacecraft, part: ListingPart) -> None:
        key = craft.id, part.schedule_id
        parts = self._parts.setdefault(key, {})
        newest = max((one.stamp for one in parts.values()), default=part.stamp)
        if part.stamp > newest:
            parts.clear()
        if part.stamp >= newest:
            parts[part.number] = part

    def _insertions(self, craft: Spacecraft) -> list[Command]:
        return [one for one in self._ledger.of_craft(craft.id) if one.name == SCHEDULE_INSERT]

    def _touches(self, craft: Spacecraft, schedule_id: int) -> list[Touch]:
        """Every command to this sub-schedule that has acted, or may."""
        found = []
        for one in self._ledger.of_craft(craft.id):
            if one.name not in TOUCHING or one.arguments.get("schedule_id") != schedule_id:
                continue
            if one.is_settled and all(attempt.absent for attempt in one.attempts):
                continue  # it never left, or is known never to have arrived
            if one.state in ("drafted", "prepared"):
                continue  # it does not leave by itself
            text = f"{one.id} {one.name} ({one.state})"
            found.append(Touch(text, self._done(one)))
        return found

    def _done(self, command: Command) -> Instant | None:
        """By when it had acted, by the craft's own stamp; None while that is open.

        If that stamp is not known, or nothing was reported: by when the ground had settled it.
        """
        return self._done_at.get(command.id) or command.settled_at
