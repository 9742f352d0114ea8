"""Commanding by keyboard: a command found, filled in, foreseen, sent; the second person's word."""

from __future__ import annotations

import copy

import pytest
from textual.pilot import Pilot

from groundsys.authority import Asker, Role, actions_of
from groundsys.bus.token_file import HeldToken
from ops_tui.feed import Answer, LiveFeed
from ops_tui.picture import Link
from ops_tui.widgets.confirm import ConfirmScreen
from tests.tui import boards, pictures, playing
from tests.tui.desk import TOKEN, Desk
from tests.tui.feeds import StillFeed
from tests.tui.playing import Play, at_screen
from tests.tui.tabs import key_of
from tests.tui.waiting import until, until_gone, until_shown

TC = key_of("commanding")
DEFINITIONS = {one["name"]: one for one in boards.CATALOGUE["commands"]}


def seen_by(name: str, role: Role = Role.OPERATOR, link: Link | None = None) -> StillFeed:
    asker = {"name": name, "role": str(role), "may": actions_of(Asker(name, role))}
    feed = StillFeed(pictures.picture(commands=boards.COMMANDS, asker=asker), link)
    feed.answers = {
        "command_board": Answer(True, boards.BOARD),
        "command_catalogue": Answer(True, boards.CATALOGUE),
        "command_foresee": Answer(True, boards.foreseen(DEFINITIONS["SET_HEATER"])),
        "command_show": Answer(True, boards.story(boards.BOARD["open"][0])),
    }
    return feed


def operate(feed: StillFeed, play: Play) -> None:
    playing.operate(feed, at_screen(TC, "Next", play))


def test_a_command_is_found_filled_in_foreseen_confirmed_and_sent() -> None:
    feed = seen_by("aiko")
    put_down = boards.command(50, "SET_HEATER", "queued", arguments={"heater_state": "AUTO"})
    feed.answers["command_draft"] = Answer(True, {"command": put_down})

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("n", *"set_h", "enter")
        await until_shown(pilot, "OFF | ON | AUTO")
        await pilot.press("up", "tab", *"cold")
        await until_shown(pilot, "leaves")
        await until(
            pilot,
            lambda: feed.sent("command_foresee")[-1]["arguments"] == {"heater_state": "AUTO"},
            "the way of what is typed",
        )
        await pilot.press("enter")
        await until_shown(pilot, "Send to otv?")
        assert not feed.sent("command_draft")
        await pilot.press("enter")
        await until_shown(pilot, "is queued")

    operate(feed, play)
    [asked] = feed.sent("command_draft")
    assert asked == {
        "spacecraft": "otv",
        "command": "SET_HEATER",
        "arguments": {"heater_state": "AUTO"},
        "why": "cold",
    }


def test_what_the_desks_refuse_is_said_in_their_words_and_cannot_be_sent() -> None:
    feed = seen_by("aiko")
    feed.answers["command_foresee"] = Answer(
        False, {}, "SET_BATTERY_THRESHOLD: threshold_percent is out of range\n  expected: 10 to 60"
    )

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("n", *"threshold", "enter")
        await until_shown(pilot, "10 to 60 %")
        await pilot.press(*"99")
        await until_shown(pilot, "✖ SET_BATTERY_THRESHOLD: threshold_percent is out of range")
        await until_shown(pilot, "expected: 10 to 60")
        await pilot.press("enter", "enter")
        assert not isinstance(pilot.app.screen, ConfirmScreen)

    operate(feed, play)
    assert {"threshold_percent": 99} in [one["arguments"] for one in feed.sent("command_foresee")]
    assert not feed.sent("command_draft")


def test_a_time_that_is_none_is_said_on_the_spot() -> None:
    feed = seen_by("aiko")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("n", *"ping", "enter")
        await until_shown(pilot, "exactly at")
        await pilot.press("tab", *"noon")
        await until_shown(pilot, "✖ 'noon' is no time; write UTC such as 2031-08-20T06:00:00Z")

    operate(feed, play)


def test_a_hazardous_command_leaves_only_after_its_name_has_been_typed() -> None:
    feed = seen_by("aiko")
    feed.answers["command_foresee"] = Answer(True, boards.foreseen(DEFINITIONS["SAFE_MODE"]))
    put_down = boards.command(51, "SAFE_MODE", "prepared", hazardous=True)
    feed.answers["command_draft"] = Answer(True, {"command": put_down})

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("n", *"safe_mode", "enter")
        await until_shown(pilot, "CRITICAL: Switches the payload off")
        await until_shown(pilot, "when another operator or flight director has approved it")
        await pilot.press("enter")
        await until_shown(pilot, "type SAFE_MODE to confirm")
        await pilot.press("enter")
        await until_shown(pilot, "not done: type SAFE_MODE to confirm")
        await pilot.press(*"safe", "enter")
        assert not feed.sent("command_draft")
        await pilot.press(*["backspace"] * 4, *"SAFE_MODE", "enter")
        await until_shown(pilot, "otv-0051 SAFE_MODE waits")

    operate(feed, play)
    assert [one["command"] for one in feed.sent("command_draft")] == ["SAFE_MODE"]


def test_a_second_person_approves_by_typing_the_name() -> None:
    feed = seen_by("aiko")
    feed.answers["command_approve"] = Answer(True, {})

    async def play(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "Approve")
        await pilot.press("a")
        await until_shown(pilot, "asked for by mika; drill of fault 12")
        await pilot.press(*"agreed", "tab", *"SAFE_MODE", "enter")
        await until_shown(pilot, "approved: otv-0042 SAFE_MODE")

    operate(feed, play)
    assert feed.sent("command_approve") == [{"command_id": "otv-0042", "why": "agreed"}]


def test_an_own_draft_is_not_offered_for_approval() -> None:
    feed = seen_by("aiko")

    async def play(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "Approve")
        await pilot.press("down")
        await until_gone(pilot, "Approve")
        await pilot.press("a")
        assert not isinstance(pilot.app.screen, ConfirmScreen)
        await until_shown(pilot, "Refuse")  # taken back, it may be

    operate(feed, play)


def test_refusing_needs_a_reason() -> None:
    feed = seen_by("aiko")
    feed.answers["command_decline"] = Answer(True, {})

    async def play(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "Refuse")
        await pilot.press("x", "enter")
        await until_shown(pilot, "give a reason first")
        await pilot.press(*"battery too low", "enter")
        await until_shown(pilot, "refused: otv-0042 SAFE_MODE")

    operate(feed, play)
    assert feed.sent("command_decline") == [{"command_id": "otv-0042", "why": "battery too low"}]


def test_an_observer_is_offered_nothing_but_to_look() -> None:
    feed = seen_by("obi", Role.OBSERVER)

    async def play(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "Story")
        for word in ("New", "Approve", "Refuse"):
            await until_gone(pilot, word)
        await pilot.press("n", "a", "x")
        assert len(pilot.app.screen_stack) == 1

    operate(feed, play)
    assert {verb for verb, _ in feed.asked} == {"command_board"}


def test_the_board_is_filtered_by_craft_and_by_who_asked() -> None:
    async def play(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "otv-0042")
        await pilot.press(*["down"] * 5)
        await until_shown(pilot, "RELAY_SESSION_ADD")
        await pilot.press("p")
        await until_gone(pilot, "RELAY_SESSION_ADD")
        await pilot.press("f")
        await until_shown(pilot, "cube-polar, asked for by people: 1 under way")
        await until_gone(pilot, "otv-0041")

    operate(seen_by("aiko"), play)


def test_a_story_opens_and_closes() -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await until_shown(pilot, "written down (UTC)")
        await until_shown(pilot, "packet 14 octets")
        await pilot.press("escape")
        await until_gone(pilot, "written down (UTC)")

    operate(seen_by("aiko"), play)


@pytest.mark.parametrize("key", ["n", "a", "x", "s"])
def test_nothing_is_sent_on_a_lost_feed(key: str) -> None:
    feed = seen_by("aiko")

    async def play(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "otv-0042")
        feed.tell(pictures.picture(commands=boards.COMMANDS), Link("lost", 3))
        await until_shown(pilot, "as of 2031-08-20 14:12:33 UTC")
        asked = len(feed.asked)
        await pilot.press(key)
        await until_shown(pilot, "the feed is lost")
        assert len(pilot.app.screen_stack) == 1
        assert len(feed.asked) == asked

    operate(feed, play)


# --- over real sockets ----------------------------------------------------------------------------


def watch(desk: Desk, play: Play) -> None:
    async def seen(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "feed live")
        await pilot.press(TC)
        await play(pilot)

    feed = LiveFeed(lambda: desk.endpoints, HeldToken(TOKEN))
    playing.operate(feed, seen, size=(120, 40))


def test_the_board_follows_the_truth() -> None:
    with Desk(pictures.status(commands=boards.COMMANDS)) as desk:
        desk.answers["command_board"] = boards.BOARD

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "arrives 14:16:41")
            later = copy.deepcopy(boards.BOARD)
            way = later["open"][0]["way"]
            later["open"][0] |= {
                "state": "completed",
                "settled": True,
                "hops": boards.hops(way, 0.4, 0.4, 1.0, 1.2, 3.0, 4.0),
            }
            later["ended"].append(later["open"].pop(0))
            desk.answers["command_board"] = later
            desk.truth["commands"] = {"counts": {"prepared": 2, "completed": 2}, "recent": []}
            desk.publish("commands")
            await until_gone(pilot, "arrives 14:16:41")
            await until_shown(pilot, "ended 14:29:18")

        watch(desk, play)


def test_what_is_foreseen_anew_is_seen_though_no_state_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ops_tui.panes.commanding.RENEWED_EVERY_S", 0.2)
    with Desk(pictures.status(commands=boards.COMMANDS)) as desk:
        desk.answers["command_board"] = boards.BOARD

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "leaves 14:18:00")
            later = copy.deepcopy(boards.BOARD)
            way = boards.relayed_way(pictures.at("15:00"), "relay-003", pictures.at("20:33"))
            later["open"][4] |= {"way": way, "hops": boards.hops(way, where="cube-polar")}
            desk.answers["command_board"] = later
            await until(pilot, lambda: _ticked(desk), "the clock goes on")
            await until_shown(pilot, "leaves 15:00:00")

        watch(desk, play)


def test_a_forced_approval_is_refused_by_the_desk_and_said() -> None:
    with Desk(pictures.status(commands=boards.COMMANDS)) as desk:
        desk.answers["command_board"] = boards.BOARD
        desk.refusal = "aiko asked for this and cannot approve it"

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "otv-0042")
            await pilot.press("a", "tab", *"SAFE_MODE", "enter")
            await until_shown(pilot, "aiko asked for this and cannot approve it")

        watch(desk, play)
    assert desk.count("command_approve") == 1


def _ticked(desk: Desk) -> bool:
    """Let the mission clock go on by a second."""
    clock = desk.truth["clock"]
    desk.truth["clock"] = clock | {"now_ns": clock["now_ns"] + 1_000_000_000}
    desk.publish("clock")
    return desk.count("command_board") > 3
