"""The console in Japanese and in Japan's time: it can be changed while it runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from groundsys.locales import Locale, reading
from ops_tui.app import OperationsConsole
from ops_tui.feed import Answer
from ops_tui.picture import Picture
from ops_tui.views.alarms import alarm_rows
from tests.tui import boards, pictures
from tests.tui.feeds import StillFeed
from tests.tui.playing import operate
from tests.tui.tabs import key_of
from tests.tui.waiting import screen_text, until, until_shown

JAPANESE = Locale("ja", "JST")
Compare = Callable[..., bool]


def console(picture: Picture) -> OperationsConsole:
    feed = StillFeed(picture)
    feed.answers["command_board"] = Answer(True, boards.BOARD)
    return OperationsConsole(feed, locale=JAPANESE)


@pytest.mark.parametrize("tab", ["fleet", "contacts", "pass", "commanding", "alarms", "help"])
def test_japanese(snap_compare: Compare, tab: str) -> None:
    shown = pictures.picture(alarms=pictures.LIVES, commands=boards.COMMANDS)
    assert snap_compare(console(shown), press=["?" if tab == "help" else key_of(tab)])


def test_alarms_are_found_by_the_words_of_either_language() -> None:
    shown = pictures.picture(alarms=pictures.ALARMS)
    with reading(JAPANESE):
        by_words = [alarm_rows(shown, word) for word in ("critical", "重大")]
        assert by_words[0] == by_words[1] != ()
        assert len(by_words[0]) < len(alarm_rows(shown))


def test_what_is_typed_is_utc_whatever_the_clocks_show() -> None:
    feed = StillFeed(pictures.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of("contacts"))
        await until_shown(pilot, "22:20J–02:40J")
        await pilot.press("b")
        await until_shown(pilot, "2031-08-20 17:40 ")  # the pass that is selected ends then

    operate(feed, play, Locale("en", "JST"))


def test_the_palette_changes_language_and_time_zone_where_one_is() -> None:
    async def play(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, OperationsConsole)
        await pilot.press(key_of("alarms"))
        await until_shown(pilot, "bell on")
        await pilot.press("b")
        await until_shown(pilot, "bell muted")
        await pilot.press(key_of("data"))
        await pilot.press("ctrl+p", *"language ja")
        await until_shown(pilot, "Language: 日本語")
        await pilot.press("down", "enter")
        await until_shown(pilot, "模擬")
        assert app.query_one(TabbedContent).active == "data"
        assert "2031-08-20 14:12:33 UTC" in screen_text(app)
        await pilot.press("ctrl+p", *"time zone jst")
        await until_shown(pilot, "時刻系：JST")
        await pilot.press("down", "enter")
        await until_shown(pilot, "2031-08-20 23:12:33 JST (14:12 UTC)")
        await pilot.press("ctrl+p", *"language en")
        await until_shown(pilot, "Language en")
        await pilot.press("down", "enter")
        await until_shown(pilot, "SIMULATED")
        await pilot.press(key_of("alarms"))
        await until_shown(pilot, "bell muted")
        await pilot.press(key_of("fleet"))
        await until(pilot, lambda: "there 08-20 23:12:33J" in screen_text(app), "a marked clock")

    operate(StillFeed(pictures.picture()), play)
