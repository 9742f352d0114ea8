"""Segments of files (CCSDS 727.0-B-5): unions of octet ranges (start, end), the end excluded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Segment = tuple[int, int]


def union(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The same octets as sorted, disjoint, non-empty ranges that do not touch."""
    merged: list[Segment] = []
    for start, end in sorted(segments):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def holes(segments: Sequence[Segment], size: int) -> tuple[Segment, ...]:
    """What a union of ranges lacks of the octets 0 to `size`."""
    lacking: list[Segment] = []
    position = 0
    for start, end in segments:
        if start >= size:
            break
        if start > position:
            lacking.append((position, start))
        position = max(position, end)
    if position < size:
        lacking.append((position, size))
    return tuple(lacking)
