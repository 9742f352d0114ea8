"""Which bytes of a product a request asks for (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: places of more digits are none: Python reads no number of thousands of them
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,20})-([0-9]{0,20})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ByteSpan:
    """Half-open span of a representation; `whole` if it is to be sent with status 200."""

    start: int
    end: int
    whole: bool

    @property
    def length(self) -> int:
        return self.end - self.start


def requested_span(
    size: int, entity_tag: str, range_header: str | None, if_range_header: str | None
) -> ByteSpan | None:
    """The span to send; None if it cannot be satisfied (status 416).

    What is not one well-formed range of bytes is ignored, as RFC 9110 section 14.2 allows; so is
    a range whose `If-Range` is not this very representation's strong entity tag.
    """
    everything = ByteSpan(0, size, whole=True)
    if range_header is None or (if_range_header is not None and if_range_header != entity_tag):
        return everything
    match = _ONE_RANGE.fullmatch(range_header.strip())
    if match is None or match.groups() == ("", ""):
        return everything
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return ByteSpan(size - length, size, whole=False) if length else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return everything
    return ByteSpan(start, end, whole=False) if start < size else None


def matches_entity_tag(entity_tag: str, if_none_match_header: str | None) -> bool:
    """True if the asker says it holds this representation already (status 304)."""
    if if_none_match_header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match_header.split(",")]
    return "*" in tags or entity_tag in tags
