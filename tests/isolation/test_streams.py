"""Zero leak on streams: A's is the same, chunk by chunk, whatever arrives for B meanwhile.

Two ground segments as in `test_zero_leak`; in one of them products and commands of B come while A
listens, in any order with A's own, and the desks publish each at once.  What the portal sends on
A's stream – status, headers and every piece in the order in which it leaves – must not differ.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.isolation.worlds import TOKENS, A, B, World, two_worlds


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    with two_worlds(tmp_path_factory.mktemp("with"), tmp_path_factory.mktemp("without")) as worlds:
        yield worlds


@dataclass
class Stream:
    """What one request has been sent so far, piece by piece."""

    world: World
    path: str
    headers: Mapping[str, str]
    pieces: list[Mapping[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    over: bool = False

    def __enter__(self) -> Stream:
        self._gone = asyncio.Event()
        path, _, query = self.path.partition("?")
        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1"},
            **{"method": "GET", "scheme": "http", "path": path, "raw_path": path.encode()},
            **{"root_path": "", "query_string": query.encode(), "client": ("testclient", 50000)},
            **{"server": ("testserver.local", 80), "extensions": {}, "state": {}},
            "headers": [(key.lower().encode(), value.encode()) for key, value in self._shown()],
        }
        asked = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Mapping[str, Any]:
            if asked:
                return asked.pop()
            await self._gone.wait()
            return {"type": "http.disconnect"}

        async def send(piece: Mapping[str, Any]) -> None:
            with self.changed:
                self.pieces.append(dict(piece))
                self.over = piece["type"].endswith("body") and not piece.get("more_body", False)
                self.changed.notify_all()

        async def follow() -> None:
            await self.world.client.app(scope, receive, send)

        self._portal = self.world.client.blocking_portal
        self._following = self._portal.start_task_soon(follow)
        return self

    def __exit__(self, *_: object) -> None:
        self._portal.call(self._gone.set)
        self._following.result(30.0)

    def _shown(self) -> list[tuple[str, str]]:
        return [("host", "testserver.local"), *self.headers.items()]

    def told(self) -> list[bytes]:
        """Pieces that tell events."""
        bodies = [one.get("body", b"") for one in self.pieces]
        return [one for one in bodies if one.startswith(b"id: ")]

    def await_beginning(self) -> None:
        """Return once it listens, which its first line says, or the answer is over."""
        with self.changed:
            assert self.changed.wait_for(
                lambda: self.over or len(self.pieces) >= 2, timeout=60.0
            ), self.pieces

    def await_events(self, count: int) -> None:
        """Return once so many events have been told, or the answer is over."""
        with self.changed:
            assert self.changed.wait_for(
                lambda: self.over or len(self.told()) >= count, timeout=60.0
            ), self.pieces

    def seen(self) -> list[tuple[Any, ...]]:
        """All that reaches A, but for the date and what says that there is nothing new."""
        return [
            (
                piece["type"],
                piece.get("status"),
                sorted(one for one in piece.get("headers", ()) if one[0] != b"date"),
                piece.get("body"),
            )
            for piece in self.pieces
            if piece.get("body") != b": nothing new\n\n"
        ]


def last_event(one: World) -> int:
    """Of A, by what it is told itself."""
    listed = one.ask("GET", "/api/v1/products", "token", {}).json()
    return int(listed["cursor"])


STEPS = st.tuples(st.sampled_from(["product", "command"]), st.sampled_from([A, B, B, B]))


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(STEPS, max_size=8),
    way=st.sampled_from(
        [("/api/v1/events", "token"), ("/api/v1/events", "session"), ("/events", "cookie")]
    ),
    begin=st.sampled_from(["now", "all", "behind the last", "ahead"]),
)
def test_a_s_stream_is_the_same_whatever_arrives_for_b(
    both: tuple[World, World], steps: list[tuple[str, str]], way: tuple[str, str], begin: str
) -> None:
    path, credential = way
    known = [last_event(one) for one in both]
    assert known[0] == known[1]
    asked = {"now": None, "all": 0, "behind the last": known[0], "ahead": known[0] + 3}[begin]
    line = {} if asked is None else {"Last-Event-ID": str(asked)}
    headers = [{**line, **one.credentials[credential]} for one in both]
    with Stream(both[0], path, headers[0]) as first, Stream(both[1], path, headers[1]) as second:
        for stream in (first, second):
            stream.await_beginning()
        for what, customer in [*steps, ("product", B), *[("product", A)] * 4]:
            for one in both:
                one.happens(what, customer)
        new = sum(customer == A for _, customer in steps) + 4
        expected = new if asked is None else max(0, known[0] + new - asked)
        for stream in (first, second):
            stream.await_events(expected)
        assert first.seen() == second.seen()
        assert len(first.told()) == expected > 0


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_streams_that_are_refused_are_refused_alike(
    both: tuple[World, World], data: st.DataObject
) -> None:
    """With every credential, and B's names wherever a stream could be asked to begin."""
    name = quote(data.draw(st.sampled_from(both[0].names_of_b)), safe="")
    credential = data.draw(st.sampled_from(sorted(both[0].credentials)))
    path = data.draw(st.sampled_from(["/api/v1/events", "/events"]))
    query = data.draw(st.sampled_from(["", f"?after={name}", f"?customer={name}", "?after=0"]))
    line = data.draw(st.sampled_from([{}, {"Last-Event-ID": name}, {"Last-Event-ID": "-1"}]))
    answers = []
    for one in both:
        with Stream(one, path + query, {**line, **one.credentials[credential]}) as stream:
            stream.await_beginning()
            answers.append(stream.seen()[:2])
    assert answers[0] == answers[1]


def test_b_can_tell_the_worlds_apart_by_its_own_stream(both: tuple[World, World]) -> None:
    """The tests above could fail: where B has something, its own stream is let in and told."""
    bearer = {"Authorization": f"Bearer {TOKENS[B]}", "Last-Event-ID": "0"}
    with Stream(both[0], "/api/v1/events", bearer) as stream:
        both[0].happens("product", B)
        stream.await_events(5)
        assert len(stream.told()) >= 5
    with Stream(both[1], "/api/v1/events", bearer) as stream:
        with stream.changed:
            assert stream.changed.wait_for(lambda: stream.over, timeout=60.0)
        assert stream.pieces[0]["status"] == 401
