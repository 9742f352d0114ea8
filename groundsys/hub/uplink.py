"""CLTUs from Yamcs' UDP links: taken, told apart, and sent where an uplink is open."""

from __future__ import annotations

import select
import socket
import time
from collections import deque
from dataclasses import dataclass

from groundsys.backend import LinkPorts
from groundsys.ccsds.cltu import decode_cltu
from groundsys.ccsds.space_packets import read_primary_header
from groundsys.ccsds.tc_frames import TcFrame, decode_tc_frame
from groundsys.values.errors import EnvironmentLackError, FrameError

#: wall time that `await_new` waits at most
PATIENCE_S = 2.0
_LONGEST_CLTU = 65_535
_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class EmittedCltu:
    """A CLTU of Yamcs', the TC frame in it, and the count of the packet in that, if any."""

    cltu: bytes
    frame_octets: bytes
    frame: TcFrame
    sequence_count: int | None

    @property
    def label(self) -> str:
        """For people and for the desks: kind, frame number, `p` and the packet's count."""
        label = f"{self.frame.kind}{self.frame.sequence_number}"
        return label if self.sequence_count is None else f"{label}:p{self.sequence_count}"


class UplinkPort:
    """Where one craft's CLTUs come from Yamcs."""

    def __init__(self, ports: LinkPorts) -> None:
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

    def take(self) -> list[EmittedCltu]:
        """What has come; octets that are no CLTU are passed over."""
        found: list[EmittedCltu] = []
        while True:
            try:
                octets = self._socket.recv(_LONGEST_CLTU)
            except BlockingIOError:
                return found
            try:
                emitted = read_cltu(octets)
            except FrameError:
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

    def close(self) -> None:
        self._socket.close()

    def _note(self, emitted: EmittedCltu) -> None:
        identity = (emitted.frame.data, emitted.sequence_count)
        if emitted.sequence_count is None or identity not in self._seen:
            self._unasked += 1
            self._seen.append(identity)


def read_cltu(octets: bytes) -> EmittedCltu:
    """The CLTU and what is in it; `FrameError` if it is none."""
    frame_octets = decode_cltu(octets)
    frame = decode_tc_frame(frame_octets)
    count = None if frame.control_command else read_primary_header(frame.data).sequence_count
    return EmittedCltu(octets, frame_octets, frame, count)
