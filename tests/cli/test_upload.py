"""`groundsys upload` beside real desks, for people and machines."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from groundsys.authority import Role
from groundsys.cli import main
from groundsys.cli.credentials import keep_session
from groundsys.cli.upload.group import upload
from groundsys.cli.upload.picture import bar
from groundsys.desks import Desks
from groundsys.mission.spacecraft.onboard_files import software_image
from groundsys.rehearsal.run_directory import RunDirectory
from tests.desks.people import token_of

pytestmark = pytest.mark.usefixtures("definitions_read_once")
CONTENT = software_image(3, bytes(range(250)) * 80)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def people(data: Path, desks: Desks) -> None:
    """Everybody who has logged in here."""
    run = RunDirectory(data / "a-run")
    for name, role in (("ada", Role.OPERATOR), ("ben", Role.OPERATOR), ("obi", Role.OBSERVER)):
        keep_session(run, name, token_of(desks, role, name))


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "fsw-3.img"
    path.write_bytes(CONTENT)
    return path


def invoke(data: Path, who: str, *words: str, answer: str = "") -> Result:
    arguments = ["--as", who, "upload", *words, "--data", str(data)]
    return CliRunner().invoke(main, arguments, env={"COLUMNS": "80"}, input=answer)


def said(data: Path, who: str, *words: str, answer: str = "") -> str:
    result = invoke(data, who, *words, answer=answer)
    assert result.exit_code == 0, result.output
    assert all(len(line) <= 80 for line in result.output.splitlines()), result.output
    return result.output


def told(data: Path, who: str, *words: str) -> Any:
    return json.loads(invoke(data, who, *words, "--json").output)


def error_of(data: Path, who: str, *words: str) -> str:
    result = invoke(data, who, *words)
    assert result.exit_code == 2, result.output
    return " ".join(result.output.split())


def send(data: Path, image: Path, *more: str) -> Any:
    words = ("send", "otv", str(image), "--kind", "software", "--why", "fault 12", *more)
    return told(data, "ada", *words)["upload"]


def test_a_file_is_shown_before_it_is_asked_for(data: Path, image: Path) -> None:
    words = ("send", "otv", str(image), "--kind", "software", "--why", "fault 12")
    shown = said(data, "ada", *words, "--dry-run")
    for part in (SHA256, "20.0 kB", "fsw-3.img", "foreseen", "if approved now"):
        assert part in shown
    assert told(data, "ada", "list") == {"uploads": []}
    assert invoke(data, "ada", *words, answer="n\n").exit_code == 1
    assert told(data, "ada", "list") == {"uploads": []}
    asked = said(data, "ada", *words, answer="y\n")
    assert "upload-1 fsw-3.img: needs approval" in asked
    assert "groundsys upload approve upload-1" in asked


def test_another_person_approves_what_its_hash_shows(
    data: Path, image: Path, tmp_path: Path
) -> None:
    send(data, image)
    assert "ada asked for this" in error_of(data, "ada", "approve", "upload-1", "--yes")
    assert "obi may not approve upload" in error_of(data, "obi", "approve", "upload-1", "--yes")
    other = tmp_path / "other.img"
    other.write_bytes(CONTENT + b"x")
    assert "another file than the one approved" in error_of(
        data, "ben", "approve", "upload-1", "--file", str(other)
    )
    shown = said(data, "ben", "approve", "upload-1", "--file", str(image), answer="y\n")
    assert SHA256 in shown
    assert "upload-1 fsw-3.img: approved" in shown


def test_list_and_show_tell_how_far_it_has_come(data: Path, image: Path) -> None:
    assert "no upload yet" in said(data, "obi", "list")
    send(data, image)
    told(data, "ben", "approve", "upload-1", "--why", "same hash")
    assert "upload-1" in said(data, "obi", "list")
    shown = said(data, "obi", "show", "upload-1")
    for part in ("0 % of 20.0 kB", "0 of 22", "none yet", "approve by ben: same hash", SHA256):
        assert part in shown
    one = told(data, "obi", "show", "upload-1")["upload"]
    assert (one["state"], one["pieces"], one["octets_acknowledged"]) == ("approved", 22, 0)


def test_an_upload_is_cancelled_with_a_reason(data: Path, image: Path) -> None:
    send(data, image, "--name", "late.img")
    assert "no upload 'upload-9'" in error_of(data, "ben", "cancel", "upload-9", "--why", "x")
    assert "declined" in said(data, "ben", "cancel", "upload-1", "--why", "not today")
    assert "ben: not today" in said(data, "ada", "show", "upload-1")
    assert "cannot be stopped" in error_of(data, "ada", "cancel", "upload-1", "--why", "x")


def test_what_is_no_image_is_refused_with_what_one_is(data: Path, tmp_path: Path) -> None:
    empty, text = tmp_path / "empty", tmp_path / "text"
    empty.write_bytes(b"")
    text.write_bytes(b"hello")
    words = ("--kind", "software", "--why", "x", "--yes")
    assert "is no image" in error_of(data, "ada", "send", "otv", str(text), *words)
    assert "0 octets" in error_of(data, "ada", "send", "otv", str(empty), *words)
    assert "takes no files" in error_of(data, "ada", "send", "cube-polar", str(text), *words)


def test_a_bar_is_full_only_when_all_is_there() -> None:
    assert bar(1.0, 4) == "[green]████[/][dim][/]"
    assert bar(0.999, 4) == "[green]███[/][dim]░[/]"
    assert bar(0.0, 4) == "[green][/][dim]░░░░[/]"


@pytest.mark.parametrize("name", sorted(upload.commands))
def test_every_verb_teaches_itself(name: str) -> None:
    command = upload.commands[name]
    assert command.help
    assert command.help.rstrip().endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"
    page = CliRunner().invoke(main, ["upload", name, "--help"], env={"COLUMNS": "80"})
    assert all(len(line) <= 80 for line in page.output.splitlines()), page.output
