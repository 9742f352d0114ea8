"""Communications link transmission units with the BCH (63,56) code (CCSDS 231.0-B-4 §3, §6).

Start sequence EB90, codeblocks of seven octets of frame and one of complemented parity with a
zero bit, tail sequence.  Frames are not randomised.  Fill octets 55 end the last codeblock.
"""

from __future__ import annotations

from functools import cache

from groundsys.ccsds.tc_frames import tc_frame_length
from groundsys.values.errors import FrameError

START_SEQUENCE = b"\xeb\x90"
TAIL_SEQUENCE = bytes.fromhex("C5C5C5C5C5C5C579")
_INFORMATION_LENGTH = 7
_CODEBLOCK_LENGTH = 8
_CODE_BITS = 63
_FILL = b"\x55"
#: x⁷ + x⁶ + x² + 1
_GENERATOR = 0b1100_0101


def encode_cltu(frame: bytes) -> bytes:
    """The CLTU that carries one TC frame."""
    padded = frame + _FILL * (-len(frame) % _INFORMATION_LENGTH)
    codeblocks = bytearray()
    for start in range(0, len(padded), _INFORMATION_LENGTH):
        information = padded[start : start + _INFORMATION_LENGTH]
        codeblocks += information
        codeblocks.append((~_remainder(information) & 0x7F) << 1)
    return START_SEQUENCE + bytes(codeblocks) + TAIL_SEQUENCE


def decode_cltu(cltu: bytes) -> bytes:
    """The TC frame in a CLTU, without fill; one wrong bit a codeblock is corrected.

    `FrameError` if the start sequence is missing (one wrong bit is allowed) or if a codeblock is
    beyond correction before the frame is complete.  The frame's own CRC is not looked at.
    """
    start = int.from_bytes(cltu[:2], "big") ^ int.from_bytes(START_SEQUENCE, "big")
    if len(cltu) < len(START_SEQUENCE) + _CODEBLOCK_LENGTH or start.bit_count() > 1:
        raise FrameError(
            "not a CLTU",
            expected="start sequence eb90 and at least one codeblock",
            found=f"{cltu[:2].hex()}, {len(cltu)} octets",
        )
    information = bytearray()
    for start in range(len(START_SEQUENCE), len(cltu), _CODEBLOCK_LENGTH):
        corrected = _correct(cltu[start : start + _CODEBLOCK_LENGTH])
        if corrected is None:
            break
        information += corrected
    length = tc_frame_length(bytes(information))
    if length > len(information):
        raise FrameError(
            "a CLTU ends before its frame does",
            expected=f"{length} octets",
            found=f"{len(information)} octets in good codeblocks",
            remedy="the frame is lost; it is to be sent again",
        )
    return bytes(information[:length])


def _correct(codeblock: bytes) -> bytes | None:
    """The codeblock's information, or None if it is beyond correction or cut short."""
    if len(codeblock) < _CODEBLOCK_LENGTH:
        return None
    information = codeblock[:_INFORMATION_LENGTH]
    syndrome = _remainder(information) ^ (~codeblock[_INFORMATION_LENGTH] >> 1 & 0x7F)
    if syndrome == 0:
        return information
    position = _position_of_syndrome().get(syndrome)
    if position is None:
        return None
    wrong = 1 << position >> 7  # the seven last positions are parity
    return (int.from_bytes(information, "big") ^ wrong).to_bytes(_INFORMATION_LENGTH, "big")


def _remainder(information: bytes) -> int:
    table = _remainder_table()
    remainder = 0
    for octet in information:
        remainder = table[remainder << 1 ^ octet]
    return remainder


@cache
def _remainder_table() -> tuple[int, ...]:
    """i(x)·x⁷ mod g(x) for each octet i."""
    return tuple(_divide(octet << 7) for octet in range(256))


@cache
def _position_of_syndrome() -> dict[int, int]:
    """Which power of x is wrong, by the syndrome of that single error."""
    return {_divide(1 << power): power for power in range(_CODE_BITS)}


def _divide(polynomial: int) -> int:
    """The remainder of division by the generator."""
    while (excess := polynomial.bit_length() - _GENERATOR.bit_length()) >= 0:
        polynomial ^= _GENERATOR << excess
    return polynomial
