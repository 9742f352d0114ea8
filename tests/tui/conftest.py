"""Pictures of the console are taken once the screen stands still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from groundsys.locales import Locale, use_locale
from tests.tui.waiting import settle

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever a test's console spoke, the next one's speaks English."""
    yield
    use_locale(Locale())


@pytest.fixture
def snap_compare(snap_compare: Compare) -> Compare:
    """As the plug-in's, but each key waits until the screen shows what the one before has done."""

    def compare(
        app: App[Any],
        *,
        press: Iterable[str] = (),
        terminal_size: tuple[int, int] = (80, 24),
        run_before: Callable[[Pilot[Any]], Awaitable[None] | None] | None = None,
    ) -> bool:
        async def play(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            for key in press:
                await pilot.press(key)
                await settle(pilot)
            if run_before is not None and (played := run_before(pilot)) is not None:
                await played
            await settle(pilot)

        return snap_compare(app, run_before=play, terminal_size=terminal_size)

    return compare
