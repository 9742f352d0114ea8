"""What stands around the hub in its tests: a craft, antennas' messages, a link that loses."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from groundsys.backend import LinkPorts
from groundsys.ccsds.clcw import Clcw, decode_clcw, encode_clcw
from groundsys.ccsds.fields import encode_fields
from groundsys.ccsds.space_packets import TmPacket, encode_tm_packet
from groundsys.ccsds.tm_frames import FrameBuilder, PacketExtractor, decode_tm_frame
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Instant
from groundsys.values.messages import Message

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
#: Earth receive time from one frame of the craft's to the next
FRAME_NS = 40_000_000


def _bound() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    return one


class FakeYamcs:
    """UDP links as Yamcs has them; a frame counts once it is read, and `loses` drops some."""

    def __init__(self, mission: Mission, craft: Sequence[str]) -> None:
        self._sockets: dict[str, socket.socket] = {}
        self.links: dict[str, LinkPorts] = {}
        self.counts = dict.fromkeys(craft, 0)
        self.archive: dict[str, set[bytes]] = {name: set() for name in craft}
        self.reports: dict[str, list[int]] = {name: [] for name in craft}
        self.loses: Callable[[int], bool] = lambda _: False
        self._arrivals = itertools.count()
        self._extractors: dict[tuple[str, int], PacketExtractor] = {}
        self._cltu_socket = _bound()
        probes = {name: _bound() for name in craft}
        for name, probe in probes.items():
            link = self._sockets[name] = _bound()
            link.setblocking(False)
            self.links[name] = LinkPorts(link.getsockname()[1], probe.getsockname()[1])
        for probe in probes.values():  # only now, lest another socket of ours takes its port
            probe.close()

    def tm_frames_in(self, spacecraft: Spacecraft) -> int:
        self._drain(spacecraft.id)
        return self.counts[spacecraft.id]

    def emit(self, craft: str, cltu: bytes) -> None:
        """Send a CLTU as Yamcs does."""
        self._cltu_socket.sendto(cltu, ("127.0.0.1", self.links[craft].tc_port))

    def restart(self) -> None:
        """Forget counters and half packets; the archive stays."""
        for name in self.counts:
            self._drain(name)
        self.counts = dict.fromkeys(self.counts, 0)
        self._extractors.clear()

    def close(self) -> None:
        for link in (*self._sockets.values(), self._cltu_socket):
            link.close()

    def _drain(self, craft: str) -> None:
        while True:
            try:
                octets = self._sockets[craft].recv(2048)
            except BlockingIOError:
                return
            if self.loses(next(self._arrivals)):
                continue
            self.counts[craft] += 1
            frame = decode_tm_frame(octets)
            if frame.ocf is not None:
                report = decode_clcw(frame.ocf)
                if report.virtual_channel == 0:
                    self.reports[craft].append(report.report_value)
            key = (craft, frame.virtual_channel)
            extractor = self._extractors.setdefault(key, PacketExtractor())
            self.archive[craft].update(extractor.feed(frame))


class Craft:
    """Makes packets and frames of one craft, with a report that counts the frames."""

    def __init__(self, spacecraft: Spacecraft) -> None:
        self.spacecraft = spacecraft
        self._packets = itertools.count()
        self._master = itertools.count()
        self._builders = {
            name: FrameBuilder(
                spacecraft.framing.spacecraft_id, number, spacecraft.framing.tm_frame_length
            )
            for name, number in spacecraft.framing.virtual_channels.items()
        }

    def packet(self, octets: int = 100, *, apid: int = 1, service: int = 3, subtype: int = 25,
               data: bytes | None = None) -> bytes:  # fmt: skip
        count = next(self._packets)
        content = data if data is not None else bytes((count % 251,)) * octets
        return encode_tm_packet(
            TmPacket(apid, count % 0x4000, service, subtype, 10**9 * (count + 1), content)
        )

    def named_packet(self, name: str, **values: Any) -> bytes:
        definition = self.spacecraft.model.packet(name)
        return self.packet(
            apid=definition.apid,
            service=definition.service,
            subtype=definition.subtype,
            data=encode_fields(definition.fields, values),
        )

    def frames(self, channel: str, packets: Iterable[bytes]) -> list[bytes]:
        builder = self._builders[channel]
        for packet in packets:
            builder.add(packet)
        found = []
        while taken := builder.take(
            flush=True, ocf=self._report(), master_channel_count=self._next_master, limit=1
        ):
            found += taken
        return found

    def idle_frame(self) -> bytes:
        return self._builders["IDLE"].idle_frame(
            ocf=self._report(), master_channel_count=self._next_master
        )

    def _report(self) -> bytes:
        self._emitted = getattr(self, "_emitted", -1) + 1
        return encode_clcw(Clcw(virtual_channel=0, report_value=self._emitted % 256))

    def _next_master(self) -> int:
        return next(self._master) % 256


def frames_message(
    antenna: str, craft: str, frames: Sequence[tuple[int, bytes]], corrected: int = 0
) -> Message:
    """What an antenna says: frames with their Earth receive times in ns after the start."""
    body = {
        "antenna": antenna,
        "spacecraft": craft,
        "bad": 0,
        "frames": [
            {"ert_ns": START.tai_ns + ert_ns, "data": data, "corrected": corrected}
            for ert_ns, data in frames
        ],
    }
    return Message(f"antenna:{antenna}", "hub", "frames", START, body)


def timed(frames: Sequence[bytes], first_ns: int = 0) -> list[tuple[int, bytes]]:
    """The frames one after the other, as one antenna receives them."""
    return [(first_ns + index * FRAME_NS, frame) for index, frame in enumerate(frames)]


def readable(frames: Iterable[bytes]) -> set[bytes]:
    """The packets that these frames of one channel, in order, hold whole."""
    extractor = PacketExtractor()
    return {packet for data in frames for packet in extractor.feed(decode_tm_frame(data))}
