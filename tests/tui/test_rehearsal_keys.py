"""The simulated clock under an operator's hands; a flight's is under nobody's."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui import pictures
from tests.tui.feeds import StillFeed
from tests.tui.tabs import key_of
from tests.tui.test_keys import operate
from tests.tui.waiting import until_gone, until_shown


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


@pytest.mark.parametrize("key", ["p", "plus", "minus", "m"])
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
