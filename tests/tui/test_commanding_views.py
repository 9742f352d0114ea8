"""The custody board and the form of a command: what the desks tell in, rows and phrases out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.authority import Asker, Role, actions_of
from ops_tui.picture import Link, Picture
from ops_tui.views.commands import Board, board_view, command_of, story_view, waiting_commands
from ops_tui.views.drafting import (
    argument_hint,
    catalogue_rows,
    field_views,
    read_arguments,
    read_time,
    way_rows,
)
from tests.tui import boards, pictures

LIVE, LOST = Link("live"), Link("lost", 5)


def seen_by(name: str, role: Role = Role.OPERATOR) -> Picture:
    asker = {"name": name, "role": str(role), "may": actions_of(Asker(name, role))}
    return pictures.picture(commands=boards.COMMANDS, asker=asker)


def board_of(name: str = "aiko", role: Role = Role.OPERATOR, **choice: Any) -> Board:
    return board_view(boards.BOARD, seen_by(name, role), LIVE, **choice)


def test_what_waits_comes_first_then_by_the_next_hop_and_last_what_has_ended() -> None:
    assert [row.id for row in board_of().rows] == [
        "otv-0042", "otv-0043", "otv-0040", "otv-0041", "cube-polar-0007", "otv-0044",
        "otv-0039", "otv-0037",
    ]  # fmt: skip


def test_each_row_says_what_comes_next_and_what_is_overdue() -> None:
    said = {row.id: row.next.text for row in board_of().rows}
    assert said == {
        "otv-0042": "leaves 14:20:00",
        "otv-0043": "leaves 14:20:00",
        # its report should have come with the light at 13:56:05
        "otv-0040": "▲ 16 min overdue",
        # it left and has not arrived: the time comes from the light, and lies ahead
        "otv-0041": "arrives 14:16:41",
        "cube-polar-0007": "leaves 14:18:00",
        "otv-0044": "△ no way booked",
        "otv-0039": "ended 13:56:39",
        "otv-0037": "ended 13:43:31",
    }


def test_nobody_is_offered_to_approve_what_is_his_own() -> None:
    def offered(name: str) -> set[str]:
        return {row.id for row in board_of(name).rows if row.may_approve}

    assert offered("aiko") == {"otv-0042"}
    assert offered("AIKO") == {"otv-0042"}  # however it is written
    assert offered("mika") == {"otv-0043"}
    assert offered("grace") == {"otv-0042", "otv-0043"}


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.PAYLOAD_OPERATOR, Role.ANONYMOUS])
def test_whoever_may_not_approve_is_offered_neither(role: Role) -> None:
    rows = board_of("obi", role).rows
    assert not any(row.may_approve or row.may_decline for row in rows)


def test_only_what_has_not_left_may_be_refused() -> None:
    assert {row.id for row in board_of("grace").rows if row.may_decline} == {
        "otv-0042", "otv-0043", "cube-polar-0007", "otv-0044",
    }  # fmt: skip


def test_the_board_shows_one_craft_or_people_s_commands_alone() -> None:
    assert {row.id for row in board_of(craft="cube-polar").rows} == {"cube-polar-0007"}
    assert "otv-0044" not in {row.id for row in board_of(of_people=True).rows}
    assert "otv-0040" in {row.id for row in board_of(of_people=True).rows}


def test_a_lost_feed_says_of_when_the_board_is() -> None:
    board = board_view(boards.BOARD, seen_by("aiko"), LOST)
    assert board.summary.tone == "bad"
    assert "as of 2031-08-20 14:12:33 UTC" in board.summary.text
    assert "as of" not in board_of().summary.text


def test_before_the_desks_tell_there_is_no_board() -> None:
    board = board_view(None, Picture(), Link("connecting"))
    assert board.rows == ()
    assert command_of(None, "otv-0042") is None


def test_what_is_not_shown_is_said() -> None:
    crowded = {**boards.BOARD, "of_open": 400}
    assert "394 more not shown" in board_view(crowded, seen_by("aiko"), LIVE).summary.text


def test_the_tab_counts_what_waits_for_approval() -> None:
    assert waiting_commands(seen_by("aiko")) == 2
    assert waiting_commands(Picture()) == 0


def test_a_story_tells_each_hop_against_its_foresight() -> None:
    command = command_of(boards.BOARD, "otv-0039")
    assert command is not None
    story = story_view(command, seen_by("aiko"))
    assert story.title == "otv-0039 SET_TRANSMIT_POWER transmit_power=20.0"
    assert [(hop.name, hop.late.text) for hop in story.hops] == [
        ("radiated", "on time"),
        ("arrived", "on time"),
        ("accepted", "+1 s"),
        ("started", "+1 s"),
        ("completed", "+3 s"),
        ("confirmed", "+95 s"),
    ]
    assert [hop.late.tone for hop in story.hops][-1] == "caution"
    assert story.hazard is None


def test_a_relayed_command_is_kept_before_it_arrives() -> None:
    command = command_of(boards.BOARD, "cube-polar-0007")
    assert command is not None
    hops = story_view(command, seen_by("aiko")).hops
    assert [(hop.name, hop.where) for hop in hops][:3] == [
        ("radiated", "usuda-64"),
        ("kept", "otv"),
        ("arrived", "cube-polar"),
    ]
    assert hops[2].foreseen == "08-20 20:33:00"


def test_what_was_reported_has_come_though_the_clock_on_the_screen_is_behind() -> None:
    command = command_of(boards.BOARD, "otv-0039")
    assert command is not None
    behind = pictures.picture(clock={"now_ns": pictures.at("13:41"), "rate": 1, "simulated": True})
    hops = story_view(command, behind).hops
    signs = {hop.name: hop.actual.text[0] for hop in hops}
    # the light is on its way; what the craft has reported is not in doubt
    assert signs == {
        "radiated": "✔", "arrived": "▶", "accepted": "✔", "started": "✔", "completed": "✔",
        "confirmed": "✔",
    }  # fmt: skip


def test_a_hazard_is_loud_and_names_itself() -> None:
    command = command_of(boards.BOARD, "otv-0042")
    assert command is not None
    hazard = story_view(command, seen_by("aiko")).hazard
    assert hazard is not None
    assert hazard.tone == "bad"
    assert hazard.text.startswith("✖ CRITICAL: Switches the payload off")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["PING", "RESET_SUBSYSTEM", "SAFE_MODE", "SET_BATTERY_THRESHOLD", "SET_HEATER",
              "SET_HEATER_SETPOINT"]),
        ("set_heater", ["SET_HEATER", "SET_HEATER_SETPOINT"]),
        ("safe", ["SAFE_MODE", "SET_BATTERY_THRESHOLD"]),  # the name first, then the description
        ("critical reset", ["RESET_SUBSYSTEM"]),
        ("threshold_percent", ["SET_BATTERY_THRESHOLD"]),
        ("warp", []),
    ],
)  # fmt: skip
def test_any_words_find_a_command(search: str, found: list[str]) -> None:
    rows = catalogue_rows(boards.CATALOGUE["commands"], search)
    assert [row.name for row in rows] == found


def test_a_field_says_what_it_takes() -> None:
    hints = {
        one["name"]: argument_hint(one)
        for command in boards.CATALOGUE["commands"]
        for one in command["arguments"]
    }
    assert hints == {
        "subsystem": "OBC | EPS | THERMAL | AOCS",
        "threshold_percent": "10 to 60 %",
        "heater_state": "OFF | ON | AUTO",
        "heater_setpoint": "-60 to 40 degC",
    }
    free = boards.argument("session_start_sclk", "uint", unit="s")
    assert argument_hint(free) == "whole number s"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("uint", "30", 30),
        ("uint", "30.5", "30.5"),
        ("int", " -3 ", -3),
        ("float", "20", 20.0),
        ("float", "warm", "warm"),
        ("binary", "00ff", b"\x00\xff"),
        ("binary", "0xz", "0xz"),
        ("string", "abc", "abc"),
    ],
)
def test_what_is_typed_becomes_a_value_or_goes_to_the_desks_as_it_is(
    kind: str, text: str, value: Any
) -> None:
    fields = field_views([boards.argument("one", kind)])
    assert read_arguments(fields, {"one": text}) == {"one": value}


def test_an_empty_field_is_not_told_and_a_label_is_known_in_any_case() -> None:
    fields = field_views([boards.argument("mode", "enum", values=["SAFE", "NOMINAL"])])
    assert read_arguments(fields, {"mode": "  "}) == {}
    assert read_arguments(fields, {"mode": "safe"}) == {"mode": "SAFE"}
    assert read_arguments(fields, {"mode": "dance"}) == {"mode": "dance"}


@given(st.text(max_size=40))
def test_no_text_breaks_a_time(text: str) -> None:
    moment = read_time(text)
    assert moment is None or isinstance(moment, int)


def test_a_time_is_utc() -> None:
    assert read_time("2031-08-20T14:12:33Z") == pictures.NOW.tai_ns
    assert read_time("soon") is None


def test_the_way_is_told_hop_by_hop() -> None:
    told = way_rows(boards.way(pictures.at("14:20")), pictures.NOW.tai_ns)
    assert [(row.name, row.time.text, row.note) for row in told] == [
        ("leaves", "08-20 14:20:00", "in 7 min, usuda-64, pass-004"),
        ("arrives", "08-20 14:32:31", "12 min 31 s of light later; SCLK 51546751 s"),
        ("executes", "08-20 14:32:33", ""),
        ("known", "08-20 14:45:04", "at the earliest, 25 min 04 s after it leaves"),
    ]


def test_the_way_to_a_cube_tells_relay_and_overflight() -> None:
    way = boards.relayed_way(pictures.at("14:18"), "relay-003", pictures.at("20:33"))
    told = way_rows(way, pictures.NOW.tai_ns)
    assert [row.name for row in told] == ["leaves", "at relay", "arrives", "executes", "known"]
    assert told[2].note.startswith("in overflight relay-003")


def test_a_way_that_nobody_will_hear_of_says_so() -> None:
    way = boards.way(pictures.at("14:20"), confirmed_ns=None)
    last = way_rows(way, pictures.NOW.tai_ns)[-1]
    assert (last.time.text, last.note) == ("✖ never", "no pass is booked to hear it in")
    assert way_rows(None, 0) == ()
