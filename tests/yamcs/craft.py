"""A craft reduced to its octets: packets of its model in frames, and CLTUs read back."""

from __future__ import annotations

import itertools
import select
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from groundsys.backend import LinkPorts, Yamcs
from groundsys.ccsds.clcw import Clcw, encode_clcw
from groundsys.ccsds.cltu import decode_cltu
from groundsys.ccsds.fields import encode_fields
from groundsys.ccsds.sdls import SecurityAssociation
from groundsys.ccsds.space_packets import TmPacket, encode_tm_packet
from groundsys.ccsds.tc_frames import TcFrame, decode_tc_frame
from groundsys.ccsds.tm_frames import FrameBuilder
from groundsys.hub.frame_security import FrameSecurity
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.keys import read_keys
from groundsys.values.instants import Instant

WAIT_S = 10.0


class Craft:
    """Makes packets with counts of its own, sends frames to Yamcs' link and reads its CLTUs."""

    def __init__(self, spacecraft: Spacecraft, ports: LinkPorts, keys: Path) -> None:
        read = read_keys(keys, spacecraft)
        self.associations = {spi: SecurityAssociation(spi, key) for spi, key in read.items()}
        self._security = FrameSecurity(self.associations)
        self.spacecraft = spacecraft
        self._ports = ports
        self._counts: dict[int, itertools.count[int]] = {}
        self._master = itertools.count()
        self._builders = {
            name: FrameBuilder(
                spacecraft.framing.spacecraft_id, number, spacecraft.framing.tm_frame_length
            )
            for name, number in spacecraft.framing.virtual_channels.items()
        }
        self._out: socket.socket
        self._cltus: socket.socket

    def open(self) -> Craft:
        """Take the ports; nobody else can until `close`."""
        self._out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._cltus = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._cltus.bind(("127.0.0.1", self._ports.tc_port))
        return self

    def packet(self, name: str, at: Instant, *, destination: int = 0, **fields: Any) -> bytes:
        """A packet stamped as if the spacecraft clock were true; other fields are zero.

        It is as the version of the craft's software makes it that flies at that time.
        """
        definition = self.spacecraft.model_at(at).packet(name)
        values = {field.name: _zero(field.kind) for field in definition.fields} | fields
        if definition.selector is not None:
            values[definition.selector[0]] = definition.selector[1]
        count = self._counts.setdefault(definition.apid, itertools.count())
        return encode_tm_packet(
            TmPacket(
                apid=definition.apid,
                sequence_count=next(count) % 0x4000,
                service=definition.service,
                subtype=definition.subtype,
                sclk_ns=at.tai_ns - self.spacecraft.sclk_epoch.tai_ns,
                data=encode_fields(definition.fields, values),
                destination_id=destination,
            )
        )

    def frames(
        self, channel: str, packets: Sequence[bytes], clcw: Clcw | None = None
    ) -> list[bytes]:
        builder = self._builders[channel]
        for packet in packets:
            builder.add(packet)
        word = encode_clcw(clcw or Clcw(virtual_channel=63, report_value=0))
        return builder.take(
            flush=True, ocf=word, master_channel_count=lambda: next(self._master) % 256
        )

    def send(self, frames: Sequence[bytes]) -> None:
        for frame in frames:
            self._out.sendto(frame, (self._ports.host, self._ports.tm_port))

    def send_and_wait(self, yamcs: Yamcs, frames: Sequence[bytes]) -> None:
        """Send, and wait until Yamcs has taken every frame to its end."""
        before = yamcs.tm_frames_in(self.spacecraft)
        self.send(frames)
        wait_for(lambda: yamcs.tm_frames_in(self.spacecraft) >= before + len(frames))

    def report(self, yamcs: Yamcs, clcw: Clcw) -> None:
        """Let Yamcs have an idle frame with this CLCW."""
        builder = self._builders["IDLE"]
        frame = builder.idle_frame(
            ocf=encode_clcw(clcw), master_channel_count=lambda: next(self._master) % 256
        )
        self.send_and_wait(yamcs, [frame])

    def receive(self) -> TcFrame:
        """The next TC frame that Yamcs sends, as the hub reads it: in clear."""
        return self.receive_protected()[1]

    def receive_protected(self) -> tuple[TcFrame, TcFrame]:
        """The next TC frame, as the hub radiates it and in clear."""
        return self._security.read(self.receive_raw())

    def receive_raw(self) -> TcFrame:
        """The next TC frame, as Yamcs sends it."""
        ready, _, _ = select.select([self._cltus], [], [], WAIT_S)
        assert ready, "no CLTU came"
        return decode_tc_frame(decode_cltu(self._cltus.recv(4096)))

    def has_received(self) -> bool:
        return bool(select.select([self._cltus], [], [], 0)[0])

    def close(self) -> None:
        self._out.close()
        self._cltus.close()


def wait_for(condition: Callable[[], Any], timeout_s: float = WAIT_S) -> Any:
    """What `condition` returns as soon as it is true."""
    deadline = time.monotonic() + timeout_s
    while not (result := condition()):
        assert time.monotonic() < deadline, "it has not come about in time"
        time.sleep(0.01)
    return result


def _zero(kind: str) -> Any:
    zeros: Mapping[str, Any] = {"binary": b"", "string": "", "float": 0.0}
    return zeros.get(kind, 0)
