"""Faults as people state them: in a scenario, in a file, in one line; and the catalogue itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from groundsys.commanding.ledger import CommandState
from groundsys.mission import load_injected, load_scenario
from groundsys.mission.faults.fault_catalogue import (
    COMMAND_STATES,
    FAULTS,
    fault_text,
    not_before,
    settled,
)
from groundsys.mission.faults.fault_reading import Company, read_stated
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenarios import company_of
from groundsys.values.errors import DefinitionError

FILE = """\
# two faults of a windy day
- {fault: wind_stow, antenna: dss-43, from: 2031-08-20T03:00:00Z, until: 2031-08-20T04:30:00Z}
- fault: silent_cube
  spacecraft: cube-polar
  after_s: 100
  sols: 2
"""


def test_a_fault_in_one_line() -> None:
    text = "silent_cube,spacecraft=cube-polar,after_s=3600"
    (fault,) = load_injected([text], "short")
    assert fault == {"fault": "silent_cube", "spacecraft": "cube-polar", "after_s": 3600.0}
    assert fault_text(fault) == text
    assert fault_text({**fault, "injected": True}) == text


def test_times_count_from_the_start_however_they_are_stated(tmp_path: Path) -> None:
    path = tmp_path / "windy.yaml"
    path.write_text(FILE)
    stowed, silent = load_injected([str(path)], "short")
    assert (stowed["after_s"], stowed["until_s"]) == (10_800.0, 16_200.0)
    # a mean solar day on Mars lasts 24 h 39 min 35.244 s
    assert silent["until_s"] == pytest.approx(100.0 + 2 * (24 * 3600 + 39 * 60 + 35.244))


def test_a_fault_may_wait_for_an_event_of_its_craft() -> None:
    text = "uplink_lock_lost,spacecraft=otv,at_event=RELAY_SESSION_STARTED,after_s=60,until_s=600"
    (fault,) = load_injected([text], "short")
    assert (fault["at_event"], fault["after_s"], fault["until_s"]) == (
        "RELAY_SESSION_STARTED", 60.0, 600.0,
    )  # fmt: skip
    assert fault_text(fault) == text


def test_faults_may_strike_the_people_of_a_scenario() -> None:
    texts = ["absent", "absent,person=amber", "stand_in,person=birch,by=dune"]
    assert [fault_text(one) for one in load_injected(texts, "launch-short")] == texts
    for text, told in (
        ("stand_in,by=dune", "person is missing"),
        ("stand_in,person=elm,by=dune", "'elm'"),
        ("stand_in,person=birch,by=amber", "amber has a part already"),
    ):
        with pytest.raises(DefinitionError, match=re.escape(told)):
            load_injected([text], "launch-short")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("absent", "nobody asks for anything in this scenario"),
        ("safe_mode,at_event=RELAY_SESION_STARTED", "did you mean 'RELAY_SESSION_STARTED'?"),
        ("safe_mode,at_event=BOOT,from=2031-08-20T01:00:00Z", "unknown key 'from'"),
        ("deaf_antenna,at_event=BOOT", "unknown key 'at_event'"),
        ("no_replay,at_event=BOOT", "unknown key 'at_event'"),
        ("silent_cube,at_event=BOOT,after_s=60,until_s=30", "until_s is 30"),
    ],
)
def test_an_event_is_one_of_the_craft_and_takes_the_place_of_a_date(text: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(told)):
        load_injected([text], "short")


def test_what_is_wrong_is_told_with_its_place_before_anything_starts(tmp_path: Path) -> None:
    path = tmp_path / "windy.yaml"
    path.write_text(FILE.replace("cube-polar", "otv").replace("dss-43", "dss-42"))
    with pytest.raises(DefinitionError) as caught:
        load_injected([str(path), "silnt_cube"], "short")
    told = str(caught.value)
    assert f"{path}:2: unknown antenna of the scenario 'dss-42' (did you mean 'dss-43'?)" in told
    assert f"{path}:4: silent_cube strikes a cube, which otv is not" in told
    assert "--inject silnt_cube:1: unknown fault 'silnt_cube' (did you mean 'silent_cube'?)" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("fault: clean_air\n", "the file should hold a list"),
        ("- clean_air\n", "should be a mapping"),
        ("- {fault: clean_air\n", "not YAML"),
        ("", "the file is empty"),
    ],
)
def test_a_file_that_holds_no_list_of_faults(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(content)
    with pytest.raises(DefinitionError, match=told):
        load_injected([str(path)], "short")
    with pytest.raises(DefinitionError, match="cannot be read"):
        load_injected([str(tmp_path / "nowhere.yaml")], "short")


def test_what_is_injected_joins_the_scenarios_own_and_says_so() -> None:
    faults = load_injected(["wind_stow,antenna=dss-25,leg=2", "clean_air"], "commanding")
    scenario = load_scenario("commanding@1", None, faults)[1]
    own = load_scenario("commanding@1")[1].faults
    assert scenario.faults == (*own, {"fault": "clean_air", "injected": True})
    second = load_scenario("commanding@2", None, faults)[1]
    assert {one["fault"] for one in second.faults if "injected" in one} == {
        "wind_stow",
        "clean_air",
    }


def test_times_on_a_leg_of_its_own_count_from_its_start() -> None:
    dated = "wind_stow,from=2033-12-20T01:00:00Z"
    (fault,) = load_injected([dated], "commanding@2")
    assert fault["after_s"] == 3600.0
    scenario = load_scenario("commanding@2", None, [fault])[1]
    assert scenario.faults[-1] == {**fault, "injected": True}
    with pytest.raises(DefinitionError, match="begins outside the scenario"):
        load_injected([dated], "commanding")
    with pytest.raises(DefinitionError, match="unknown key 'leg'"):
        load_injected(["clean_air,leg=2"], "commanding@2")
    with pytest.raises(DefinitionError, match="unknown key 'leg'"):
        load_injected(["kill,process=hub,leg=2"], "commanding")
    with pytest.raises(DefinitionError, match="there is no scenario 'comanding'"):
        load_injected(["clean_air"], "comanding")


@pytest.mark.parametrize(
    ("name", "fitting"),
    [
        ("silent_cube", {"cube-polar"}),
        ("stuck_valve", {"otv"}),
        ("reset_counts", {"otv", "cube-polar"}),
        ("uplink_lock_lost", {"otv"}),
        ("clean_air", set()),
    ],
)
def test_a_fault_fits_craft_by_what_they_are(
    mission: Mission, name: str, fitting: set[str]
) -> None:
    craft = {id: mission.spacecraft[id] for id in ("otv", "cube-polar")}
    assert {id for id, one in craft.items() if FAULTS[name].fits(one)} == fitting


def test_defaults_lie_within_what_is_allowed() -> None:
    for definition in FAULTS.values():
        for parameter in definition.parameters:
            if isinstance(parameter.default, int | float):
                assert parameter.minimum is not None
                assert parameter.minimum <= parameter.default
                assert parameter.maximum is None or parameter.default <= parameter.maximum
            elif parameter.default is not None:
                assert parameter.default in parameter.choices
    assert settled({"fault": "bit_errors", "rate": 0.1}) == {
        "fault": "bit_errors", "rate": 0.1, "direction": "downlink",
    }  # fmt: skip


def test_a_strike_may_wait_for_any_state_of_a_command() -> None:
    assert set(COMMAND_STATES) == set(get_args(CommandState))


def test_a_disk_is_full_for_some_seconds_unless_it_is_said() -> None:
    (fault,) = load_injected(["disk_full,process=desks,state=issuing"], "short")
    assert settled(fault) == {
        "fault": "disk_full", "process": "desks", "state": "issuing", "for_s": 5.0,
    }  # fmt: skip


@pytest.fixture(scope="module")
def under_way(mission: Mission) -> Company:
    """`short`, an hour after its start."""
    company = company_of(mission.scenarios["short"], mission.spacecraft)
    return replace(company, flown_s=3600.0)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("silent_cube", {"after_s": 3600.0}),
        ("silent_cube,lasts_s=60", {"after_s": 3600.0, "until_s": 3660.0}),
        ("silent_cube,after_s=7200,lasts_s=60", {"after_s": 7200.0, "until_s": 7260.0}),
        ("silent_cube,from=2031-08-20T03:00:00Z", {"after_s": 10_800.0}),
        ("safe_mode,spacecraft=otv,at_event=BOOT", {"spacecraft": "otv", "at_event": "BOOT"}),
    ],
)
def test_a_fault_stated_under_way_begins_now_or_later(
    under_way: Company, text: str, times: dict[str, object]
) -> None:
    fault, findings = read_stated(text, under_way, "fault")
    assert not findings
    assert fault == {"fault": text.partition(",")[0], **times}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("silent_cube,after_s=3599", "it begins in the past"),
        ("silent_cube,from=2031-08-20T00:30:00Z", "it begins in the past"),
        ("silent_cube,after_s=21600", "it begins outside the scenario"),
        ("no_reports", "no_reports cannot begin under way"),
        ("kill,process=hub", "kill cannot begin under way"),
        ("silent_cube,spacecraft=otv", "which otv is not"),
        ("faults.yaml", "unknown fault 'faults.yaml'"),
    ],
)
def test_what_cannot_begin_under_way_is_told(under_way: Company, text: str, told: str) -> None:
    _, findings = read_stated(text, under_way, "fault")
    assert told in str(findings[0])


def test_what_comes_late_is_moved_and_lasts_as_long() -> None:
    stowed = {"fault": "wind_stow", "after_s": 100.0, "until_s": 160.0}
    assert not_before(stowed, 130.0) == {"fault": "wind_stow", "after_s": 130.0, "until_s": 190.0}
    assert not_before(stowed, 90.0) == stowed
    awaited = {"fault": "safe_mode", "at_event": "BOOT"}
    assert not_before(awaited, 130.0) == awaited
