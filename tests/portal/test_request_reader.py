"""Requests out of octets, beside what h11 makes of the same."""

from __future__ import annotations

from itertools import pairwise

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.portal.request_reader import LONGEST_OCTETS, Request, RequestReader

ASKED = (
    b"GET /one HTTP/1.1\r\nHost: x\r\nRANGE: bytes=1-\r\n\r\n",
    b'GET /two?x=%20 HTTP/1.1\r\nhost: x\r\nIf-Range: "a"\r\nRange: bytes=-3\r\n\r\n',
    b"HEAD /three HTTP/1.1\r\nHost: x\r\nAccept: \xe9\r\n\r\n",
    b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /",
    b"PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n",
)
LAST = (
    b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /old HTTP/1.0\r\n\r\n",
)


def cut(octets: bytes, places: list[int]) -> list[bytes]:
    return [octets[a:b] for a, b in pairwise([0, *sorted(places), len(octets)])]


def read(*parts: bytes) -> list[Request]:
    reader = RequestReader()
    return [one for part in parts for one in reader.feed(part)]


def of_h11(octets: bytes) -> list[Request]:
    """What h11 reads, answering each request without bytes."""
    http = h11.Connection(h11.SERVER)
    http.receive_data(octets)
    read: list[Request] = []
    while http.our_state is h11.IDLE:
        asked = http.next_event()
        assert isinstance(asked, h11.Request)
        while not isinstance(http.next_event(), h11.EndOfMessage):
            pass
        http.send(h11.Response(status_code=404, headers=[(b"Content-Length", b"0")]))
        http.send(h11.EndOfMessage())
        headers = {bytes(name): value.decode("latin-1") for name, value in asked.headers}
        keeps = http.our_state is not h11.MUST_CLOSE
        told = headers.get(b"range"), headers.get(b"if-range")
        read.append(Request(asked.method, asked.target.decode("latin-1"), *told, keeps))
        if keeps:
            http.start_next_cycle()
    return read


@given(st.lists(st.sampled_from(ASKED)), st.sampled_from(LAST), st.data())
def test_requests_are_those_that_h11_reads_wherever_the_octets_are_cut(
    first: list[bytes], last: bytes, data: st.DataObject
) -> None:
    octets = b"".join(first) + last
    places = data.draw(st.lists(st.integers(0, len(octets)), max_size=8))
    assert read(*cut(octets, places)) == of_h11(octets)


@given(st.binary(), st.data())
def test_whatever_comes_at_most_the_last_is_refused(noise: bytes, data: st.DataObject) -> None:
    octets = ASKED[0] + noise
    places = data.draw(st.lists(st.integers(0, len(octets)), max_size=4))
    told = read(*cut(octets, places))
    assert told[0] == of_h11(ASKED[0] + LAST[0])[0]
    assert all(one.keeps and not one.refused for one in told[:-1])


@pytest.mark.parametrize(
    "octets",
    [
        b"what\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    ],
)
def test_what_is_no_good_http_is_refused_and_the_last(octets: bytes) -> None:
    [refused] = read(octets + ASKED[0])
    assert (refused.refused, refused.keeps) == (400, False)


def test_no_protocol_is_changed_to() -> None:
    upgrade = b"GET /up HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    [asked] = read(upgrade + b"\x16\x03 another one's octets")
    assert (asked.target, asked.keeps, asked.refused) == ("/up", False, 0)


def test_what_does_not_become_whole_is_refused_at_some_length() -> None:
    whole = ASKED[0] * (2 * LONGEST_OCTETS // len(ASKED[0]))
    assert len(read(whole)) == len(whole) // len(ASKED[0])
    for begun in (
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: ",
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n",
    ):
        assert read(whole, begun) == read(whole)
        *_, refused = read(whole, begun, b"x" * LONGEST_OCTETS)
        assert (refused.refused, refused.keeps) == (431, False)
