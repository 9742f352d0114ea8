"""Authenticated segments: bytes sealed so that any part can be opened by itself.

The layout is Tink's AES-GCM-HKDF streaming AEAD (https://developers.google.com/tink/streaming-aead/
aes_gcm_hkdf_streaming) with a 32-octet key, HKDF-SHA256, AES-256-GCM and ciphertext segments of
64 KiB: the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (CRYPTO 2015,
https://eprint.iacr.org/2015/189), whose nonces count segments and mark the last one.  So a segment
that is altered, moved, left out or cut off is found when it is opened, and `bound_to`, which enters
the derivation of the stream's key, ties all of them to one object.

    stream    = header | segment 0 | segment 1 | … | last segment
    header    = 40 (1 octet) | salt (32) | nonce prefix (7)
    segment i = AES-256-GCM(HKDF(key, salt, bound_to), prefix | i (4) | last (1), its octets) | tag

Every segment ends at a multiple of 64 KiB of the stream, the header counted, but the last, which
ends with it.  An empty content is one empty segment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from groundsys.values.errors import ProductError

KEY_OCTETS = 32
HEADER_OCTETS = 40
_SEGMENT_OCTETS = 1 << 16
_TAG_OCTETS = 16
_PREFIX_OCTETS = 7
#: a full segment's content; the first has room for the header less
_CONTENT_OCTETS = _SEGMENT_OCTETS - _TAG_OCTETS


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """Where the segments of a stream lie, from nothing but its length in octets."""

    stream_octets: int

    def __post_init__(self) -> None:
        remainder = (self.stream_octets - 1) % _SEGMENT_OCTETS + 1
        shortest = _TAG_OCTETS + (HEADER_OCTETS if self.segments == 1 else 1)
        if remainder < shortest:
            raise ProductError(
                "a sealed object has been cut off",
                expected=f"a last segment of {shortest} octets or more",
                found=f"{remainder}",
            )

    @property
    def segments(self) -> int:
        return max(1, -(-self.stream_octets // _SEGMENT_OCTETS))

    @property
    def content_octets(self) -> int:
        return self.stream_octets - HEADER_OCTETS - self.segments * _TAG_OCTETS

    def holding(self, start: int, end: int) -> range:
        """The segments that hold the content's octets from `start` up to `end`."""
        return range(_segment_of(start), _segment_of(max(start, end - 1)) + 1)

    def span(self, segment: int) -> tuple[int, int]:
        """First octet of the stream in a segment, and the one after its last."""
        first = HEADER_OCTETS if segment == 0 else segment * _SEGMENT_OCTETS
        return first, min((segment + 1) * _SEGMENT_OCTETS, self.stream_octets)


def content_start(segment: int) -> int:
    """Where a segment's content begins in the whole content."""
    return max(0, segment * _CONTENT_OCTETS - HEADER_OCTETS)


def stream_octets(content_octets: int) -> int:
    """The length of a stream with so much content."""
    segments = _segment_of(max(0, content_octets - 1)) + 1
    return content_octets + HEADER_OCTETS + segments * _TAG_OCTETS


class Segments:
    """Seals and opens the segments of one stream."""

    def __init__(self, key: bytes, header: bytes, bound_to: bytes) -> None:
        if len(header) != HEADER_OCTETS or header[0] != HEADER_OCTETS:
            raise ProductError(
                "a sealed object does not begin as one",
                expected=f"a header of {HEADER_OCTETS} octets",
                found=header[:4].hex() or "nothing",
            )
        salt, self._prefix = header[1 : 1 + KEY_OCTETS], header[1 + KEY_OCTETS :]
        derived = HKDF(SHA256(), KEY_OCTETS, salt, bound_to).derive(key)
        self._cipher = AESGCM(derived)
        self.header = header

    @classmethod
    def begin(cls, key: bytes, bound_to: bytes) -> Segments:
        """For a new stream."""
        random = os.urandom(KEY_OCTETS + _PREFIX_OCTETS)
        return cls(key, bytes([HEADER_OCTETS]) + random, bound_to)

    def seal(self, segment: int, content: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(segment, last), content, None)

    def open(self, segment: int, sealed: bytes | memoryview, *, last: bool) -> bytes:
        """A segment's content; `ProductError` if it is not, to the bit, what was sealed there."""
        try:
            return self._cipher.decrypt(self._nonce(segment, last), sealed, None)
        except InvalidTag as error:
            raise ProductError(
                "a sealed object is not as it was stored",
                expected=f"segment {segment} as it was sealed",
                found="octets that have been altered, moved or cut off, or another key",
                remedy="bring the object back from a copy, or ask for a new version",
            ) from error

    def _nonce(self, segment: int, last: bool) -> bytes:
        return self._prefix + segment.to_bytes(4, "big") + bytes([last])


def sealed_stream(segments: Segments, content: bytes) -> Iterator[bytes]:
    """The stream with this content, in parts."""
    yield segments.header
    last = _segment_of(max(0, len(content) - 1))
    for number in range(last + 1):
        part = content[content_start(number) : content_start(number + 1)]
        yield segments.seal(number, part, last=number == last)


def _segment_of(octet: int) -> int:
    return (octet + HEADER_OCTETS) // _CONTENT_OCTETS
