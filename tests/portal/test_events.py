"""Events as they happen: streams that resume, webhooks that are signed and tried again."""

from __future__ import annotations

import http.server
import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from groundsys.customers.webhooks import is_signed
from groundsys.objects import FolderObjectStore
from groundsys.portal import courier, events
from groundsys.portal.app import create_app
from tests.portal.fake_desks import (
    POLAR_TOKEN,
    THARSIS_TOKEN,
    FakeDesks,
    listening,
    publishing,
)
from tests.portal.portal_process import running_portal

BEARER = {"Authorization": f"Bearer {POLAR_TOKEN}"}


@pytest.fixture
def desks(tmp_path: Path) -> FakeDesks:
    return FakeDesks(FolderObjectStore(tmp_path / "objects"))


def told(lines: Iterator[str]) -> dict[str, Any]:
    """The next event of a stream."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line and "data" in fields:
            event: dict[str, Any] = json.loads(fields["data"])
            assert (fields["id"], fields["event"]) == (str(event["number"]), event["type"])
            return event
        name, _, value = line.partition(": ")
        fields[name] = value
    raise AssertionError("the stream has ended")


def test_a_product_is_told_at_once_and_to_its_customer_alone(
    desks: FakeDesks, tmp_path: Path
) -> None:
    with (
        listening(desks) as endpoint,
        publishing(desks) as news,
        running_portal(endpoint, tmp_path / "objects", news=news) as url,
        httpx.Client(base_url=url, headers=BEARER) as client,
        client.stream("GET", "/api/v1/events") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines) == "retry: 2000"  # it listens
        desks.deliver("tharsis-seismo", "s1.dat", b"secret")
        began = time.monotonic()
        product = desks.deliver("polar-weather", "w1.dat", b"weather")
        event = told(lines)
        assert time.monotonic() - began < 2.0
        assert (event["type"], event["product"]["id"]) == ("product", product)
        assert event["product"]["name"] == "cube/w1.dat"
        assert "key" not in event["product"]
        desks.deliver("polar-weather", "w2.dat", b"weather")
        assert told(lines)["product"]["name"] == "cube/w2.dat"
    # the portal has ended by itself, with the stream open


def test_a_stream_goes_on_behind_the_last_event_known(desks: FakeDesks, tmp_path: Path) -> None:
    for number in range(1, 4):
        desks.deliver("polar-weather", f"w{number}.dat", b"weather")
    with (
        listening(desks) as endpoint,
        running_portal(endpoint, tmp_path / "objects") as url,
        httpx.Client(base_url=url, headers=BEARER) as client,
    ):
        with client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": "1"}) as stream:
            lines = stream.iter_lines()
            assert [told(lines)["number"] for _ in range(2)] == [2, 3]
            desks.deliver("polar-weather", "w4.dat", b"weather")  # nobody publishes: it looks
            assert told(lines)["number"] == 4
        with client.stream("GET", "/api/v1/events?after=0") as stream:
            lines = stream.iter_lines()
            assert [told(lines)["number"] for _ in range(4)] == [1, 2, 3, 4]
        odd = client.get("/api/v1/events", headers={"Last-Event-ID": "four"})
        assert odd.status_code == 400
        assert client.get("/api/v1/events", headers={"Authorization": ""}).status_code == 401


def test_a_stream_ends_when_its_key_is_withdrawn(
    desks: FakeDesks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.2)
    desks.deliver("polar-weather", "w1.dat", b"weather")
    with TestClient(create_app(desks, desks.objects)) as client:
        threading.Timer(1.0, lambda: desks.revoke(POLAR_TOKEN)).start()
        answer = client.get("/api/v1/events?after=0", headers=BEARER)
    assert answer.text.count("event: product") == 1
    assert ": nothing new" in answer.text
    assert client.get("/api/v1/events", headers=BEARER).status_code == 401


def test_one_key_holds_so_many_streams_open(desks: FakeDesks, tmp_path: Path) -> None:
    with (
        listening(desks) as endpoint,
        running_portal(endpoint, tmp_path / "objects") as url,
        httpx.Client(base_url=url, headers=BEARER) as client,
    ):
        streams = [client.stream("GET", "/api/v1/events") for _ in range(10)]
        opened = [stream.__enter__() for stream in streams]
        assert {one.status_code for one in opened} == {200}
        lines = [one.iter_lines() for one in opened]
        assert {next(one) for one in lines} == {"retry: 2000"}
        assert client.get("/api/v1/events").status_code == 429
        other = {"Authorization": f"Bearer {THARSIS_TOKEN}"}
        with client.stream("GET", "/api/v1/events", headers=other) as stream:
            assert stream.status_code == 200
        del lines
        for stream in streams:
            stream.__exit__(None, None, None)


# --- webhooks ---------------------------------------------------------------------------------


class Receiver:
    """A customer's own server: what it was told, and what it answers."""

    def __init__(self) -> None:
        self.messages: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
        self.status = 204
        self.url = ""


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            receiver.messages.put((dict(self.headers), body))

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/in"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()


def webhook(client: httpx.Client) -> dict[str, Any]:
    (one,) = client.get("/api/v1/webhooks").json()["webhooks"]
    return dict(one)


def test_a_webhook_is_told_signed_and_again_until_it_takes_it(
    desks: FakeDesks, tmp_path: Path
) -> None:
    objects = tmp_path / "objects"
    with receiving() as receiver, listening(desks) as endpoint, publishing(desks) as news:
        with (
            running_portal(endpoint, objects, news=news) as url,
            httpx.Client(base_url=url, headers=BEARER) as client,
        ):
            secret = client.post("/api/v1/webhooks", json={"url": receiver.url}).json()["secret"]
            desks.deliver("tharsis-seismo", "s1.dat", b"secret")
            desks.deliver("polar-weather", "w1.dat", b"weather")
            headers, body = receiver.messages.get(timeout=10)
            assert is_signed(secret, headers["Groundsys-Signature"], body, time.time())
            assert not is_signed("gsw_x", headers["Groundsys-Signature"], body, time.time())
            message = json.loads(body)
            assert message["customer"] == "polar-weather"
            assert [one["product"]["name"] for one in message["events"]] == ["cube/w1.dat"]
            receiver.status = 500
            desks.deliver("polar-weather", "w2.dat", b"weather")
            receiver.messages.get(timeout=10)
            deadline = time.monotonic() + 10.0
            while not webhook(client)["failures"]:
                assert time.monotonic() < deadline
                time.sleep(0.02)  # between two looks at the condition above
            assert webhook(client)["last_answer"] == "status 500"
        receiver.status = 204
        desks.wall_s += 6.0  # the first pause is over; another portal goes on
        with (
            running_portal(endpoint, objects, news=news) as url,
            httpx.Client(base_url=url, headers=BEARER) as client,
        ):
            _, body = receiver.messages.get(timeout=10)
            assert [one["number"] for one in json.loads(body)["events"]] == [2]
            deadline = time.monotonic() + 10.0
            while webhook(client)["told_up_to"] != 2:
                assert time.monotonic() < deadline
                time.sleep(0.02)  # between two looks at the condition above
            assert receiver.messages.empty()


@contextmanager
def hanging(answer: bytes = b"") -> Iterator[tuple[str, threading.Event]]:
    """A server that takes what it is sent, says `answer` and nothing more, until the end.

    Yields its URL, and what is set once it has been asked.
    """
    asked, over = threading.Event(), threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.wfile.write(answer)
            asked.set()
            over.wait()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/in", asked
        over.set()
        server.shutdown()
        thread.join()


def test_a_webhook_that_hangs_holds_nobody_up_but_itself(desks: FakeDesks, tmp_path: Path) -> None:
    with (
        hanging(b"HTTP/1.1 20") as (slow, asked),
        receiving() as receiver,
        listening(desks) as endpoint,
        publishing(desks) as news,
        running_portal(endpoint, tmp_path / "objects", news=news) as url,
        httpx.Client(base_url=url, headers=BEARER) as client,
    ):
        for where in (slow, receiver.url):
            client.post("/api/v1/webhooks", json={"url": where}).raise_for_status()
        began = time.monotonic()
        for number in range(1, 6):  # one event after the other, each in a message of its own
            desks.deliver("polar-weather", f"w{number}.dat", b"weather")
            _, body = receiver.messages.get(timeout=5)
            assert [one["number"] for one in json.loads(body)["events"]] == [number]
        assert asked.is_set()
        assert time.monotonic() - began < courier.ANSWER_WITHIN_S / 2
        deadline = time.monotonic() + 2 * courier.ANSWER_WITHIN_S
        while not (failed := hooks(client)[slow])["failures"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)  # between two looks at the condition above
        assert failed["last_answer"] == "no answer within 10 s"
        assert (failed["told_up_to"], hooks(client)[receiver.url]["told_up_to"]) == (0, 5)


def hooks(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """The customer's webhooks by their URL."""
    return {one["url"]: one for one in client.get("/api/v1/webhooks").json()["webhooks"]}


def test_what_may_not_be_seen_is_passed_over_and_not_asked_for_for_ever(
    desks: FakeDesks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.2)
    hidden = desks.deliver("polar-weather", "hidden.dat", b"weather")
    desks.deliver("polar-weather", "w1.dat", b"weather")
    asked: list[str] = []

    def tamper(verb: str, answer: dict[str, Any]) -> dict[str, Any]:
        asked.append(verb)
        for event in answer.get("events", ()):
            if event["subject"] == hidden:
                event["product"]["customer"] = "tharsis-seismo"
        return answer

    desks.tamper = tamper
    with TestClient(create_app(desks, desks.objects)) as client:
        threading.Timer(1.0, lambda: desks.revoke(POLAR_TOKEN)).start()
        answer = client.get("/api/v1/events?after=0", headers=BEARER)
    assert answer.text.count("event: product") == 1
    assert "hidden.dat" not in answer.text
    assert asked.count("customer_events") < 20
