"""Real flights in which antennas drop out: the plan is mended, and the data come home."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from groundsys.store import Store
from groundsys.values.instants import Instant
from tests.rehearsal.faulty_flights import Flown, rehearse, spoilt_definitions

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

LOST = "dss-43"
TOLD = Instant.from_utc_iso("2031-08-20T01:00:00Z")
OUT = {"start": "2031-08-20T03:00:00Z", "end": "2031-08-20T06:00:00Z"}
#: what a frame takes with it that is lost in the last round trip of the last pass: nobody can ask
#: for it again
LAST_FRAMES = {"packets_archived[otv]", "own_words_unreported"}


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    """`short`, whose second pass was to be at an antenna that is lost during the first."""
    folder = tmp_path_factory.mktemp("lost")
    notice = {"kind": "antenna_out", "antenna": LOST, "at": TOLD.utc_iso(0), **OUT}
    # of six hours' data, one file that comes a pass later than foretold is a sixth
    limits = {"min_replans": 1.0, "min_share_of_optimum": 0.8, "max_replan_seconds": 5.0}
    definitions = spoilt_definitions(folder, notices=[notice], criteria=limits)
    return rehearse(folder, "--mission-db", str(definitions))


def test_an_antenna_lost_in_flight_is_planned_without(flown: Flown) -> None:
    assert flown.failed <= LAST_FRAMES, flown.output
    with Store(flown.run / "store.sqlite", read_only=True) as store:
        first, mended = store.plans.all()
        passes = {one.id: one for one in store.passes.all()}
    assert (mended.parent, mended.notices) == (first.version, 1)
    assert f"{LOST} is out" in mended.reason
    assert mended.made_at.seconds_since(TOLD) < 5.0
    (dropped,) = mended.changes["passes"]["dropped"]
    (added,) = mended.changes["passes"]["added"]
    assert (passes[dropped].antenna, passes[dropped].state) == (LOST, "cancelled")
    assert passes[dropped].plan_version == passes[added].plan_version == mended.version
    assert passes[added].verdict == "executed"
    assert {one.verdict for one in passes.values()} == {None, "executed"}
    (replan,) = flown.report["replanning"]["replans"]
    assert (replan["passes_that_could_not_stay"], replan["passes_dropped"]) == (1, 1)
    assert replan["passes_changed_needlessly"] == 0


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_a_week_without_three_antennas_brings_home_what_could_be(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "groundsys", "rehearse", "week", "--seed", "1"),
            *("--report", str(report), "--data", str(tmp_path / "data")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), done.stderr
    verdict = json.loads(report.read_text())
    assert [one for one in verdict["criteria"] if not one["ok"]] == [], done.stdout
    assert len(verdict["replanning"]["replans"]) >= 3
