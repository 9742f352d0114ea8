"""The simulated clock under an operator's hands; a flight's is under nobody's."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from ops_tui.feed import Answer
from ops_tui.widgets.fault_form import FaultChoiceScreen, FaultFormScreen
from tests.tui import pictures
from tests.tui.faults_told import CATALOGUE, INJECTED, directed
from tests.tui.feeds import StillFeed
from tests.tui.playing import operate
from tests.tui.tabs import key_of
from tests.tui.waiting import until_gone, until_on, until_shown


def steered(**changes: Any) -> StillFeed:
    return StillFeed(pictures.picture(clock={**pictures.status()["clock"], **changes}))


def asked_by(feed: StillFeed, key: str) -> list[Any]:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("rehearsal"), key)
        await pilot.pause()

    operate(feed, play)
    return [one for one in feed.asked if one[0] != "rehearsal_standing"]


@pytest.mark.parametrize(
    ("key", "clock", "asked"),
    [
        ("p", {}, ("clock_pause", {})),
        ("p", {"paused": True}, ("clock_resume", {})),
        ("plus", {}, ("clock_rate", {"rate": 1_800.0})),
        ("minus", {}, ("clock_rate", {"rate": 300.0})),
        ("minus", {"rate_ceiling": None}, ("clock_rate", {"rate": 3_600.0})),
        ("m", {}, ("clock_rate", {"rate": None})),
    ],
)
def test_each_key_asks_for_its_own(key: str, clock: dict[str, Any], asked: Any) -> None:
    assert asked_by(steered(**clock), key) == [asked]


@pytest.mark.parametrize("key", ["p", "plus", "minus", "m", "i"])
def test_a_flight_offers_nothing(key: str) -> None:
    assert asked_by(steered(simulated=False), key) == []


def test_a_flight_that_turns_out_to_be_one_takes_its_keys_away() -> None:
    feed = steered()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("rehearsal"))
        await until_shown(pilot, "Faster")
        await until_shown(pilot, "seed 7")
        clock = {**pictures.status()["clock"], "simulated": False}
        feed.tell(pictures.picture(clock=clock))
        await until_shown(pilot, "this is no rehearsal")
        await until_gone(pilot, "Faster")
        await until_gone(pilot, "passes missed")

    operate(feed, play)


def test_a_fault_is_chosen_told_what_it_needs_and_injected() -> None:
    """What the desks find wrong with it is said in the form, which stays."""
    feed = StillFeed(directed())
    feed.answers["fault_catalogue"] = Answer(True, {"faults": CATALOGUE})
    feed.answers["fault_inject"] = Answer(False, {}, "it begins in the past")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("rehearsal"), "i")
        await until_on(pilot, FaultChoiceScreen)
        await until_shown(pilot, "wind_stow")
        await pilot.press("down", "down", "down", "enter")
        await until_on(pilot, FaultFormScreen)
        # ↓ runs through what a field may be, and goes to the next where it may be anything
        await pilot.press("down", "down", "tab", *"2031-08-20 05:00", "enter")
        await until_shown(pilot, "it begins in the past")
        feed.answers["fault_inject"] = Answer(True, {})
        await pilot.press(*["backspace"] * 16, "down", *"2 h", "enter")
        await until_gone(pilot, "Inject wind_stow")
        await until_shown(pilot, "wind_stow,antenna=dss-43,")

    operate(feed, play)
    stated = "wind_stow,antenna=dss-43,"
    assert [one[1] for one in feed.asked if one[0] == "fault_inject"] == [
        {"fault": f"{stated}from=2031-08-20T05:00:00Z", "reason": ""},
        {"fault": f"{stated}lasts_s=7200", "reason": ""},
    ]


def test_who_may_not_inject_is_not_offered_it() -> None:
    assert asked_by(steered(), "i") == []


def test_the_screen_follows_what_is_injected() -> None:
    feed = StillFeed(directed())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("rehearsal"))
        await until_shown(pilot, "Inject a fault")
        assert feed.wanted == {"faults"}
        feed.tell(directed(INJECTED[-1]))
        await until_shown(pilot, "asked for")
        feed.tell(directed(INJECTED[1]))
        await until_shown(pilot, "strikes")
        await until_gone(pilot, "asked for")

    operate(feed, play)
