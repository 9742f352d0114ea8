"""What the desks really tell is what the console reads: key by key, with nothing left unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groundsys.bus.wire import pack, unpack
from groundsys.mission.model import Mission
from groundsys.mission.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.values.instants import Instant
from groundsys.values.records import ParameterReading
from ops_tui.picture import Link, Picture, advance_picture, picture_from_status
from ops_tui.views.alarms import alarm_rows, event_rows
from ops_tui.views.clock import clock_view
from ops_tui.views.fleet import Freshness, fleet_view
from ops_tui.views.passes import pass_rows
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
        assert "quickstart" in clock_view(picture, Link("live")).scenario
        assert all(row.level.text[0] != "?" for row in alarm_rows(picture))
