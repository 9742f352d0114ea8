"""What a mission is called is data, checked as all else."""

from __future__ import annotations

import pytest

from groundsys.mission import check_mission, load_mission
from groundsys.mission.model import Mission
from groundsys.mission.programme import programme_of
from groundsys.values.errors import DefinitionError
from tests.mission.conftest import Definitions

FILE = "mission.yaml"


def test_it_comes_with_the_mission(mission: Mission) -> None:
    assert mission.programme == programme_of(mission.root)
    assert mission.programme.first_scenario in mission.scenarios


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("first_scenario: quickstart", "first_scenario: quikstart", "unknown scenario 'quikstart'"),
        ("identifier: mars_cube_service", "identifier: Mars Cube", "no part of a logical"),
        ("name: MARS CUBE service", "title: MARS CUBE service", "unknown key 'title'"),
    ],
)
def test_what_is_wrong_is_found_on_its_line(
    definitions: Definitions, old: str, new: str, message: str
) -> None:
    line = definitions.replace(FILE, old, new)
    found = [one for one in check_mission(definitions.root) if one.file == FILE]
    assert any(one.line == line and message in one.message for one in found), found
    with pytest.raises(DefinitionError, match=message):
        programme_of(definitions.root)


def test_a_mission_without_a_name_is_told_so(definitions: Definitions) -> None:
    (definitions.root / FILE).unlink()
    assert "mission.yaml:1: there is no mission.yaml (say what the mission is called)" in [
        str(one) for one in check_mission(definitions.root)
    ]
    with pytest.raises(DefinitionError, match=r"there is no mission\.yaml"):
        load_mission(definitions.root)
