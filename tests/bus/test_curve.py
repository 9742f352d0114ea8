"""Off this machine nothing is said in clear, and CURVE admits only those whose keys are known."""

from __future__ import annotations

import ipaddress
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import zmq

from groundsys.bus import binding, curve
from groundsys.bus.curve import (
    ClientKeys,
    ServerKeys,
    admitting,
    is_off_loopback,
    make_keys,
    read_client_keys,
)
from groundsys.bus.exchange import Exchange
from groundsys.bus.hosting import answer_request, host_nodes
from groundsys.bus.live import Publisher, Requester, Subscriber, bind_requests
from groundsys.bus.network import NetworkCarrier
from groundsys.values.errors import EnvironmentLackError, NoAnswerError, RequestError
from groundsys.values.hosts import is_loopback_host
from tests.bus.hosts import PATIENCE_S, gather
from tests.bus.nodes import START, seconds, talker

#: an address of this machine that these tests take for one off it
ELSEWHERE = "127.0.0.2"
#: so long a handshake may take here; one that is refused is waited for in vain
REFUSED_S = 1.0


@pytest.mark.parametrize(
    ("endpoint", "off"),
    [
        ("tcp://127.0.0.1:*", False),
        ("tcp://127.0.0.2:5555", False),
        ("tcp://localhost:5555", False),
        ("tcp://[::1]:5555", False),
        ("inproc://x", False),
        ("ipc:///tmp/x", False),
        ("tcp://*:5555", True),
        ("tcp://0.0.0.0:5555", True),
        ("tcp://[::]:5555", True),
        ("tcp://192.168.0.7:5555", True),
        ("tcp://ground.example:5555", True),
        ("tcp://localhost.example:5555", True),
    ],
)
def test_which_endpoints_can_be_reached_from_elsewhere(endpoint: str, off: bool) -> None:
    assert is_off_loopback(endpoint) is off


def test_hosts_alike() -> None:
    assert is_loopback_host("127.0.0.1")
    assert is_loopback_host("::1")
    assert not is_loopback_host("::")
    assert not is_loopback_host("")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """The rule with a smaller loopback, so that a second address of this machine is off it."""

    def rule(endpoint: str) -> bool:
        host = endpoint.partition("://")[2].rpartition(":")[0]
        return ipaddress.ip_address(host) != ipaddress.ip_address("127.0.0.1")

    for module in (binding, curve):
        monkeypatch.setattr(module, "is_off_loopback", rule)
    return f"tcp://{ELSEWHERE}:*"


@pytest.fixture
def keys(tmp_path: Path) -> ServerKeys:
    return make_keys(tmp_path)


@pytest.fixture
def client(tmp_path: Path, keys: ServerKeys, elsewhere: str) -> ClientKeys:
    found = read_client_keys(tmp_path, elsewhere)
    assert found is not None
    return found


def stranger(client: ClientKeys) -> ClientKeys:
    """Somebody with a pair of keys that nobody admitted."""
    public, secret = zmq.curve_keypair()
    return replace(client, public=public.decode(), secret=secret.decode())


def test_keys_are_made_once_and_are_the_owner_s_alone(tmp_path: Path, elsewhere: str) -> None:
    keys = make_keys(tmp_path)
    assert make_keys(tmp_path) == keys
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["client.json", "server.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    found = read_client_keys(tmp_path, elsewhere)
    assert found is not None
    assert found.server == keys.public
    assert keys.admitted == {found.public}
    assert keys.secret not in files[0].read_text()
    assert "secret" not in repr(keys) + repr(found)
    assert read_client_keys(tmp_path, "tcp://127.0.0.1:1") is None
    with pytest.raises(EnvironmentLackError, match=r"no keys to speak with"):
        read_client_keys(tmp_path / "none", elsewhere)


def test_nothing_is_bound_or_connected_in_clear_elsewhere(elsewhere: str) -> None:
    for bind in (Publisher, bind_requests, lambda at: NetworkCarrier(endpoint=at)):
        with pytest.raises(EnvironmentLackError, match="does not listen in clear"):
            bind(elsewhere)
    there = elsewhere.replace("*", "5555")
    for connect in (Requester, Subscriber, lambda at: host_nodes([], exchange_endpoint=at)):
        with pytest.raises(EnvironmentLackError, match="does not speak in clear"):
            connect(there)


@pytest.fixture
def desk(keys: ServerKeys, elsewhere: str) -> Iterator[str]:
    """A desk elsewhere that answers whom CURVE lets through; where it listens."""
    socket, endpoint = bind_requests(elsewhere, keys)
    over = threading.Event()

    def serve() -> None:
        with closing(socket):
            while not over.is_set():
                if socket.poll(20):
                    answer_request(socket, lambda request: {"heard": request["verb"]})

    thread = threading.Thread(target=serve)
    thread.start()
    yield endpoint
    over.set()
    thread.join()


def assert_not_heard(desk: str, keys: ClientKeys | None) -> None:
    requester = Requester(desk, keys=keys)
    with closing(requester), pytest.raises(RequestError, match="no answer"):
        requester.ask("status", timeout_s=REFUSED_S)


def test_an_admitted_client_is_answered(desk: str, keys: ServerKeys, client: ClientKeys) -> None:
    with admitting(keys), closing(Requester(desk, keys=client)) as requester:
        assert requester.ask("status", timeout_s=PATIENCE_S)["heard"] == "status"


def test_a_stranger_is_not(desk: str, keys: ServerKeys, client: ClientKeys) -> None:
    with admitting(keys):
        assert_not_heard(desk, stranger(client))
        # the desk is there all the while: it answers whom it knows
        with closing(Requester(desk, keys=client)) as requester:
            assert requester.ask("status", timeout_s=PATIENCE_S)["ok"]


def test_who_was_refused_already_is_told_in_time(
    desk: str, keys: ServerKeys, client: ClientKeys
) -> None:
    with admitting(keys), closing(Requester(desk, keys=stranger(client))) as requester:
        until = time.monotonic() + PATIENCE_S
        while requester._socket.poll(0, zmq.POLLOUT):  # as long as there might be a peer
            assert time.monotonic() < until
        with pytest.raises(NoAnswerError):
            requester.ask("status", timeout_s=REFUSED_S)


def test_while_nothing_says_who_is_admitted_nobody_is(desk: str, client: ClientKeys) -> None:
    assert_not_heard(desk, client)


def test_whoever_speaks_in_clear_is_not_heard(
    desk: str, keys: ServerKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binding, "is_off_loopback", lambda endpoint: False)
    with admitting(keys):
        assert_not_heard(desk, None)


def test_a_client_speaks_with_its_own_server_alone(
    desk: str, keys: ServerKeys, client: ClientKeys
) -> None:
    other = zmq.curve_keypair()[0].decode()
    with admitting(keys):
        assert_not_heard(desk, replace(client, server=other))


def test_events_reach_an_admitted_watcher_and_no_stranger(
    elsewhere: str, keys: ServerKeys, client: ClientKeys
) -> None:
    with (
        admitting(keys),
        closing(Publisher(elsewhere, keys)) as publisher,
        closing(Subscriber(publisher.endpoint, keys=client)) as admitted,
        closing(Subscriber(publisher.endpoint, keys=stranger(client))) as refused,
    ):
        heard = 0
        while heard < 20:
            publisher.publish("beat", {})
            heard += len(list(admitted.events(0.02)))
        assert list(refused.events(0.1)) == []


def test_the_mission_clock_runs_over_curve(
    elsewhere: str, keys: ServerKeys, client: ClientKeys
) -> None:
    with admitting(keys), closing(NetworkCarrier(endpoint=elsewhere, keys=keys)) as carrier:
        nodes = [talker("ant", ("ant", "bee"), 5), talker("bee", ("ant", "bee"), 5)]
        hosts = [
            threading.Thread(
                target=host_nodes,
                args=([node],),
                kwargs={"exchange_endpoint": carrier.endpoint, "keys": client},
            )
            for node in nodes
        ]
        for host in hosts:
            host.start()
        gather(carrier, ("ant", "bee"))
        Exchange(carrier, start=START).run_until(seconds(60))
        carrier.close()
        for host in hosts:
            host.join()
    assert [node.closed for node in nodes] == [1, 1]
    assert any(inbox for node in nodes for _, inbox in node.seen)
