"""Bodies are data: what is wrong in their definitions is told with file and line, all at once."""

from __future__ import annotations

import shutil

import pytest

from groundsys.mission import check_mission
from groundsys.mission.celestial.bodies import read_bodies
from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from tests.mission.conftest import Definitions

MARS, MOON, EARTH = "bodies/mars.yaml", "bodies/moon.yaml", "bodies/earth.yaml"
APOPHIS, RYUGU = "bodies/apophis.yaml", "bodies/ryugu.yaml"

CASES = [
    (MOON, "naif_id: 301", "naif_id: 499", "is the number of mars"),
    (MARS, "class: planet", "class: plane", "class is 'plane'"),
    (MARS, "gm_km3_s2: 42828", "gm_km3_s2: -42828", "gm_km3_s2 is -42828.4"),
    (MARS, "[3396.19, 3396.19, 3376.20]", "[3396.19, 3376.20]", "are no semi-axes"),
    (MARS, "[0.000068, 198.991226, 19139.4819985]", "[0.000068, 198.991226]",
     "right_ascension_terms are no terms|  right_ascension_terms"),
    (MARS, "lowest_km: 3500", "lowest_km: 350000", "below the lowest"),
    (MARS, "{lowest_m: -9000, highest_m", "{lowest_m: 90000, highest_m", "below the lowest"),
    (MARS, "hides: all", "hides: some", "hides is 'some'"),
    (MOON, "prime_meridian_deg: [38.3213, 13.17635815, -1.4e-12]", "prime_meridian_deg: []",
     "has not one to three numbers|  pole_right"),
    (MOON, "target: 301", "taget: 301", "target is missing|ephemeris"),
    (MARS, "target: 4", "target: 499", "DE440 has no 499"),
    (APOPHIS, "bodies/apophis.oem", "bodies/apofis.oem", "there is no file bodies/apofis.oem"),
    (APOPHIS, "a2_au_d2: -2.901092102547e-14", "a2_au_d2: -2.9e-14",
     "was not made from this solution|  path:"),
    (APOPHIS, "highest_eccentricity: 1.0e+13", "highest_eccentricity: 0.5",
     "highest_eccentricity is 0.5"),
    (APOPHIS, "near_step_s: 300", "near_step_s: 600",
     "was not made from this solution|  path:"),
    (APOPHIS, "{start_jd_tdb: 2462196.5, stop_jd_tdb: 2462288.5, step_s: 10800,",
     "{start_jd_tdb: 2462196.5, stop_jd_tdb: 2462288.5, step_s: 7000,",
     "step_s is 7000 s, of which the table's span of 7948800 s is no multiple"),
    (APOPHIS, "near_step_s: 300", "near_step_s: 0.5", "near_step_s is 0.5"),
    (APOPHIS, "near_step_s: 300", "near_step_s: 337.5", "near_step_s is 337.5 s, of which step_s"),
    (APOPHIS, "near_step_s: 300", "near_step_s: 7", "near_step_s is 7 s, of which step_s of 10800"),
    (RYUGU, "radii_km: [0.002,", "radii_km: [-0.002,", "are no sigmas"),
    (RYUGU, "pole_deg: 0.03", "pole_deg: -0.03", "pole_deg is -0.03"),
    (APOPHIS, "epoch_jd_tdb: 2459215.5", "epoch_jd_tdb: 59215.5", "epoch_jd_tdb is 59215.5"),
    (APOPHIS, "stop_jd_tdb: 2462288.5", "stop_jd_tdb: 2462188.5", "stops before it starts"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), CASES)
def test_what_is_wrong_is_found_on_its_line(
    definitions: Definitions, file: str, old: str, new: str, message: str
) -> None:
    line, message = definitions.spoil(file, old, new, message)
    findings = Findings()
    read_bodies(definitions.root, findings)
    found = [(one.file, one.line) for one in findings.ordered() if message in one.message]
    assert (file, line) in found, findings.ordered()


def test_all_findings_come_at_once(definitions: Definitions) -> None:
    definitions.replace(MARS, "class: planet", "class: plane")
    definitions.replace(EARTH, "id: earth", "id: erde")
    found = "\n".join(str(one) for one in check_mission(definitions.root))
    assert "class is 'plane'" in found
    assert "id is 'erde' in file earth.yaml" in found
    assert "no body is called earth" in found


def test_a_mission_from_before_bodies_were_data_is_told_what_to_do(
    definitions: Definitions,
) -> None:
    shutil.rmtree(definitions.root / "bodies")
    found = [str(one) for one in check_mission(definitions.root)]
    assert (
        "bodies:1: bodies holds no *.yaml file "
        "(copy those that come with groundsys (mission_db/bodies))"
    ) in found
    assert [one for one in found if "center is 'MARS' (define it in bodies/)" in one]
    assert not [one for one in found if "write one of )" in one]


def test_bodies_come_with_a_source_for_each_kind_of_number(mission: Mission) -> None:
    assert {"sun", "earth", "moon", "mars"} < mission.bodies.keys()
    for body in mission.bodies.values():
        told = " ".join(body.sources)
        assert "gravity" in told
        assert "rotation" in told
        assert all(len(text) > 3 for text in body.sources.values())
