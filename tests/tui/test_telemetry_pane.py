"""The telemetry screen by keyboard, and over the bus: the truth changes, the screen follows."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from groundsys.bus.token_file import HeldToken
from groundsys.telemetry.live_values import topic_of
from ops_tui.feed import Answer, LiveFeed
from ops_tui.picture import Link
from ops_tui.widgets.history_plot import HistoryPlot
from ops_tui.widgets.values_table import ValuesTable
from tests.tui import pictures
from tests.tui import telemetry_pictures as telemetry
from tests.tui.desk import TOKEN, Desk
from tests.tui.playing import operate
from tests.tui.tabs import key_of
from tests.tui.test_snapshots_telemetry import POWER, TELEMETRY
from tests.tui.waiting import until, until_gone, until_shown

OTV = topic_of("otv")


def test_only_the_craft_on_the_screen_are_followed_and_only_while_they_are_seen() -> None:
    feed = telemetry.feed(telemetry.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(TELEMETRY)
        all_craft = {topic_of(one) for one in telemetry.PARAMETERS["craft"]}
        await until(pilot, lambda: feed.wanted == all_craft, "the whole fleet followed")
        await pilot.press("t", "end", "enter", "down", "enter")
        await until(pilot, lambda: feed.wanted == {OTV}, "the OTV alone followed")
        await pilot.press("right_square_bracket")
        cube = {topic_of("cube-polar")}
        await until(pilot, lambda: feed.wanted == cube, "the next craft followed")
        await pilot.press(key_of("fleet"))
        await until(pilot, lambda: not feed.wanted, "nobody followed")
        await pilot.press(TELEMETRY)
        await until(pilot, lambda: feed.wanted == cube, "followed again")

    operate(feed, play)


def test_of_a_long_list_only_the_craft_in_sight_are_followed() -> None:
    feed = telemetry.feed(pictures.picture())
    told = dict(telemetry.PARAMETERS)
    told["craft"] = {f"craft-{number:02d}": {"model": "cube"} for number in range(60)}
    feed.answers["telemetry_parameters"] = Answer(True, told)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(TELEMETRY)
        await until(pilot, lambda: topic_of("craft-00") in feed.wanted, "the first in sight")
        assert 10 < len(feed.wanted) < 20
        await pilot.press("end")
        await until(pilot, lambda: topic_of("craft-59") in feed.wanted, "the last in sight")
        assert topic_of("craft-00") not in feed.wanted

    operate(feed, play)


def test_a_plot_is_asked_for_of_what_is_under_the_cursor_and_goes_with_its_span() -> None:
    feed = telemetry.feed(telemetry.picture())

    def spans() -> list[tuple[str, float]]:
        asked = [one for verb, one in feed.asked if verb == "telemetry_history"]
        return [(one["parameter"], (one["until_ns"] - one["from_ns"]) / 1e9) for one in asked]

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(*POWER)
        plot = pilot.app.query_one(HistoryPlot)
        assert not plot.display  # there is no room for it, unless it is wanted
        assert not spans()
        await pilot.press("down", "p")
        await until(pilot, lambda: spans() == [("eps_battery_voltage", 6 * 3600.0)], "asked")
        assert plot.display
        await pilot.press("plus")
        await until(pilot, lambda: spans()[1:] == [("eps_battery_voltage", 86_400.0)], "asked")
        await pilot.press("p")
        await until(pilot, lambda: not plot.display, "no plot")
        await pilot.press("end", "up", "up", "enter")  # a label
        await until_shown(pilot, "nothing to plot")

    operate(feed, play)


def test_on_a_high_screen_a_page_s_plot_is_there_at_once() -> None:
    feed = telemetry.feed(telemetry.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(*POWER)
        await until_shown(pilot, "otv  eps_battery_charge  %")
        await until_shown(pilot, "▲ warning < 35")

    operate(feed, play, size=(160, 45))


def test_escape_leaves_the_search_for_the_page_of_before() -> None:
    feed = telemetry.feed(telemetry.picture())

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(*POWER)
        await until_shown(pilot, "otv  Power")
        await pilot.press("slash", *"polar mode", "enter")
        await until_shown(pilot, "2 found")
        assert isinstance(pilot.app.focused, ValuesTable)
        await pilot.press("escape")
        await until_shown(pilot, "otv  Power")

    operate(feed, play)


def test_a_feed_that_comes_back_leaves_tree_and_page_as_they_were() -> None:
    feed = telemetry.feed(telemetry.picture())

    def asked() -> int:
        return sum(verb == "telemetry_parameters" for verb, _ in feed.asked)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(*POWER, "t", "down", "enter")  # the subsystems' branch
        await until_shown(pilot, "EPS (5)")
        feed.tell(telemetry.picture(), Link("lost", 3))
        await until_shown(pilot, "FEED LOST")
        feed.tell(telemetry.picture())
        await until(pilot, lambda: asked() == 2, "asked again: it may be another ground segment")
        await until_gone(pilot, "FEED LOST")
        await until_shown(pilot, "EPS (5)")
        await until_shown(pilot, "otv  Power")

    operate(feed, play, size=(160, 45))


def test_who_may_not_watch_is_told_so() -> None:
    feed = telemetry.feed(telemetry.picture())
    feed.answers["telemetry_parameters"] = Answer(False, {}, "pia may not watch\n  remedy: ask")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press(TELEMETRY)
        await until_shown(pilot, "pia may not watch")

    operate(feed, play)


def test_the_screen_follows_the_truth_over_the_bus() -> None:
    with Desk(pictures.status()) as desk:
        desk.answers["telemetry_parameters"] = telemetry.PARAMETERS
        desk.answers["telemetry_history"] = telemetry.history()

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "feed live")
            await pilot.press(TELEMETRY)
            await until_shown(pilot, "Fleet at a glance")
            await pilot.press("t", "end", "enter", "down", "enter")
            await until_shown(pilot, "otv  Power")
            await until(pilot, lambda: OTV in desk.followed, "the craft's topic followed")
            desk.publish(OTV, telemetry.values_event("otv", telemetry.FRESH_S))
            await until_shown(pilot, "87.5 %")
            await until_shown(pilot, "● live")
            low = telemetry.values_event(
                *("otv", telemetry.FRESH_S - 60.0, {"eps_battery_charge": "warning"}),
                eps_battery_charge=33.0,
            )
            low["values"] = {"eps_battery_charge": low["values"]["eps_battery_charge"]}
            desk.publish(OTV, low)
            await until_shown(pilot, "33 %")
            await until_shown(pilot, "▲ warning")
            later = pictures.NOW.plus_seconds(3_600.0).tai_ns
            desk.truth["clock"] = desk.truth["clock"] | {"now_ns": later}
            desk.publish("clock")  # an hour passes, and nothing comes
            await until_gone(pilot, "● live")
            await until_shown(pilot, "◐ 1 h, 5.8 OWLT")
            await pilot.press(key_of("fleet"))
            await until(pilot, lambda: OTV not in desk.followed, "followed no more")

        operate(LiveFeed(lambda: desk.endpoints, HeldToken(TOKEN)), play)


def test_a_lost_feed_shows_nothing_as_live_and_says_since_when_it_stands() -> None:
    with Desk(pictures.status()) as desk:
        desk.answers["telemetry_parameters"] = telemetry.PARAMETERS
        endpoints = desk.endpoints

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "feed live")
            await pilot.press(*POWER)
            await until(pilot, lambda: OTV in desk.followed, "the craft's topic followed")
            desk.publish(OTV, telemetry.values_event("otv", telemetry.FRESH_S))
            await until_shown(pilot, "● live")
            await asyncio.to_thread(desk.__exit__, None, None, None)
            await until_shown(pilot, "stands as of 08-20 14:12:33")
            await until_gone(pilot, "● live")

        operate(LiveFeed(lambda: endpoints, HeldToken(TOKEN)), play)
