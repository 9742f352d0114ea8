"""Reading the screen, and waiting for what it is to show."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from ops_tui.app import OperationsConsole

#: wall seconds after which a test gives up
PATIENCE_S = 30.0

#: so many pictures alike, and the screen stands still
_ALIKE = 2


#: width of a character in Textual's screenshots, in their own units
_CHARACTER_WIDTH = 12.2
_TEXT = re.compile(r'<text [^>]*? x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


def screen_text(app: OperationsConsole) -> str:
    """The characters on the screen, one line a row, its spaces plain."""
    rows: dict[float, str] = {}
    for x, y, text in _TEXT.findall(app.export_screenshot()):
        row = rows.get(float(y), "").ljust(round(float(x) / _CHARACTER_WIDTH))
        rows[float(y)] = row + html.unescape(text)
    return "\n".join(rows[y] for y in sorted(rows)).replace("\xa0", " ")


async def until(pilot: Pilot[None], condition: Callable[[], bool], wanted: str) -> None:
    """Let the console work until `condition` holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"never came: {wanted}"
        await pilot.pause(0.02)


async def until_shown(pilot: Pilot[None], text: str) -> None:
    app = pilot.app
    assert isinstance(app, OperationsConsole)
    await until(pilot, lambda: text in screen_text(app), f"{text!r} on the screen")


async def until_on(pilot: Pilot[None], screen: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, screen), screen.__name__)


async def until_gone(pilot: Pilot[None], text: str) -> None:
    app = pilot.app
    assert isinstance(app, OperationsConsole)
    await until(pilot, lambda: text not in screen_text(app), f"{text!r} gone from the screen")


async def settle(pilot: Pilot[Any]) -> None:
    """Let the console work until its screen stands still; a cursor's blinking is stopped."""
    deadline, alike, before = time.monotonic() + PATIENCE_S, 0, ""
    while alike < _ALIKE:
        assert time.monotonic() < deadline, "the screen never stood still"
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()
        shown = pilot.app.export_screenshot()
        alike = alike + 1 if shown == before else 0
        before = shown
