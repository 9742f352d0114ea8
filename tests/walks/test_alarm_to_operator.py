"""Walk 5: telemetry beyond a limit → Yamcs → alarm desk → store → console → acknowledged.

The operator's own command switched the polar cube's instrument off: its housekeeping says so, and
`payload_power` off is a warning.
"""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from groundsys.alarms import Alarm
from groundsys.values.instants import Instant
from groundsys.values.records import AlarmRecord
from ops_tui.app import OperationsConsole
from ops_tui.feed import Endpoints, LiveFeed
from tests.tui.tabs import key_of
from tests.tui.waiting import screen_text, until_gone, until_shown
from tests.walks.flown_day import FlownDay

CRAFT, PARAMETER = "cube-polar", "payload_power"


def stored_alarm(day: FlownDay) -> Alarm:
    with day.store() as store:
        [alarm] = [
            one
            for one in store.watch.alarms()
            if (one.spacecraft, one.parameter) == (CRAFT, PARAMETER)
        ]
    return alarm


def yamcs_alarm(day: FlownDay) -> AlarmRecord:
    [alarm] = [
        one for one in day.yamcs.alarms(day.mission.spacecraft[CRAFT]) if one.parameter == PARAMETER
    ]
    return alarm


def test_an_alarm_rises_from_telemetry_and_reaches_store_and_watchers(day: FlownDay) -> None:
    [executed] = day.truth(CRAFT, "command", name="PAYLOAD_POWER", outcome="completed")
    alarm = stored_alarm(day)
    assert (alarm.level, alarm.value) == ("warning", "OFF")
    assert alarm.cleared_at is None
    since_execution_s = alarm.since.seconds_since(Instant(executed["time_ns"]))
    assert -2.0 < since_execution_s < 180.0  # the next housekeeping but two, by the cube's clock
    assert yamcs_alarm(day).since == alarm.since

    raised = [
        snapshot
        for topic, snapshot in day.listener.heard
        if topic == "events" and snapshot["text"] == "payload_power is OFF: warning"
    ]
    assert [event["spacecraft"] for event in raised] == [CRAFT]
    standing = [
        {one["id"] for one in snapshot["alarms"]}
        for topic, snapshot in day.listener.heard
        if topic == "alarms"
    ]
    assert alarm.id not in standing[0]
    assert alarm.id in standing[-1]


def test_an_operator_sees_it_and_acknowledges_it_at_the_console(day: FlownDay) -> None:
    endpoints = day.run.endpoints("desks")
    standing = standing_alarms(day)
    waiting = sum(alarm.wants_somebody for alarm in standing)

    async def sit_at_the_console() -> None:
        emi = day.session_of("emi", "operator")
        feed = LiveFeed(lambda: Endpoints(endpoints["events"], endpoints["requests"]), emi)
        app = OperationsConsole(feed)
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await see_and_acknowledge(pilot, app, waiting, len(standing))

    asyncio.run(sit_at_the_console())
    confirmed = yamcs_alarm(day)
    assert confirmed.acknowledged
    assert confirmed.acknowledged_by == "emi"
    kept = stored_alarm(day)
    assert (kept.acknowledged, kept.acknowledged_by) == (True, "emi")
    assert kept.comment == "switched off by us"
    assert kept.acknowledged_at == day.flight.exchange.now


async def see_and_acknowledge(
    pilot: Pilot[None], app: OperationsConsole, waiting: int, standing: int
) -> None:
    await until_shown(pilot, "feed live")
    await until_shown(pilot, f"Alarms▲{waiting}")
    await pilot.press(key_of("alarms"))
    await until_shown(pilot, PARAMETER)
    for _ in range(standing - 1):
        if f"{CRAFT} {PARAMETER} = OFF" in screen_text(app):
            break
        await pilot.press("down")
    await until_shown(pilot, f"{CRAFT} {PARAMETER} = OFF, warning since")
    await until_shown(pilot, "press a to acknowledge")
    await pilot.press("a", *"switched off by us", "enter")
    await until_shown(pilot, "✔ emi")
    await until_shown(pilot, "“switched off by us”")
    await until_gone(pilot, f"Alarms▲{waiting}")
    await until_shown(pilot, f"{PARAMETER}: warning acknowledged by emi")


def standing_alarms(day: FlownDay) -> list[Alarm]:
    with day.store() as store:
        return [alarm for alarm in store.watch.alarms() if alarm.cleared_at is None]
