"""What an operator does about alarms by keyboard, and the bell."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from ops_tui.app import OperationsConsole
from ops_tui.panes.alarms import AlarmsPane
from ops_tui.picture import Link
from ops_tui.widgets.rows_table import RowsTable
from tests.tui import pictures
from tests.tui.feeds import StillFeed
from tests.tui.playing import operate
from tests.tui.tabs import key_of
from tests.tui.waiting import until, until_gone, until_shown

ALARMS = key_of("alarms")


def of_all_states(link: Link | None = None) -> StillFeed:
    return StillFeed(pictures.picture(alarms=pictures.LIVES), link)


async def choose(pilot: Pilot[None], alarm: str) -> None:
    await pilot.press(ALARMS)
    pilot.app.query_one("#alarms-table", RowsTable).select(alarm)
    await pilot.pause()


def test_shelving_asks_for_a_reason_and_an_end() -> None:
    feed = of_all_states()

    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "otv/mode/3")
        await pilot.press("s", "enter")
        await until_shown(pilot, "a reason is needed")
        await pilot.press(*"by plan", "tab", "ctrl+u", *"soon", "enter")
        await until_shown(pilot, "write a span of time")
        await pilot.press("ctrl+u", *"90 min", "enter")
        await until(pilot, lambda: bool(feed.asked), "the request")

    operate(feed, play)
    asked = {"alarm_id": "otv/mode/3", "reason": "by plan", "for_s": 5_400.0}
    assert feed.asked == [("alarm_shelve", asked)]


def test_a_shelved_one_is_taken_back_and_not_shelved_again() -> None:
    feed = of_all_states()

    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "cube-polar/payload/7")
        await until_shown(pilot, "Unshelve")
        await until_gone(pilot, "s Shelve")
        await pilot.press("s", "u")
        await until(pilot, lambda: bool(feed.asked), "the request")

    operate(feed, play)
    assert feed.asked == [("alarm_unshelve", {"alarm_id": "cube-polar/payload/7"})]


def test_what_is_over_is_cleared_with_a_comment() -> None:
    feed = of_all_states()

    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "ground:yamcs")
        await until_shown(pilot, "Clear")
        await pilot.press("c", *"seen", "enter")
        await until(pilot, lambda: bool(feed.asked), "the request")

    operate(feed, play)
    assert feed.asked == [("alarm_clear", {"alarm_id": "ground:yamcs", "comment": "seen"})]


def test_an_alarm_is_given_to_somebody_and_by_default_to_oneself() -> None:
    feed = of_all_states()

    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "otv/mode/3")
        await pilot.press("g", "enter")
        await choose(pilot, "otv/link/4")
        await pilot.press("g", "ctrl+u", "enter")
        await until(pilot, lambda: len(feed.asked) == 2, "both requests")

    operate(feed, play)
    assert feed.asked == [
        ("alarm_assign", {"alarm_id": "otv/mode/3", "to": "aiko"}),
        ("alarm_assign", {"alarm_id": "otv/link/4", "to": ""}),
    ]


def test_who_may_only_look_is_offered_nothing_of_it() -> None:
    observer = {"name": "obi", "role": "observer", "customer": "", "may": ["look", "watch"]}
    feed = StillFeed(pictures.picture(alarms=pictures.LIVES, asker=observer))

    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "otv/mode/3")
        for offered in ("Acknowledge", "Shelve", "Assign", "Log"):
            await until_gone(pilot, offered)
        await pilot.press("a", "s", "g", "l")
        assert len(pilot.app.screen_stack) == 1

    operate(feed, play)
    assert not feed.asked


@pytest.mark.parametrize("key", ["a", "s", "g"])
def test_nothing_is_asked_on_a_lost_feed(key: str) -> None:
    feed = of_all_states(Link("lost", 4))

    async def play(pilot: Pilot[None]) -> None:
        await choose(pilot, "otv/mode/3")
        await pilot.press(key)
        await until_shown(pilot, "the feed is lost")
        assert len(pilot.app.screen_stack) == 1

    operate(feed, play)
    assert not feed.asked


def test_the_filter_narrows_the_list_and_escape_widens_it() -> None:
    async def play(pilot: Pilot[None]) -> None:
        table = pilot.app.query_one("#alarms-table", RowsTable)
        await pilot.press(ALARMS, "slash", *"polar wait", "enter")
        await until(pilot, lambda: table.row_count == 1, "one row")
        await until_shown(pilot, "filter “polar wait” shows 1")
        await pilot.press("escape")
        await until(pilot, lambda: table.row_count == 6, "all rows")

    operate(of_all_states(), play)


def _with(alarm: dict[str, Any]) -> dict[str, Any]:
    return {"alarms": [*pictures.ALARMS["alarms"], alarm]}


NEW = {**pictures.LIVES["alarms"][-1], "id": "ground:disk", "parameter": "disk"}


@pytest.mark.parametrize(
    ("alarm", "is_muted", "rings"),
    [
        (NEW, False, 1),
        (NEW, True, 0),
        ({**NEW, "level": "warning"}, False, 0),
        ({**NEW, "state": "shelved"}, False, 0),
        ({**NEW, "state": "acknowledged"}, False, 0),
    ],
)
def test_the_bell_rings_for_a_new_critical_one_that_nobody_has_seen(
    alarm: dict[str, Any], is_muted: bool, rings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(OperationsConsole, "bell", lambda _: rung.append(1))
    feed = StillFeed(pictures.picture(alarms=pictures.ALARMS))

    async def play(pilot: Pilot[None]) -> None:
        await pilot.pause()
        assert not rung  # it stood when the console was opened
        if is_muted:
            await pilot.press(ALARMS, "b")
            await until_shown(pilot, "bell muted")
            await pilot.press("1")
        assert pilot.app.query_one(AlarmsPane).is_muted == is_muted
        for _ in range(2):
            feed.tell(pictures.picture(alarms=_with(alarm)))
            await pilot.pause()

    operate(feed, play)
    assert len(rung) == rings
