"""Sitting at a console for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from groundsys.locales import Locale
from ops_tui.app import OperationsConsole
from ops_tui.feed import Feed
from ops_tui.rehearser import Rehearser
from tests.tui.waiting import until_shown

Play = Callable[[Pilot[None]], Awaitable[None]]


def operate(
    feed: Feed,
    play: Play,
    locale: Locale | None = None,
    *,
    rehearser: Rehearser | None = None,
    size: tuple[int, int] = (80, 24),
) -> None:
    """Run a console on `feed`, and play with it."""

    async def run() -> None:
        app = OperationsConsole(feed, rehearser, locale)
        async with app.run_test(size=size, notifications=True) as pilot:
            await play(pilot)

    asyncio.run(run())


def at_screen(key: str, shown: str, play: Play) -> Play:
    """The same, once the screen behind `key` is open and shows these words."""

    async def opened(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await until_shown(pilot, shown)
        await play(pilot)

    return opened
