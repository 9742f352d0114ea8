"""From what the air brings to transfer frames: derandomise, correct, check, count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundsys.ccsds.cadu import decode_cadu
from groundsys.ccsds.crc import is_crc_good


@dataclass(frozen=True, slots=True)
class ReceivedFrame:
    """A transfer frame, the arrival of its first bit, and how many symbols were wrong in it."""

    arrival_ns: int
    data: bytes
    corrected_symbols: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What one pass has received so far."""

    frames_good: int = 0
    frames_corrected: int = 0
    symbols_corrected: int = 0
    frames_bad: int = 0


def receive(arrivals: Sequence[tuple[int, bytes]]) -> tuple[list[ReceivedFrame], int]:
    """The good frames among (arrival in ns, CADU), in their order, and how many were bad."""
    decoded = decode_cadu([cadu for _, cadu in arrivals])
    good = [
        ReceivedFrame(arrival_ns, answer.frame, answer.corrected_symbols)
        for (arrival_ns, _), answer in zip(arrivals, decoded, strict=True)
        if answer.frame is not None and is_crc_good(answer.frame)
    ]
    return good, len(arrivals) - len(good)


def count(counts: Counts, good: Sequence[ReceivedFrame], bad: int) -> Counts:
    """The counts with these frames added."""
    return Counts(
        frames_good=counts.frames_good + len(good),
        frames_corrected=counts.frames_corrected
        + sum(frame.corrected_symbols > 0 for frame in good),
        symbols_corrected=counts.symbols_corrected + sum(frame.corrected_symbols for frame in good),
        frames_bad=counts.frames_bad + bad,
    )
