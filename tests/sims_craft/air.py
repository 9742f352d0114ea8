"""A trivial air for tests: everything arrives, at once, and a ground of a few lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from groundsys.ccsds.cadu import decode_cadu
from groundsys.ccsds.cltu import encode_cltu
from groundsys.ccsds.fields import encode_fields, raw_from_engineering
from groundsys.ccsds.sdls import FIRST_NUMBER, SecurityAssociation, protect
from groundsys.ccsds.space_packets import TcPacket, TmPacket, decode_tm_packet, encode_tc_packet
from groundsys.ccsds.tc_frames import TcFrame, encode_tc_frame
from groundsys.ccsds.tm_frames import PacketExtractor, TmFrame, decode_tm_frame
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.keys import read_keys
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step


class LosslessAir:
    """The node `space`: carries `prox` at once, and keeps what comes down, in order."""

    name = "space"

    def __init__(self) -> None:
        self.down: list[tuple[int, bytes]] = []
        self.downlinks: list[Mapping[str, Any]] = []
        self.carrier_on: dict[str, bool] = {}
        self.proximity: list[Message] = []

    def advance(self, now: Instant, inbox: Sequence[Message]) -> Step:
        outbox = []
        for message in inbox:
            if message.kind == "prox":
                self.proximity.append(message)
                if (carried := self.carry(message)) is not None:
                    outbox.append(carried)
            elif message.kind == "x_down":
                self.downlinks.append(message.body)
                self.down += [(f["start_ns"], f["cadu"]) for f in message.body["frames"]]
            elif message.kind == "x_carrier":
                self.carrier_on[message.source] = message.body["on"]
        return Step(tuple(outbox))

    def carry(self, message: Message) -> Message | None:
        """What of a proximity word arrives."""
        return Message("space", message.body["to"], "prox", message.time, message.body)

    def close(self) -> None:
        pass

    def frames(self) -> list[tuple[int, TmFrame]]:
        """Everything that came down, decoded, with the instant of each frame's first bit."""
        decoded = decode_cadu([cadu for _, cadu in self.down])
        frames = []
        for (start_ns, _), result in zip(self.down, decoded, strict=True):
            assert result.frame is not None
            frames.append((start_ns, decode_tm_frame(result.frame)))
        return frames

    def packets(self) -> list[TmPacket]:
        """The OTV's packets in the order they came down."""
        extractors: dict[int, PacketExtractor] = defaultdict(PacketExtractor)
        return [
            decode_tm_packet(octets)
            for _, frame in self.frames()
            for octets in extractors[frame.virtual_channel].feed(frame)
        ]


def command_packet(
    craft: Spacecraft, name: str, count: int, arguments: Mapping[str, Any] | None = None
) -> bytes:
    """A telecommand packet as the ground makes it."""
    definition = craft.model.command(name)
    given = arguments or {}
    raw = {
        field.name: raw_from_engineering(field, given[field.name])
        for field in definition.arguments
        if field.name in given
    }
    data = bytes((definition.function,)) + encode_fields(definition.arguments, raw)
    return encode_tc_packet(
        TcPacket(definition.apid, count, definition.service, definition.subtype, data)
    )


def command_frame(craft: Spacecraft, packet: bytes, number: int, *, bypass: bool) -> TcFrame:
    framing = craft.framing
    return TcFrame(framing.spacecraft_id, framing.tc_virtual_channel, number, bypass, False, packet)


class Ground:
    """Protects frames to one craft under its keys, as Yamcs does."""

    def __init__(self, craft: Spacecraft, keys: Path) -> None:
        self._keys = read_keys(keys, craft)
        self.association = craft.security.first if craft.security else 0
        self._numbers = dict.fromkeys(self._keys, FIRST_NUMBER)

    def protected(self, frame: TcFrame) -> TcFrame:
        if not self._keys:
            return frame
        spi = self.association
        number = self._numbers[spi]
        self._numbers[spi] += 1
        return protect(SecurityAssociation(spi, self._keys[spi]), frame, number)


class Uplink:
    """Says telecommands to the OTV, each in an AD frame of its own."""

    def __init__(self, craft: Spacecraft, ground: Ground) -> None:
        self._craft = craft
        self._ground = ground
        self._count = 0

    def command(
        self, at: Instant, name: str, arguments: Mapping[str, Any] | None = None
    ) -> Message:
        packet = command_packet(self._craft, name, self._count, arguments)
        frame = command_frame(self._craft, packet, self._count % 256, bypass=False)
        self._count += 1
        return self.frame(at, self._ground.protected(frame))

    def frame(self, at: Instant, frame: TcFrame) -> Message:
        """Any frame, whoever made it."""
        body = {"cltu": encode_cltu(encode_tc_frame(frame))}
        return Message("space", self._craft.id, "x_up", at, body)

    def carrier(self, at: Instant, on: bool) -> Message:
        body = {"antenna": "usuda-64", "on": on}
        return Message("space", self._craft.id, "x_up_carrier", at, body)
