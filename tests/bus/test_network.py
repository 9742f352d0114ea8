"""Nodes in other threads and processes: the same day as side by side, and clear errors."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence

import pytest
import zmq

from groundsys.bus.exchange import Exchange
from groundsys.bus.live import Requester, bind_requests
from groundsys.bus.network import NetworkCarrier
from groundsys.bus.wire import pack, unpack
from groundsys.values.errors import EnvironmentLackError, RequestError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step
from tests.bus.hosts import PATIENCE_S, HostProcess, HostThread, gather
from tests.bus.nodes import START, Recording, run_locally, seconds, talker

NAMES = ("ant", "bee", "cow", "doe")


@pytest.fixture
def carrier() -> Iterator[NetworkCarrier]:
    carrier = NetworkCarrier(zmq.Context.instance())
    yield carrier
    carrier.close()


def talkers(seed: int, names: Sequence[str] = NAMES) -> list[Recording]:
    return [talker(name, NAMES, seed) for name in names]


def test_two_hosts_live_the_same_day_as_one_process(carrier: NetworkCarrier) -> None:
    together = talkers(11)
    run_locally(together, 120)
    nodes = talkers(11)
    hosts = [HostThread(part, carrier.endpoint) for part in (nodes[:2], nodes[2:])]
    gather(carrier, NAMES)
    Exchange(carrier, start=START).run_until(seconds(120))
    carrier.close()
    for host in hosts:
        host.join()
    assert [node.seen for node in nodes] == [node.seen for node in together]
    assert [node.closed for node in nodes] == [1, 1, 1, 1]
    assert sum(len(inbox) for node in nodes for _, inbox in node.seen) > 20


def test_two_processes_live_the_same_day_too(carrier: NetworkCarrier) -> None:
    together = [talker(name, ("ant", "bee"), 5) for name in ("ant", "bee")]
    run_locally(together, 60)
    with (
        HostProcess("ant", carrier.endpoint, "5", "ant", "bee") as ant,
        HostProcess("bee", carrier.endpoint, "5", "ant", "bee") as bee,
    ):
        gather(carrier, ("ant", "bee"))
        Exchange(carrier, start=START).run_until(seconds(60))
        carrier.close()
        apart = [json.loads(host.said()) for host in (ant, bee)]
    assert apart == json.loads(json.dumps([node.seen for node in together]))


def test_nobody_overtakes_who_is_still_at_work(carrier: NetworkCarrier) -> None:
    is_at_work, may_go_on = threading.Event(), threading.Event()

    def work(now: Instant, inbox: Sequence[Message]) -> Step:
        if now == seconds(2):
            is_at_work.set()
            assert may_go_on.wait(PATIENCE_S)
        return Step(wake_at=now.plus_seconds(1))

    slow = Recording("slow", work)
    quick = Recording("quick", lambda now, inbox: Step(wake_at=now.plus_seconds(1)))
    hosts = [HostThread([node], carrier.endpoint) for node in (slow, quick)]
    gather(carrier, ("slow", "quick"))
    exchange = Exchange(carrier, start=START)
    runner = threading.Thread(target=exchange.run_until, args=(seconds(10),))
    runner.start()
    assert is_at_work.wait(PATIENCE_S)
    assert exchange.now == seconds(2)
    assert all(now <= seconds(2).tai_ns for now, _ in quick.seen)
    may_go_on.set()
    runner.join(PATIENCE_S)
    carrier.close()
    for host in hosts:
        host.join()
    assert quick.seen == slow.seen
    assert exchange.now == seconds(10)


def test_who_does_not_appear_is_named(carrier: NetworkCarrier) -> None:
    host = HostThread([Recording("ant")], carrier.endpoint)
    with pytest.raises(EnvironmentLackError, match="did not appear within 1 s: bee, cow"):
        carrier.gather(("cow", "ant", "bee"), timeout_s=1.0, still_alive=lambda: None)
    carrier.close()
    host.join()


def test_a_death_while_gathering_is_told_at_once(carrier: NetworkCarrier) -> None:
    def died() -> None:
        raise EnvironmentLackError("the process 'space' ended with code 3")

    with pytest.raises(EnvironmentLackError, match="'space' ended"):
        carrier.gather(("space",), timeout_s=PATIENCE_S, still_alive=died)


def test_nobody_may_appear_twice(carrier: NetworkCarrier) -> None:
    hosts = [HostThread([Recording(n) for n in names], carrier.endpoint) for names in ("a", "ab")]
    with pytest.raises(EnvironmentLackError, match="appeared twice: a"):
        carrier.gather(("a", "b", "c"), timeout_s=PATIENCE_S, still_alive=lambda: None)
    carrier.close()
    for host in hosts:
        host.join()


def test_a_participant_that_fails_ends_the_run_with_its_trace(carrier: NetworkCarrier) -> None:
    def fail(now: Instant, inbox: Sequence[Message]) -> Step:
        raise ZeroDivisionError("a battery of no capacity")

    node = Recording("otv", fail)
    host = HostThread([node], carrier.endpoint)
    gather(carrier, ("otv",))
    with pytest.raises(EnvironmentLackError, match="a battery of no capacity") as caught:
        Exchange(carrier, start=START).run_until(seconds(1))
    assert "a participant failed" in str(caught.value)
    host.join()
    assert node.closed == 1


def test_what_no_socket_carries_is_told_too(carrier: NetworkCarrier) -> None:
    def act(now: Instant, inbox: Sequence[Message]) -> Step:
        return Step((Message("otv", "otv", "odd", now, {"value": object()}),))

    host = HostThread([Recording("otv", act)], carrier.endpoint)
    gather(carrier, ("otv",))
    with pytest.raises(EnvironmentLackError, match="a participant failed"):
        Exchange(carrier, start=START).run_until(seconds(1))
    host.join()


def test_a_killed_process_is_told_and_does_not_hang_the_clock(carrier: NetworkCarrier) -> None:
    with (
        HostProcess("ant", carrier.endpoint, "5", "ant", "bee") as ant,
        HostProcess("bee", carrier.endpoint, "5", "ant", "bee") as bee,
    ):
        gather(carrier, ("ant", "bee"))

        def check() -> None:
            for host in (ant, bee):
                if host.process.poll() is not None:
                    raise EnvironmentLackError(f"the process '{host.name}' ended")

        carrier.watch(check)
        exchange = Exchange(carrier, start=START)
        exchange.advance_once(seconds(1_000))
        exchange.say(Message("outside", "bee", "are-you-there", exchange.now))
        bee.process.kill()
        bee.process.wait()
        with pytest.raises(EnvironmentLackError, match="'bee' ended"):
            exchange.run_until(seconds(1_000))


def test_a_killed_process_is_started_anew_and_hears_again_what_it_died_over(
    carrier: NetworkCarrier,
) -> None:
    with contextlib.ExitStack() as stack:
        hosts = {
            name: stack.enter_context(HostProcess(name, carrier.endpoint, "5", "ant", "bee"))
            for name in ("ant", "bee")
        }
        gather(carrier, ("ant", "bee"))

        def revive() -> frozenset[str]:
            dead = {name for name, host in hosts.items() if host.process.poll() is not None}
            for name in dead:
                again = HostProcess(name, carrier.endpoint, "5", "ant", "bee")
                hosts[name] = stack.enter_context(again)
            return frozenset(dead)

        carrier.watch(lambda: None, revive)
        exchange = Exchange(carrier, start=START)
        exchange.run_until(seconds(40))
        assert not carrier.take_revived()
        for victim in ("bee", "ant", "bee"):
            exchange.say(Message("outside", victim, "are-you-there", exchange.now))
            hosts[victim].process.kill()
            hosts[victim].process.wait()
            begun = exchange.now
            exchange.run_until(begun.plus_seconds(40.0))
            assert carrier.take_revived() == {victim}
            assert exchange.now == begun.plus_seconds(40.0)
        carrier.close()
        seen = json.loads(hosts["bee"].said())
    # the one that lives now heard the question, and each moment once and in order
    assert ["outside", "are-you-there"] in [one[1:] for _, heard in seen for one in heard]
    moments = [moment for moment, _ in seen]
    assert moments == sorted(set(moments))


def test_the_last_word_of_a_host_that_hosts_nobody_any_more_counts_no_more(
    carrier: NetworkCarrier,
) -> None:
    """It failed as it lost what it needs, and was replaced before its word was read."""
    with (
        HostProcess("ant", carrier.endpoint, "5", "ant", "bee"),
        HostProcess("bee", carrier.endpoint, "5", "ant", "bee"),
        contextlib.closing(zmq.Context.instance().socket(zmq.DEALER)) as replaced,
    ):
        gather(carrier, ("ant", "bee"))
        replaced.connect(carrier.endpoint)
        replaced.send(pack(["failed", "what it needs is gone"]))
        exchange = Exchange(carrier, start=START)
        exchange.run_until(seconds(40))
        assert exchange.now == seconds(40)
        carrier.close()


def test_a_host_that_went_away_is_told_without_a_watch(carrier: NetworkCarrier) -> None:
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
    socket.connect(carrier.endpoint)
    socket.send(pack(["hello", ["ghost"]]))
    gather(carrier, ("ghost",))
    socket.close(linger=0)
    with pytest.raises(EnvironmentLackError, match="hosts ghost is gone"):
        carrier.advance(START, {"ghost": []})


def test_who_joins_a_running_clock_is_refused(carrier: NetworkCarrier) -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    def act(now: Instant, inbox: Sequence[Message]) -> Step:
        is_asked.set()
        assert may_answer.wait(PATIENCE_S)
        return Step()

    host = HostThread([Recording("ant", act)], carrier.endpoint)
    gather(carrier, ("ant",))
    caught: list[Exception] = []

    def advance() -> None:
        try:
            carrier.advance(START, {"ant": []})
        except EnvironmentLackError as error:
            caught.append(error)

    runner = threading.Thread(target=advance)
    runner.start()
    assert is_asked.wait(PATIENCE_S)
    late = HostThread([Recording("bee")], carrier.endpoint)
    runner.join(PATIENCE_S)
    may_answer.set()
    assert "joined while the clock was running" in str(caught[0])
    carrier.close()
    host.join()
    late.join()


class TestRequests:
    """A host answers between steps, and survives whatever it is asked."""

    @pytest.fixture
    def endpoint(self, carrier: NetworkCarrier) -> Iterator[str]:
        def handle(request: dict[str, object]) -> dict[str, object]:
            if request["verb"] == "refuse":
                raise RequestError("not today")
            if request["verb"] == "break":
                raise KeyError("a shelf")
            if request["verb"] == "odd":
                return {"thing": object()}
            return {"heard": request}

        socket, endpoint = bind_requests()
        node = Recording("desks", lambda now, inbox: Step(wake_at=now.plus_seconds(1)))
        host = HostThread([node], carrier.endpoint, socket, handle)  # type: ignore[arg-type]
        gather(carrier, ("desks",))
        yield endpoint
        Exchange(carrier, start=START).run_until(seconds(5))
        assert len(node.seen) == 6
        carrier.close()
        host.join()

    def test_an_answer(self, endpoint: str) -> None:
        requester = Requester(endpoint)
        answer = requester.ask("status", depth=3, timeout_s=PATIENCE_S)
        requester.close()
        assert answer == {"ok": True, "heard": {"verb": "status", "depth": 3}}

    @pytest.mark.parametrize(
        ("verb", "said"), [("refuse", "not today"), ("break", "a shelf"), ("odd", "serialize")]
    )
    def test_a_refusal(self, endpoint: str, verb: str, said: str) -> None:
        requester = Requester(endpoint)
        with pytest.raises(RequestError, match=said):
            requester.ask(verb, timeout_s=PATIENCE_S)
        requester.close()

    @pytest.mark.parametrize("garbage", [b"", b"\xc1\xff", pack(None), pack([1, 2])])
    def test_garbage(self, endpoint: str, garbage: bytes) -> None:
        socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        socket.connect(endpoint)
        socket.send(garbage)
        assert socket.poll(round(PATIENCE_S * 1000))
        assert unpack(socket.recv())["ok"] is False
        socket.close(linger=0)
