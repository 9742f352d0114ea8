"""How the alarm screen and its dialogues look."""

from __future__ import annotations

import pytest

from ops_tui.picture import Link
from tests.tui import pictures
from tests.tui.tabs import key_of
from tests.tui.test_snapshots import SIZES, Compare, console

KEY = key_of("alarms")
LIVES = pictures.picture(alarms=pictures.LIVES)


@pytest.mark.parametrize("size", SIZES)
def test_nominal(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(pictures.picture()), press=[KEY], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_every_state(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(LIVES), press=[KEY], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_feed_lost(snap_compare: Compare, size: tuple[int, int]) -> None:
    shown = console(LIVES, Link("lost", 12))
    assert snap_compare(shown, press=[KEY, *["down"] * 4], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_shelving(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(LIVES), press=[KEY, "s", *"by plan"], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_filtered(snap_compare: Compare, size: tuple[int, int]) -> None:
    press = [KEY, "slash", *"polar", "enter"]
    assert snap_compare(console(LIVES), press=press, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_log_book(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(LIVES), press=["l", *"quiet"], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_palette(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(LIVES), press=["ctrl+p", *"alarms"], terminal_size=size)
