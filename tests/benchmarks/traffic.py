"""Frames as a relay orbiter sends them: mostly cubes' file frames, and housekeeping between.

Of ten frames eight carry relayed file frames, one live housekeeping, one stored housekeeping:
about what the scenario `quickstart` brings down, idle frames apart.  Every packet ever made has
its own time and count, so that an archive keeps each.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.ccsds.clcw import Clcw, encode_clcw
from groundsys.ccsds.cuc import split_sclk
from groundsys.ccsds.fields import encode_fields
from groundsys.ccsds.space_packets import (
    SEQUENCE_COUNT_MODULUS,
    TmPacket,
    encode_tm_packet,
)
from groundsys.ccsds.tm_frames import FrameBuilder
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import Field, PacketDefinition

RELAY = "otv"
CUBE = "cube-tharsis"
_RELAYED_IN_TEN = 8
_LIVE_PACKETS = 5
_STORED_PACKETS = 24
_PDU_OCTETS = 940
_PACKET_SPACING_NS = 10_000_000


@dataclass(frozen=True, slots=True)
class Traffic:
    """Frames of the relay, those of the cube inside them, and the packets in both."""

    relay_frames: list[bytes]
    cube_frames: list[bytes]
    relay_packets: int
    cube_packets: int

    @property
    def frames(self) -> int:
        """Frames that Yamcs has to take."""
        return len(self.relay_frames) + len(self.cube_frames)


class TrafficMaker:
    """Makes one stretch of traffic after the other, all of one day."""

    def __init__(self, mission: Mission, scenario: Scenario) -> None:
        self._relay = _Sender(mission.spacecraft[RELAY], scenario)
        self._cube = _Sender(mission.spacecraft[CUBE], scenario)

    def make(self, relay_frames: int) -> Traffic:
        """About `relay_frames` frames of the relay, at least one."""
        tenths = max(1, relay_frames // 10)
        frames: list[bytes] = []
        lifted: list[bytes] = []
        packets_before = self._relay.packets, self._cube.packets
        for _ in range(tenths):
            units = [self._cube.file_unit() for _ in range(_RELAYED_IN_TEN)]
            of_cube = self._cube.frames("FILES", units)
            lifted += of_cube
            carriers = [self._relay.carrier(self._cube.spacecraft, frame) for frame in of_cube]
            frames += self._relay.frames("RELAY", carriers)
            frames += self._relay.frames("REALTIME", self._relay.housekeeping(_LIVE_PACKETS))
            frames += self._relay.frames("PLAYBACK", self._relay.housekeeping(_STORED_PACKETS))
        return Traffic(
            frames,
            lifted,
            self._relay.packets - packets_before[0],
            self._cube.packets - packets_before[1],
        )


class _Sender:
    """One craft's packets and frames."""

    def __init__(self, spacecraft: Spacecraft, scenario: Scenario) -> None:
        self.spacecraft = spacecraft
        self.packets = 0
        start_s = scenario.span.start.seconds_since(spacecraft.sclk_epoch)
        self._start_ns = round(start_s * 1e9)
        self._counts: dict[int, int] = {}
        self._master = itertools.count()
        framing = spacecraft.framing
        self._builders = {
            name: FrameBuilder(framing.spacecraft_id, number, framing.tm_frame_length)
            for name, number in framing.virtual_channels.items()
        }
        self._report = encode_clcw(Clcw(framing.tc_virtual_channel, report_value=0))
        self._housekeeping = itertools.cycle(
            one for one in spacecraft.model.packets if one.selector is not None
        )

    def housekeeping(self, packets: int) -> list[bytes]:
        """Reports of one subsystem after the other."""
        return [
            self._packet(definition, _plausible(definition, self.packets))
            for definition in itertools.islice(self._housekeeping, packets)
        ]

    def file_unit(self) -> bytes:
        """One packet with a piece of a payload file."""
        piece = bytes((self.packets + place) % 251 for place in range(_PDU_OCTETS))
        return self._packet(self.spacecraft.model.packet("CFDP_PDU"), {"pdu": piece})

    def carrier(self, sender: Spacecraft, frame: bytes) -> bytes:
        """The packet in which a relay keeps another craft's frame."""
        seconds, fraction = split_sclk(self._sclk_ns())
        values = {
            "relay_spacecraft_id": sender.framing.spacecraft_id,
            "relay_reception_sclk_s": seconds,
            "relay_reception_sclk_fraction": fraction,
            "relay_frame": frame,
        }
        return self._packet(self.spacecraft.model.packet("RELAY_FILES"), values)

    def frames(self, channel: str, packets: Sequence[bytes]) -> list[bytes]:
        """The packets in frames of their own, the last one filled."""
        builder = self._builders[channel]
        for packet in packets:
            builder.add(packet)
        return builder.take(
            flush=True, ocf=self._report, master_channel_count=lambda: next(self._master) % 256
        )

    def _packet(self, definition: PacketDefinition, values: dict[str, Any]) -> bytes:
        count = self._counts.get(definition.apid, 0)
        self._counts[definition.apid] = count + 1
        sclk_ns = self._sclk_ns()
        self.packets += 1
        return encode_tm_packet(
            TmPacket(
                definition.apid,
                count % SEQUENCE_COUNT_MODULUS,
                definition.service,
                definition.subtype,
                sclk_ns,
                encode_fields(definition.fields, values),
            )
        )

    def _sclk_ns(self) -> int:
        return self._start_ns + self.packets * _PACKET_SPACING_NS


def _plausible(definition: PacketDefinition, number: int) -> dict[str, Any]:
    """Raw values that move a little from report to report."""
    values = {field.name: _moving(field, number) for field in definition.fields}
    if definition.selector is not None:
        name, value = definition.selector
        values[name] = value
    return values


def _moving(field: Field, number: int) -> Any:
    match field.kind:
        case "enum":
            return min(field.enumeration)
        case "float":
            return 20.0 + number % 4
        case _:
            return min(100, (1 << field.bits - 1) - 4) + number % 4
