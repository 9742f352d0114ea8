"""What the desks really tell is what the console reads: key by key, with nothing left unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.bus.wire import pack, unpack
from groundsys.mission.model import Mission
from groundsys.mission.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.values.instants import Instant
from groundsys.values.records import ParameterReading
from ops_tui.picture import Link, Picture, advance_picture, picture_from_status
from ops_tui.views.alarms import alarm_rows, event_rows
from ops_tui.views.clock import clock_view
from ops_tui.views.commands import board_view, story_view, waiting_commands
from ops_tui.views.contacts import Window, contact_rows, plan_line
from ops_tui.views.deliveries import customer_rows
from ops_tui.views.drafting import catalogue_rows, field_views, way_rows
from ops_tui.views.fleet import Freshness, fleet_view
from ops_tui.views.pass_console import pass_view
from ops_tui.views.plan_changes import contact_detail, proposal_view
from ops_tui.views.procedures import parameter_fields, procedure_rows, run_rows, run_view
from tests.desks.conftest import (  # noqa: F401 – fixtures
    MakeRoom,
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
def pictures(
    make_room: MakeRoom,  # noqa: F811
    mission: Mission,  # noqa: F811
    scenario: Scenario,  # noqa: F811
    plan: Plan,  # noqa: F811
) -> tuple[Picture, Picture]:
    """The picture by `status` and by live events, some way into the day's first pass."""
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
        assert otv.next_contact != "none planned"
        rows = contact_rows(picture, Window().zoomed(1))
        assert len({row.id for row in rows}) == len(rows) > 10
        assert not [row.id for row in rows if row.expected.text == "–"]
        line = plan_line(picture)
        assert line is not None
        assert line.version == "1"
        assert not [row.state.text for row in rows if row.state.text.startswith("?")]
        assert event_rows(picture)
        assert [row.id for row in customer_rows(picture)] == ["polar-weather", "tharsis-seismo"]
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
