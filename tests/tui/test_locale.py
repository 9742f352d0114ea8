"""The console in Japanese and in Japan's time: it can be changed while it runs."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot
from textual.widgets import TabbedContent

from groundsys.locales import Locale
from ops_tui.app import OperationsConsole
from ops_tui.picture import Picture
from tests.tui import pictures
from tests.tui.feeds import StillFeed
from tests.tui.tabs import key_of
from tests.tui.test_keys import operate
from tests.tui.waiting import screen_text, until, until_shown

JAPANESE = Locale("ja", "JST")
Compare = Callable[..., bool]


def console(picture: Picture) -> OperationsConsole:
    return OperationsConsole(StillFeed(picture), locale=JAPANESE)


def test_fleet(snap_compare: Compare) -> None:
    assert snap_compare(console(pictures.picture(alarms=pictures.ALARMS)))


def test_the_palette_changes_language_and_time_zone_where_one_is() -> None:
    async def play(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, OperationsConsole)
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
        await pilot.press(key_of("fleet"))
        await until(pilot, lambda: "there 08-20 23:12:33J" in screen_text(app), "a marked clock")

    operate(StillFeed(pictures.picture()), play)
