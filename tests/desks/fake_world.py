"""A world for the desks without simulators: a Yamcs, antennas, a hub and craft, as small as can be.

It answers what the desks say as the real ones would, one light time later, and loses packets on
purpose.  Everything it knows of the craft is in plain lists, so that a test can compare.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from groundsys.ccsds.cfdp import (
    METADATA_SEGMENT,
    AckPdu,
    FinishedPdu,
    NakPdu,
    Pdu,
    ack_pdu,
    eof_pdu,
    file_checksum,
    file_data_pdu,
    metadata_pdu,
    parse_pdu,
)
from groundsys.ccsds.fields import encode_fields, raw_from_engineering
from groundsys.ccsds.requests import RequestId, request_id, source_of_life
from groundsys.ccsds.space_packets import (
    TcPacket,
    TmPacket,
    decode_tc_packet,
    decode_tm_packet,
    encode_tc_packet,
    encode_tm_packet,
)
from groundsys.ccsds.tc_frames import TcFrame, decode_tc_frame, encode_tc_frame
from groundsys.desks import Desks
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.ports import Cop1State
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Node
from groundsys.values.records import (
    AlarmRecord,
    ArchivedPacket,
    CommandRecord,
    EventRecord,
    IssuedCommand,
    LinkCounts,
    ParameterReading,
    ParameterSample,
)
from sims.craft.computer.commands import CommandFailure
from sims.craft.computer.uploads import UploadArea

#: what the craft say late, beside the light time
PROCESSING_S = 5.0
#: by how much the OTV's clock is behind
CLOCK_BEHIND_S = 0.25


@dataclass
class FakeInstance:
    """One craft's Yamcs instance."""

    packets: list[ArchivedPacket] = field(default_factory=list)
    records: list[CommandRecord] = field(default_factory=list)
    readings: dict[str, ParameterReading] = field(default_factory=dict)
    #: archived values by parameter, oldest first
    histories: dict[str, list[ParameterReading]] = field(default_factory=dict)
    alarms: list[AlarmRecord] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    cop1: Cop1State = "bypass"
    clock: ClockSolution | None = None
    association: int | None = None
    arguments: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class FakeYamcs:
    """A `YamcsGateway` that remembers; `calls` counts each method's use."""

    def __init__(self, mission: Mission) -> None:
        self.now = Instant(0)
        self.rates: list[float] = []
        self.instances = {name: FakeInstance() for name in mission.spacecraft}
        self.calls: dict[str, int] = {}
        #: of the packets that it makes
        self.source = source_of_life(3)
        self.t1_s = 0.0
        self.acknowledged: list[tuple[str, str, str]] = []
        #: raised by the next `issue_command`, before or after Yamcs has taken it
        self.fail_before: Exception | None = None
        self.fail_after: Exception | None = None

    def _count(self, name: str) -> None:
        self.calls[name] = self.calls.get(name, 0) + 1

    def set_time(self, now: Instant, rate: float, only: Spacecraft | None = None) -> None:
        self._count("set_time")
        self.now = now
        self.rates.append(rate)

    def set_time_correlation(self, spacecraft: Spacecraft, solution: ClockSolution) -> None:
        self._count("set_time_correlation")
        self.instances[spacecraft.id].clock = solution

    def issue_command(
        self, spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any], *, bypass: bool
    ) -> IssuedCommand:
        self._count("issue_command")
        instance = self.instances[spacecraft.id]
        if self.fail_before is not None:
            error, self.fail_before = self.fail_before, None
            raise error
        number = len(instance.records)
        binary = self._packet(spacecraft, name, arguments, number)
        if not bypass and instance.cop1 != "active":
            raise CommandRefusedError("COP-1 is not active")
        yamcs_id = f"{spacecraft.id}:{number}"
        instance.records.append(
            CommandRecord(
                *(yamcs_id, name, self.now, bypass), sequence_count=number, source=self.source
            )
        )
        instance.arguments[yamcs_id] = dict(arguments)
        if self.fail_after is not None:
            error, self.fail_after = self.fail_after, None
            raise error
        return IssuedCommand(yamcs_id, number, binary, self.source)

    def prepare_command(
        self, spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any]
    ) -> bytes:
        self._count("prepare_command")
        return self._packet(spacecraft, name, arguments, 0)

    def _packet(
        self, spacecraft: Spacecraft, name: str, arguments: Mapping[str, Any], count: int
    ) -> bytes:
        definition = spacecraft.command(name)
        if {one.name for one in definition.arguments} != set(arguments):
            raise CommandRefusedError(f"{name}: {sorted(arguments)}")
        return encode_tc_packet(
            TcPacket(
                *(1, count, definition.service, definition.subtype),
                bytes((definition.function,)),
                self.source,
            )
        )

    def command_records(self, spacecraft: Spacecraft, since: Instant) -> Sequence[CommandRecord]:
        self._count("command_records")
        records = self.instances[spacecraft.id].records
        return [record for record in records if record.generation >= since]

    def packets_since(
        self,
        spacecraft: Spacecraft,
        cursor: str,
        names: Sequence[str] | None = None,
        *,
        with_binary: bool = True,
    ) -> tuple[Sequence[ArchivedPacket], str]:
        self._count("packets_since")
        packets = self.instances[spacecraft.id].packets
        found = packets[int(cursor or 0) :]
        if names is not None:
            found = [packet for packet in found if packet.name in names]
        if not with_binary:
            found = [replace(packet, binary=b"") for packet in found]
        return found, str(len(packets))

    def packets_between(
        self, spacecraft: Spacecraft, start: Instant, end: Instant
    ) -> Sequence[ArchivedPacket]:
        self._count("packets_between")
        packets = self.instances[spacecraft.id].packets
        return [one for one in packets if start <= one.generation < end]

    def count_packets(self, spacecraft: Spacecraft) -> int:
        packets = self.instances[spacecraft.id].packets
        return len({(packet.apid, packet.sequence_count) for packet in packets})

    def archived_reports(self) -> set[tuple[str, tuple[int, int]]]:
        """Craft, and source and count, of all commands whose completion is in the archive."""
        found = set()
        for name, instance in self.instances.items():
            for packet in instance.packets:
                if packet.name == "COMPLETION_SUCCESS":
                    report = decode_tm_packet(packet.binary)
                    count = int.from_bytes(report.data[2:4], "big")
                    found.add((name, (report.destination_id, count)))
        return found

    def parameter_values(
        self, spacecraft: Spacecraft, names: Sequence[str]
    ) -> Mapping[str, ParameterReading]:
        self._count("parameter_values")
        readings = self.instances[spacecraft.id].readings
        return {name: readings[name] for name in names if name in readings}

    def parameter_history(
        self, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant
    ) -> Sequence[ParameterReading]:
        self._count("parameter_history")
        history = self.instances[spacecraft.id].histories.get(name, [])
        return [one for one in history if start <= one.generation < stop]

    def parameter_samples(
        self, spacecraft: Spacecraft, name: str, start: Instant, stop: Instant, count: int
    ) -> Sequence[ParameterSample]:
        self._count("parameter_samples")
        spans: dict[int, list[ParameterReading]] = {}
        for one in self.instances[spacecraft.id].histories.get(name, []):
            if start <= one.generation < stop:
                share = one.generation.seconds_since(start) / stop.seconds_since(start)
                spans.setdefault(int(share * count), []).append(one)
        return [
            ParameterSample(
                *(one[0].generation, one[-1].generation),
                *(min(reading.value for reading in one), max(reading.value for reading in one)),
                len(one),
            )
            for one in spans.values()
        ]

    def link_counts(self, spacecraft: Spacecraft) -> LinkCounts:
        return LinkCounts(0, len(self.instances[spacecraft.id].records))

    def alarms(self, spacecraft: Spacecraft) -> Sequence[AlarmRecord]:
        self._count("alarms")
        return self.instances[spacecraft.id].alarms

    def acknowledge_alarm(
        self, spacecraft: Spacecraft, alarm_id: str, *, operator: str, comment: str
    ) -> None:
        self.acknowledged.append((alarm_id, operator, comment))

    def events(self, spacecraft: Spacecraft, since: Instant) -> Sequence[EventRecord]:
        self._count("events")
        return [one for one in self.instances[spacecraft.id].events if one.time >= since]

    def use_association(self, spacecraft: Spacecraft, association: int) -> None:
        self._count("use_association")
        self.instances[spacecraft.id].association = association

    def initialise_cop1(self, spacecraft: Spacecraft, *, unlock: bool = False) -> None:
        self._count("initialise_cop1")
        self.instances[spacecraft.id].cop1 = "initialising"

    def set_cop1_timer(self, spacecraft: Spacecraft, t1_s: float, limit: int) -> None:
        self.t1_s = t1_s

    def cop1_status(self, spacecraft: Spacecraft) -> Cop1State:
        self._count("cop1_status")
        return self.instances[spacecraft.id].cop1

    def terminate_cop1(self, spacecraft: Spacecraft) -> None:
        self.instances[spacecraft.id].cop1 = "bypass"


class FakePublisher:
    """Remembers the last event of each topic."""

    def __init__(self) -> None:
        self.last: dict[str, Mapping[str, Any]] = {}
        self.events: list[Mapping[str, Any]] = []
        #: what watchers follow, and what they have just begun to follow
        self.prefixes: set[str] = set()
        self.begun: set[str] = set()

    def followed(self) -> frozenset[str]:
        return frozenset(self.prefixes)

    def take_begun(self) -> frozenset[str]:
        begun, self.begun = frozenset(self.begun), set()
        return begun

    def follow(self, prefix: str) -> None:
        self.prefixes.add(prefix)
        self.begun.add(prefix)

    def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        if topic == "events":
            self.events.append(event)
        self.last[topic] = event


@dataclass
class FakeFile:
    """A payload file on a cube."""

    transaction: int
    name: str
    content: bytes
    sent: bool = False
    finished: bool = False


class FakeWorld:
    """Antennas, hub and craft: hears the desks' messages and speaks to them.

    `loses(apid, number)` says whether a packet of the OTV is lost on its first way down.
    """

    def __init__(
        self,
        mission: Mission,
        yamcs: FakeYamcs,
        start: Instant,
        *,
        light_time_s: float,
        downlink_light_time_s: Callable[[str, Instant], float],
        loses: Callable[[int, int], bool] = lambda apid, number: False,
    ) -> None:
        self.mission = mission
        self.yamcs = yamcs
        self.now = self._start = start
        self.light_time_s = light_time_s
        self.downlink_light_time_s = downlink_light_time_s
        self._antenna_of_pass: dict[str, str] = {}
        self.loses = loses
        self.otv = mission.spacecraft["otv"]
        self.files: dict[str, list[FakeFile]] = {}
        #: by how much the cubes' clocks gain from the start on
        self.cubes_gain_ppm = 0.0
        self.executed: list[tuple[str, str, dict[str, Any]]] = []
        #: (apid, count) → what its arrival puts into archives
        self.recorder: dict[tuple[int, int], list[tuple[str, ArchivedPacket]]] = {}
        self.generated: dict[str, set[tuple[int, int]]] = {
            name: set() for name in mission.spacecraft
        }
        self.deaf_to: set[str] = set()
        #: countersigns the audit log; none keeps silent
        self.notary: Node | None = None
        #: commands that the OTV executes, and whose reports its recorder loses
        self.silent_about: set[str] = set()
        #: one sub-schedule: releases by the OTV's clock, and packets
        self.schedule: list[tuple[int, bytes]] = []
        self.schedule_enabled = False
        self.released: list[TcPacket] = []
        #: insertions that are reported as done, and lost
        self.loses_insertions = 0
        #: files that go up: the craft's own receiver
        self.uploads = UploadArea(
            self.otv.entity_id,
            round(self.otv.platform["upload_area_kb"] * 1e3),
            1,
            say=lambda pdu, _: self._say_pdu(pdu),
            report=lambda values, _: self._report_file(values),
        )
        #: whether a command to the OTV is lost on its way, by its sequence count
        self.loses_up: Callable[[int], bool] = lambda number: False
        #: packets that are played back every 20 s; None: all that wait, at once
        self.packets_at_once: int | None = None
        #: whether a packet is lost when it is sent again, and what was sent again: key, when, lost
        self.loses_again: Callable[[int, int], bool] = lambda apid, number: False
        self.sent_again: list[tuple[tuple[int, int], Instant, bool]] = []
        #: antenna → since when it is out of order
        self.out_since: dict[str, Instant] = {}
        self._released: set[str] = set()
        #: passes in which the craft was heard
        self._heard_in: set[str] = set()
        self._unsent: list[tuple[int, int]] = []
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._outbox: list[Message] = []
        self._pass: Mapping[str, Any] | None = None
        self._polled: dict[str, int] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._frames = 0
        self._received_channels: dict[tuple[str, int], int] = {}
        self._forwarded: dict[str, list[RequestId]] = {}
        #: the life of Yamcs whose frame a cube has accepted last; it refuses those of earlier ones
        self._last_accepted: dict[str, int] = {}
        self.refused: list[tuple[str, int]] = []
        self.at(60.0, self._make_housekeeping)

    # --- the clock -----------------------------------------------------------------------------

    def at(self, delay_s: float, action: Callable[[], None]) -> None:
        when = self.now.plus_seconds(delay_s)
        heapq.heappush(self._due, (when.tai_ns, next(self._order), action))

    def at_instant(self, when: Instant, action: Callable[[], None]) -> None:
        self.at(max(0.0, when.seconds_since(self.now)), action)

    def fly(self, desks: Desks, until: Instant) -> None:
        """Advance the desks and this world together until `until`."""
        wake = self.now
        while self.now < until:
            moments = [until.tai_ns, max(wake.tai_ns, self.now.tai_ns + 10**9)]
            if self._due:
                moments.append(max(self._due[0][0], self.now.tai_ns))
            self.now = Instant(min(moments))
            while self._due and self._due[0][0] <= self.now.tai_ns:
                heapq.heappop(self._due)[2]()
            inbox, self._outbox = self._outbox, []
            if not inbox and self.now < wake:
                continue
            step = desks.advance(self.now, inbox)
            wake = step.wake_at or until
            for message in step.outbox:
                self._hear(message)

    def _say(self, kind: str, body: Mapping[str, Any]) -> None:
        self._outbox.append(Message("world", "desks", kind, self.now, body))

    def _hear(self, message: Message) -> None:
        match message.kind:
            case "configure":
                antenna = message.target.removeprefix("antenna:")
                self._antenna_of_pass[message.body["pass_id"]] = antenna
                self._released.discard(message.body["pass_id"])
                self._configure(message.body)
            case "release":
                self._released.add(message.body["pass_id"])
            case "poll_uplink":
                self._poll(message.body["spacecraft"])
            case "audit_entries" if self.notary is not None:
                self._outbox += self.notary.advance(self.now, [message]).outbox

    def tell(self, kind: str, **content: Any) -> None:
        """Somebody's notice to the desks."""
        self._say("notice", {"kind": kind, **content})

    # --- antennas ------------------------------------------------------------------------------

    def _configure(self, body: Mapping[str, Any]) -> None:
        self._status(body, "configuring", uplink=False)

        def lock() -> None:
            if body["pass_id"] in self._released:
                return
            antenna = self._antenna_of_pass[body["pass_id"]]
            if self.out_since.get(antenna, self.now) < self.now:
                self._status(body, "searching", uplink=True)
                return
            self._pass = body
            self._heard_in.add(body["pass_id"])
            self._status(body, "locked", uplink=True)
            self._unsent.sort()
            if self.packets_at_once is None:
                self.at(2 * self.light_time_s, self._play_back)
            self._beat(body)

        def uplink_ends() -> None:
            self._status(body, "locked", uplink=False)

        def end() -> None:
            self._pass = None
            self._status(body, "idle", uplink=False)

        self.at_instant(Instant(body["start_ns"] + 60 * 10**9), lock)
        self.at_instant(Instant(body["uplink_until_ns"]), uplink_ends)
        self.at_instant(Instant(body["end_ns"]), end)

    def _status(self, body: Mapping[str, Any], state: str, *, uplink: bool) -> None:
        antenna = self._antenna_of_pass[body["pass_id"]]
        frames = self._frames if body["pass_id"] in self._heard_in else 0
        self._say(
            "antenna_status",
            {
                "antenna": antenna,
                "pass_id": body["pass_id"],
                "state": state,
                "spacecraft": body["spacecraft"],
                "c_n0_dbhz": 55.0,
                "uplink": uplink,
                "frames_good": frames,
                "frames_corrected": frames // 2,
                "symbols_corrected": frames,
                "frames_bad": 0,
                "time_ns": self.now.tai_ns,
            },
        )

    def _beat(self, body: Mapping[str, Any]) -> None:
        """In lock something comes every 20 s, and the hub says so."""
        if self._pass is not body:
            return
        if self.yamcs.instances["otv"].cop1 == "initialising":
            self.yamcs.instances["otv"].cop1 = "active"
        self._channel("otv", 0)
        if self.packets_at_once is not None:
            self._play_back()
        self._tell_received(body)
        if int(self.now.tai_ns / 1e9) % 300 < 20:
            antenna = self._antenna_of_pass[body["pass_id"]]
            light_time_s = self.downlink_light_time_s(antenna, self.now)
            sclk_s = self.now.seconds_since(self.otv.sclk_epoch) - light_time_s - CLOCK_BEHIND_S
            self._say(
                "time_couples",
                {
                    "couples": [
                        {
                            "spacecraft": "otv",
                            "sclk_s": sclk_s,
                            "reference_ns": self.now.tai_ns,
                            "reference": "ert",
                        }
                    ]
                },
            )
        self.at(20.0, lambda: self._beat(body))

    def _channel(self, spacecraft: str, virtual_channel: int, frames: int = 1) -> None:
        key = (spacecraft, virtual_channel)
        self._received_channels[key] = self._received_channels.get(key, 0) + frames
        self._frames += frames

    def _tell_received(self, body: Mapping[str, Any]) -> None:
        channels = [
            {
                "spacecraft": spacecraft,
                "virtual_channel": virtual_channel,
                "antenna": body["pass_id"],
                "first_count": 0,
                "last_count": frames,
                "frames": frames,
                "missing": 0,
                "corrected": 0,
                "first_ert_ns": self.now.tai_ns - 10**9,
                "last_ert_ns": self.now.tai_ns,
            }
            for (spacecraft, virtual_channel), frames in self._received_channels.items()
        ]
        self._received_channels.clear()
        self._say("received", {"channels": channels, "archived": True})

    # --- commands ------------------------------------------------------------------------------

    def _poll(self, spacecraft: str) -> None:
        """The hub takes what Yamcs has sent since the last time."""
        instance = self.yamcs.instances[spacecraft]
        first = self._polled.get(spacecraft, 0)
        self._polled[spacecraft] = len(instance.records)
        craft = self.mission.spacecraft[spacecraft]
        for number in range(first, len(instance.records)):
            if craft.relay is not None:
                source = instance.records[number].source
                assert source is not None
                packet = encode_tc_packet(TcPacket(1, number, 17, 1, bytes(1), source))
                scid = craft.framing.spacecraft_id
                frame = encode_tc_frame(TcFrame(scid, 0, 0, True, False, packet))
                self._say(
                    "forward_request",
                    {
                        "spacecraft": spacecraft,
                        "tc_frame": frame,
                        "source": source,
                        "sequence_count": number,
                    },
                )
                continue
            radiation_id = f"{spacecraft}:s{instance.records[number].source}:p{number}"
            body = {"radiation_id": radiation_id, "spacecraft": spacecraft}
            self._say("radiated", {**body, "antenna": "a", "txt_ns": self.now.tai_ns})
            if instance.records[number].name in self.deaf_to:
                self.deaf_to.discard(instance.records[number].name)
                continue
            if self.loses_up(number):
                continue
            self.at(self.light_time_s, lambda number=number: self._execute(number))  # type: ignore[misc]

    def _execute(self, number: int) -> None:
        instance = self.yamcs.instances["otv"]
        record = instance.records[number]
        self.at(self.light_time_s, lambda: self._acknowledge(number))
        arguments = dict(instance.arguments[record.id])
        self.executed.append(("otv", record.name, arguments))
        failure = ""
        match record.name:
            case "RELAY_SESSION_ADD":
                start = self.otv.sclk_epoch.plus_seconds(
                    arguments["session_start_sclk"] + CLOCK_BEHIND_S
                )
                cube = self._cube(arguments["session_spacecraft_id"])
                self.at_instant(start.plus_seconds(600), lambda: self._hold_session(cube))
            case "FORWARD_FRAME":
                cube = self._cube(arguments["forward_spacecraft_id"])
                frame = decode_tc_frame(arguments["forward_frame"])
                self._forwarded.setdefault(cube.id, []).append(request_id(frame.data))
            case "RECORDER_REPLAY":
                self._replay(arguments)
            case "CFDP_PDU" if parse_pdu(arguments["pdu"]).destination_entity != 1:
                failure = self._of_upload("CFDP_PDU", arguments)
            case "CFDP_PDU":
                self._take_pdu(arguments["pdu"])
            case "FILE_VERIFY" | "FILE_ENABLE" | "FILE_DELETE" | "FILE_REPORT" as name:
                failure = self._of_upload(name, arguments)
            case "REPORT_HOUSEKEEPING":
                self._tell_tail()
            case "SCHEDULE_INSERT":
                self._insert(arguments)
            case "SCHEDULE_DELETE":
                self.schedule.clear()
            case "SCHEDULE_ENABLE":
                self.schedule_enabled = True
            case "SCHEDULE_REPORT":
                self._list_schedule(arguments["schedule_id"])
        if failure:
            self._report_failure(number, failure)
            return
        assert record.source is not None
        report = self.generate(
            "otv", 1, "COMPLETION_SUCCESS", _request(number), destination=record.source
        )
        if record.name in self.silent_about:
            key = (report.apid, report.sequence_count)
            del self.recorder[key]
            self._unsent.remove(key)
            return
        self.at(self.light_time_s + PROCESSING_S, lambda: self._complete("otv", number))

    def _of_upload(self, name: str, arguments: Mapping[str, Any]) -> str:
        """The effect of a command on the upload area; the code of its failure, or ""."""
        try:
            match name:
                case "CFDP_PDU":
                    self.uploads.take(parse_pdu(arguments["pdu"]), 0)
                case "FILE_VERIFY":
                    self.uploads.verify(arguments["file_number"], arguments["file_sha256"], 0)
                case "FILE_ENABLE":
                    self.uploads.enable(arguments["file_number"], 0)
                case "FILE_DELETE":
                    self.uploads.delete(arguments["file_number"])
                case "FILE_REPORT":
                    self.uploads.report(arguments["file_number"], 0)
        except CommandFailure as failed:
            return failed.code
        return ""

    def _say_pdu(self, pdu: bytes) -> None:
        self.generate("otv", 1, "CFDP_PDU", len(pdu).to_bytes(2, "big") + pdu)

    def _report_file(self, values: Mapping[str, Any]) -> None:
        fields = self.otv.model.packet("FILE_REPORT").fields
        raw = {one.name: raw_from_engineering(one, values[one.name]) for one in fields}
        self.generate("otv", 1, "FILE_REPORT", encode_fields(fields, raw))

    def _report_failure(self, number: int, code: str) -> None:
        field = self.otv.model.packet("COMPLETION_FAILURE").fields[-1]
        raw = raw_from_engineering(field, code)
        source = self.yamcs.instances["otv"].records[number].source
        assert source is not None
        request = _request(number)
        self.generate("otv", 1, "COMPLETION_FAILURE", request + bytes([raw]), destination=source)

    def _acknowledge(self, number: int) -> None:
        """FOP-1 hears that FARM-1 has taken the frame."""
        records = self.yamcs.instances["otv"].records
        records[number] = replace(records[number], sent=True)

    def _complete(self, spacecraft: str, number: int) -> None:
        """Yamcs' verifiers hear a report; now and then they miss one."""
        if number % 9 == 4:
            return
        records = self.yamcs.instances[spacecraft].records
        records[number] = replace(records[number], acceptance="ok", start="ok", completion="ok")

    def _cube(self, scid: int) -> Spacecraft:
        return next(
            craft
            for craft in self.mission.spacecraft.values()
            if craft.framing.spacecraft_id == scid
        )

    # --- packets -------------------------------------------------------------------------------

    def generate(
        self,
        spacecraft: str,
        apid: int,
        name: str,
        data: bytes,
        inside: ArchivedPacket | None = None,
        *,
        destination: int = 0,
    ) -> ArchivedPacket:
        """A craft makes a packet; the OTV's go down or into its recorder."""
        craft = self.mission.spacecraft[spacecraft]
        count = self._counts.get((spacecraft, apid), 0)
        self._counts[spacecraft, apid] = count + 1
        sclk_ns = self.now.tai_ns - craft.sclk_epoch.tai_ns
        definition = craft.model.packet(name)
        binary = encode_tm_packet(
            TmPacket(
                *(apid, count, definition.service, definition.subtype, sclk_ns, data),
                destination_id=destination,
            )
        )
        packet = ArchivedPacket(name, self.now, apid, count, self.now, binary)
        self.generated[spacecraft].add((apid, count))
        if spacecraft == "otv":
            carried = [("otv", packet)]
            if inside is not None:
                cube = self._cube(int.from_bytes(data[:2], "big"))
                carried.append((cube.id, inside))
            self.recorder[apid, count] = carried
            self._unsent.append((apid, count))
            if self._pass is not None and self.packets_at_once is None:
                self.at(2.0, self._play_back)
        return packet

    def _insert(self, arguments: Mapping[str, Any]) -> None:
        if self.loses_insertions:
            self.loses_insertions -= 1
            return
        entry = (int(arguments["release_sclk"]), bytes(arguments["scheduled_packet"]))
        self.schedule.append(entry)
        release = self.otv.sclk_epoch.plus_seconds(entry[0] + CLOCK_BEHIND_S)
        self.at_instant(release, lambda: self._release(entry))

    def _release(self, entry: tuple[int, bytes]) -> None:
        if entry not in self.schedule:
            return
        self.schedule.remove(entry)
        if not self.schedule_enabled:
            return
        self.schedule_enabled = bool(self.schedule)
        packet = decode_tc_packet(entry[1])
        self.released.append(packet)
        for name in ("ACCEPTANCE_SUCCESS", "START_SUCCESS", "COMPLETION_SUCCESS"):
            request = _request(packet.sequence_count)
            self.generate("otv", 1, name, request, destination=packet.source_id)

    def _list_schedule(self, schedule_id: int) -> None:
        fields = self.otv.model.packet("SCHEDULE_LISTING").fields
        entries = sorted(self.schedule, key=lambda one: one[0])
        for number, (release_s, packet) in enumerate(entries, 1) if entries else [(0, (0, b""))]:
            values = {
                "schedule_id": schedule_id,
                "schedule_state": int(self.schedule_enabled),
                "schedule_entry": number,
                "schedule_entries": len(entries),
                "schedule_release_sclk": release_s,
                "schedule_packet": packet,
            }
            self.generate("otv", 1, "SCHEDULE_LISTING", encode_fields(fields, values))

    def _make_housekeeping(self) -> None:
        off = any(
            name == "SET_HOUSEKEEPING_PERIOD" and not arguments["period_s"]
            for _, name, arguments in self.executed
        )
        if not off:
            self._tell_tail()
            self.at(120.0, self._make_housekeeping)

    def _tell_tail(self) -> None:
        self.generate("otv", 1, "RECORDER", bytes(30))
        made = self.now
        tails = {
            f"recorder_next_count_apid{apid}": self._counts.get(("otv", apid), 0)
            for apid in (1, 2, 3)
        }

        def arrive() -> None:
            if self._pass is not None:
                for name, value in {**tails, "recorder_fill": 3.5}.items():
                    reading = ParameterReading(name, value, made)
                    self.yamcs.instances["otv"].readings[name] = reading

        self.at(self.light_time_s, arrive)

    def _play_back(self) -> None:
        if self._pass is None:
            return
        room = len(self._unsent) if self.packets_at_once is None else self.packets_at_once
        unsent, self._unsent = self._unsent[:room], self._unsent[room:]
        for apid, count in unsent:
            self._channel("otv", 1 if apid == 1 else 2)
            if not self.loses(apid, count):
                self.at(self.light_time_s, lambda key=(apid, count): self._arrive(key))  # type: ignore[misc]

    def _arrive(self, key: tuple[int, int]) -> None:
        for spacecraft, packet in self.recorder[key]:
            archive = self.yamcs.instances[spacecraft].packets
            archive.append(replace(packet, reception=self.now))
            if spacecraft != "otv":
                self._channel(spacecraft, 1)
                if packet.name == "EPS":
                    self._tell_cube_time(spacecraft, packet.generation)

    def _tell_cube_time(self, cube: str, at: Instant) -> None:
        """A cube's clock is right at the start; the relay's, by which it is told, is behind."""
        sclk_s = at.seconds_since(self.mission.spacecraft[cube].sclk_epoch)
        sclk_s += self.cubes_gain_ppm * 1e-6 * at.seconds_since(self._start)
        reference_s = at.seconds_since(self.otv.sclk_epoch) - CLOCK_BEHIND_S
        couple = {
            "spacecraft": cube,
            "sclk_s": sclk_s,
            "reference_ns": round(reference_s * 1e9),
            "reference": "otv_sclk",
        }
        self._say("time_couples", {"couples": [couple]})

    def _send_again(self, keys: Sequence[tuple[int, int]]) -> None:
        for key in keys:
            if key in self.recorder:
                self._channel("otv", 3)
                lost = self.loses_again(*key)
                self.sent_again.append((key, self.now, lost))
                if lost:
                    continue
                self.at(self.light_time_s, lambda key=key: self._arrive(key))  # type: ignore[misc]

    def _replay(self, arguments: Mapping[str, Any]) -> None:
        first, last = arguments["first_count"], arguments["last_count"]
        self._send_again([(arguments["replay_apid"], n) for n in range(first, last + 1)])

    # --- relay and files -----------------------------------------------------------------------

    def _hold_session(self, cube: Spacecraft) -> None:
        """A session: the cube's time report and housekeeping, new files, answers, commands."""
        self._relay(cube, 2, 1, "EPS", bytes(20))
        for taken in self._forwarded.pop(cube.id, ()):
            count = taken.sequence_count
            if taken.source < self._last_accepted.get(cube.id, 0):
                self.refused.append((cube.id, count))
                continue
            self._last_accepted[cube.id] = taken.source
            self._relay(cube, 2, 1, "COMPLETION_SUCCESS", _request(count), taken.source)
            self.at(7_200.0, lambda count=count: self._complete(cube.id, count))  # type: ignore[misc]
        for file in self.files.get(cube.id, []):
            if not file.sent:
                file.sent = True
                for pdu in self._pdus(cube, file):
                    self._relay_pdu(cube, pdu)
            elif file.finished:
                file.finished = False
                answer = ack_pdu(cube.entity_id, 1, file.transaction, acknowledged="finished")
                self._relay_pdu(cube, answer)

    def _pdus(self, cube: Spacecraft, file: FakeFile) -> list[bytes]:
        size = len(file.content)
        base = (cube.entity_id, 1, file.transaction)
        return [
            metadata_pdu(*base, file_size=size, source_name=file.name, destination_name=file.name),
            *(
                file_data_pdu(*base, offset=offset, data=file.content[offset : offset + 900])
                for offset in range(0, size, 900)
            ),
            eof_pdu(*base, file_size=size, checksum=file_checksum(file.content)),
        ]

    def _relay_pdu(self, cube: Spacecraft, pdu: bytes) -> None:
        self._relay(cube, 3, 3, "CFDP_PDU", len(pdu).to_bytes(2, "big") + pdu)

    def _relay(
        self,
        cube: Spacecraft,
        otv_apid: int,
        apid: int,
        name: str,
        data: bytes,
        destination: int = 0,
    ) -> None:
        inside = self.generate(cube.id, apid, name, data, destination=destination)
        outer = "RELAY_FILES" if otv_apid == 3 else "RELAY_TELEMETRY"
        scid = cube.framing.spacecraft_id.to_bytes(2, "big")
        self.generate("otv", otv_apid, outer, scid + bytes(9), inside)

    def _take_pdu(self, octets: bytes) -> None:
        pdu = parse_pdu(octets)
        cube = next(c for c in self.mission.spacecraft.values() if c.entity_id == pdu.source_entity)
        match pdu:
            case NakPdu():
                self._send_again(self._copies(cube, pdu))
            case FinishedPdu():
                for file in self.files[cube.id]:
                    if file.transaction == pdu.transaction:
                        file.finished = True
            case AckPdu():
                pass

    def _copies(self, cube: Spacecraft, nak: NakPdu) -> list[tuple[int, int]]:
        wanted = []
        for key, carried in self.recorder.items():
            for spacecraft, packet in carried:
                if spacecraft != cube.id or packet.name != "CFDP_PDU":
                    continue
                pdu = parsed(packet.binary[22:-2])
                if pdu.transaction != nak.transaction:
                    continue
                offset = getattr(pdu, "offset", None)
                for start, end in nak.segments:
                    is_metadata = hasattr(pdu, "source_name")
                    if ((start, end) == METADATA_SEGMENT and is_metadata) or (
                        offset is not None and start <= offset < end
                    ):
                        wanted.append(key)
        return wanted


@lru_cache(maxsize=50_000)
def parsed(pdu: bytes) -> Pdu:
    """A PDU that is looked at again and again."""
    return parse_pdu(pdu)


def _request(number: int) -> bytes:
    """What a report says it is about: APID 1 and the packet's count."""
    return (1).to_bytes(2, "big") + number.to_bytes(2, "big")
