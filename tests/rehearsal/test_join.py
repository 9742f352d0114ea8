"""`--yamcs URL`: flights join a Yamcs that the user runs, and leave it running."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from groundsys.backend import YamcsServer
from groundsys.backend.free_ports import free_tcp_port
from groundsys.mission import load_mission
from groundsys.rehearsal.flying.flight import flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.options import FlightOptions
from groundsys.values.errors import BackendError
from tests.rehearsal.command_line import awaited, ended, groundsys, processes_of

pytestmark = pytest.mark.xdist_group("rehearsal")

MISSION = load_mission()
SHORT = MISSION.scenarios["short"]


@dataclass(frozen=True)
class UsersYamcs:
    """A server as the user started it: with the printed command, in the written folder."""

    folder: Path
    url: str
    keys: Path
    process: subprocess.Popen[str]


def free_udp_range(count: int) -> int:
    """The first of `count` neighbouring UDP ports that nobody listens on."""
    while True:
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError, OverflowError):
            first = 0
            for step in range(count):
                probe = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                probe.bind(("0.0.0.0", first + step if first else 0))
                first = first or probe.getsockname()[1]
            return first


@pytest.fixture(scope="module")
def yamcs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UsersYamcs]:
    folder = tmp_path_factory.mktemp("users-yamcs") / "configuration"
    ports = ("--port", str(free_tcp_port()), "--udp-port", str(free_udp_range(6)))
    written = groundsys("yamcs-configuration", str(folder), "--scenario", "short", *ports)
    assert written.returncode == 0, written.stderr
    [line] = [line for line in written.stdout.splitlines() if "org.yamcs.YamcsServer" in line]
    [(url, keys)] = re.findall(r"--yamcs (\S+) --keys (\S+)", written.stdout)
    setting, *command = shlex.split(line)
    name, value = setting.split("=")
    log = folder / "yamcs.log"
    with (
        log.open("w") as output,
        ended(
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, name: value},
                text=True,
            )
        ) as process,
    ):

        def answers() -> bool:
            assert process.poll() is None, log.read_text()[-2000:]
            with contextlib.suppress(BackendError), YamcsServer.join(url, MISSION, SHORT):
                return True
            return False

        awaited(answers, "a Yamcs that can be joined")
        yield UsersYamcs(folder, url, Path(keys), process)


def test_a_wrong_account_starts_nothing(yamcs: UsersYamcs, tmp_path: Path) -> None:
    wrong = re.sub(r":[^:@]+@", ":wrong@", yamcs.url)
    refused = groundsys("rehearse", "short", "--yamcs", wrong, "--data", str(tmp_path / "data"))
    assert refused.returncode == 2
    assert "Yamcs refuses our account" in refused.stderr
    assert "wrong@" not in refused.stderr
    assert refused.stderr.count("remedy:") == 1
    assert not (tmp_path / "data").exists()


def test_a_flight_without_the_servers_keys_starts_nothing(
    yamcs: UsersYamcs, tmp_path: Path
) -> None:
    refused = groundsys("rehearse", "short", "--yamcs", yamcs.url, "--data", str(tmp_path / "data"))
    assert refused.returncode == 2
    assert "a key of the space link is missing" in refused.stderr
    assert "--keys" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_an_address_without_yamcs_starts_nothing(tmp_path: Path) -> None:
    url = f"http://somebody:secret@127.0.0.1:{free_tcp_port()}"
    refused = groundsys("rehearse", "short", "--yamcs", url, "--data", str(tmp_path / "data"))
    assert refused.returncode == 2
    assert "Yamcs trouble" in refused.stderr
    assert "secret" not in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_folder_in_use_is_not_written_into(yamcs: UsersYamcs) -> None:
    before = sorted(yamcs.folder.rglob("*.yaml"))
    refused = groundsys("yamcs-configuration", str(yamcs.folder), "--json")
    assert refused.returncode == 2
    assert "is not empty" in refused.stderr
    assert sorted(yamcs.folder.rglob("*.yaml")) == before


def test_a_flight_joins_and_leaves_the_server_running(yamcs: UsersYamcs, tmp_path: Path) -> None:
    options = FlightOptions(
        "short",
        yamcs_url=yamcs.url,
        keys=yamcs.keys,
        run_path=tmp_path / "run",
        data_directory=tmp_path,
    )
    with (
        ProgressDisplay(Console(file=io.StringIO()), "joined", None) as display,
        flight(options, display) as flown,
    ):
        # the first pass has begun by then, and commands have come and gone
        flown.advance(SHORT.span.start.plus_seconds(4_000.0), display)
        flown.check_alive()
        facts = flown.run.facts()
        assert not (flown.run.path / "yamcs").exists()
    assert processes_of(tmp_path / "run") == []
    assert yamcs.process.poll() is None

    with contextlib.closing(YamcsServer.join(yamcs.url, MISSION, SHORT).connect()) as session:
        otv = MISSION.spacecraft["otv"]
        assert session.count_packets(otv) > 50
        assert any(one.completion == "ok" for one in session.command_records(otv, SHORT.span.start))
    assert facts["yamcs"]["url"].endswith(yamcs.url.rpartition(":")[2])

    server = ("--yamcs", yamcs.url, "--keys", str(yamcs.keys))
    again = groundsys("rehearse", "short", *server, "--data", str(tmp_path / "data"))
    assert again.returncode == 2
    assert "has flown before" in again.stderr
    assert not (tmp_path / "data").exists()


def test_machines_get_the_same_as_json(tmp_path: Path) -> None:
    written = groundsys("yamcs-configuration", str(tmp_path / "folder"), "--json")
    recipe = json.loads(written.stdout)
    assert "org.yamcs.YamcsServer" in recipe["command"]
    assert re.fullmatch(r"http://groundsys:[^:@/]+@127\.0\.0\.1:8090", recipe["url"])
    assert (tmp_path / "folder" / "etc" / "users.yaml").stat().st_mode & 0o077 == 0
