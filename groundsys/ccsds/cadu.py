"""Channel access data units: sync marker, randomiser and Reed–Solomon codeblock in one.

CCSDS 131.0-B-5: attached sync marker 1ACFFC1D (§9.3.2), pseudo-randomiser x⁸+x⁷+x⁵+x³+1 of
period 255 (§10.4.1), codeblock of interleaved codewords (§4).  1279 octets a frame of 1115.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from groundsys.ccsds.reed_solomon import (
    CODEBLOCK_LENGTH,
    CODEWORD_LENGTH,
    FRAME_LENGTH,
    INTERLEAVING_DEPTHS,
    CorrectedBlock,
    Octets,
    decode_codeblocks,
    encode_codeblocks,
)

ATTACHED_SYNC_MARKER = bytes.fromhex("1ACFFC1D")
#: of frames of 1115 octets
CADU_LENGTH = len(ATTACHED_SYNC_MARKER) + CODEBLOCK_LENGTH
#: that there are
_CADU_LENGTHS = tuple(
    len(ATTACHED_SYNC_MARKER) + depth * CODEWORD_LENGTH for depth in INTERLEAVING_DEPTHS
)
#: bits of the sync marker that may be wrong
SYNC_MARKER_BIT_ERRORS = 6

Decoded = CorrectedBlock

__all__ = [
    "ATTACHED_SYNC_MARKER",
    "CADU_LENGTH",
    "FRAME_LENGTH",
    "Decoded",
    "decode_cadu",
    "encode_cadu",
    "randomise",
]


def randomise(data: bytes) -> bytes:
    """`data` XORed with the pseudo-random sequence; twice is `data` again."""
    octets = np.frombuffer(data, np.uint8)
    return (octets ^ np.resize(_pseudo_random_sequence(), len(octets))).tobytes()


def encode_cadu(frames: Sequence[bytes]) -> list[bytes]:
    """One CADU a frame; `FrameError` for frames that fill no codeblock, or differ in length."""
    if not frames:
        return []
    codeblocks = encode_codeblocks(frames)
    codeblocks ^= _codeblock_mask(codeblocks.shape[1])
    return [ATTACHED_SYNC_MARKER + codeblock.tobytes() for codeblock in codeblocks]


def decode_cadu(cadus: Sequence[bytes]) -> list[Decoded]:
    """One answer a CADU: its frame, or None where marker, length or errors are beyond repair."""
    answers = [Decoded(None, 0)] * len(cadus)
    by_length: dict[int, list[int]] = {}
    for place, cadu in enumerate(cadus):
        if _is_marked(cadu):
            by_length.setdefault(len(cadu), []).append(place)
    for length, places in by_length.items():
        octets = np.frombuffer(b"".join(cadus[place] for place in places), np.uint8)
        codeblocks = octets.reshape(-1, length)[:, len(ATTACHED_SYNC_MARKER) :]
        decoded = decode_codeblocks(codeblocks ^ _codeblock_mask(codeblocks.shape[1]))
        for place, answer in zip(places, decoded, strict=True):
            answers[place] = answer
    return answers


def _is_marked(cadu: bytes) -> bool:
    if len(cadu) not in _CADU_LENGTHS:
        return False
    marker = cadu[: len(ATTACHED_SYNC_MARKER)]
    difference = int.from_bytes(marker, "big") ^ int.from_bytes(ATTACHED_SYNC_MARKER, "big")
    return difference.bit_count() <= SYNC_MARKER_BIT_ERRORS


@cache
def _codeblock_mask(length: int) -> Octets:
    return np.resize(_pseudo_random_sequence(), length)


@cache
def _pseudo_random_sequence() -> Octets:
    """The 255 octets after which the sequence repeats."""
    register = [1] * 8
    bits = []
    for _ in range(255 * 8):
        bits.append(register[0])
        feedback = register[0] ^ register[3] ^ register[5] ^ register[7]
        register = [*register[1:], feedback]
    return np.packbits(np.array(bits, np.uint8))
