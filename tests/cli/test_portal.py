"""`groundsys portal` says what it lacks before it serves anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from groundsys.cli import main
from groundsys.rehearsal.run_directory import RunDirectory


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    run = RunDirectory(tmp_path / "run")
    run.create()
    run.write_facts({"run": "a-run"})
    return run


def told(run: RunDirectory, *options: str) -> str:
    """What is said instead of serving, on one line."""
    arguments = ["portal", "--run", str(run.path), "--state", str(run.path.parent / "state")]
    answer = CliRunner().invoke(main, [*arguments, *options])
    assert answer.exit_code == 2
    return " ".join(answer.output.split())


def nobody_answers(run: RunDirectory) -> None:
    nowhere = "tcp://127.0.0.1:1"
    run.announce("desks", {"requests": nowhere, "events": nowhere})


def test_without_desks_that_were_ever_there_it_says_so(run: RunDirectory) -> None:
    assert "tells where the desks are" in told(run)


def test_without_a_store_in_reach_it_says_so(run: RunDirectory) -> None:
    nobody_answers(run)
    run.objects.rmdir()
    text = told(run)
    assert "does not know where product bytes lie" in text
    assert "--objects" in text


def test_a_first_start_needs_desks_that_answer(run: RunDirectory) -> None:
    nobody_answers(run)
    text = told(run)
    assert "cannot read the catalogue yet" in text
    assert "start it once while the desks answer" in text


def test_sealed_bytes_have_a_port_of_their_own(run: RunDirectory) -> None:
    assert "a port of its own" in told(run, "--port", "8080", "--sealed-port", "8080")


def test_a_certificate_needs_its_key(run: RunDirectory, tmp_path: Path) -> None:
    certificate = tmp_path / "certificate.pem"
    certificate.touch()
    assert "belong together" in told(run, "--certificate", str(certificate))
