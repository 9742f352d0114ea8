"""`groundsys procedure check` and `schema`, as a person and as a machine meet them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.mission import default_mission_db

pytestmark = pytest.mark.usefixtures("definitions_read_once")

WRONG = "id: wrong\ntitle: W\ncraft: otv\nsteps:\n- {id: a, do: command, command: DANCE}\n"
RIGHT = "id: right\ntitle: R\ncraft: otv\nsteps:\n- {id: a, do: command, command: PING}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wrong.yaml").write_text(WRONG)
    (tmp_path / "right.yaml").write_text(RIGHT)
    return tmp_path


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["procedure", *arguments])


def test_what_comes_along_is_sound() -> None:
    answer = invoke("check", "--all")
    assert answer.exit_code == 0, answer.output
    assert "procedures: sound" in answer.output


def test_what_is_wrong_with_planetary_protection_is_told_too(tmp_path: Path) -> None:
    root = tmp_path / "mission_db"
    shutil.copytree(default_mission_db(), root)
    path = root / "planetary_protection" / "categories.yaml"
    wrong = path.read_text().replace("category: IVa\n    surfaces", "category: IX\n    surfaces")
    path.write_text(wrong)
    arguments = ("check", "--all", "--mission-db", str(root))
    answer = invoke(*arguments, "--procedures", str(default_mission_db().parent / "procedures"))
    assert answer.exit_code == 1
    assert "planetary_protection/categories.yaml:" in answer.output
    assert "unknown category 'IX'" in answer.output


def test_findings_are_told_with_file_and_line(folder: Path) -> None:
    answer = invoke("check", "--all", "--procedures", str(folder))
    assert answer.exit_code == 1
    assert "wrong.yaml:5: unknown command of otv 'DANCE'" in answer.output
    machine = invoke("check", "wrong", "--procedures", str(folder), "--json")
    assert machine.exit_code == 1
    ((finding),) = json.loads(machine.output)
    assert (finding["file"], finding["line"]) == ("wrong.yaml", 5)


def test_one_is_checked_without_the_others(folder: Path) -> None:
    answer = invoke("check", "right", "--procedures", str(folder))
    assert (answer.exit_code, answer.output) == (0, "right: sound\n")
    unknown = invoke("check", "nothing", "--procedures", str(folder))
    assert unknown.exit_code == 2
    assert "there is no procedure 'nothing'" in unknown.output
    assert invoke("check").exit_code == 2


def test_the_schema_is_printed_for_editors() -> None:
    schema = json.loads(invoke("schema").output)
    assert schema["$schema"].endswith("2020-12/schema")
    assert "steps" in schema["required"]
