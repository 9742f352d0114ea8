"""A host that finds its disk full waits for room and starts anew; the mission clock waits."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import pytest
import zmq

from groundsys.bus.hosting import RoomAgainError, await_room, host_nodes
from groundsys.bus.live import Requester, bind_requests
from groundsys.bus.network import NetworkCarrier
from groundsys.bus.wire import pack, unpack
from groundsys.values.errors import DiskFullError, EnvironmentLackError, NoAnswerError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message, Step
from tests.bus.hosts import PATIENCE_S, gather
from tests.bus.nodes import START, Recording, seconds


@pytest.fixture
def carrier() -> Iterator[NetworkCarrier]:
    carrier = NetworkCarrier(zmq.Context.instance())
    yield carrier
    carrier.close()


def full(*_: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def told(now: Instant, inbox: Sequence[Message]) -> Step:
    said = [one.kind for one in inbox]
    return Step((Message("desk", "craft", "told", now, {"of": said}),), now.plus_seconds(1))


class Host:
    """A process, as a thread, that becomes the next of its lives whenever it starts anew."""

    def __init__(self, endpoint: str, *lives: Recording, **options: Any) -> None:
        self.room = threading.Event()
        self.error: BaseException | None = None
        self._work = lambda: self._live(endpoint, lives, options)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _live(self, endpoint: str, lives: Sequence[Recording], options: Mapping[str, Any]) -> None:
        for number, node in enumerate(lives):
            try:
                host_nodes(
                    [node],
                    exchange_endpoint=endpoint,
                    has_room=self.room.is_set,
                    again=number > 0,
                    **options,
                )
            except RoomAgainError:
                continue
            except Exception as error:
                self.error = error
            return

    def join(self) -> None:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the host did not end"


def advanced(
    carrier: NetworkCarrier, calls: Mapping[str, Sequence[Message]], meanwhile: Callable[[], None]
) -> Mapping[str, Step]:
    """One step, while which something else is done."""
    helper = threading.Thread(target=meanwhile)
    helper.start()
    try:
        return carrier.advance(seconds(1), calls)
    finally:
        helper.join()


def test_a_step_is_taken_again_once_there_is_room(carrier: NetworkCarrier) -> None:
    before, after = Recording("desk", full), Recording("desk", told)
    host = Host(carrier.endpoint, before, after)
    gather(carrier, ["desk"])
    waited: list[frozenset[str]] = []
    without_room = threading.Event()

    def note(names: frozenset[str]) -> None:
        waited.append(names)
        without_room.set()

    def make_room() -> None:
        assert without_room.wait(PATIENCE_S)
        host.room.set()

    carrier.watch(lambda: None, without_room=note)
    question = Message("outside", "desk", "are-you-there", seconds(1))
    steps = advanced(carrier, {"desk": [question]}, make_room)
    assert [one.body for one in steps["desk"].outbox] == [{"of": ["are-you-there"]}]
    assert waited == [frozenset({"desk"}), frozenset()]
    assert carrier.take_had_no_room() == {"desk"}
    assert not carrier.take_had_no_room()
    assert not carrier.take_revived()
    carrier.close()
    host.join()
    # what the first held in memory was never acted upon
    assert (before.closed, after.closed) == (0, 1)


def test_whoever_asks_is_told_and_a_step_that_was_answered_stays_said(
    carrier: NetworkCarrier,
) -> None:
    """The desk answers its step; a request then meets the full disk before the step is over."""
    socket, endpoint = bind_requests()
    told_first, may_go_on = threading.Event(), threading.Event()
    desk = Recording("desk", lambda now, inbox: (told_first.set(), told(now, inbox))[1])

    def wait(now: Instant, inbox: Sequence[Message]) -> Step:
        assert may_go_on.wait(PATIENCE_S)
        return Step()

    host = Host(carrier.endpoint, desk, Recording("desk"), request_socket=socket, handler=full)
    slow = Host(carrier.endpoint, Recording("slow", wait))
    gather(carrier, ["desk", "slow"])

    def ask() -> None:
        assert told_first.wait(PATIENCE_S)
        words = r"disk is full[\s\S]*remedy: free some space"
        with closing(Requester(endpoint)) as requester, pytest.raises(NoAnswerError, match=words):
            requester.ask("anything", timeout_s=PATIENCE_S)
        host.room.set()
        may_go_on.set()

    steps = advanced(carrier, {"desk": [], "slow": []}, ask)
    assert [one.kind for one in steps["desk"].outbox] == ["told"]
    carrier.advance(seconds(2), {"desk": []})
    assert carrier.take_had_no_room() == {"desk"}
    carrier.close()
    host.join()
    slow.join()
    socket.close()


def test_one_that_is_killed_over_it_has_successors_that_wait_as_long_as_it_takes(
    carrier: NetworkCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundsys.bus.network._RETURN_S", 0.0)
    first = Host(carrier.endpoint, Recording("desk", full))
    gather(carrier, ["desk"])
    room, fallen = threading.Event(), [frozenset({"desk"})]
    looks: list[bool] = []

    def has_room() -> bool:
        looks.append(room.is_set())
        if len(looks) > 4:  # past the exchange's own look for the dead
            room.set()
        return looks[-1]

    def begin_again() -> None:
        assert await_room(["desk"], has_room, exchange_endpoint=carrier.endpoint)
        host_nodes([Recording("desk", told)], exchange_endpoint=carrier.endpoint, again=True)

    second = threading.Thread(target=begin_again, daemon=True)

    def revive() -> frozenset[str]:
        names = fallen.pop() if fallen else frozenset[str]()
        if names:
            second.start()
        return names

    carrier.watch(lambda: None, revive)
    steps = carrier.advance(seconds(1), {"desk": []})
    assert [one.kind for one in steps["desk"].outbox] == ["told"]
    assert carrier.take_revived() == carrier.take_had_no_room() == {"desk"}
    carrier.close()
    second.join(PATIENCE_S)
    first.room.set()
    first.join()


def test_the_end_of_a_flight_ends_the_waiting(carrier: NetworkCarrier) -> None:
    host = Host(carrier.endpoint, Recording("desk", full))
    gather(carrier, ["desk"])
    waits = threading.Event()

    def stop() -> frozenset[str]:
        raise EnvironmentLackError("somebody else has ended")

    carrier.watch(lambda: None, stop, lambda names: waits.set())
    with pytest.raises(EnvironmentLackError, match="somebody else"):
        carrier.advance(seconds(1), {"desk": []})
    assert waits.is_set()
    carrier.close()
    host.join()
    assert isinstance(host.error, OSError)


def test_who_has_no_room_to_begin_with_ends_the_flight_before_it_begins(
    carrier: NetworkCarrier,
) -> None:
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
    with closing(socket):
        socket.connect(carrier.endpoint)
        socket.send(pack(["full", ["desk"]]))
        with pytest.raises(DiskFullError, match="no room for desk to begin"):
            gather(carrier, ["desk"])


def test_a_disk_that_is_full_with_room_is_broken(
    carrier: NetworkCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundsys.bus.network._ROUNDS", 2)
    host = Host(carrier.endpoint, *(Recording("desk", full) for _ in range(9)))
    host.room.set()
    gather(carrier, ["desk"])
    with pytest.raises(EnvironmentLackError, match="desk found the disk full 3 times"):
        carrier.advance(START, {"desk": []})
    carrier.close()
    host.join()


def test_a_word_of_one_that_has_gone_is_heard_before_it_is_missed(carrier: NetworkCarrier) -> None:
    """It was full, had room and started anew before the exchange looked at it again."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context.instance()
    with closing(context.socket(zmq.DEALER)) as gone, closing(context.socket(zmq.DEALER)) as here:
        gone.connect(carrier.endpoint)
        gone.send(pack(["hello", ["desk"]]))
        gather(carrier, ["desk"])
        gone.send(pack(["full", ["desk"]]))
        gone.close(linger=1_000)
        here.connect(carrier.endpoint)
        here.send(pack(["again", ["desk"]]))

        def answer() -> None:
            assert here.poll(round(PATIENCE_S * 1e3))
            assert unpack(here.recv())[0] == "advance"
            here.send(pack(["steps", {"desk": [[], None]}]))

        steps = advanced(carrier, {"desk": []}, answer)
    assert steps == {"desk": Step()}
    assert carrier.take_had_no_room() == {"desk"}
