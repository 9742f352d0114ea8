"""The telemetry desk: reads the archive, and knows what lacks.

Where mission time may pass as fast as it can, the moments of reading are fixed in it; where it
keeps to a rate, in flight above all, they follow what comes.

Everything here is a fold over the Yamcs archive: after a restart it is read from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from groundsys.commanding.ledger import Command
from groundsys.commanding.verification import REPORTS
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.desks.telemetry.reception_log import ReceptionLog
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.scheduling import SCHEDULE_LISTING
from groundsys.telemetry.completeness import (
    CountGap,
    CountRecord,
    Coverage,
    gaps,
    lacking_spans,
    take_packets,
    take_tail,
)
from groundsys.telemetry.freshness import CraftState, take_archived, take_frames, take_readings
from groundsys.telemetry.replays import (
    AskedReplay,
    beyond_repair,
    gap_of_subject,
    replay_subject,
    worth_asking,
)
from groundsys.uploads.packets import FILE_REPORT, PDU_PACKET
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime
from groundsys.values.records import ArchivedPacket

#: the archive is read at most this often, and by the wall where the clock keeps to a rate
READ_PERIOD = timedelta(seconds=120)
_READ_PERIOD_WALL_S = 0.2
#: channels on which stored packets come must have been silent this long before anything is asked
_SILENCE = timedelta(seconds=60)
#: … while live ones were heard this recently
_HEARD = timedelta(seconds=120)
#: after a round trip a craft that has the carrier takes this long to begin its playback
_PLAYBACK_BEGINS_S = 120.0
#: what a replay takes beside the round trip
_REPLAY_TAKES_S = 300.0
_REPLAYS_AT_ONCE = 40
_PLATFORM_APID = 1
_WATCHED = ("obc_mode", "eps_battery_charge", "recorder_fill", "comm_downlink_rate")
_NEXT_COUNT = "recorder_next_count_apid"
_RECORDER_WORD = "recorder_fill"
#: of a craft that carries others' frames, the packets whose octets are read
_READ_WHOLE = (*REPORTS, SCHEDULE_LISTING, PDU_PACKET, FILE_REPORT)

PacketTaker = Callable[[Spacecraft, Sequence[ArchivedPacket]], None]


class TelemetryDesk:
    """Knows what has been archived of each craft, and what has not."""

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        clocks: ClockDesk,
        receptions: ReceptionLog,
        on_packets: PacketTaker,
    ) -> None:
        self._room = room
        self._passes = passes
        self._clocks = clocks
        self._receptions = receptions
        self._on_packets = on_packets
        self._cursors: dict[str, str] = {}
        self._mourned: set[tuple[str, CountGap]] = set()
        self._counts: dict[str, dict[int, CountRecord]] = {craft.id: {} for craft in room.craft}
        self._states = {
            craft.id: CraftState(craft.id, frames=receptions.frames(craft.id))
            for craft in room.craft
        }
        self._unread = {craft.id for craft in room.craft}
        self._heard: set[str] = set()
        self._last_read: Instant | None = None
        #: whether Yamcs has all that the hub has told of
        self._archived = True
        self._last_heard: dict[str, Instant] = {}
        self._last_stored: dict[str, Instant] = {}

    # --- what comes in -------------------------------------------------------------------------

    def take_received(self, body: Mapping[str, Any]) -> None:
        """The hub has given frames to Yamcs."""
        self._archived = bool(body["archived"])
        for channel in body["channels"]:
            craft = self._room.mission.spacecraft[channel["spacecraft"]]
            self._receptions.take(channel)
            self._states[craft.id] = take_frames(
                self._states[craft.id], channel["frames"], Instant(channel["last_ert_ns"])
            )
            self._unread.add(craft.id)
            self._last_heard[craft.id] = self._room.now
            channels = craft.framing.virtual_channels
            live = {channels.get("REALTIME"), channels.get("IDLE")}
            if channel["virtual_channel"] not in live:
                self._last_stored[craft.id] = self._room.now

    def take_heard(self) -> frozenset[str]:
        """Craft of which something was read since this was asked last."""
        heard, self._heard = frozenset(self._heard), set()
        return heard

    @property
    def is_due(self) -> bool:
        """Whether the archive may be read again."""
        if not self._unread:
            return False
        return self._last_read is None or self._room.now >= self._last_read + self._period

    @property
    def next_due(self) -> Instant | None:
        """When it is read without another message, where news is not to wait.

        What came just after the last reading would else lie until more comes, or the pass is over.
        """
        if self._last_read is None or not self._unread or not self._archived:
            return None
        if self._period == READ_PERIOD:  # messages alone decide when it is read
            return None
        return self._last_read + self._period

    @property
    def _period(self) -> timedelta:
        return self._room.between_looks(READ_PERIOD, _READ_PERIOD_WALL_S)

    def read(self) -> None:
        """Read what has been archived since the last time."""
        self._last_read = self._room.now
        unread, self._unread = self._unread, set()
        for craft in self._room.craft:
            if craft.id in unread:
                self._read(craft)
                self._heard.add(craft.id)
        self._receptions.keep()
        self._passes.keep_counts()

    def _read(self, craft: Spacecraft) -> None:
        yamcs = self._room.yamcs
        packets = self._new_packets(craft)

        def dated(generation: Instant) -> Instant:
            return self.event_time(craft, generation)

        by_apid: dict[int, list[tuple[Instant, int]]] = {}
        for packet in packets:
            stamp = (packet.generation, packet.sequence_count)
            by_apid.setdefault(packet.apid, []).append(stamp)
        counts = self._counts[craft.id]
        for apid, stamps in by_apid.items():
            counts[apid] = take_packets(counts.get(apid, CountRecord(apid)), stamps)
        tails = self._tail_names(craft)
        readings = yamcs.parameter_values(craft, [*self._watched(craft), *tails])
        for name, apid in tails.items():
            if name in readings:
                word = readings[name]
                record = counts.get(apid, CountRecord(apid))
                counts[apid] = take_tail(record, word.generation, int(word.value), dated)
        state = take_readings(self._states[craft.id], readings.values(), dated)
        self._states[craft.id] = take_archived(state, packets, dated)
        self._on_packets(craft, packets)

    def _new_packets(self, craft: Spacecraft) -> list[ArchivedPacket]:
        """Packets archived since the last time, with their octets where those are of use.

        The relay's packets carry cubes' frames, which are read in the cubes' own archives: of
        its octets only those of reports on commands, of what its schedule holds, and of answers
        to uploads are fetched.
        """
        cursor = self._cursors.get(craft.id, "")
        found, self._cursors[craft.id] = self._room.yamcs.packets_since(
            craft, cursor, with_binary=craft.relay is not None
        )
        if craft.relay is not None or not any(packet.name in _READ_WHOLE for packet in found):
            return list(found)
        whole, _ = self._room.yamcs.packets_since(craft, cursor, _READ_WHOLE)
        return [*(packet for packet in found if packet.name not in _READ_WHOLE), *whole]

    # --- what lacks ----------------------------------------------------------------------------

    def playback_is_over(self, craft: Spacecraft) -> bool:
        """Whether the craft, in lock long enough, has sent everything that it had stored."""
        now, one = self._room.now, self._passes.current(craft.id)
        if one is None or one.state != "locked":
            return False
        listening = one.uplink_from.plus_seconds(2.0 * one.light_time_s + _PLAYBACK_BEGINS_S)
        heard = self._last_heard.get(craft.id)
        if now < listening or heard is None or now - _HEARD > heard:
            return False
        stored = self._last_stored.get(craft.id)
        return stored is None or stored <= now - _SILENCE

    def missing(self, spacecraft: str) -> tuple[CountGap, ...]:
        """Every known gap of a craft's packets."""
        return tuple(gap for record in self._counts[spacecraft].values() for gap in gaps(record))

    def ask_replays(
        self, craft: Spacecraft, ledger: CommandLedger, *, except_apids: frozenset[int]
    ) -> None:
        """Queue replays of the gaps that nothing under way is going to fill."""
        lacking = [gap for gap in self.missing(craft.id) if gap.apid not in except_apids]
        if not lacking:
            return
        asked = [
            AskedReplay(gap_of_subject(command.subject), self._answered_by(craft, command))
            for command in ledger.of("replay")
            if command.spacecraft == craft.id and (command.was_issued or not command.is_settled)
        ]
        self._mourn(craft, beyond_repair(lacking, asked, self._room.now))
        for gap in worth_asking(
            lacking, asked, self._room.now, platform_apid=_PLATFORM_APID, limit=_REPLAYS_AT_ONCE
        ):
            for first, last in gap.pieces():
                ledger.queue(
                    craft.id,
                    "RECORDER_REPLAY",
                    {"replay_apid": gap.apid, "first_count": first, "last_count": last},
                    purpose="replay",
                    subject=replay_subject(gap),
                )

    def _mourn(self, craft: Spacecraft, lost: Sequence[CountGap]) -> None:
        """Tell the operators once of packets that the recorder does not hold."""
        for gap in lost:
            if (craft.id, gap) not in self._mourned:
                self._mourned.add((craft.id, gap))
                text = (
                    f"{gap.packets} packets of APID {gap.apid} are lost on board: "
                    f"counts {gap.first} to {gap.last} were replayed in vain, and are given up"
                )
                self._room.log(craft.id, "warning", "telemetry", text)

    def coverage(self, craft: Spacecraft, apids: Collection[int] | None = None) -> Coverage | None:
        """Of which event times everything that the craft recorded is in the archive.

        The recorder's own newest word says how far that is known; None: nothing is.  With `apids`,
        of these alone.
        """
        word = self._states[craft.id].readings.get(_RECORDER_WORD)
        if word is None:
            return None
        until = self.event_time(craft, word.generation)
        lacking = []
        for apid, record in self._counts[craft.id].items():
            if apids is None or apid in apids:
                for before, after in lacking_spans(record):
                    edges = (
                        Instant(0) if before is None else self.event_time(craft, before),
                        until if after is None else self.event_time(craft, after),
                    )
                    # a clock that was set back dates what came later earlier
                    lacking.append(Interval(min(edges), max(edges)))
        return Coverage(until, tuple(lacking))

    def tails_known_since(self, craft: Spacecraft, command: Command) -> bool:
        """Whether the recorder has told its tail after a command had reached the craft."""
        word = self._states[craft.id].readings.get(_RECORDER_WORD)
        if word is None or not command.attempts:
            return False
        last = command.attempts[-1]
        return self.event_time(craft, word.generation) > (last.arrives_at or last.issued_at)

    def event_time(self, craft: Spacecraft, generation: Instant) -> SpacecraftEventTime:
        """A packet's own stamp as event time, by the craft's clock solution."""
        return self._clocks.event_time(craft, generation)

    def _answered_by(self, craft: Spacecraft, command: Command) -> Instant:
        """Until when the answer to a replay command may come; never before it has left."""
        if command.state in ("queued", "issuing"):
            return self._room.now + timedelta(seconds=1)
        if command.is_settled and not command.was_issued:
            return self._room.now
        last = command.attempts[-1]
        left = last.radiated_at or last.issued_at
        round_trip_s = 2.0 * self._passes.light_time(craft.id).seconds
        return Instant(left.tai_ns).plus_seconds(round_trip_s + _REPLAY_TAKES_S)

    def _watched(self, craft: Spacecraft) -> list[str]:
        known = {
            field.name
            for _, model in craft.models
            for packet in model.packets
            for field in packet.fields
        }
        return [name for name in _WATCHED if name in known]

    def _tail_names(self, craft: Spacecraft) -> dict[str, int]:
        """Parameters by which the recorder tells what comes next, and their APIDs."""
        return {
            field.name: int(field.name.removeprefix(_NEXT_COUNT))
            for _, model in craft.models
            for packet in model.packets
            for field in packet.fields
            if field.name.startswith(_NEXT_COUNT)
        }

    # --- what is shown -------------------------------------------------------------------------

    def newest_frame(self, craft: Spacecraft) -> Instant | None:
        """When a frame of a craft was received last (ERT)."""
        return self._states[craft.id].newest_receive_time

    def snapshot(self, sessions_open: frozenset[str]) -> dict[str, Any]:
        """The fleet as watchers see it; `sessions_open`: cubes in a relay session now."""
        return {
            "craft": {
                craft.id: self._craft_snapshot(craft, sessions_open) for craft in self._room.craft
            }
        }

    def _craft_snapshot(self, craft: Spacecraft, sessions_open: frozenset[str]) -> dict[str, Any]:
        state = self._states[craft.id]
        one = self._passes.current(craft.relay or craft.id)
        lock = one is not None and one.state == "locked"
        stamp = state.newest_generation
        if craft.relay is not None:
            lock = craft.id in sessions_open
        return {
            "mode": state.value("obc_mode"),
            "battery_percent": state.value("eps_battery_charge"),
            "recorder_percent": state.value("recorder_fill"),
            "lock": lock,
            "antenna": craft.relay or (one.antenna if one and lock else None),
            "light_time_s": self._passes.light_time(craft.relay or craft.id).seconds,
            "last_sclk_ns": None if stamp is None else stamp.tai_ns - craft.sclk_epoch.tai_ns,
            "last_scet_ns": None if stamp is None else self.event_time(craft, stamp).tai_ns,
            "last_ert_ns": _nanoseconds(state.newest_receive_time),
            "age_s": state.age_s(self._room.now),
            "frames": state.frames,
            "packets": sum(record.archived for record in self._counts[craft.id].values()),
            "packets_missing": sum(gap.packets for gap in self.missing(craft.id)),
        }


def _nanoseconds(instant: Instant | None) -> int | None:
    return None if instant is None else instant.tai_ns
