"""What Yamcs' protected frames hold, and its retransmissions put right.

Yamcs 5.12.8 protects a frame in the very octets that FOP-1 keeps for a retransmission, and
protects them once more when it sends them again.  Such a frame is authentic, with a new IV, and
holds not the packet but what was encrypted before.  Here it is known by that – its content is
octet for octet what the frame with its N(S) carried last – and the packet is protected in its
place, under the same association and IV: what Yamcs meant to send.  The frame that Yamcs did send
never leaves this machine, so in the air no IV goes with two contents.

What it cannot put right, because the frame left Yamcs first while no hub stood here, is a
`SpoiltFrameError`: FOP-1 has to begin anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from groundsys.ccsds.sdls import SecurityAssociation, ciphertext, open_frame, protect
from groundsys.ccsds.space_packets import decode_tc_packet
from groundsys.ccsds.tc_frames import TcFrame
from groundsys.values.errors import FrameError


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a frame number carried last: the packet, and the octets that Yamcs made of it."""

    packet: bytes
    encrypted: bytes


class SpoiltFrameError(FrameError):
    """A frame of Yamcs' own that no craft could read, however often it is sent again."""


class FrameSecurity:
    """One craft's frames on their way from Yamcs to an antenna; no associations: all in clear."""

    def __init__(self, associations: Mapping[int, SecurityAssociation]) -> None:
        self._associations = associations
        self._sent: dict[int, _Sent] = {}

    def read(self, frame: TcFrame) -> tuple[TcFrame, TcFrame]:
        """The frame to be radiated, and the plain one that it carries.

        `FrameError` if the frame is not Yamcs' own, `SpoiltFrameError` if it is and holds no
        packet: then it is not to leave.
        """
        if not self._associations or frame.control_command:
            return frame, frame
        opened = open_frame(self._associations, frame)
        plain = opened.frame
        if plain.kind == "AD":
            encrypted = ciphertext(frame)
            before = self._sent.get(frame.sequence_number)
            if before is not None and plain.data == before.encrypted:
                association = self._associations[opened.spi]
                plain = replace(plain, data=before.packet)
                frame = protect(association, plain, opened.number)
            self._sent[frame.sequence_number] = _Sent(plain.data, encrypted)
        _require_packet(plain)
        return frame, plain


def _require_packet(plain: TcFrame) -> None:
    try:
        decode_tc_packet(plain.data)
    except FrameError as error:
        raise SpoiltFrameError(
            "a command frame of Yamcs' holds no packet",
            expected="a PUS telecommand",
            found=error.found,
            remedy="AD service begins anew, and the command's deadline has it sent again",
        ) from error
