"""Flies an OTV and cubes through the trivial air and gathers what came of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.ccsds.fields import decode_fields, engineering
from groundsys.ccsds.space_packets import TmPacket, decode_tm_packet
from groundsys.ccsds.tc_frames import TcFrame, encode_tc_frame
from groundsys.ccsds.tm_frames import PacketExtractor, decode_tm_frame
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.keys import make_keys
from groundsys.mission.spacecraft.packet_model import PacketDefinition, SpacecraftModel
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Node
from sims.craft import LanderNode, OrbiterNode
from tests.sims_craft.air import Ground, LosslessAir, Uplink, command_frame, command_packet


class Flight:
    """A run of one OTV and some cubes; `after(seconds)` is an instant since the start."""

    def __init__(
        self,
        mission: Mission,
        scenario: Scenario,
        directory: Path,
        *,
        cubes: Sequence[str] = ("cube-polar",),
        air: LosslessAir | None = None,
        carrier: str = "otv",
    ) -> None:
        self.mission, self.scenario, self.directory = mission, scenario, directory
        self.otv = mission.spacecraft[carrier]
        self.air = air or LosslessAir()
        keys = directory / "keys"
        make_keys(keys, mission.spacecraft.values())
        self.grounds = {name: Ground(mission.spacecraft[name], keys) for name in (carrier, *cubes)}
        self.orbiter = OrbiterNode(self.otv, mission, scenario, 1, directory, keys)
        self.landers = {
            cube: LanderNode(mission.spacecraft[cube], mission, scenario, 1, directory, keys)
            for cube in cubes
        }
        self._nodes: list[Node] = [self.air, self.orbiter, *self.landers.values()]
        self.exchange = Exchange(LocalCarrier(self._nodes), start=scenario.span.start)
        self.uplink = Uplink(self.otv, self.grounds[carrier])
        self._cube_counts = dict.fromkeys(cubes, 0)

    def after(self, seconds: float) -> Instant:
        return self.scenario.span.start.plus_seconds(seconds)

    def carrier(self, seconds: float, on: bool) -> None:
        self.exchange.say(self.uplink.carrier(self.after(seconds), on))

    def command(self, seconds: float, name: str, **arguments: Any) -> None:
        self.exchange.say(self.uplink.command(self.after(seconds), name, arguments))

    def cube_frame(self, cube: str, name: str, **arguments: Any) -> TcFrame:
        """A command to a cube in a protected frame; its counts go up from 0."""
        craft, count = self.mission.spacecraft[cube], self._cube_counts[cube]
        self._cube_counts[cube] += 1
        packet = command_packet(craft, name, count, arguments)
        return self.grounds[cube].protected(command_frame(craft, packet, 0, bypass=True))

    def forward(self, seconds: float, cube: str, frame: TcFrame) -> None:
        """Command the OTV to hand a frame to a cube."""
        octets = encode_tc_frame(frame)
        self.command(
            seconds,
            "FORWARD_FRAME",
            forward_spacecraft_id=self.mission.spacecraft[cube].framing.spacecraft_id,
            forward_frame_length=len(octets),
            forward_frame=octets,
        )

    def session(self, seconds: float, start_s: float, duration_s: int, cube: str) -> None:
        """Command a relay session that starts `start_s` after the start by a true clock."""
        sclk_s = (self.after(start_s).tai_ns - self.otv.sclk_epoch.tai_ns) // 1_000_000_000
        self.command(
            seconds,
            "RELAY_SESSION_ADD",
            session_spacecraft_id=self.mission.spacecraft[cube].framing.spacecraft_id,
            session_start_sclk=sclk_s,
            session_duration_s=duration_s,
        )

    def run(self, seconds: float) -> None:
        """Fly until `seconds` after the start."""
        self.exchange.run_until(self.after(seconds))

    def close(self) -> None:
        for node in self._nodes:
            node.close()

    def truth(self, craft: str, record: str) -> list[dict[str, Any]]:
        lines = (self.directory / f"{craft}.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, lines) if line["record"] == record]

    def generated(self, craft: str) -> set[tuple[int, int, int]]:
        return {
            (line["apid"], line["count"], line["sclk_ns"]) for line in self.truth(craft, "packet")
        }

    def relayed(self, cube: str) -> list[tuple[int, bytes]]:
        """The cube's frames in order: SCLK of the OTV at the first bit's arrival, and octets."""
        frames = []
        definition = self.otv.model.packet("RELAY_FILES")
        seen = set()
        for packet in self.air.packets():
            if packet.service != 200 or (packet.apid, packet.sequence_count) in seen:
                continue
            seen.add((packet.apid, packet.sequence_count))
            values = decode_fields(definition.fields, packet.data)
            scid = self.mission.spacecraft[cube].framing.spacecraft_id
            if values["relay_spacecraft_id"] == scid:
                sclk_ns = values["relay_reception_sclk_s"] * 10**9 + (
                    values["relay_reception_sclk_fraction"] * 10**9 >> 24
                )
                frames.append((sclk_ns, values["relay_frame"]))
        return frames

    def cube_packets(self, cube: str) -> list[TmPacket]:
        extractors: dict[int, PacketExtractor] = defaultdict(PacketExtractor)
        packets = []
        for _, octets in self.relayed(cube):
            frame = decode_tm_frame(octets)
            for packet in extractors[frame.virtual_channel].feed(frame):
                packets.append(decode_tm_packet(packet))
        assert all(extractor.missing == 0 for extractor in extractors.values())
        return packets


def keys(packets: Sequence[TmPacket]) -> set[tuple[int, int, int]]:
    return {(packet.apid, packet.sequence_count, packet.sclk_ns) for packet in packets}


def definition_of(model: SpacecraftModel, packet: TmPacket) -> PacketDefinition:
    return next(
        one
        for one in model.packets
        if (one.apid, one.service, one.subtype) == (packet.apid, packet.service, packet.subtype)
        and (one.selector is None or one.selector[1] == packet.data[0])
    )


def in_order(packets: Sequence[TmPacket]) -> list[TmPacket]:
    """As generated; stored ones come down later."""
    return sorted(packets, key=lambda packet: (packet.sclk_ns, packet.sequence_count))


def readings(
    model: SpacecraftModel, packets: Sequence[TmPacket], name: str
) -> list[tuple[int, dict[str, Any]]]:
    """SCLK and engineering values of every packet called `name`."""
    found = []
    for packet in in_order(packets):
        definition = definition_of(model, packet)
        if definition.name == name:
            raw = decode_fields(definition.fields, packet.data)
            values = {
                field.name: engineering(field, raw[field.name]) for field in definition.fields
            }
            found.append((packet.sclk_ns, values))
    return found


def outcomes(
    model: SpacecraftModel, packets: Sequence[TmPacket]
) -> dict[int, list[tuple[str, str | None]]]:
    """Reports by the request's sequence count, in the order in which they were made."""
    reports: dict[int, list[tuple[str, str | None]]] = defaultdict(list)
    for packet in in_order(packets):
        if packet.service == 1:
            definition = definition_of(model, packet)
            raw = decode_fields(definition.fields, packet.data)
            code = None
            if "failure_code" in raw:
                field = next(one for one in definition.fields if one.name == "failure_code")
                code = engineering(field, raw["failure_code"])
            reports[raw["request_sequence_count"]].append((definition.name, code))
    return dict(reports)


class LossyAir(LosslessAir):
    """Loses proximity frames and words as `is_lost(number)` says."""

    def __init__(self, is_lost: Callable[[int], bool]) -> None:
        super().__init__()
        self._is_lost = is_lost
        self._number = 0
        self.lost = 0

    def carry(self, message: Message) -> Message | None:
        frames = message.body["frames"]
        kept = [frame for frame in frames if not self._loses()]
        if (frames and not kept) or (not frames and self._loses()):
            return None
        return Message(
            "space", message.body["to"], "prox", message.time, {**message.body, "frames": kept}
        )

    def _loses(self) -> bool:
        self._number += 1
        lost = self._is_lost(self._number)
        self.lost += lost
        return lost
