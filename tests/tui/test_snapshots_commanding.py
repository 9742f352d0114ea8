"""How commanding and procedures look, in both sizes: nominal, hazard, overdue, lost, dialogues."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from ops_tui.app import OperationsConsole
from ops_tui.feed import Answer
from ops_tui.picture import Link
from tests.tui import boards, pictures
from tests.tui import procedures_told as told
from tests.tui.feeds import StillFeed
from tests.tui.tabs import key_of
from tests.tui.waiting import until_shown

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((160, 45), id="160x45")]
Compare = Callable[..., bool]

TC, PROC = key_of("commanding"), key_of("procedures")
HAZARDOUS = next(one for one in boards.CATALOGUE["commands"] if one["hazardous"])


def feed() -> StillFeed:
    still = StillFeed(pictures.picture(commands=boards.COMMANDS, procedures=told.MOVING))
    still.answers |= {
        "command_board": Answer(True, boards.BOARD),
        "command_catalogue": Answer(True, boards.CATALOGUE),
        "command_foresee": Answer(True, boards.foreseen(HAZARDOUS)),
        "command_show": Answer(True, boards.story(boards.BOARD["ended"][1])),
        "procedure_list": Answer(True, told.LIST),
        "procedure_show": Answer(True, told.AT_GATE),
    }
    return still


async def until_still(pilot: Pilot[None], keys: list[str], shown: str) -> None:
    """Press keys, wait for what they bring about, and let no cursor blink."""
    if keys:
        await until_shown(pilot, "● feed live")
    for key in keys:
        await pilot.press(key)
    await until_shown(pilot, shown)
    for one in pilot.app.screen.query(Input):
        one.cursor_blink = False
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        pytest.param([TC, *["down"] * 3], "arrives 14:16:41", id="board"),
        pytest.param([TC], "CRITICAL", id="board-hazard"),
        pytest.param([TC, *["down"] * 2], "overdue", id="board-overdue"),
        pytest.param([TC, "n", *"heat"], "SET_HEATER_SETPOINT", id="search"),
        pytest.param([TC, "n", *"reset", "enter", "down"], "✔ checked", id="form"),
        pytest.param([TC, "a"], "type SAFE_MODE to confirm", id="approve"),
        pytest.param([TC, "s"], "written down (UTC)", id="story"),
        pytest.param([PROC], "▲ passed, stale", id="procedures"),
        pytest.param([PROC, *["down"] * 3, "s"], "Charge in %", id="procedure-start"),
        pytest.param([PROC, "o"], "· nothing yet", id="run"),
        pytest.param([PROC, "o", "g"], "Say go at this gate?", id="vote"),
    ],
)
def test_shown(snap_compare: Compare, size: tuple[int, int], keys: list[str], shown: str) -> None:
    app = OperationsConsole(feed())
    assert snap_compare(
        app, terminal_size=size, run_before=lambda pilot: until_still(pilot, keys, shown)
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("key", "shown"),
    [pytest.param(TC, "otv-0042", id="board"), pytest.param(PROC, "at a gate", id="procedures")],
)
def test_feed_lost(snap_compare: Compare, size: tuple[int, int], key: str, shown: str) -> None:
    still = feed()

    async def lose(pilot: Pilot[None]) -> None:
        await until_still(pilot, [key], shown)
        picture = pictures.picture(commands=boards.COMMANDS, procedures=told.MOVING)
        still.tell(picture, Link("lost", 12))
        await until_still(pilot, [], "✖ as of")

    assert snap_compare(OperationsConsole(still), terminal_size=size, run_before=lose)
