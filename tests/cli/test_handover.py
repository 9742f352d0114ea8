"""`groundsys handover`, beside running desks and of a run that has ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.desks import Desks
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.store import LogEntry, Store, StoredEvent
from groundsys.values.instants import Instant

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def handover(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["handover", "--data", str(data), *arguments])


def test_running_desks_tell_the_shift_up_to_now(data: Path, desks: Desks, tmp_path: Path) -> None:
    now = desks.room.now
    desks.room.store.watch.add_log_entry(LogEntry(now, "ada", "operator", "otv", "wheel is warm"))
    desks.alarms.tell("pass:otv-7", "otv", "pass otv-7", "warning", "missed")
    told = handover(data)
    assert told.exit_code == 0, told.output
    assert "# Hand-over of quickstart (SIMULATED)" in told.output
    assert "| ada | otv: wheel is warm |" in told.output
    assert "| warning | otv | pass otv-7 | missed |" in told.output
    assert "relay session" in told.output.partition("## What comes")[2]

    out = tmp_path / "shift.md"
    written = handover(data, "--since", now.utc_iso(0), "--out", str(out))
    assert written.exit_code == 0, written.output
    assert out.read_text().startswith("# Hand-over of quickstart")
    pdf = tmp_path / "shift.pdf"
    drawn = handover(data, "--pdf", str(pdf))
    assert drawn.output == f"written: {pdf}\n"
    assert pdf.read_bytes().startswith(b"%PDF-")
    again = handover(data, "--out", str(out))
    assert again.exit_code != 0
    assert "File exists" in again.output
    later = handover(data, "--since", now.plus_seconds(60.0).utc_iso(0))
    assert later.exit_code != 0
    assert "this is no shift" in later.output


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    """A run without desks, in which somebody wrote an hour before its end."""
    run = RunDirectory(tmp_path / "old" / "a-run")
    run.create()
    run.write_facts({"pid": 0, "scenario": "short"})
    point_current_at(run, tmp_path / "old")
    with Store(run.store) as store:
        wrote = NOON.plus_seconds(-3_600.0)
        store.watch.add_log_entry(LogEntry(wrote, "ada", "operator", "", "quiet"))
        store.watch.add_event(StoredEvent(NOON, "", "info", "test", "the end"))
    return tmp_path / "old"


def test_of_a_run_that_has_ended_it_is_the_last_shift(ended: Path) -> None:
    told = json.loads(handover(ended, "--json").output)
    assert (told["since"], told["until"]) == ("2031-08-20T04:00:00Z", "2031-08-20T12:00:00Z")
    assert "| ada | quiet |" in told["report"]
    short = handover(ended, "--since", "30m")
    assert "quiet" not in short.output


@pytest.mark.parametrize("since", ["soon", "xh", ""])
def test_a_beginning_that_is_none_is_refused(ended: Path, since: str) -> None:
    refused = handover(ended, "--since", since)
    assert refused.exit_code == 2
    assert "neither a span" in refused.output
