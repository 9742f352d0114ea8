"""How fleet, contacts and pass console look, in both sizes and in every state."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from ops_tui.picture import Link, Picture
from tests.tui import pictures
from tests.tui.tabs import key_of
from tests.tui.test_snapshots import SIZES, Compare, console

OPEN = {
    "contacts": [key_of("contacts")],
    "pass": [key_of("pass")],
    "why": [key_of("contacts"), "w"],
    "week": [key_of("contacts"), "minus", "minus", "right"],
    "shift": [key_of("contacts"), "ctrl+end", "s"],
    "book": [key_of("contacts"), "b"],
    "cancel": [key_of("contacts"), "ctrl+end", "c"],
}
SCREENS = ["contacts", "pass"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", list(OPEN))
def test_nominal(snap_compare: Compare, size: tuple[int, int], screen: str) -> None:
    app = console(pictures.picture())

    async def open_it(pilot: Pilot[None]) -> None:
        await pilot.press(*OPEN[screen])
        await pilot.pause()
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False

    assert snap_compare(app, run_before=open_it, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", [*SCREENS, "why"])
def test_alarm(snap_compare: Compare, size: tuple[int, int], screen: str) -> None:
    weak = pictures.watched(c_n0_dbhz=50.1, frames_bad=31, losses_of_lock=2)
    shown = pictures.picture(
        alarms=pictures.ALARMS,
        plan=pictures.PLAN_IN_TROUBLE,
        pass_watch={"passes": {"pass-004": weak}},
    )
    assert snap_compare(console(shown), press=OPEN[screen], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_stale(snap_compare: Compare, size: tuple[int, int], screen: str) -> None:
    """The craft is silent: an antenna still looks for it."""
    fleet = {"craft": {"otv": pictures.craft(40_000.0, battery_percent=41.0)}}
    steps = [
        step | {"actual_ns": None if step["step"] != "configure" else step["actual_ns"]}
        for step in pictures.watched()["steps"]
    ]
    silent: dict[str, Any] = pictures.watched(
        state="searching", c_n0_dbhz=None, lock_since_ns=None, frames_good=0, frames_corrected=0,
        bytes=0, steps=steps, uplink=False,
    )  # fmt: skip
    shown = pictures.picture(fleet=fleet, pass_watch={"passes": {"pass-004": silent}})
    assert snap_compare(console(shown), press=OPEN[screen], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_feed_lost(snap_compare: Compare, size: tuple[int, int], screen: str) -> None:
    app = console(pictures.picture(), Link("lost", 12))
    assert snap_compare(app, press=OPEN[screen], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_before_the_first_word(snap_compare: Compare, size: tuple[int, int], screen: str) -> None:
    app = console(Picture(), Link("connecting"))
    assert snap_compare(app, press=OPEN[screen], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_sixty_craft(snap_compare: Compare, size: tuple[int, int]) -> None:
    craft = {f"cube-{number:02d}": pictures.craft(300.0 * number) for number in range(60)}
    app = console(pictures.picture(fleet={"craft": craft}))
    assert snap_compare(app, press=["pagedown"], terminal_size=size)
