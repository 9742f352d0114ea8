"""The SatNet benchmark, on small weeks in its form."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import satnet
from tests.benchmarks.satnet_check import examine

MONDAY = int(datetime(2018, 3, 5, tzinfo=UTC).timestamp())
HOUR = 3600


def view(start_h: float, end_h: float) -> dict[str, int]:
    start, end = round(MONDAY + start_h * HOUR), round(MONDAY + end_h * HOUR)
    return {"RISE": start, "SET": end, "TRX ON": start, "TRX OFF": end}


def asked(name: str, mission: int, hours: tuple[float, float], views: Any) -> dict[str, Any]:
    return {
        "subject": mission,
        "user": f"{mission}_0",
        "week": 10,
        "year": 2018,
        "duration": hours[0],
        "duration_min": hours[1],
        "resources": [[key] for key in views],
        "track_id": name,
        "setup_time": 60,
        "teardown_time": 15,
        "time_window_start": MONDAY + HOUR,
        "time_window_end": MONDAY + 170 * HOUR,
        "resource_vp_dict": views,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    week = [
        asked("split", 7, (8.0, 6.4), {"DSS-1": [view(4, 9)], "DSS-2": [view(20, 25.5)]}),
        asked("array", 8, (1.1, 1.1), {"DSS-1_DSS-2": [view(30, 60)]}),
        asked("early", 8, (1.0, 1.0), {"DSS-1": [view(0, 4)]}),
        asked("never", 9, (2.0, 2.0), {"DSS-2": [view(50, 51)]}),
    ]
    (tmp_path / "problems.json").write_text(json.dumps({"W10_2018": week}))
    (tmp_path / "maintenance.csv").write_text(
        "week,year,starttime,endtime,antenna\n"
        f"10.0,2018,{MONDAY + 30 * HOUR},{MONDAY + 35 * HOUR},DSS-1\n"
    )
    return tmp_path


def run(folder: Path, *more: str) -> int:
    data, out = str(folder), str(folder / "out.json")
    return satnet.main(["--data", data, "--week", "W10", "--seconds", "20", "--out", out, *more])


def rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "out.json").read_text())
    return found


def test_a_week_is_planned_written_and_found_valid(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "--work", "0.5", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["findings"] == []
    assert figures["satisfied"] == 3
    assert figures["granted_h"] == pytest.approx(8.0 + 1.1 + 1.0)
    assert figures["u_max"] == 1.0
    assert {(row["RESOURCE"], row["SC"]) for row in rows(folder) if row["TRACK_ID"] == "array"} == {
        ("DSS-1", 8),
        ("DSS-2", 8),
    }
    assert [row["SC"] for row in rows(folder) if row["TRACK_ID"] == "split"] == [7, 7]
    assert run(folder, "--work", "0.5") == 0
    assert "verdict    valid" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda row: row.update(TRACKING_ON=row["TRACKING_ON"] + 0.5), "integers"),
        (lambda row: row.update(TRACK_ID="unknown"), "no such request"),
        (lambda row: row.update(SC=99), "another mission"),
        (lambda row: row.update(RESOURCE="DSS-9"), "not inside a view period"),
        (lambda row: row.update(START_TIME=row["START_TIME"] + 1), "setup or teardown"),
        (lambda row: row.update(TRACKING_OFF=row["TRACKING_ON"] + 60), "not between"),
        (lambda row: shift(row, -90 * HOUR), "outside the week"),
        (lambda row: shift(row, 171 * HOUR), "outside the request's window"),
    ],
)
def test_the_file_checker_names_each_broken_rule(folder: Path, change: Any, finding: str) -> None:
    run(folder, "--work", "0.1")
    changed = rows(folder)
    change(changed[0])
    (folder / "out.json").write_text(json.dumps(changed))
    reached = examine(folder, "W10_2018", folder / "out.json")
    assert any(finding in one for one in reached.findings), reached.findings


def test_the_file_checker_names_overlaps_and_maintenance(folder: Path) -> None:
    run(folder, "--work", "0.1")
    good = rows(folder)
    for row in good:
        if row["TRACK_ID"] == "array":
            shift(row, MONDAY + 31 * HOUR - row["TRACKING_ON"])
        if row["TRACK_ID"] == "early":
            shift(row, MONDAY + 3 * HOUR - row["TRACKING_ON"])
    (folder / "out.json").write_text(json.dumps(good))
    findings = examine(folder, "W10_2018", folder / "out.json").findings
    assert any("in maintenance" in one for one in findings)
    assert any(one.startswith("DSS-1: ") and "overlap" in one for one in findings)


def shift(row: dict[str, Any], seconds: int) -> None:
    for name in ("START_TIME", "TRACKING_ON", "TRACKING_OFF", "END_TIME"):
        row[name] += seconds


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda folder: (folder / "problems.json").unlink(), "cannot be read"),
        (lambda folder: (folder / "maintenance.csv").unlink(), "cannot be read"),
        (lambda folder: (folder / "problems.json").write_text("{"), "is not JSON"),
        (
            lambda folder: (folder / "problems.json").write_text('{"W11_2018": []}'),
            "not in the data",
        ),
        (lambda folder: (folder / "problems.json").write_text('{"W10_2018": [{}]}'), "lacks"),
        (
            lambda folder: (folder / "problems.json").write_text('{"W10_x": [{}]}'),
            "not of the form",
        ),
        (
            lambda folder: (folder / "maintenance.csv").write_text("antenna\nDSS-1\n"),
            "line 2 is not maintenance",
        ),
    ],
)
def test_input_that_is_no_week_is_one_error(
    folder: Path, capsys: pytest.CaptureFixture[str], break_it: Any, said: str
) -> None:
    break_it(folder)
    assert run(folder) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert said in error
