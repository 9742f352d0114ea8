"""How the telemetry screen looks: nominal, out of limits, stale, feed lost, plot, tree, search."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from ops_tui.app import OperationsConsole
from ops_tui.picture import Link, Picture
from tests.tui import pictures
from tests.tui import telemetry_pictures as telemetry
from tests.tui.feeds import StillFeed
from tests.tui.tabs import key_of
from tests.tui.waiting import until_shown

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((160, 45), id="160x45")]
Size = tuple[int, int]
Compare = Callable[..., bool]

TELEMETRY = key_of("telemetry")
#: in the tree: to the OTV, open it, its first page
POWER = (TELEMETRY, "t", "end", "enter", "down", "enter")


def console(shown: Picture) -> tuple[OperationsConsole, StillFeed]:
    feed = telemetry.feed(shown)
    return OperationsConsole(feed), feed


@pytest.mark.parametrize("size", SIZES)
def test_nominal(snap_compare: Compare, size: Size) -> None:
    app, _ = console(telemetry.picture())
    assert snap_compare(app, press=POWER, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_limits_exceeded(snap_compare: Compare, size: Size) -> None:
    levels = {"eps_battery_charge": "warning", "obc_mode": "critical", "eps_load_power": "watch"}
    shown = telemetry.picture(
        levels=levels, eps_battery_charge=33.0, obc_mode="SAFE", eps_load_power=911.5
    )
    app, _ = console(shown)
    assert snap_compare(app, press=POWER, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_stale(snap_compare: Compare, size: Size) -> None:
    app, _ = console(telemetry.picture(9_000.0))
    assert snap_compare(app, press=POWER, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_feed_lost(snap_compare: Compare, size: Size) -> None:
    app, feed = console(telemetry.picture())

    async def lose(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "feed live")
        await pilot.press(*POWER)
        await until_shown(pilot, "otv  Power")
        feed.tell(telemetry.picture(), Link("lost", 12))
        await until_shown(pilot, "FEED LOST")

    assert snap_compare(app, run_before=lose, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_the_fleet_page_comes_first(snap_compare: Compare, size: Size) -> None:
    app, _ = console(telemetry.picture(levels={"obc_mode": "critical"}, obc_mode="SAFE"))
    assert snap_compare(app, press=[TELEMETRY], terminal_size=size)


def test_plot(snap_compare: Compare) -> None:
    app, _ = console(telemetry.picture())
    assert snap_compare(app, press=[*POWER, "p"], terminal_size=(80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_tree(snap_compare: Compare, size: Size) -> None:
    app, _ = console(telemetry.picture())
    assert snap_compare(app, press=[*POWER, "t", "down", "enter"], terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_search(snap_compare: Compare, size: Size) -> None:
    app, _ = console(telemetry.picture())
    press = [TELEMETRY, "slash", *"battery"]

    async def still(pilot: Pilot[None]) -> None:
        await until_shown(pilot, "feed live")
        pilot.app.query_one("#telemetry-search").cursor_blink = False  # type: ignore[attr-defined]
        await pilot.press(*press)

    assert snap_compare(app, run_before=still, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_before_the_desks_have_told_what_there_is(snap_compare: Compare, size: Size) -> None:
    app = OperationsConsole(StillFeed(pictures.picture(), Link("connecting")))
    assert snap_compare(app, press=[TELEMETRY], terminal_size=size)
