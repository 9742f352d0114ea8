"""A scenario copied as text: what is asked for changes, and nothing else."""

from __future__ import annotations

import difflib

import pytest

from groundsys.mission import default_mission_db
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_copies import copied_scenario, title_of
from groundsys.mission.scenario.scenario_files import read_scenario_text
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant


def text_of(name: str) -> str:
    return (default_mission_db() / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line[2:] for line in lines if line.startswith("+ ")]


@pytest.mark.parametrize("name", ["short", "week", "commanding", "manoeuvres"])
def test_a_copy_differs_in_its_name_alone(name: str) -> None:
    text = text_of(name)
    copy = copied_scenario(text, "another", title="Another one")
    assert changed_lines(text, copy) == ["id: another", "title: Another one"]


def test_what_is_said_once_and_meant_twice_moves_as_one(mission: Mission) -> None:
    """The ignition, by an anchor: navigation and the procedure are told the same."""
    start = Instant.from_utc_iso("2031-10-02T00:00:00Z")
    copy = copied_scenario(text_of("orbit-insertion"), "next", title="Next", start=start)
    read = read_scenario_text(copy, "next.yaml", mission)
    assert (read.scenario, read.findings) != (None, ())
    assert read.scenario is not None
    ignition = start.plus_seconds(8 * 3600.0)
    (burn,) = (one.burn for one in read.scenario.solutions if one.burn is not None)
    assert burn.ignition == ignition
    (run,) = read.scenario.procedures
    assert Instant.from_utc_iso(str(run.parameters["ignition"])) == ignition


def test_every_instant_moves_with_the_start(mission: Mission) -> None:
    text = text_of("week")
    start = Instant.from_utc_iso("2031-08-25T12:00:00Z")
    copy = copied_scenario(text, "later-week", title=title_of("later-week"), start=start)
    read = read_scenario_text(copy, "later-week.yaml", mission)
    assert (read.scenario, read.findings) != (None, ())
    old, new = mission.scenarios["week"], read.scenario
    assert new is not None
    later_s = 5.5 * 86_400
    assert new.span.start == start
    assert new.span.seconds == old.span.seconds
    assert new.cut_off.seconds_since(old.cut_off) == later_s
    assert [one.at.seconds_since(before.at) for one, before in zip(
        new.notices, old.notices, strict=True)] == [later_s] * 3  # fmt: skip
    assert [one.not_before.seconds_since(start) for one in new.commands] == [
        one.not_before.seconds_since(old.span.start) for one in old.commands
    ]
    comments = [line for line in text.splitlines() if "#" in line]
    assert comments == [line for line in copy.splitlines() if "#" in line]
    assert (new.title, new.criteria, new.truth) == ("Later week", old.criteria, old.truth)


def test_a_longer_one_ends_as_the_other_does(mission: Mission) -> None:
    copy = copied_scenario(text_of("short"), "long-day", title="Long", days=1.5)
    scenario = read_scenario_text(copy, "long-day.yaml", mission).scenario
    old = mission.scenarios["short"]
    assert scenario is not None
    assert scenario.span.seconds == 36 * 3600
    for key in ("cut_off", "quiet_from"):
        before_end = scenario.span.end.seconds_since(getattr(scenario, key))
        assert before_end == old.span.end.seconds_since(getattr(old, key))
    assert [one.not_before for one in scenario.commands] == [one.not_before for one in old.commands]


def test_legs_move_along(mission: Mission) -> None:
    start = Instant.from_utc_iso("2033-07-06T08:00:00Z")
    copy = copied_scenario(text_of("commanding"), "custody", title="Custody", start=start)
    scenario = read_scenario_text(copy, "custody.yaml", mission).scenario
    assert scenario is not None
    legs = mission.scenarios["commanding"].legs
    assert [one.seconds_since(old) for one, old in zip(scenario.legs, legs, strict=True)] == [
        86_400.0
    ] * 6


@pytest.mark.parametrize("title", ["Light: 3 minutes", '"quoted"', "#hash", "Été – à 5 h", "- x"])
def test_a_title_is_read_as_it_was_given(mission: Mission, title: str) -> None:
    copy = copied_scenario(text_of("short"), "titled", title=title)
    scenario = read_scenario_text(copy, "titled.yaml", mission).scenario
    assert scenario is not None
    assert scenario.title == title


@pytest.mark.parametrize("id", ["Windy", "windy week", "windy@2", "../windy", ""])
def test_an_id_that_no_file_could_have_is_refused(id: str) -> None:
    with pytest.raises(DefinitionError, match="no scenario can be called"):
        copied_scenario(text_of("short"), id, title="T")
