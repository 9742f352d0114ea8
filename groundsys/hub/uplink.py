"""CLTUs from Yamcs' UDP links: taken, told apart, and sent where an uplink is open."""

from __future__ import annotations

import select
import socket
import time
from collections import deque
from dataclasses import dataclass

from groundsys.backend import LinkPorts
from groundsys.ccsds.cltu import decode_cltu, encode_cltu
from groundsys.ccsds.requests import read_source
from groundsys.ccsds.space_packets import read_primary_header
from groundsys.ccsds.tc_frames import TcFrame, decode_tc_frame, encode_tc_frame
from groundsys.hub.frame_security import FrameSecurity
from groundsys.values.errors import EnvironmentLackError, FrameError

#: wall time that `await_new` waits at most
PATIENCE_S = 2.0
_LONGEST_CLTU = 65_535
_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class EmittedCltu:
    """A CLTU to be radiated, its TC frame, that frame in clear, and source and count of its packet,
    if it carries one."""

    cltu: bytes
    frame_octets: bytes
    frame: TcFrame
    sequence_count: int | None
    source: int | None

    @property
    def label(self) -> str:
        """For people and for the desks: kind, frame number, `s` and the packet's source, `p` and
        its count."""
        label = f"{self.frame.kind}{self.frame.sequence_number}"
        if self.sequence_count is None:
            return label
        return f"{label}:s{self.source}:p{self.sequence_count}"


class UplinkPort:
    """Where one craft's CLTUs come from Yamcs."""

    def __init__(self, ports: LinkPorts, security: FrameSecurity) -> None:
        self._security = security
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind(("127.0.0.1", ports.tc_port))
        except OSError as error:
            self._socket.close()
            raise EnvironmentLackError(
                f"UDP port {ports.tc_port} is in use; Yamcs sends CLTUs there",
                found=str(error),
                remedy="stop whoever listens there, or start again to get other ports",
            ) from error
        self._socket.setblocking(False)
        self._seen: deque[tuple[bytes, int | None]] = deque(maxlen=_REMEMBERED)
        self._unasked = 0
        self._refusals: list[FrameError] = []

    def take(self) -> list[EmittedCltu]:
        """What has come; octets that are no CLTU are passed over."""
        found: list[EmittedCltu] = []
        while True:
            try:
                octets = self._socket.recv(_LONGEST_CLTU)
            except BlockingIOError:
                return found
            try:
                frame = decode_tc_frame(decode_cltu(octets))
            except FrameError:
                continue
            try:
                emitted = _read(octets, frame, self._security)
            except FrameError as error:
                self._refusals.append(error)
                continue
            self._note(emitted)
            found.append(emitted)

    def await_new(self, expected: int) -> list[EmittedCltu]:
        """Wait until `expected` CLTUs with something new in them have come since the last call.

        A retransmission is no news.  What has not come after `PATIENCE_S` comes later.
        """
        found = self.take()
        deadline = time.monotonic() + PATIENCE_S
        while self._unasked < expected:
            remaining_s = deadline - time.monotonic()
            if remaining_s <= 0 or not select.select([self._socket], [], [], remaining_s)[0]:
                break
            found += self.take()
        self._unasked = 0
        return found

    def take_refusals(self) -> list[FrameError]:
        """Why frames that came since last asked are not to be radiated."""
        refusals, self._refusals = self._refusals, []
        return refusals

    def close(self) -> None:
        self._socket.close()

    def _note(self, emitted: EmittedCltu) -> None:
        identity = (emitted.frame.data, emitted.sequence_count)
        if emitted.sequence_count is None or identity not in self._seen:
            self._unasked += 1
            self._seen.append(identity)


def _read(cltu: bytes, frame: TcFrame, security: FrameSecurity) -> EmittedCltu:
    radiated, plain = security.read(frame)
    octets = encode_tc_frame(radiated)
    out = cltu if radiated is frame else encode_cltu(octets)
    if plain.control_command:
        return EmittedCltu(out, octets, plain, None, None)
    count = read_primary_header(plain.data).sequence_count
    return EmittedCltu(out, octets, plain, count, read_source(plain.data))
