"""Telemetry by request: what there is of each craft, and how a number was over a span."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import AccessRefusedError, GroundsysError
from groundsys.values.instants import Instant, Interval
from groundsys.values.records import ParameterReading
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of
from tests.desks.test_clock_desk import tell_time

HOUR_S = 3600.0


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    return room


def ask(room: Room, verb: str, role: Role = Role.OPERATOR, **request: Any) -> dict[str, Any]:
    return room.desks.handle({"verb": verb, "token": token_of(room.desks, role), **request})


def history(room: Room, parameter: str, **changes: Any) -> dict[str, Any]:
    start = room.desks.room.now
    asked = {
        "spacecraft": "otv",
        "parameter": parameter,
        "from_ns": start.tai_ns,
        "until_ns": start.plus_seconds(HOUR_S).tai_ns,
        "points": 10,
    }
    return ask(room, "telemetry_history", **(asked | changes))


def archive(room: Room, name: str, *values: float, every_s: float = 60.0) -> None:
    start = room.desks.room.now
    room.yamcs.instances["otv"].histories[name] = [
        ParameterReading(name, value, start.plus_seconds(every_s * number))
        for number, value in enumerate(values)
    ]


def test_every_parameter_is_told_once_with_unit_limits_and_cadence(room: Room) -> None:
    told = ask(room, "telemetry_parameters")
    assert set(told["craft"]) == {craft.id for craft in room.desks.room.craft}
    model = told["models"][told["craft"]["otv"]["model"]]
    by_name = {
        one["name"]: (group["name"], one)
        for group in model["groups"]
        for one in group["parameters"]
    }
    assert sum(len(group["parameters"]) for group in model["groups"]) == len(by_name)
    group, charge = by_name["eps_battery_charge"]
    assert (group, charge["kind"], charge["unit"]) == ("EPS", "number", "%")
    assert (
        charge["cadence_s"]
        == room.desks.room.mission.spacecraft["otv"].model.packet("EPS").period_s
    )
    assert {"level": "watch", "minimum": 45.0, "maximum": None} in charge["limits"]
    assert by_name["obc_mode"][1]["kind"] == "label"
    assert by_name["battery_power"][0] == "DERIVED"
    assert "schedule_packet" not in by_name  # octets
    cube = told["models"][told["craft"]["cube-polar"]["model"]]
    names = {one["name"] for group in cube["groups"] for one in group["parameters"]}
    assert "battery_power" in names
    assert "wheel_speed_greatest" not in names


def test_pages_come_as_they_are_defined(room: Room) -> None:
    pages = {one["id"]: one for one in ask(room, "telemetry_parameters")["pages"]}
    defined = {one.id: one for one in room.desks.room.mission.pages}
    assert set(pages) == set(defined)
    assert pages["2-power"]["items"][0] == {"parameter": "eps_battery_charge", "show": "plot"}
    assert pages["1-fleet"]["scope"] == "fleet"


def test_history_has_the_peaks_in_event_time(room: Room) -> None:
    archive(room, "eps_battery_charge", *(99.0 if n == 7 else 50.0 for n in range(60)))
    told = history(room, "eps_battery_charge")
    assert sum(point[4] for point in told["points"]) == 60
    assert len(told["points"]) == 10
    assert max(point[3] for point in told["points"]) == 99.0
    craft = room.desks.room.mission.spacecraft["otv"]
    first = room.desks.clocks.event_time(craft, room.desks.room.now)
    assert told["points"][0][0] == first.tai_ns


def test_history_of_a_derived_value_is_made_of_what_was_stamped_together(room: Room) -> None:
    archive(room, "eps_battery_voltage", 28.0, 29.0, 30.0)
    archive(room, "eps_battery_current", 1.0, -2.0)
    told = history(room, "battery_power", points=100)
    assert [point[2] for point in told["points"]] == [28.0, -58.0]


def test_a_derived_history_that_would_take_too_long_is_refused(room: Room) -> None:
    until = room.desks.room.now.plus_seconds(400 * 86_400.0).tai_ns
    with pytest.raises(GroundsysError, match="too many") as caught:
        history(room, "battery_power", until_ns=until)
    assert "shorter" in caught.value.remedy


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"spacecraft": "otter"}, "no craft 'otter'"),
        ({"parameter": "eps_charge"}, "no parameter 'eps_charge'"),
        ({"parameter": "obc_mode"}, "no number"),
        ({"until_ns": 0}, "needs a span"),
        ({"points": 0}, "no number of points"),
        ({"points": 1_000_000}, "no number of points"),
    ],
)
def test_what_cannot_be_told_is_said(room: Room, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(GroundsysError, match=told):
        history(room, **({"parameter": "eps_battery_charge"} | changes))


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.PAYLOAD_OPERATOR, Role.PORTAL])
def test_who_may_not_watch_is_refused(room: Room, role: Role) -> None:
    for verb in ("telemetry_parameters", "telemetry_history"):
        with pytest.raises(AccessRefusedError):
            ask(room, verb, role)


def test_a_span_over_a_reset_is_two_stretches_of_the_craft_s_own_clock(
    make_room: MakeRoom, scenario: Scenario, geometry: Any
) -> None:
    room = make_room()
    start = scenario.span.start
    otv = room.desks.room.mission.spacecraft["otv"]
    since_epoch_s = start.seconds_since(otv.sclk_epoch)
    for n in range(1, 13):
        tell_time(room, geometry, start.plus_seconds(300.0 * n), 0.25)
    whole = Interval(start, start.plus_seconds(6_000.0))
    assert len(room.desks.clocks.stamps(otv, whole)) == 1
    for n in range(14, 20):
        tell_time(room, geometry, start.plus_seconds(300.0 * n), 5.0 - since_epoch_s)
    before, after = room.desks.clocks.stamps(otv, whole)
    assert before.start.seconds_since(start) == pytest.approx(0.25, abs=0.01)
    assert after.end.seconds_since(otv.sclk_epoch) == pytest.approx(6_005.0, abs=0.01)
    assert before.seconds + after.seconds == pytest.approx(6_000.0, abs=0.01)
    for stretch in (before, after):
        middle = Instant((stretch.start.tai_ns + stretch.end.tai_ns) // 2)
        assert whole.contains(room.desks.clocks.event_time(otv, middle))
