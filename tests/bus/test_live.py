"""Live events out, requests in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zmq

from groundsys.bus.live import Publisher, Requester, Subscriber, bind_requests
from groundsys.bus.network import NetworkCarrier
from groundsys.bus.wire import pack, unpack
from groundsys.values.errors import EnvironmentLackError, RequestError
from tests.bus.hosts import PATIENCE_S


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    publisher = Publisher()
    yield publisher
    publisher.close()


def heard(publisher: Publisher, subscriber: Subscriber) -> None:
    """Publish beats until the subscription has reached the publisher; some may still come."""
    while not list(subscriber.events(0.02)):
        publisher.publish("beat", {})


def collect(subscriber: Subscriber, count: int) -> list[tuple[str, dict[str, Any]]]:
    """The next `count` events that are no beats."""
    got: list[tuple[str, dict[str, Any]]] = []
    while len(got) < count:
        got.extend(event for event in subscriber.events(PATIENCE_S) if event[0] != "beat")
    return got


def test_events_come_in_order_and_whole(publisher: Publisher) -> None:
    subscriber = Subscriber(publisher.endpoint)
    heard(publisher, subscriber)
    for number in range(50):
        publisher.publish("fleet", {"number": number, "raw": b"\x00\xff"})
    assert collect(subscriber, 50) == [
        ("fleet", {"number": number, "raw": b"\x00\xff"}) for number in range(50)
    ]
    subscriber.close()


def test_a_subscriber_hears_only_its_topics(publisher: Publisher) -> None:
    subscriber = Subscriber(publisher.endpoint, ("beat", "alarms"))
    heard(publisher, subscriber)
    for topic in ("fleet", "alarms", "passes", "alarms/new"):
        publisher.publish(topic, {})
    assert [topic for topic, _ in collect(subscriber, 2)] == ["alarms", "alarms/new"]
    subscriber.close()


def test_silence_ends_the_wait(publisher: Publisher) -> None:
    subscriber = Subscriber(publisher.endpoint)
    assert list(subscriber.events(0.01)) == []
    subscriber.close()


def test_nobody_listening_holds_nothing_up(publisher: Publisher) -> None:
    for number in range(5_000):
        publisher.publish("clock", {"number": number})


def test_a_request_without_an_answer_ends_in_time() -> None:
    socket, endpoint = bind_requests()
    requester = Requester(endpoint)
    with pytest.raises(RequestError, match=r"no answer to 'status' within 0\.05 s") as caught:
        requester.ask("status", timeout_s=0.05)
    assert endpoint in caught.value.expected
    assert "groundsys up" in caught.value.remedy
    requester.close()
    socket.close()


def test_a_late_answer_is_not_taken_for_the_next_one() -> None:
    socket, endpoint = bind_requests()
    requester = Requester(endpoint)
    with pytest.raises(RequestError, match="no answer"):
        requester.ask("first", timeout_s=0.05)

    def answer_both() -> None:
        for _ in range(2):
            *envelope, payload = socket.recv_multipart()
            socket.send_multipart([*envelope, pack({"ok": True, "to": unpack(payload)["verb"]})])

    answering = threading.Thread(target=answer_both)
    answering.start()
    assert requester.ask("second", timeout_s=PATIENCE_S)["to"] == "second"
    answering.join(PATIENCE_S)
    requester.close()
    socket.close()


def test_a_refusal_carries_its_reason() -> None:
    socket, endpoint = bind_requests()

    def refuse() -> None:
        *envelope, _ = socket.recv_multipart()
        socket.send_multipart([*envelope, pack({"ok": False, "error": "no such alarm"})])

    answering = threading.Thread(target=refuse)
    answering.start()
    requester = Requester(endpoint)
    with pytest.raises(RequestError, match="no such alarm"):
        requester.ask("acknowledge_alarm", timeout_s=PATIENCE_S)
    answering.join(PATIENCE_S)
    requester.close()
    socket.close()


def test_an_address_in_use_is_one_clear_error(publisher: Publisher) -> None:
    for bind in (Publisher, bind_requests, lambda e: NetworkCarrier(zmq.Context.instance(), e)):
        with pytest.raises(EnvironmentLackError, match="cannot listen at") as caught:
            bind(publisher.endpoint)
        assert "in use" in caught.value.found
        assert caught.value.remedy


def test_the_publisher_knows_what_somebody_follows(publisher: Publisher) -> None:
    subscribers = [Subscriber(publisher.endpoint, ("beat",)) for _ in range(2)]
    first, second = subscribers
    heard(publisher, first)
    heard(publisher, second)
    publisher.take_begun()

    def until(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline
            publisher.publish("beat", {})

    for subscriber in subscribers:  # the second one's is told too, or it would miss the beginning
        subscriber.follow(frozenset(("beat", "telemetry/otv/values")))
        until(lambda: publisher.take_begun() == {"telemetry/otv/values"})
    assert publisher.followed() == {"beat", "telemetry/otv/values"}
    first.follow(frozenset(("beat",)))
    heard(publisher, first)
    assert "telemetry/otv/values" in publisher.followed()
    second.close()
    until(lambda: publisher.followed() == {"beat"})
    first.close()
    until(lambda: not publisher.followed())
