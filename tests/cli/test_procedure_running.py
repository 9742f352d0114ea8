"""`groundsys procedure run` and its companions beside real desks, for people and machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from groundsys.authority import Role
from groundsys.cli import main
from groundsys.cli.credentials import keep_session
from groundsys.cli.procedure.group import procedure
from groundsys.desks import Desks
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.rehearsal.run_directory import RunDirectory
from tests.desks.people import token_of

pytestmark = pytest.mark.usefixtures("definitions_read_once")

TRIAL = """
id: trial
title: Asked and told
craft: otv
roles: [operator, flight_director]
parameters: [{name: least, kind: number, default: 0, minimum: 0, maximum: 100}]
steps:
- id: ask
  do: gate
  question: Shall it be told?
  roles: [operator, flight_director]
  conditions: [{parameter: ground.lock, equals: UNLOCKED}]
- {id: told, do: note, text: It is told.}
- {id: rest, do: hold, why: think}
- {id: heard, do: wait, until: [{parameter: eps_battery_charge, minimum: $least}], margin_s: 10}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "procedures"
    folder.mkdir()
    (folder / "trial.yaml").write_text(TRIAL)
    monkeypatch.setenv("GROUNDSYS_PROCEDURES", str(folder))
    return folder


def invoke(data: Path, *arguments: str) -> Result:
    environment = {"COLUMNS": "150"}
    who: list[str] = []
    if "--as" in arguments:
        at = arguments.index("--as")
        who = list(arguments[at : at + 2])
        arguments = (*arguments[:at], *arguments[at + 2 :])
    words = [*who, "procedure", *arguments, "--data", str(data)]
    return CliRunner().invoke(main, words, env=environment)


@pytest.fixture(autouse=True)
def people(data: Path, desks: Desks) -> None:
    """Everybody who has logged in here."""
    run = RunDirectory(data / "a-run")
    for name, role in (
        ("ada", Role.OPERATOR),
        ("ben", Role.OPERATOR),
        ("cleo", Role.FLIGHT_DIRECTOR),
        ("obi", Role.OBSERVER),
    ):
        keep_session(run, name, token_of(desks, role, name))
    keep_session(run, "ada", token_of(desks, Role.OPERATOR, "ada"))


def said(data: Path, *arguments: str) -> str:
    answer = invoke(data, *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.output


def told(data: Path, *arguments: str) -> Any:
    return json.loads(said(data, *arguments, "--json"))


def error_of(data: Path, *arguments: str) -> str:
    answer = invoke(data, *arguments)
    assert answer.exit_code == 2, answer.output
    return " ".join(answer.output.split())


def test_a_run_from_the_command_line(data: Path, desks: Desks, scenario: Scenario) -> None:
    text = said(data, "run", "trial", "--as", "ada", "--set", "least=12.5")
    for words in ("trial-001", "Shall it be told?", "ground.lock = UNLOCKED", "nothing yet"):
        assert words in text
    ben = ("--as", "ben")
    assert "may not vote" in error_of(data, "vote", "trial-001", "--go", "--as", "obi")
    said(data, "vote", "trial-001", "--go", *ben)
    assert "ada runs this" in error_of(data, "vote", "trial-001", "--go", "--as", "ada")
    text = said(data, "vote", "trial-001", "--go", "--as", "cleo")
    assert "held by the procedure: think" in text
    shown = told(data, "resume", "trial-001", *ben)
    assert (shown["step"], shown["state"], shown["parameters"]) == (
        "heard", "running", {"least": 12.5},
    )  # fmt: skip
    assert "never heard" in said(data, "show", "trial-001")
    assert told(data, "hold", "trial-001", "--why", "lunch", *ben)["state"] == "held"
    assert "trial-001" in said(data, "list")
    ended = told(data, "abort", "trial-001", "--why", "enough", *ben)
    assert (ended["state"], ended["outcome"]) == ("ended", "aborted")
    assert "aborted by ben: enough" in said(data, "show", "trial-001")
    assert "has ended" in error_of(data, "resume", "trial-001")


def test_a_watched_run_ends_with_its_verdict(data: Path, desks: Desks, folder: Path) -> None:
    quick = "id: quick\ntitle: Q\ncraft: otv\nsteps: [{id: a, do: note, text: there}]\n"
    (folder / "quick.yaml").write_text(quick)
    text = said(data, "run", "quick", "--watch", "--as", "ada")
    assert "completed" in text
    told(data, "run", "trial", "--as", "ada")
    told(data, "abort", "trial-001", "--why", "enough")
    assert invoke(data, "show", "trial-001", "--watch").exit_code == 1


def test_what_is_wrong_is_said(data: Path, desks: Desks, folder: Path) -> None:
    assert "no procedure 'nothing'" in error_of(data, "run", "nothing")
    assert "takes NAME=VALUE" in error_of(data, "run", "trial", "--set", "least")
    assert "least is 101" in error_of(data, "run", "trial", "--set", "least=101")
    (folder / "trial.yaml").write_text(TRIAL.replace("eps_battery", "eps_bttery"))
    assert "trial.yaml:15" in error_of(data, "run", "trial")
    assert "1 finding(s)" in said(data, "list")


@pytest.mark.parametrize("name", sorted(procedure.commands))
def test_every_verb_teaches_itself(name: str) -> None:
    command = procedure.commands[name]
    assert command.help
    assert command.help.rstrip().endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"
