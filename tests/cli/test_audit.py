"""`groundsys audit`: verifies a run's log, or any other, and shows it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.notary import Notary
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.signing import key_id
from groundsys.store import Store
from tests.audit.chains import NOON, recipe
from tests.store.test_audit import meddle, write
from tests.store.test_store import COMMAND


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """A run whose log has seven entries, six of them countersigned."""
    run = RunDirectory(tmp_path / "data" / "a-run")
    run.create()
    run.write_facts({"pid": 1})
    point_current_at(run, tmp_path / "data")
    notary = Notary(run.hub)
    run.notary_key.write_bytes(notary.public_pem)
    with Store(run.store) as store:
        write(store, 5)
        store.commands.record(COMMAND, "queued", NOON, durable=False)
        notary.countersign(store.audit.after(0, 10), NOON)
        write(store, 1)
    notary.close()
    return run


def audit(run: RunDirectory, *arguments: str) -> Result:
    where = () if "--store" in arguments else ("--data", str(run.path.parent))
    return CliRunner().invoke(main, ["audit", *arguments, *where], env={"COLUMNS": "200"})


def test_a_sound_log_verifies_and_says_how_far(run: RunDirectory) -> None:
    answer = audit(run, "verify")
    assert answer.exit_code == 0, answer.output
    assert "OK 7 entries, countersigned up to entry 6 at 2031-08-20T12:00:00Z" in answer.output
    assert "; 1 came after" in answer.output
    told = json.loads(audit(run, "verify", "--json").output)
    assert (told["verified"], told["entries"], told["findings"]) == (True, 7, [])
    assert told["countersigned"]["number"] == 6


def test_each_finding_names_entry_expected_and_found(run: RunDirectory) -> None:
    meddle(
        run.store,
        "UPDATE audit SET actor = '[bold]mallory' WHERE number = 2",
        "DELETE FROM audit WHERE number > 5",
    )
    answer = audit(run, "verify")
    assert answer.exit_code == 1
    assert "found entry 2: it was changed after it was written: expected digest" in answer.output
    assert "found entry 6: the log was cut off: expected entries up to 6" in answer.output
    assert "NOT OK 5 entries" in answer.output
    told = audit(run, "verify", "--json")
    assert told.exit_code == 1
    assert [one["entry"] for one in json.loads(told.output)["findings"]] == [2, 6]


def test_heads_that_are_gone_or_another_key_s_vouch_for_nothing(
    run: RunDirectory, tmp_path: Path
) -> None:
    stranger = Notary(tmp_path / "elsewhere")
    stranger.close()
    key = tmp_path / "stranger.pem"
    key.write_bytes(stranger.public_pem)
    answer = audit(run, "verify", "--key", str(key))
    assert answer.exit_code == 1
    assert "entry 6: its countersigned head is forged" in answer.output
    assert key_id(stranger.public_key) in answer.output
    run.audit_heads.unlink()
    answer = audit(run, "verify")
    assert answer.exit_code == 1
    assert "nothing vouches" in answer.output
    assert "none of them countersigned" in answer.output


def test_a_store_of_whatever_place_is_verified(run: RunDirectory, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copy(run.store, copy)
    answer = audit(run, "verify", "--store", str(copy))
    assert answer.exit_code == 0
    assert "by their own chain alone" in answer.output
    files = ("--heads", str(run.audit_heads), "--key", str(run.notary_key))
    answer = audit(run, "verify", "--store", str(copy), *files)
    assert "countersigned up to entry 6" in answer.output
    assert audit(run, "verify", "--store", str(copy), *files[:2]).exit_code == 2
    answer = audit(run, "verify", "--store", str(tmp_path / "none.sqlite"))
    assert answer.exit_code == 2
    assert "no operations store" in answer.output


def test_the_json_lines_are_enough_for_the_recipe(run: RunDirectory) -> None:
    lines = audit(run, "show", "--json").output.splitlines()
    rows = [json.loads(line) for line in lines]
    heads, pem = run.audit_heads.read_text(), run.notary_key.read_bytes()
    assert recipe(rows, heads, pem)
    rows[3]["reason"] = "other"
    assert not recipe(rows, heads, pem)


def test_the_readme_s_recipe_runs_as_printed(run: RunDirectory, tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    programs = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    [recipe_of_readme] = [one for one in programs if "sys.argv" in one]
    assert "groundsys" not in recipe_of_readme
    program = tmp_path / "recipe.py"
    program.write_text(recipe_of_readme, encoding="utf-8")

    def verify() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(program), str(run.path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = verify()
    assert done.stdout == "7 entries, countersigned up to 6\n", done.stderr
    meddle(run.store, "DELETE FROM audit WHERE number = 3")
    assert verify().returncode == 1


def test_entries_are_shown_by_subject_and_actor(run: RunDirectory) -> None:
    text = audit(run, "show", "--subject", COMMAND.id).output
    assert "command.queued" in text
    assert "file: 418:7:nak" in text
    assert "customer-" not in text
    text = audit(run, "show", "--actor", "ada").output
    assert "ada (operator)" in text
    assert text.count("token.add") == 6
    assert audit(run, "show", "--actor", "nobody").output == "no such entry\n"


def test_a_long_log_is_shown_from_its_end(run: RunDirectory) -> None:
    with Store(run.store) as store:
        write(store, 60)
    assert audit(run, "show").output.count("token.add") == 40
    assert audit(run, "show", "--all").output.count("token.add") == 66


def test_without_a_run_the_remedy_is_told(tmp_path: Path) -> None:
    for verb in ("verify", "show"):
        answer = CliRunner().invoke(main, ["audit", verb, "--data", str(tmp_path)])
        assert answer.exit_code == 2
        assert "no run has been started" in answer.output


def test_a_store_that_is_no_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"nonsense" * 400)
    answer = CliRunner().invoke(main, ["audit", "verify", "--store", str(path)])
    assert answer.exit_code == 2
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("select 1 from audit")
