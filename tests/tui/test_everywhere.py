"""What works on every screen: palette, log-book, hand-over, and that it says what is simulated."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from ops_tui.app import OperationsConsole
from ops_tui.feed import Answer
from ops_tui.panes import PANES
from tests.tui import pictures
from tests.tui.feeds import StillFeed
from tests.tui.playing import operate
from tests.tui.tabs import key_of
from tests.tui.waiting import until, until_shown


def still() -> StillFeed:
    return StillFeed(pictures.picture(alarms=pictures.LIVES))


@pytest.mark.parametrize("pane", [pane.NAME for pane in PANES])
def test_a_log_entry_is_written_from_any_screen(pane: str) -> None:
    feed = still()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(key_of(pane), "l", "enter")
        await until_shown(pilot, "an entry needs a text")
        await pilot.press(*"wheel 2 is warm", "enter")
        await until(
            pilot, lambda: ("log_entry", {"text": "wheel 2 is warm"}) in feed.asked, "the request"
        )

    operate(feed, play)


def test_the_palette_finds_a_screen_a_craft_and_a_key() -> None:
    async def play(pilot: Pilot[None]) -> None:
        tabs = pilot.app.query_one(TabbedContent)
        await pilot.press("ctrl+p", *"go to data")
        await until_shown(pilot, "Go to Data")
        await pilot.press("down", "enter")
        await until(pilot, lambda: tabs.active == "data", "the data")
        await pilot.press("ctrl+p", *"alarms of cube-polar")
        await until_shown(pilot, "Alarms of cube-polar")
        await pilot.press("down", "enter")
        await until_shown(pilot, "filter “cube-polar” shows 2")
        await pilot.press("ctrl+p", *"write into the")
        await pilot.press("escape")
        await pilot.press("ctrl+p", *"shelve")
        await until_shown(pilot, "Shelve the selected alarm")
        await pilot.press("down", "enter")
        await until_shown(pilot, "While it is shelved no bell rings")

    operate(still(), play)


def test_the_hand_over_is_shown_and_kept_as_a_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    feed = still()
    text = "# Hand-over of quickstart\n\nall quiet"
    told = {"since": "s", "until": "2031-08-20T14:12:33Z", "report": text}
    feed.answers["handover"] = Answer(True, told)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("H", "enter")
        await until_shown(pilot, "all quiet")
        await pilot.press("s")
        await until_shown(pilot, "written: ")
        await pilot.press("s")
        await until_shown(pilot, "NOT written")
        await pilot.press("p")
        await until(pilot, lambda: kept.with_suffix(".pdf").is_file(), "the PDF")

    kept = tmp_path / "handover-2031-08-20T141233Z.md"
    operate(feed, play)
    assert feed.asked == [("handover", {"last_s": 28_800.0})]
    assert kept.read_text() == text
    assert kept.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")


def test_a_refused_hand_over_says_why() -> None:
    feed = still()
    feed.answers["handover"] = Answer(False, {}, "obi may not watch")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("H", "enter")
        await until_shown(pilot, "obi may not watch")

    operate(feed, play)


@pytest.mark.parametrize(("simulated", "word"), [(True, "SIMULATED"), (False, "FLIGHT")])
def test_the_window_and_the_frame_say_whether_it_is_simulated(
    simulated: bool, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles: list[str] = []
    monkeypatch.setattr(OperationsConsole, "write_title", lambda _, title: titles.append(title))
    clock = {**pictures.status()["clock"], "simulated": simulated}
    feed = StillFeed(pictures.picture(clock=clock))

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: bool(titles) and word in titles[-1], "the title")
        assert pilot.app.screen.has_class("-simulated") == simulated

    operate(feed, play)
