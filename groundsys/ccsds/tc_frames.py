"""TC transfer frames (CCSDS 232.0-B-4) with frame error control; no segmentation header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundsys.ccsds.crc import CRC_LENGTH, is_crc_good, with_crc
from groundsys.values.errors import FrameError

HEADER_LENGTH = 5
LONGEST_FRAME = 1024
_UNLOCK = b"\x00"
_SET_V_R = b"\x82\x00"

Kind = Literal["AD", "BD", "BC"]


@dataclass(frozen=True, slots=True)
class TcFrame:
    """A TC transfer frame; `sequence_number` N(S) counts in AD frames alone."""

    spacecraft_id: int
    virtual_channel: int
    sequence_number: int
    bypass: bool
    control_command: bool
    data: bytes

    @property
    def kind(self) -> Kind:
        """AD: sequence-controlled data; BD: expedited data; BC: a control command to the FARM."""
        if not self.bypass:
            return "AD"
        return "BC" if self.control_command else "BD"


def encode_tc_frame(frame: TcFrame) -> bytes:
    """The frame's octets, FECF last."""
    length = HEADER_LENGTH + len(frame.data) + CRC_LENGTH
    if not frame.data or length > LONGEST_FRAME:
        raise FrameError(
            "a TC frame's data does not fit",
            expected=f"1 to {LONGEST_FRAME - HEADER_LENGTH - CRC_LENGTH} octets",
            found=f"{len(frame.data)} octets",
        )
    if not (0 <= frame.spacecraft_id < 1024 and 0 <= frame.virtual_channel < 64):
        raise FrameError(
            "a TC frame's channel is out of range",
            expected="spacecraft id below 1024, virtual channel below 64",
            found=f"{frame.spacecraft_id}, {frame.virtual_channel}",
        )
    first = frame.bypass << 13 | frame.control_command << 12 | frame.spacecraft_id
    second = frame.virtual_channel << 10 | length - 1
    header = first.to_bytes(2, "big") + second.to_bytes(2, "big")
    return with_crc(header + bytes((frame.sequence_number % 256,)) + frame.data)


def tc_frame_length(data: bytes) -> int:
    """The whole frame's length in octets that the header at the start of `data` states."""
    if len(data) < HEADER_LENGTH:
        raise FrameError(
            "a TC frame is cut short",
            expected=f"{HEADER_LENGTH} octets of header",
            found=f"{len(data)} octets",
        )
    return ((data[2] & 0x3) << 8 | data[3]) + 1


def decode_tc_frame(data: bytes) -> TcFrame:
    """The frame in `data`; `FrameError` if it fails the validation check of 232.0-B §4.4.4."""
    length = tc_frame_length(data)
    if length != len(data) or length <= HEADER_LENGTH + CRC_LENGTH:
        raise FrameError(
            "a TC frame has the wrong length",
            expected=f"{length} octets",
            found=f"{len(data)} octets",
        )
    if not is_crc_good(data):
        raise FrameError("a TC frame is harmed", expected="a good CRC")
    first = data[0] << 8 | data[1]
    bypass, control_command = bool(first & 0x2000), bool(first & 0x1000)
    if first >> 14 or (control_command and not bypass):
        raise FrameError(
            "not a TC frame that we read",
            expected="version 1; control commands in bypass frames",
            found=f"{first:04x}",
        )
    return TcFrame(
        spacecraft_id=first & 0x3FF,
        virtual_channel=data[2] >> 2,
        sequence_number=data[4],
        bypass=bypass,
        control_command=control_command,
        data=data[HEADER_LENGTH:-CRC_LENGTH],
    )


def unlock_frame(spacecraft_id: int, virtual_channel: int) -> TcFrame:
    """The control command that ends a FARM's lockout (§4.1.3.3.2)."""
    return TcFrame(spacecraft_id, virtual_channel, 0, True, True, _UNLOCK)


def set_v_r_frame(spacecraft_id: int, virtual_channel: int, v_r: int) -> TcFrame:
    """The control command that sets the frame number a FARM expects next (§4.1.3.3.3)."""
    return TcFrame(spacecraft_id, virtual_channel, 0, True, True, _SET_V_R + bytes((v_r,)))


def is_unlock(frame: TcFrame) -> bool:
    """Whether this is the control command Unlock."""
    return frame.kind == "BC" and frame.data == _UNLOCK


def v_r_to_set(frame: TcFrame) -> int | None:
    """The number that the control command Set V(R) carries, or None if this is another frame."""
    if frame.kind == "BC" and len(frame.data) == 3 and frame.data[:2] == _SET_V_R:
        return frame.data[2]
    return None
