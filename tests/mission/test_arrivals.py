"""Arrivals, air and returned samples in definitions: each that makes no sense is a finding."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.mission import check_mission
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.procedures.sample_custody_files import read_returns
from tests.mission.conftest import Definitions

CAPSULE = "spacecraft/return-capsule.yaml"
SCENARIO = "scenarios/sample-home-short.yaml"
RETURNS = "planetary_protection/returns.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (CAPSULE, "[-12.3, -11.7]", "[-11.7, -12.3]", "flight_path_deg is no corridor"),
        (CAPSULE, "[-12.3, -11.7]", "[-12.3, 1]", "flight_path_deg is no corridor"),
        (CAPSULE, "body: earth", "body: moon", "body with an atmosphere"),
        (CAPSULE, "radius_km: 90", "radius_km: 0", "radius_km"),
        (CAPSULE, "[[0, 1.0], [0.8", "[[1, 1.0], [0.8", "the Mach numbers do not rise"),
        ("bodies/earth.yaml", "[0, 288.15], [11.019", "[0, 288.15], [-2", "altitudes do not rise"),
        ("bodies/earth.yaml", "[0, 288.15]", "[0, -288.15]", "a temperature is not above zero"),
        ("bodies/mars.yaml", "speed_m_s: 18440", "speed_m_s: 0", "speed_m_s"),
        (SCENARIO, "      enters: true\n", "", "the periapsis is inside Earth's atmosphere"),
        (SCENARIO, 'uncertainty: 3', "uncertainty: 0", "uncertainty"),
        ("scenarios/release-short.yaml", "criteria:", "criteria:\n  max_corridor_sigmas: 3",
         "max_corridor_sigmas asks for a capsule that comes down"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_a_finding(
    definitions: Definitions, file: str, old: str, new: str, complaint: str
) -> None:
    definitions.replace(file, old, new)
    assert any(complaint in str(one) for one in check_mission(definitions.root))


def test_bearings_of_one_station_cross_nowhere(definitions: Definitions) -> None:
    path = definitions.root / CAPSULE
    lines = path.read_text().splitlines(keepends=True)
    kept = [one for one in lines if "{name: " not in one or "{name: north" in one]
    path.write_text("".join(kept))
    assert any("cross nowhere" in str(one) for one in check_mission(definitions.root))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("category: V\n", "category: IV\n", "category"),
        ("{event: sealed", "{event: closed", "event"),
        ("procedure: touch-and-go", "procedure: touch-and-stay", "unknown procedure"),
        ("maximum: 60", "equals: COLD", "sample_seal_temperature never shows 'COLD'"),
        ("maximum: 60", "equals: SEALED, maximum: 60", "a label or a number"),
        (
            "- {parameter: sample_container, equals: SEALED}",
            "- {parameter: sample_container, maximum: 60}",
            "labels, no numbers",
        ),
        (
            "shows: [{parameter: sample_container, equals: SEALED}]",
            "shows: []",
            "nothing is asked of telemetry",
        ),
        ("- id: return-capsule", "- id: ryugu-stage", "craft with an arrival"),
        ("      opened_by: Asteroid Sample Curation\n", "", "opened_by"),
    ],
)
def test_what_is_filed_of_samples_is_checked(
    definitions: Definitions, mission: Mission, tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    shutil.copytree(Path(mission.root) / "planetary_protection", tmp_path / "planetary_protection")
    definitions.replace(RETURNS, old, new)
    findings = Findings()
    read_returns(replace(mission, root=str(definitions.root)), findings)
    assert any(complaint in str(one) for one in findings.ordered())
