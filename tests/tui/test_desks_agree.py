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
from groundsys.telemetry.live_values import topic_of
from groundsys.values.instants import Instant
from groundsys.values.records import ParameterReading
from ops_tui.picture import Link, Picture, advance_picture, picture_from_status
from ops_tui.views.alarms import alarm_rows, event_rows
from ops_tui.views.catalogue import page_shown, read_catalogue, search_shown
from ops_tui.views.clock import clock_view
from ops_tui.views.deliveries import customer_rows
from ops_tui.views.fleet import Freshness, fleet_view
from ops_tui.views.history import history_view
from ops_tui.views.passes import pass_rows
from ops_tui.views.telemetry import detail_text, value_row
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
    return picture_from_status(Picture(), status), live


def test_every_tab_has_what_it_needs(pictures: tuple[Picture, Picture]) -> None:
    for picture in pictures:
        otv = next(c for c in fleet_view(picture, Link("live")) if c.id == "otv")
        assert otv.freshness is not Freshness.NEVER
        shown = (otv.clock_here, otv.counter_there, otv.light_time, otv.last_received)
        assert "–" not in (*shown, otv.mode.text, otv.battery.text, otv.recorder.text)
        rows = pass_rows(picture)
        assert len({row.id for row in rows}) == len(rows) > 10
        assert not [row.state.text for row in rows if row.state.text.startswith("?")]
        assert event_rows(picture)
        assert [row.id for row in customer_rows(picture)] == ["polar-weather", "tharsis-seismo"]
        assert "quickstart" in clock_view(picture, Link("live")).scenario
        assert all(row.level.text[0] != "?" for row in alarm_rows(picture))


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
