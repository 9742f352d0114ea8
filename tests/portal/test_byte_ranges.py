from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.portal.byte_ranges import ByteSpan, matches_entity_tag, requested_span

TAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, ByteSpan(0, 100, whole=True)),
        ("bytes=0-9", ByteSpan(0, 10, whole=False)),
        ("bytes=90-", ByteSpan(90, 100, whole=False)),
        ("bytes=90-500", ByteSpan(90, 100, whole=False)),
        ("bytes=-10", ByteSpan(90, 100, whole=False)),
        ("bytes=-500", ByteSpan(0, 100, whole=False)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=9-3", ByteSpan(0, 100, whole=True)),
        ("bytes=0-1,5-6", ByteSpan(0, 100, whole=True)),
        ("lines=0-1", ByteSpan(0, 100, whole=True)),
        ("bytes=-", ByteSpan(0, 100, whole=True)),
        ("bytes=0-99999999999999999999", ByteSpan(0, 100, whole=False)),
        (f"bytes=0-{'9' * 5000}", ByteSpan(0, 100, whole=True)),
    ],
)
def test_a_range_header_means(header: str | None, expected: ByteSpan | None) -> None:
    assert requested_span(100, TAG, header, None) == expected


def test_a_range_holds_only_for_the_representation_it_was_asked_of() -> None:
    assert requested_span(100, TAG, "bytes=5-", TAG) == ByteSpan(5, 100, whole=False)
    assert requested_span(100, TAG, "bytes=5-", '"other"') == ByteSpan(0, 100, whole=True)
    assert requested_span(100, TAG, "bytes=5-", f"W/{TAG}") == ByteSpan(0, 100, whole=True)


@given(size=st.integers(0, 1000), header=st.text(alphabet="bytes=-,0123456789 ", max_size=20))
def test_a_span_never_leaves_the_representation(size: int, header: str) -> None:
    span = requested_span(size, TAG, header, None)
    if span is not None:
        assert 0 <= span.start <= span.end <= size
        assert span.whole or span.length > 0


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        (TAG, True),
        (f"W/{TAG}", True),
        (f'"x", {TAG}', True),
        ("*", True),
        ('"x"', False),
    ],
)
def test_an_entity_tag_is_recognised(header: str | None, expected: bool) -> None:
    assert matches_entity_tag(TAG, header) is expected
