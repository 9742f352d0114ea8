"""The console at a real publisher and a real request socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from groundsys.bus.token_file import HeldToken
from groundsys.values.errors import EnvironmentLackError
from ops_tui.feed import PATIENCE_S, REPORT_EVERY_S, SILENCE_S, Endpoints, LiveFeed
from tests.tui import pictures
from tests.tui.desk import TOKEN, Desk
from tests.tui.playing import Play, operate
from tests.tui.tabs import key_of
from tests.tui.waiting import until, until_gone, until_shown


def watch(locate: Callable[[], Endpoints], play: Play) -> None:
    """Run a console at `locate` and play with it."""
    operate(LiveFeed(locate, HeldToken(TOKEN)), play, size=(120, 40))


def test_the_screen_follows_the_truth() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "battery 87 %")
            craft = desk.truth["fleet"]["craft"]
            changed = pictures.craft(760.0, battery_percent=41.0, mode="SAFE")
            desk.truth["fleet"] = {"craft": craft | {"otv": changed}}
            desk.publish("fleet")
            await until_shown(pilot, "battery 41 %")
            await until_shown(pilot, "mode SAFE")

        watch(lambda: desk.endpoints, play)


def test_an_event_reaches_the_list() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("alarms"))
            await until_shown(pilot, "lock acquired by usuda-64")
            event = {
                "time_ns": pictures.NOW.tai_ns,
                "spacecraft": "otv",
                "severity": "high",
                "text": "safe mode entered",
            }
            desk.truth["events"]["events"].append(event)
            desk.publish("events", event)
            await until_shown(pilot, "safe mode entered")

        watch(lambda: desk.endpoints, play)


def test_a_quiet_ground_segment_is_not_a_lost_one() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await until(pilot, lambda: desk.count("status") >= 4, "status asked in the silence")
            await until_shown(pilot, "feed live")

        watch(lambda: desk.endpoints, play)


def test_a_lost_feed_is_said_and_comes_back_at_its_old_address() -> None:
    with Desk(pictures.status()) as first:
        endpoints = first.endpoints

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "● live")
            await asyncio.to_thread(first.__exit__, None, None, None)
            await until_shown(pilot, "FEED LOST for")
            await until_gone(pilot, "● live")
            truth = pictures.status(fleet={"craft": {"otv": pictures.craft(1.0, mode="SAFE")}})
            with Desk(truth, events=endpoints.events, requests=endpoints.requests):
                await until_shown(pilot, "mode SAFE")
                await until_shown(pilot, "feed live")

        watch(lambda: endpoints, play)


def test_a_ground_segment_started_anew_is_found_elsewhere() -> None:
    with Desk(pictures.status()) as first, Desk(pictures.status()) as second:
        second.truth["clock"] = second.truth["clock"] | {"scenario": "second-day"}
        desks = [first]

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "quickstart")
            await asyncio.to_thread(first.__exit__, None, None, None)
            desks[0] = second
            await until_shown(pilot, "second-day")

        watch(lambda: desks[0].endpoints, play)


def test_an_event_that_cannot_be_read_is_said_and_survived() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "battery 87 %")
            desk.publish("events", {"text": "an event without a time"})
            await until_shown(pilot, "KeyError: 'time_ns'")
            await until_shown(pilot, "feed live")

        watch(lambda: desk.endpoints, play)


def test_a_ground_segment_that_is_down_announces_nothing() -> None:
    with Desk(pictures.status()) as desk:
        endpoints = desk.endpoints
        is_down = False
        asked = 0

        def locate() -> Endpoints:
            nonlocal asked
            asked += 1
            if is_down:
                raise EnvironmentLackError("no run here")
            return endpoints

        async def play(pilot: Pilot[None]) -> None:
            nonlocal is_down
            await until_shown(pilot, "feed live")
            is_down = True
            before = asked
            await asyncio.to_thread(desk.__exit__, None, None, None)
            await until(pilot, lambda: asked > before + 2, "asked where the desks are")
            await until_shown(pilot, "FEED LOST for")

        watch(locate, play)


def test_loss_is_shown_within_two_seconds() -> None:
    assert SILENCE_S + PATIENCE_S + REPORT_EVERY_S < 2.0


def test_acknowledging_reaches_the_desk_and_the_screen_shows_who_and_when() -> None:
    with Desk(pictures.status(alarms=pictures.ALARMS)) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("alarms"))
            await until_shown(pilot, "thermal_battery_temperature")
            await pilot.press("a", *"heater on", "enter")
            await until_shown(pilot, "✔ aiko")
            await until_shown(pilot, "✔ aiko 08-20 14:12:33  “heater on”")

        watch(lambda: desk.endpoints, play)
        assert [r for r in desk.requests if r["verb"] != "status"] == [
            {
                "verb": "acknowledge_alarm",
                "alarm_id": "cube-polar/heater/2",
                "token": TOKEN,
                "comment": "heater on",
            }
        ]


def test_a_session_that_is_over_is_told_and_another_one_taken_up() -> None:
    with Desk(pictures.status()) as desk:
        desk.shut_out = "the session of aiko is over\n  remedy: log in with `groundsys login`"

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "FEED LOST")
            await until_shown(pilot, "the session of aiko is over")
            desk.shut_out = ""
            await until_shown(pilot, "feed live")
            await until_gone(pilot, "the session of aiko is over")

        watch(lambda: desk.endpoints, play)


def test_a_console_that_only_hears_still_uses_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops_tui.feed.ASK_EVERY_S", 0.2)
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "feed live")
            asked = len(desk.requests)
            while len(desk.requests) < asked + 3:  # though there is no silence that would ask
                desk.publish("clock")
                await pilot.pause(0.02)

        watch(lambda: desk.endpoints, play)
    assert all(request["token"] == TOKEN for request in desk.requests)


def test_a_refused_acknowledgement_says_why() -> None:
    with Desk(pictures.status(alarms=pictures.ALARMS)) as desk:
        desk.refusal = "the alarm has gone already"

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("alarms"))
            await until_shown(pilot, "thermal_battery_temperature")
            await pilot.press("a", "enter")
            await until_shown(pilot, "NOT acknowledged")
            await until_shown(pilot, "the alarm has gone already")
            await until_shown(pilot, "waiting")

        watch(lambda: desk.endpoints, play)


def test_an_alarm_that_is_shelved_elsewhere_leaves_the_badge() -> None:
    with Desk(pictures.status(alarms=pictures.LIVES)) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("alarms"))
            await until_shown(pilot, "Alarms▲4")
            shelf = {
                "state": "shelved",
                "shelved_by": "mika",
                "shelved_until_ns": pictures.at("16:12"),
                "shelf_reason": "by plan",
            }
            desk.truth["alarms"] = {
                "alarms": [
                    {**one, **shelf} if one["id"] == "otv/mode/3" else one
                    for one in pictures.LIVES["alarms"]
                ]
            }
            desk.publish("alarms")
            await until_shown(pilot, "Alarms▲3")
            await until_shown(pilot, "2 shelved")

        watch(lambda: desk.endpoints, play)


def test_custody_follows_what_the_desks_answer_once_a_delivery_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ops_tui.panes.data.ASK_AT_MOST_EVERY_S", 0.0)
    with Desk(pictures.status()) as desk:
        desk.answers["custody"] = pictures.CUSTODY

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("data"))
            await until_shown(pilot, "weather-000010.dat")
            told = pictures.CUSTODY["customers"]["polar-weather"]
            home = {
                **told,
                "files": [],
                "places": pictures.CUSTODY["customers"]["tharsis-seismo"]["places"],
            }
            desk.answers["custody"] = {
                "now_ns": pictures.NOW.tai_ns,
                "customers": {"polar-weather": home},
            }
            desk.truth["deliveries"] = {**pictures.DELIVERIES, "recent": []}
            desk.publish("deliveries")
            await until_gone(pilot, "weather-000010.dat")
            await until_gone(pilot, "tharsis-seismo")

        watch(lambda: desk.endpoints, play)


def test_a_clock_that_somebody_stops_stands_on_every_screen() -> None:
    with Desk(pictures.status()) as desk:
        desk.answers["rehearsal_standing"] = {"criteria": pictures.CRITERIA}

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("rehearsal"))
            await until_shown(pilot, "the clock goes ×312")
            await until_shown(pilot, "passes missed")
            desk.truth["clock"] = {**desk.truth["clock"], "paused": True, "rate": 0.0}
            desk.publish("clock")
            await until_shown(pilot, "the clock stands")
            await pilot.press("1")
            await until_shown(pilot, "UTC  paused")

        watch(lambda: desk.endpoints, play)
