"""Objects sealed at rest: an envelope and authenticated segments, in any bucket.

Whoever writes them has the keyring (`SealedObjectStore`); whoever reads one needs its data key
alone (`SealedObject`).
"""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from collections.abc import Iterator
from typing import BinaryIO

from groundsys.objects.bucket import Bucket, KeyTakenError, taken
from groundsys.objects.envelope import ENVELOPE_OCTETS, open_envelope, seal_envelope
from groundsys.objects.keyring import DestroyedKeyError, Keyring
from groundsys.objects.segments import (
    HEADER_OCTETS,
    KEY_OCTETS,
    SegmentPlan,
    Segments,
    content_start,
    sealed_stream,
)
from groundsys.values.errors import ProductError

#: segments that are read at once: two requests a megabyte, and little memory for each reader
_SEGMENTS_AT_ONCE = 8
#: what has no more than these, a megabyte and what is over, is read at once
_SEGMENTS_IN_ONE = 18
_BLOCK_OCTETS = 1 << 20
_ENVELOPES_KEPT = 1000


class SealedObject:
    """One object of a bucket, to be opened with its data key."""

    def __init__(self, bucket: Bucket, key: str, octets: int) -> None:
        """`octets`: its length in the bucket."""
        self._bucket = bucket
        self._key = key
        self._plan = SegmentPlan(octets - ENVELOPE_OCTETS)
        head = bucket.read(key, 0, ENVELOPE_OCTETS + HEADER_OCTETS)
        self.envelope, self.header = head[:ENVELOPE_OCTETS], head[ENVELOPE_OCTETS:]

    @property
    def stream_octets(self) -> int:
        """Of its header and segments."""
        return self._plan.stream_octets

    @property
    def size(self) -> int:
        """Of its content, in octets."""
        return self._plan.content_octets

    def blocks(self, data_key: bytes, start: int, end: int) -> Iterator[bytes]:
        """The content from `start` up to `end`, in blocks; `ProductError` if it does not verify."""
        if start >= end:
            return
        segments = Segments(data_key, self.header, self._key.encode())
        wanted = self._plan.holding(start, end)
        step = len(wanted) if len(wanted) <= _SEGMENTS_IN_ONE else _SEGMENTS_AT_ONCE
        for first in range(wanted.start, wanted.stop, step):
            some = range(first, min(first + step, wanted.stop))
            block = self._open(segments, some)
            begins = content_start(first)
            yield block[max(0, start - begins) : end - begins]

    def verify_empty(self, data_key: bytes) -> None:
        """Of an object without content: `ProductError` unless it was sealed so."""
        self._open(Segments(data_key, self.header, self._key.encode()), range(1))

    def _open(self, segments: Segments, some: range) -> bytes:
        begin, _ = self._plan.span(some.start)
        _, end = self._plan.span(some.stop - 1)
        sealed = memoryview(
            self._bucket.read(self._key, ENVELOPE_OCTETS + begin, ENVELOPE_OCTETS + end)
        )
        opened = []
        for segment in some:
            first, after = (octet - begin for octet in self._plan.span(segment))
            last = segment == self._plan.segments - 1
            opened.append(segments.open(segment, sealed[first:after], last=last))
        return b"".join(opened)


def look(bucket: Bucket, key: str) -> SealedObject | None:
    """The object, or None if there is none; `ProductError` for what is no sealed object."""
    octets = bucket.size(key)
    return None if octets is None else SealedObject(bucket, key, octets)


class SealedObjectStore:
    """Puts objects sealed into a bucket, and opens them; their customer is the key's first part."""

    def __init__(self, bucket: Bucket, keyring: Keyring) -> None:
        self._bucket = bucket
        self.keys = keyring
        #: of what was put last, so that nobody has to read it again to know how it opens
        self._envelopes: OrderedDict[str, bytes] = OrderedDict()

    def put(self, key: str, content: bytes) -> None:
        """Seal and store these bytes, once.

        The same bytes again change nothing; other bytes for a known key raise `KeyTakenError`,
        `DestroyedKeyError` says that nothing is sealed for this customer any more.
        """
        if self._bucket.size(key) is not None:
            self._compare(key, content)
            return
        data_key = os.urandom(KEY_OCTETS)
        envelope = seal_envelope(self.keys.key_of(_customer(key)), data_key, key)
        segments = Segments.begin(data_key, key.encode())
        try:
            self._bucket.put(key, b"".join((envelope, *sealed_stream(segments, content))))
        except KeyTakenError:  # by another process, in the same moment
            self._compare(key, content)
            return
        self._envelopes[key] = envelope
        if len(self._envelopes) > _ENVELOPES_KEPT:
            self._envelopes.popitem(last=False)

    def open(self, key: str) -> BinaryIO | None:
        """The object's content as a stream; None if there is none, or nobody can read it any more.

        Reading raises `ProductError` where it does not verify.
        """
        try:
            stream = self._open(key)
        except DestroyedKeyError:
            return None
        return None if stream is None else io.BufferedReader(stream, _BLOCK_OCTETS)

    def data_key_of(self, key: str) -> bytes:
        """The key that an object is sealed with; `ProductError` if there is no such object."""
        envelope = self._envelopes.get(key)
        if envelope is None:
            sealed = look(self._bucket, key)
            if sealed is None:
                raise ProductError(f"there is no object '{key}'")
            envelope = sealed.envelope
        return self.data_key(key, envelope)

    def data_key(self, key: str, envelope: bytes) -> bytes:
        """The key in an object's envelope; `DestroyedKeyError` if it is gone for ever."""
        return open_envelope(self.keys.key_of(_customer(key)), envelope, key)

    def _open(self, key: str) -> _Content | None:
        sealed = look(self._bucket, key)
        return None if sealed is None else _Content(sealed, self.data_key(key, sealed.envelope))

    def _compare(self, key: str, content: bytes) -> None:
        stored = self._open(key)
        if stored is None:
            raise taken(key)
        with io.BufferedReader(stored, _BLOCK_OCTETS) as there:
            if there.read() != content:
                raise taken(key)


class _Content(io.RawIOBase):
    """A sealed object's content as Python's streams are."""

    def __init__(self, sealed: SealedObject, data_key: bytes) -> None:
        self._sealed = sealed
        self._data_key = data_key
        self._at = 0
        if not sealed.size:
            sealed.verify_empty(data_key)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._sealed.size}[whence]
        self._at = max(0, origin + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        end = min(self._at + len(buffer), self._sealed.size)
        begin = self._at
        for block in self._sealed.blocks(self._data_key, begin, end):
            buffer[self._at - begin : self._at - begin + len(block)] = block
            self._at += len(block)
        return self._at - begin


def _customer(key: str) -> str:
    return key.partition("/")[0]
