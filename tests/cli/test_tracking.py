"""`groundsys tracking`: residuals shown, and the message written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.mission import load_mission
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.store import Store
from tests.tracking.reading import read_kvn
from tests.tracking.test_tdm import points


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """Two passes, of which the second found the craft 3 and 5 m farther than foreseen."""
    run = RunDirectory(tmp_path / "data" / "a-run")
    run.create()
    run.write_facts({"pid": 1, "mission_db": str(load_mission().root)})
    point_current_at(run, tmp_path / "data")
    later = points("pass-02", 7_200.0)[:2]
    off = [
        replace(one, range_residual_m=metres, doppler_residual_mm_s=-0.25)
        for one, metres in zip(later, (3.0, 5.0), strict=True)
    ]
    with Store(run.store) as store:
        store.tracking.add([*points("pass-01", 0.0), *off])
        store.tracking.add(off)  # each point is kept once
    return run


def tracking(run: RunDirectory, *arguments: str) -> Result:
    where = ("--data", str(run.path.parent))
    return CliRunner().invoke(main, ["tracking", *arguments, *where], env={"COLUMNS": "200"})


def test_residuals_are_shown_by_pass(run: RunDirectory) -> None:
    told = json.loads(tracking(run, "show", "otv", "--json").output)
    assert [(one["pass_id"], one["points"]) for one in told] == [("pass-01", 3), ("pass-02", 2)]
    assert told[1]["range_mean_m"] == 4.0
    assert told[1]["range_rms_m"] == pytest.approx(17.0**0.5)
    assert told[1]["doppler_mean_mm_s"] == -told[1]["doppler_rms_mm_s"] == -0.25
    answer = tracking(run, "show", "pass-02")
    assert "+4.0" in answer.output
    assert "pass-01" not in answer.output


def test_the_message_is_written_in_the_notation_that_its_name_asks_for(
    run: RunDirectory, tmp_path: Path
) -> None:
    text, xml = tmp_path / "otv.tdm", tmp_path / "pass.xml"
    assert tracking(run, "export", "otv", "--out", str(text)).exit_code == 0
    assert len(read_kvn(text.read_text()).segments) == 2
    answer = tracking(run, "export", "pass-02", "--out", str(xml), "--json")
    assert json.loads(answer.output) == {"file": str(xml), "points": 2}
    assert len(ElementTree.parse(xml).findall("body/segment")) == 1


def test_what_was_never_tracked_is_an_error_with_a_remedy(run: RunDirectory) -> None:
    answer = tracking(run, "show", "cube-polar")
    assert answer.exit_code == 2
    assert "one of otv, pass-01, pass-02" in answer.stderr
