"""Needs of missions at the command line: what is asked, granted, and how fairly."""

from __future__ import annotations

import json
import shutil

import pytest

from groundsys.mission import default_mission_db
from tests.cli.test_plan import QUICK, run, said

ASKED = """
planning:
  needs:
    - {id: tracks, spacecraft: otv, duration_min: 150, minimum_min: 120, split_min: 45}
    - {id: survey, spacecraft: otv, duration_min: 60, attended: true, mission: science}
  shifts:
    - {start: "05:30", end: "06:00"}
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Where `short` is planned for two missions, of which one asks for more than a shift holds."""
    root = tmp_path_factory.mktemp("needs")
    shutil.copytree(default_mission_db(), root / "mission_db")
    scenario = root / "mission_db" / "scenarios" / "short.yaml"
    text = scenario.read_text(encoding="utf-8") + ASKED
    scenario.write_text(text, encoding="utf-8")
    return ("--data", str(root), "--mission-db", str(root / "mission_db"))


def test_a_plan_says_what_needs_and_missions_get(source: tuple[str, ...]) -> None:
    text = said("make", "short", *QUICK, *source, width=140)
    assert "checked: no conflict" in text
    (tracks,) = (line for line in text.splitlines() if line.startswith("tracks"))
    assert tracks.split()[:7] == ["tracks", "otv", "track", "otv", "2.5", "h", "2.5"]
    survey = next(line for line in text.splitlines() if line.startswith("survey "))
    assert survey.split()[3] == "science"
    assert "nothing" in survey
    assert "U_MAX 1.000" in text
    shown = said("show", *source, width=140)
    assert "science" in shown
    assert "100.0%" in shown
    assert "U_MAX 1.000" in shown


def test_machines_get_the_same(source: tuple[str, ...]) -> None:
    made = json.loads(run("make", "short", *QUICK, "--json", *source).stdout)
    shown = json.loads(run("show", "--json", *source).stdout)
    for told in (made, shown):
        fairness = told["summary"]["fairness"]
        assert fairness["unserved"] == {"otv": 0.0, "science": 1.0}
        assert fairness["u_max"] == 1.0
        assert fairness["u_rms"] == pytest.approx(0.5**0.5)
        tracks, survey = told["summary"]["needs"]
        assert tracks["granted_s"] == tracks["asked_s"] == 9000.0
        assert survey["granted_s"] == 0.0
    assert [one["subject"] for one in made["shortfalls"]][:1] == ["survey"]


def test_a_split_need_is_explained(source: tuple[str, ...]) -> None:
    said("make", "short", *QUICK, *source)
    text = said("explain", "tracks", *source, width=140)
    assert "in parts of at least 45 min" in text
    assert "it got all that it asked for" in text
