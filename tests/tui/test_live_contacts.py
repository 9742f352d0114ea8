"""Fleet, contacts and pass console at real sockets: the truth changes, and the screens follow."""

from __future__ import annotations

import copy

from textual.pilot import Pilot

from tests.tui import pictures
from tests.tui.desk import Desk
from tests.tui.tabs import key_of
from tests.tui.test_live import watch
from tests.tui.waiting import until, until_gone, until_shown


def test_a_row_of_the_fleet_follows_its_craft() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "▶ radiated SET_HOUSEKEEPING_PERIOD")
            craft = copy.deepcopy(desk.truth["fleet"]["craft"])
            craft["otv"]["last_command"]["state"] = "completed"
            craft["otv"]["lock"] = False
            craft["otv"]["next_contact"] = {
                "id": "pass-005", "with": "dss-14",
                "start_ns": pictures.at("15:00"), "end_ns": pictures.at("17:00"),
            }  # fmt: skip
            desk.truth["fleet"] = {"craft": craft}
            desk.publish("fleet")
            await until_shown(pilot, "✔ completed SET_HOUSEKEEPING_PERIOD")
            await until_shown(pilot, "next 47 min")
            await until_gone(pilot, "▲ usuda-64")

        watch(lambda: desk.endpoints, play)


def test_a_contact_goes_from_planned_to_its_verdict() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("contacts"))
            await until_shown(pilot, "▶ locked")
            passes = copy.deepcopy(desk.truth["passes"])
            passes["passes"][3] |= {"state": "closed", "verdict": "degraded", "frames": 901}
            desk.truth["passes"] = passes
            desk.publish("passes")
            await until_gone(pilot, "▶ locked")
            await until_shown(pilot, "901")
            desk.truth["plan"] = pictures.PLAN_IN_TROUBLE
            desk.publish("plan")
            await until_shown(pilot, "! conflict")
            await until_shown(pilot, "▲ 2 not met")

        watch(lambda: desk.endpoints, play)


def test_the_pass_console_follows_the_antenna() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("pass"))
            await until_shown(pilot, "54.1 dBHz")
            weak = pictures.watched(c_n0_dbhz=51.5, frames_good=1_024, frames_bad=3)
            desk.truth["pass_watch"] = {"passes": {"pass-004": weak}}
            desk.publish("pass_watch")
            await until_shown(pilot, "▼ 51.5 dBHz")
            await until_shown(pilot, "1 024 good, ✖ 3 bad")

        watch(lambda: desk.endpoints, play)


def test_what_happened_to_a_pass_while_nobody_looked_is_caught_up() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("pass"))
            await until_shown(pilot, "54.1 dBHz")
            await pilot.press("1")
            await until_shown(pilot, "SCLK")
            # not followed now: nobody tells the console
            desk.truth["pass_watch"] = {"passes": {"pass-004": pictures.watched(c_n0_dbhz=52.9)}}
            asked = desk.count("status")
            await pilot.press(key_of("pass"))
            await until_shown(pilot, "52.9 dBHz")
            await until(pilot, lambda: desk.count("status") > asked, "status asked")

        watch(lambda: desk.endpoints, play)


def test_a_change_is_proposed_confirmed_and_seen() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("contacts"), "ctrl+end", "c")
            await until_shown(pilot, "✖ cancelled")
            await pilot.press(*"storm", "enter")
            await until_shown(pilot, "plan 5 is flown")
            await until_shown(pilot, "malargue → otv")
            await until_gone(pilot, "dss-14 → otv")

        watch(lambda: desk.endpoints, play)
        confirmed = [one for one in desk.requests if one["verb"] == "plan_confirm"]
        assert [(one["proposal"], one["reason"]) for one in confirmed] == [("cafe0123", "storm")]


def test_a_confirmation_of_what_has_changed_meanwhile_is_refused_on_the_screen() -> None:
    with Desk(pictures.status()) as desk:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press(key_of("contacts"), "ctrl+end", "c")
            await until_shown(pilot, "✖ cancelled")
            desk.refusal = "the plan has changed since this was shown"
            desk.truth["plan"] = {**pictures.PLAN, "version": 9}
            desk.publish("plan")
            await until_shown(pilot, "The plan is version 9 now")
            await pilot.press("enter")
            await until_shown(pilot, "NOT Cancel pass-005")
            await until_shown(pilot, "dss-14 → otv")

        watch(lambda: desk.endpoints, play)
