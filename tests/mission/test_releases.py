"""Cubes that are carried: as their files and a scenario have them, and what is wrong of that."""

from __future__ import annotations

import pytest

from groundsys.mission import load_scenario
from groundsys.mission.loading import read_mission
from groundsys.mission.model import Mission
from groundsys.values.instants import Instant
from tests.mission.conftest import Definitions

CUBE = "spacecraft/cube-parker-1.yaml"
SHORT = "scenarios/release-short.yaml"
RELEASES = "releases: {cube-parker-1: 2031-08-20T02:00:00Z}"
ATTACHED = "attached: [cube-parker-1, cube-kiso]"


def test_a_scenario_says_when_the_ground_foresees_each_release(mission: Mission) -> None:
    flown, scenario = load_scenario("release-short")
    assert scenario.attached == ("cube-parker-1", "cube-kiso")
    release = flown.spacecraft["cube-parker-1"].release
    assert release is not None
    assert release.at == Instant.from_utc_iso("2031-08-20T02:00:00Z")
    stays = flown.spacecraft["cube-kiso"].release
    assert stays is not None
    assert stays.at is None
    # by itself a definition foresees nothing
    defined = mission.spacecraft["cube-parker-1"].release
    assert defined is not None
    assert (defined.at, defined.direction) == (None, (0.0, 1.0, 0.0))


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (CUBE, "speed_m_s: 0.8", "speed_m_s: 0", "speed_m_s is 0"),
        (CUBE, "direction: [0, 1, 0]", "direction: [0, 0, 0]", "direction is no vector"),
        (CUBE, "direction: [0, 1, 0]", "direction: [0, 1]", "direction is no vector"),
        (CUBE, "  umbilical_w: 15", "  umbilical: 15", "umbilical_w is missing"),
        (CUBE, "relay: otv\n", "", "nobody carries cube-parker-1"),
        (
            CUBE,
            "release:\n",
            "site: {body: MARS, latitude_deg: 0, longitude_deg: 0, altitude_m: 0}\nrelease:\n",
            "a trajectory or a release, and one of them only",
        ),
        (SHORT, ATTACHED, "attached: [cube-kiso]", "is released in the scenario, and not attached"),
        (SHORT, ATTACHED, "attached: [cube-parker-1]", "cube-kiso is nowhere"),
        (SHORT, RELEASES, RELEASES.replace("T02", "T22"), "its release is outside the scenario"),
        (SHORT, RELEASES, RELEASES.replace("parker-1", "parker"), "unknown cube with a release"),
        (SHORT, RELEASES, RELEASES.replace("2031-08-20T02:00:00Z", "soon"), "is no instant"),
        ("scenarios/short.yaml", "commands:\n", "attached: [cube-polar]\ncommands:\n",
         "cube-polar is held by nothing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_in_its_file(
    definitions: Definitions, file: str, old: str, new: str, words: str
) -> None:
    definitions.replace(file, old, new)
    _, findings = read_mission(definitions.root)
    assert [one.file for one in findings if words in one.message], [str(one) for one in findings]
    assert {one.file for one in findings if words in one.message} == {file}
