"""How the console looks, in both sizes: nominal, alarm, stale, feed lost, and its dialogues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groundsys.bus.token_file import HeldToken
from ops_tui.app import OperationsConsole
from ops_tui.picture import Link, Picture
from tests.tui import pictures
from tests.tui.feeds import StillFeed
from tests.tui.tabs import key_of

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((160, 45), id="160x45")]
Compare = Callable[..., bool]


def console(picture: Picture, link: Link | None = None) -> OperationsConsole:
    return OperationsConsole(StillFeed(picture, link))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", ["fleet"])
def test_nominal(snap_compare: Compare, size: tuple[int, int], tab: str) -> None:
    assert snap_compare(console(pictures.picture()), press=[key_of(tab)], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", ["fleet"])
def test_alarm(snap_compare: Compare, size: tuple[int, int], tab: str) -> None:
    shown = pictures.picture(alarms=pictures.ALARMS)
    assert snap_compare(console(shown), press=[key_of(tab)], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_stale(snap_compare: Compare, size: tuple[int, int]) -> None:
    craft: dict[str, Any] = {
        "otv": pictures.craft(4_000.0, battery_percent=41.0),
        "cube-polar": pictures.craft(200_000.0, mode="HIBERNATE"),
    }
    shown = pictures.picture(fleet={"craft": craft})
    assert snap_compare(console(shown), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_feed_lost(snap_compare: Compare, size: tuple[int, int]) -> None:
    shown = pictures.picture(alarms=pictures.ALARMS)
    assert snap_compare(console(shown, Link("lost", 12)), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_before_the_first_word(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(Picture(), Link("connecting")), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_acknowledging(snap_compare: Compare, size: tuple[int, int]) -> None:
    shown = pictures.picture(alarms=pictures.ALARMS)
    press = [key_of("alarms"), "a", *"heater on"]
    assert snap_compare(console(shown), press=press, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console(pictures.picture()), press=["?"], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_log_in(snap_compare: Compare, size: tuple[int, int]) -> None:
    shown = OperationsConsole(StillFeed(pictures.picture()), seat=HeldToken())
    assert snap_compare(shown, press=[*"fay", "tab", *"secret"], terminal_size=size)
