"""The mission clock: nothing early, nothing overtaken, the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundsys.bus import exchange as exchange_module
from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from groundsys.values.messages import Message, Step
from tests.bus.nodes import START, Recording, run_locally, seconds, talker


def message(target: str, at_s: float, kind: str = "word") -> Message:
    return Message("outside", target, kind, seconds(at_s))


def talkers(seed: int, names: Sequence[str] = ("ant", "bee", "cow")) -> list[Recording]:
    everyone = sorted(names)
    return [talker(name, everyone, seed) for name in names]


def test_everybody_is_called_at_the_start() -> None:
    nodes = [Recording("ant"), Recording("bee")]
    run_locally(nodes, 10)
    assert [node.seen for node in nodes] == [[(START.tai_ns, ())]] * 2


def test_a_message_comes_at_its_time_and_not_before() -> None:
    node = Recording("ant")
    exchange = Exchange(LocalCarrier([node]), start=START)
    exchange.say(message("ant", 7))
    exchange.run_until(seconds(6.5))
    assert [now for now, inbox in node.seen if inbox] == []
    exchange.run_until(seconds(20))
    assert [now for now, inbox in node.seen if inbox] == [seconds(7).tai_ns]


def test_an_inbox_is_ordered_by_time_then_by_order_of_saying() -> None:
    node = Recording("ant")
    exchange = Exchange(LocalCarrier([node]), start=START, quantum_s=10)
    for at_s, kind in ((5, "b"), (5, "c"), (2, "a"), (9, "d")):
        exchange.say(message("ant", at_s, kind))
    exchange.run_until(seconds(30))
    assert [kind for _, inbox in node.seen for _, _, kind in inbox] == ["a", "b", "c", "d"]


def test_neighbours_share_a_step() -> None:
    node = Recording("ant")
    exchange = Exchange(LocalCarrier([node]), start=START, quantum_s=1)
    for at_s in (3.1, 3.4, 3.9, 4.0):
        exchange.say(message("ant", at_s))
    exchange.run_until(seconds(10))
    assert exchange.steps == 2  # the start, and all four together


def test_a_wish_to_wake_is_kept_until_the_next_answer() -> None:
    def act(now: Instant, inbox: Sequence[Message]) -> Step:
        return Step(wake_at=seconds(30) if now < seconds(30) else None)

    node = Recording("ant", act)
    exchange = Exchange(LocalCarrier([node]), start=START)
    exchange.say(message("ant", 12))
    exchange.run_until(seconds(100))
    assert [now for now, _ in node.seen] == [seconds(s).tai_ns for s in (0, 12, 30)]


def test_what_nobody_is_there_for_is_counted() -> None:
    exchange = Exchange(LocalCarrier([Recording("ant")]), start=START)
    exchange.say(message("yeti", 1))
    exchange.say(message("yeti", 2))
    exchange.run_until(seconds(10))
    assert exchange.undeliverable == {"yeti": 2}


def test_the_clock_stops_at_its_end_and_never_goes_back() -> None:
    node = Recording("ant", lambda now, inbox: Step(wake_at=now.plus_seconds(4)))
    exchange = Exchange(LocalCarrier([node]), start=START)
    exchange.run_until(seconds(10))
    assert exchange.now == seconds(10)
    exchange.run_until(seconds(5))
    assert exchange.now == seconds(10)
    exchange.run_until(seconds(16))
    assert [now for now, _ in node.seen] == [seconds(s).tai_ns for s in (0, 4, 8, 12, 16)]


def test_an_end_between_two_quanta_is_reached_exactly() -> None:
    node = Recording("ant", lambda now, inbox: Step(wake_at=now.plus_seconds(0.1)))
    exchange = Exchange(LocalCarrier([node]), start=START)
    exchange.run_until(seconds(2.5))
    assert [now for now, _ in node.seen] == [seconds(s).tai_ns for s in (0, 1, 2, 2.5)]


@given(seed=st.integers(0, 2**32), quantum_s=st.sampled_from([0.25, 1.0, 3.0, 10.0]))
@settings(max_examples=60, deadline=None)
def test_nothing_is_early_and_nothing_more_than_a_quantum_late(seed: int, quantum_s: float) -> None:
    nodes = talkers(seed)
    run_locally(nodes, 60, quantum_s)
    quantum_ns = round(quantum_s * NANOSECONDS_PER_SECOND)
    steps = sorted({now for node in nodes for now, _ in node.seen})
    for node in nodes:
        assert [now for now, _ in node.seen] == sorted({now for now, _ in node.seen})
        for now, inbox in node.seen:
            times = [time for time, _, _ in inbox]
            assert times == sorted(times)
            assert all(time <= now for time in times)
            before = max((step for step in steps if step < now), default=START.tai_ns)
            # late only by rounding, or because it was said after its own time
            assert all(now < time + quantum_ns or now <= before + quantum_ns for time in times)


@given(seed=st.integers(0, 2**32), order=st.permutations(["ant", "bee", "cow", "doe"]))
@settings(max_examples=40, deadline=None)
def test_the_same_seed_gives_the_same_day_whoever_is_named_first(
    seed: int, order: list[str]
) -> None:
    first, second = talkers(seed, sorted(order)), talkers(seed, order)
    run_locally(first, 60)
    run_locally(second, 60)
    assert {n.name: n.seen for n in first} == {n.name: n.seen for n in second}


class WallClock:
    """A wall clock that only sleeping and working move."""

    def __init__(self) -> None:
        self.now_s = 5_000.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now_s += seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    clock = WallClock()
    fake = SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep)
    monkeypatch.setattr(exchange_module, "time", fake)
    return clock


def test_the_rate_is_a_ceiling(wall: WallClock) -> None:
    began_s = wall.now_s
    rates: list[float] = []

    def look(now: Instant) -> None:
        if wall.now_s > began_s:
            rates.append(now.seconds_since(START) / (wall.now_s - began_s))

    node = Recording("ant", lambda now, inbox: Step(wake_at=now.plus_seconds(1)))
    exchange = Exchange(LocalCarrier([node]), start=START, rate_ceiling=50, on_step=look)
    exchange.run_until(seconds(500))
    assert max(rates) <= 50 * (1 + 1e-9)
    assert wall.now_s - began_s == pytest.approx(10.0)


def test_the_ceiling_holds_where_nothing_happens(wall: WallClock) -> None:
    began_s = wall.now_s
    exchange = Exchange(LocalCarrier([Recording("ant")]), start=START, rate_ceiling=10)
    exchange.run_until(seconds(200))
    assert wall.now_s - began_s == pytest.approx(20.0)


def test_a_new_ceiling_holds_from_now(wall: WallClock) -> None:
    exchange = Exchange(LocalCarrier([Recording("ant")]), start=START, rate_ceiling=10)
    exchange.run_until(seconds(100))
    began_s = wall.now_s
    exchange.set_rate_ceiling(100)
    exchange.run_until(seconds(300))
    assert wall.now_s - began_s == pytest.approx(2.0)
    exchange.set_rate_ceiling(None)
    exchange.run_until(seconds(100_000))
    assert wall.now_s - began_s == pytest.approx(2.0)


def test_while_the_clock_waits_others_may_look_in(wall: WallClock) -> None:
    node = Recording("ant")
    exchange = Exchange(LocalCarrier([node]), start=START, rate_ceiling=1)
    exchange.advance_once(seconds(100))
    looks = 0
    while exchange.advance_once(seconds(100)):
        looks += 1
        if looks == 20:
            exchange.say(message("ant", 50))
    assert looks > 100
    assert [now for now, inbox in node.seen if inbox] == [seconds(50).tai_ns]


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_a_ceiling_is_a_positive_number(rate: float) -> None:
    with pytest.raises(ValueError, match="rate ceiling"):
        Exchange(LocalCarrier([]), start=START, rate_ceiling=rate)


def test_a_slow_participant_makes_the_clock_slow_and_not_wrong(wall: WallClock) -> None:
    fast, slow = talkers(7), talkers(7)
    worker, act = slow[1], slow[1].act

    def work(now: Instant, inbox: Sequence[Message]) -> Step:
        wall.now_s += 3.0
        return act(now, inbox)

    worker.act = work
    began_s = wall.now_s
    run_locally(fast, 60)
    assert wall.now_s == began_s
    exchange = Exchange(LocalCarrier(slow), start=START, rate_ceiling=1_000)
    exchange.run_until(seconds(60))
    assert wall.now_s - began_s >= 3.0 * len(worker.seen)
    assert [node.seen for node in slow] == [node.seen for node in fast]


def test_a_clock_that_stands_takes_no_step_and_does_not_catch_up(wall: WallClock) -> None:
    node = Recording("ant", lambda now, inbox: Step(wake_at=now.plus_seconds(1)))
    exchange = Exchange(LocalCarrier([node]), start=START, rate_ceiling=1)
    while exchange.now < seconds(5):
        assert exchange.advance_once(seconds(100))
    exchange.stop()
    steps = exchange.steps
    for _ in range(50):
        assert exchange.advance_once(seconds(100))
    assert (exchange.stands, exchange.now, exchange.steps) == (True, seconds(5), steps)

    exchange.take_one_step()
    for _ in range(5):
        assert exchange.advance_once(seconds(100))
    assert (exchange.now, exchange.steps) == (seconds(6), steps + 1)

    stood_until_s = wall.now_s
    exchange.go_on()
    while exchange.now < seconds(10):
        assert exchange.advance_once(seconds(100))
    assert wall.now_s - stood_until_s == pytest.approx(4.0)
