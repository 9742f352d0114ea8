"""Segments against Tink's own octets, and against whoever alters what is stored."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundsys.objects.segments import (
    HEADER_OCTETS,
    SegmentPlan,
    Segments,
    content_start,
    sealed_stream,
    stream_octets,
)
from groundsys.values.errors import ProductError

KEY = bytes(range(32))
BOUND_TO = b"polar-weather/cube/a.dat"
#: where a segment, full or not, ends or begins: 65 480 octets in the first, 65 520 in each other
EDGES = [0, 1, 65_479, 65_480, 65_481, 130_999, 131_000, 131_001, 200_000]


def content(octets: int) -> bytes:
    return bytes(octet % 251 for octet in range(octets))


def sealed(octets: bytes) -> bytes:
    return b"".join(sealed_stream(Segments.begin(KEY, BOUND_TO), octets))


def opened(stream: bytes, bound_to: bytes = BOUND_TO) -> bytes:
    plan = SegmentPlan(len(stream))
    segments = Segments(KEY, stream[:HEADER_OCTETS], bound_to)
    return b"".join(
        segments.open(one, stream[slice(*plan.span(one))], last=one == plan.segments - 1)
        for one in range(plan.segments)
    )


def test_what_tink_has_sealed_is_opened() -> None:
    """Sealed with Tink 1.16.1 for Python, AesGcmHkdfStreamingKey, 64 KiB, SHA-256."""
    stream = bytes.fromhex(
        "28cc1caef1300a7ce8997d2f51f59b1fcd6ed84419a474103f68591839df26d1"
        "a49c8a584cd5f7c3fd3e71d3f10de43a345749a147f88e63f338c453b1cfb6e42dbecc"
    )
    assert opened(stream) == b"as received"


def test_of_the_same_header_the_same_stream_is_made_as_by_tink() -> None:
    """131 072 octets, three segments, by Tink 1.16.1."""
    header = bytes.fromhex(
        "288d01f656157f121431a5c6adf82af3089bc222ee6e7a6d88cd82a237244f8d08cb6c1cc12980de"
    )
    stream = b"".join(sealed_stream(Segments(KEY, header, BOUND_TO), content(131_072)))
    assert (
        hashlib.sha256(stream).hexdigest()
        == "1edae772f8d580699d14e2d7697c3ac2ad69ceddd53f7fd5df1195f63c21253a"
    )


@pytest.mark.parametrize("octets", EDGES)
def test_length_and_content_come_back_at_every_edge(octets: int) -> None:
    stream = sealed(content(octets))
    assert len(stream) == stream_octets(octets)
    assert SegmentPlan(len(stream)).content_octets == octets
    assert opened(stream) == content(octets)


@given(octets=st.integers(0, 300_000))
@settings(deadline=None, max_examples=30)
def test_a_content_of_any_length_comes_back(octets: int) -> None:
    assert opened(sealed(content(octets))) == content(octets)


@given(start=st.integers(0, 200_000), length=st.integers(1, 200_000))
def test_the_segments_of_a_range_hold_it_and_no_others_are_needed(start: int, length: int) -> None:
    plan = SegmentPlan(stream_octets(400_000))
    some = plan.holding(start, start + length)
    assert content_start(some.start) <= start < content_start(some.start + 1)
    assert content_start(some.stop - 1) < start + length <= content_start(some.stop)


STREAM = sealed(content(140_000))


@given(at=st.integers(0, len(STREAM) * 8 - 1))
@settings(deadline=None)
def test_one_flipped_bit_anywhere_is_found(at: int) -> None:
    spoilt = bytearray(STREAM)
    spoilt[at // 8] ^= 1 << at % 8
    with pytest.raises(ProductError):
        opened(bytes(spoilt))


@given(octets=st.integers(0, len(STREAM) - 1))
@settings(deadline=None)
def test_a_stream_cut_off_anywhere_is_found(octets: int) -> None:
    with pytest.raises(ProductError):
        opened(STREAM[:octets])


def test_a_stream_cut_off_where_a_segment_ends_is_found() -> None:
    for end in (65_536, 131_072):
        with pytest.raises(ProductError, match="altered, moved or cut off"):
            opened(STREAM[:end])


def test_segments_put_into_another_order_or_lengthened_are_found() -> None:
    first, second, third = (STREAM[slice(*SegmentPlan(len(STREAM)).span(one))] for one in range(3))
    header = STREAM[:HEADER_OCTETS]
    long = content(65_480 + 3 * 65_520)
    stream = sealed(long)
    a, b, c, d = (stream[slice(*SegmentPlan(len(stream)).span(one))] for one in range(4))
    assert opened(stream[:HEADER_OCTETS] + a + b + c + d) == long
    for order in ((a, c, b, d), (a, b, d), (a, b, c, d, d), (a, b, b, d)):
        with pytest.raises(ProductError):
            opened(stream[:HEADER_OCTETS] + b"".join(order))
    with pytest.raises(ProductError):
        opened(header + first + second + third + b"x")
    with pytest.raises(ProductError):  # one of another object under the same key
        opened(stream[:HEADER_OCTETS] + a + second + third)


def test_a_stream_is_bound_to_its_object() -> None:
    with pytest.raises(ProductError):
        opened(STREAM, b"tharsis-seismo/cube/a.dat")
