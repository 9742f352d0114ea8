"""What the desks really tell is what the console reads: key by key, with nothing left unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.bus.wire import pack, unpack
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.telemetry.live_values import topic_of
from groundsys.values.instants import Instant
from groundsys.values.records import ParameterReading
from ops_tui.picture import Link, Picture, advance_picture, picture_from_status
from ops_tui.views.alarms import alarm_rows, event_rows
from ops_tui.views.catalogue import page_shown, read_catalogue, search_shown
from ops_tui.views.clock import clock_view
from ops_tui.views.commands import board_view, story_view, waiting_commands
from ops_tui.views.contacts import Window, contact_rows, plan_line
from ops_tui.views.custody import (
    coming_rows,
    custody_rows,
    latency_line,
    retry_line,
    service_line,
)
from ops_tui.views.drafting import catalogue_rows, field_views, way_rows
from ops_tui.views.fleet import Freshness, fleet_view
from ops_tui.views.history import history_view
from ops_tui.views.pass_console import pass_view
from ops_tui.views.plan_changes import contact_detail, proposal_view
from ops_tui.views.procedure_run import run_view
from ops_tui.views.procedures import parameter_fields, procedure_rows, run_rows
from ops_tui.views.rehearsal import criterion_rows, rehearsal_lines
from ops_tui.views.telemetry import detail_text, value_row
from tests.desks.conftest import (  # noqa: F401 – fixtures
    MakeRoom,
    Room,
    first_plan,
    geometry,
    make_room,
    mission,
    plan,
    scenario,
)
from tests.desks.fake_world import FakeWorld
from tests.desks.people import token_of
from tests.tui import boards, procedures_told


@pytest.fixture
def flown(
    make_room: MakeRoom,  # noqa: F811
    mission: Mission,  # noqa: F811
    scenario: Scenario,  # noqa: F811
    plan: Plan,  # noqa: F811
) -> Room:
    """Desks some way into the day's first pass, with an alarm of each kind."""
    room = make_room()
    generated = Instant(plan.passes[0].start.tai_ns)
    for name, value in (
        ("obc_mode", "NOMINAL"),
        ("eps_battery_charge", 87.5),
        ("recorder_fill", 3.25),
    ):
        reading = ParameterReading(name, value, generated)
        room.yamcs.instances["otv"].readings[name] = reading
    world = FakeWorld(
        mission,
        room.yamcs,
        scenario.span.start,
        light_time_s=plan.passes[0].light_time_s,
        downlink_light_time_s=lambda antenna, receive_time: plan.passes[0].light_time_s,
        loses=lambda apid, number: False,
    )
    world.fly(room.desks, generated + timedelta(hours=2))
    alarms = room.desks.alarms
    alarms.tell("pass:otv-7", "otv", "pass otv-7", "warning", "missed")
    alarms.tell("feed:otv", "otv", "feed", "critical", "stale", lasts=True)
    alarms.tell("disk", "", "disk", "critical", "was full")
    told = {"reason": "by plan", "for_s": 3_600.0}
    ask(room, "alarm_shelve", alarm_id="ground:pass:otv-7", **told)
    ask(room, "alarm_assign", alarm_id="ground:feed:otv", to="ada")
    ask(room, "acknowledge_alarm", alarm_id="ground:feed:otv", comment="seen")
    return room


def ask(room: Room, verb: str, **arguments: Any) -> Any:
    """What an operator asks, as it goes over the wire."""
    token = token_of(room.desks, Role.OPERATOR)
    asked = unpack(pack({"verb": verb, "token": token, **arguments}))
    return unpack(pack(room.desks.handle(asked)))


@pytest.fixture
def pictures(flown: Room) -> tuple[Picture, Picture]:
    """The picture by `status` and by live events."""
    room = flown
    status = unpack(pack(room.desks.handle({"verb": "status"})))
    live = Picture()
    told = [(topic, event) for topic, event in room.publisher.last.items() if topic != "events"]
    for topic, event in (*told, *(("events", event) for event in room.publisher.events)):
        live = advance_picture(live, topic, unpack(pack(dict(event))))
    return picture_from_status(Picture(), status, frozenset({"pass_watch"})), live


def test_every_tab_has_what_it_needs(pictures: tuple[Picture, Picture]) -> None:
    for picture in pictures:
        otv = next(c for c in fleet_view(picture, Link("live")) if c.id == "otv")
        assert otv.freshness is not Freshness.NEVER
        shown = (otv.clock_here, otv.counter_there, otv.light_time, otv.last_received)
        assert "–" not in (*shown, otv.mode.text, otv.battery.text, otv.recorder.text)
        assert otv.command.text != "none yet"
        assert otv.next_with != "–"
        rows = contact_rows(picture, Window().zoomed(1))
        assert len({row.id for row in rows}) == len(rows) > 10
        assert not [row.id for row in rows if row.expected.text == "–"]
        line = plan_line(picture)
        assert line is not None
        assert line.version == "1"
        assert not [row.state.text for row in rows if row.state.text.startswith("?")]
        assert event_rows(picture)
        assert "quickstart" in clock_view(picture, Link("live")).scenario
        assert all(row.level.text[0] != "?" for row in alarm_rows(picture))


def test_the_pass_console_has_what_it_needs(pictures: tuple[Picture, Picture]) -> None:
    for picture in pictures:
        view = pass_view(picture, Link("live"), None)
        assert view is not None
        actual = {step.name: step.actual.text for step in view.steps}
        assert len(actual) == 7
        assert not [text for name, text in view.figures if "–" in text.text]
        assert len(view.margin_curve) == 25


def test_a_proposal_and_a_contact_read_as_the_desks_tell_them(
    make_room: MakeRoom,  # noqa: F811
    scenario: Scenario,  # noqa: F811
) -> None:
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    second = room.desks.passes.all[1]
    token = token_of(room.desks, Role.OPERATOR)

    def ask(verb: str, **arguments: object) -> dict[str, object]:
        answer = room.desks.handle({"verb": verb, "token": token, **arguments})
        found = unpack(pack(answer))
        assert isinstance(found, dict)
        return found

    view = proposal_view(ask("plan_propose", change="cancel", pass_id=second.id))
    (gone,) = (row for row in view.contacts if row.id == second.id)
    assert (gone.kind.text, gone.after) == ("✖ cancelled", "–")
    assert {row.customer for row in view.customers} == {"polar-weather", "tharsis-seismo"}
    assert "otv" in view.affected.text
    assert not [row.kind.text for row in view.contacts if row.kind.text.startswith("?")]
    for contact in (second.id, room.desks.relay.all[0].id):
        detail = contact_detail(ask("contact_show", contact=contact))
        assert detail.id == contact
        assert len(detail.lines) == 3
    outcome = ask("plan_confirm", proposal=view.token, reason="")
    assert outcome["version"] == 2


def test_alarms_of_every_state_are_told_as_they_are_read(pictures: tuple[Picture, Picture]) -> None:
    for picture in pictures:
        ours = {row.parameter: row for row in alarm_rows(picture) if row.id.startswith("ground:")}
        shelved = ours["pass otv-7"]
        assert shelved.standing.text == "◷ shelved 1 h"
        assert shelved.story.startswith("shelved by ada until 08-")
        assert shelved.story.endswith("“by plan”")
        seen = ours["feed"]
        assert (seen.standing.text, seen.assignee) == ("✔ ada", "ada")
        assert seen.story.startswith("in the hands of ada  ✔ ada 08-")
        assert seen.story.endswith("“seen”")
        latched = ours["disk"]
        assert (latched.spacecraft, latched.standing.text) == ("ground", "○ over, unseen")
        assert "–" not in latched.story


def test_custody_is_told_as_the_data_screen_reads_it(flown: Room) -> None:
    answer = ask(flown, "custody")
    assert [row.id for row in custody_rows(answer)] == ["polar-weather", "tharsis-seismo"]
    coming = [row for row in custody_rows(answer) for row in coming_rows(answer, row.id)]
    assert coming
    for row in coming:
        assert row.where
        assert row.next != "–"
    for customer in ("polar-weather", "tharsis-seismo"):
        for line in (service_line, latency_line, retry_line):
            assert "?" not in line(answer, customer).text


def test_a_rehearsal_is_told_as_its_screen_reads_it(
    flown: Room, pictures: tuple[Picture, Picture]
) -> None:
    for picture in pictures:
        lines = [line.text for line in rehearsal_lines(picture, Link("live"))]
        assert lines[0].startswith("SIMULATED: scenario quickstart")
        assert "as fast as it can" in lines[1]
    criteria = ask(flown, "rehearsal_standing")["criteria"]
    assert {"passes executed", "commands failed"} <= {row.id for row in criterion_rows(criteria)}


def test_the_clock_s_verbs_take_what_the_screen_sends(flown: Room) -> None:
    assert ask(flown, "clock_pause")["paused"] is True
    assert ask(flown, "clock_rate", rate=600.0)["rate_ceiling"] == 600.0
    assert ask(flown, "clock_rate", rate=None)["rate_ceiling"] is None
    assert ask(flown, "clock_resume")["paused"] is False


def test_log_and_hand_over_are_answered_as_the_console_reads_them(flown: Room) -> None:
    ask(flown, "log_entry", text="quiet")
    answer = ask(flown, "handover", last_s=28_800.0)
    assert answer["until"].endswith("Z")
    assert "| ada | quiet |" in answer["report"]


def test_telemetry_as_the_desks_tell_it_is_what_the_views_read(
    make_room: MakeRoom,  # noqa: F811
    scenario: Scenario,  # noqa: F811
) -> None:
    """What there is, the values of a craft that is followed, and the history of one of them."""
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    now = scenario.span.start
    made = now.plus_seconds(-60.0)
    for name, value, level in (
        ("obc_mode", "NOMINAL", ""),
        ("eps_battery_charge", 33.0, "warning"),
        ("eps_battery_voltage", 28.4, ""),
        ("eps_battery_current", -2.5, ""),
    ):
        one = ParameterReading(name, value, made, now, level)
        room.yamcs.instances["otv"].readings[name] = one
        room.yamcs.instances["otv"].histories[name] = [one]
    token = token_of(room.desks, Role.OPERATOR)

    def ask(verb: str, **arguments: object) -> dict[str, Any]:
        request = {"verb": verb, "token": token, **arguments}
        return dict(unpack(pack(room.desks.handle(request))))

    catalogue = read_catalogue(ask("telemetry_parameters"))
    topic = topic_of("otv")
    room.publisher.follow(topic)
    room.desks.advance(now, ())
    picture = picture_from_status(Picture(), ask("status"))
    picture = advance_picture(picture, topic, unpack(pack(dict(room.publisher.last[topic]))))
    for page in catalogue.pages:
        assert page_shown(catalogue, page, "otv").rows
    power = page_shown(catalogue, catalogue.pages[1], "otv")
    rows = {
        name: value_row(picture, Link("live"), catalogue, craft, name) for craft, name in power.rows
    }
    charge = rows["eps_battery_charge"]
    assert (charge.value.text, charge.limit.text) == ("33 %", "▲ warning")
    assert charge.age.text == "● live"
    assert rows["battery_power"].value.text == "-71 W"
    assert "received" in detail_text(picture, catalogue, "otv", "eps_battery_charge")
    assert search_shown(catalogue, "polar battery voltage").rows
    answer = ask(
        "telemetry_history",
        **{"spacecraft": "otv", "parameter": "eps_battery_charge", "points": 50},
        **{"from_ns": now.plus_seconds(-3600.0).tai_ns, "until_ns": now.tai_ns},
    )
    parameter = catalogue.parameter("otv", "eps_battery_charge")
    assert parameter is not None
    assert parameter.limits
    view = history_view("otv", parameter, answer)
    assert [value for curve in view.curves for _, value in curve] == [33.0]


def test_commands_as_the_desks_tell_them_are_those_of_the_screens(
    make_room: MakeRoom,  # noqa: F811
) -> None:
    room = make_room()
    token = token_of(room.desks, Role.OPERATOR)
    others = token_of(room.desks, Role.OPERATOR, "ben")

    def ask(verb: str, token: str = token, **asked: Any) -> dict[str, Any]:
        answer = room.desks.handle({"verb": verb, "token": token, **asked})
        told: dict[str, Any] = unpack(pack(answer))
        return told

    catalogue = ask("command_catalogue", spacecraft="otv")
    assert catalogue.keys() == boards.CATALOGUE.keys()
    assert catalogue["commands"][0].keys() == boards.CATALOGUE["commands"][0].keys()
    arguments = [one for each in catalogue["commands"] for one in each["arguments"]]
    assert arguments[0].keys() == boards.argument("x", "uint").keys()
    assert all(row.name for row in catalogue_rows(catalogue["commands"], ""))
    assert all(one.hint for one in field_views(arguments))

    foreseen = ask("command_foresee", spacecraft="cube-polar", command="PING")
    assert foreseen.keys() == boards.foreseen(boards.CATALOGUE["commands"][0]).keys()
    assert foreseen["way"].keys() == boards.way(0).keys()
    assert [row.name for row in way_rows(foreseen["way"], 0)] == [
        *("leaves", "at relay", "arrives", "executes", "known"),
    ]

    drafted = ask("command_draft", spacecraft="otv", command="SAFE_MODE")["command"]
    assert drafted.keys() >= boards.command(1, "PING", "queued").keys()
    board = ask("command_board")
    assert board.keys() == boards.BOARD.keys()
    for told in board["open"]:
        assert told.keys() >= boards.command(1, "PING", "queued").keys()
        assert told["hops"][0].keys() == boards.BOARD["open"][0]["hops"][0].keys()
    for whose, may_approve in ((token, False), (others, True)):
        status = unpack(pack(room.desks.handle({"verb": "status", "token": whose})))
        picture = picture_from_status(Picture(), status)
        assert waiting_commands(picture) == 1
        row = board_view(board, picture, Link("live")).rows[0]
        assert (row.id, row.may_approve) == (drafted["id"], may_approve)
        assert row.next.text.startswith("leaves")
    shown = ask("command_show", command_id=drafted["id"])
    assert shown["log"][0].keys() == boards.story(boards.BOARD["open"][0])["log"][0].keys()
    assert story_view(shown["command"], Picture()).hazard is not None


def test_procedures_as_the_desks_tell_them_are_those_of_the_screens(
    make_room: MakeRoom,  # noqa: F811
) -> None:
    room = make_room()
    token = token_of(room.desks, Role.OPERATOR)

    def ask(verb: str, **asked: Any) -> dict[str, Any]:
        answer = room.desks.handle({"verb": f"procedure_{verb}", "token": token, **asked})
        told: dict[str, Any] = unpack(pack(answer))
        return told

    run = ask("start", procedure="cruise-check-out")
    assert run.keys() == procedures_told.AT_GATE.keys()
    assert run["steps"][0].keys() == procedures_told.AT_GATE["steps"][0].keys()
    listed = ask("list")
    assert listed.keys() == procedures_told.LIST.keys()
    assert listed["runs"][0].keys() == procedures_told.LIST["runs"][0].keys()
    known = procedures_told.LIST["procedures"][0]
    for one in listed["procedures"]:
        assert one.keys() == known.keys()
        for standing in one["standing"]:
            assert standing.keys() == known["standing"][0].keys()
        for parameter in one["parameters"]:
            assert parameter.keys() == known["parameters"][0].keys()
        assert parameter_fields(one, craft=one["craft"]) or not one["parameters"]
    assert not [row.id for row in procedure_rows(listed) if row.rehearsal.text.startswith("?")]
    status = unpack(pack(room.desks.handle({"verb": "status", "token": token})))
    picture = picture_from_status(Picture(), status)
    assert picture.procedures.keys() == procedures_told.MOVING.keys()
    assert picture.procedures["runs"][0].keys() == procedures_told.MOVING["runs"][0].keys()
    [row] = run_rows(listed, picture)
    assert row.state.text[0] in "▶▲"
    view = run_view(run, picture, Link("live"))
    assert view.waits
    assert not [one for one in view.steps if one.sign.text == "?"]
