"""A campaign is data: what is wrong with one is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundsys.campaign import Case, FaultSet, cases_of, read_campaign
from groundsys.campaign.definition import campaign_files, case_for_machines, same_case
from groundsys.mission import load_mission
from groundsys.mission.faults.fault_reading import check_faults
from groundsys.mission.loading import company_in
from groundsys.values.errors import DefinitionError

SOUND = """\
id: two
title: Two of each
scenarios: [short, quickstart]
seeds: [3, 4]
faults:
  - {name: as planned}
  - {name: silent, inject: [{fault: silent_cube, spacecraft: cube-polar}], fails: [files_delivered]}
"""


def _written(folder: Path, text: str) -> str:
    path = folder / "two.yaml"
    path.write_text(text)
    return str(path)


def test_every_scenario_is_flown_over_every_seed_with_every_set_of_faults(tmp_path: Path) -> None:
    cases = cases_of(read_campaign(_written(tmp_path, SOUND)))
    assert len({case.name for case in cases}) == len(cases) == 8
    assert {case.seed for case in cases[:4]} == {3}  # one truth after the other
    silent = next(case for case in cases if case.faults.name == "silent")
    assert silent.faults.inject == ({"fault": "silent_cube", "spacecraft": "cube-polar"},)
    assert silent.faults.fails == ("files_delivered",)
    assert {case.faults.fails for case in cases if case.faults.name == "as planned"} == {()}


def test_without_faults_it_flies_as_planned(tmp_path: Path) -> None:
    text = SOUND.partition("faults:")[0]
    assert {one.faults.name for one in cases_of(read_campaign(_written(tmp_path, text)))} == {
        "as planned"
    }


@pytest.mark.parametrize(
    ("spoilt", "line", "word"),
    [
        (SOUND.replace("title: Two of each\n", ""), 1, "title"),
        (SOUND.replace("seeds: [3, 4]", "seeds: [three]"), 4, "seeds"),
        (SOUND.replace("seeds: [3, 4]", "seeds: [3.5]"), 4, "whole"),
        (SOUND.replace("name: silent,", "name: As planned!,"), 5, "as-planned"),
        (SOUND.replace("fails:", "fials:"), 7, "fials"),
        (SOUND.replace("{fault: silent_cube,", "{"), 7, "fault"),
        ("- 1\n", 1, "mapping"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, spoilt: str, line: int, word: str
) -> None:
    with pytest.raises(DefinitionError) as raised:
        read_campaign(_written(tmp_path, spoilt))
    told = [one for one in raised.value.found.splitlines() if one.startswith(f"two.yaml:{line}:")]
    assert any(word in one for one in told), raised.value.found


def test_who_names_none_is_told_what_there_is() -> None:
    with pytest.raises(DefinitionError) as raised:
        read_campaign("fautls")
    assert "faults" in raised.value.expected


def test_the_missions_campaigns_can_be_flown() -> None:
    mission = load_mission()
    assert campaign_files()
    for name in campaign_files():
        campaign = read_campaign(name)
        for scenario in campaign.scenarios:
            company = company_in(mission, mission.scenarios[scenario])
            for faults in campaign.fault_sets:
                found = check_faults(faults.inject, company)
                assert found == [], f"{name}, {scenario}, {faults.name}"


def test_a_case_is_known_again_only_as_it_was() -> None:
    case = Case("short", 1, FaultSet("silent", ({"fault": "silent_cube"},), ("files_delivered",)))
    told = {**case_for_machines(case), "more": 1}
    assert same_case(case, told)
    for changed in ({"seed": 2}, {"inject": []}, {"fails": []}):
        assert not same_case(case, {**told, **changed})
