"""The custody desk: what is where during a day, whose part each may see, and the alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.custody import PLACES
from groundsys.desks.delivery.custody_book import fact_of_files, tell_book
from groundsys.geometry import Geometry
from groundsys.mission import load_scenario
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from groundsys.store import FileRecord, Store
from groundsys.values.errors import AccessRefusedError
from groundsys.values.records import ParameterReading
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of
from tests.desks.test_day import make_world

POLAR, SEISMO = "polar-weather", "tharsis-seismo"


def custody(room: Room, by: Role = Role.OPERATOR, **arguments: Any) -> dict[str, Any]:
    token = token_of(room.desks, by)
    return room.desks.handle({"verb": "custody", "token": token, **arguments})


def test_a_day_of_files_is_followed_hop_by_hop(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    start = scenario.span.start
    world.fly(room.desks, start + timedelta(minutes=65))
    [first] = custody(room, customer=POLAR)["customers"][POLAR]["files"]
    # the station closes a file an hour; nothing has been heard of it, and the plan says when
    assert (first["number"], first["place"], first["name"]) == (1, "cube", "")
    assert not first["size_is_known"]
    relayed, published = (first["hops"][hop]["predicted_ns"] for hop in ("relayed", "published"))
    session = next(one for one in plan.relay_sessions if one.spacecraft == "cube-polar")
    assert session.start.tai_ns < relayed < published
    assert relayed < session.end.tai_ns

    world.fly(room.desks, session.end + timedelta(minutes=3))
    places = custody(room)["customers"][POLAR]["places"]
    assert places["pass"]["octets"] + places["product"]["octets"] > 0

    world.fly(room.desks, scenario.span.end)
    told = custody(room)["customers"][POLAR]
    made = {one.transaction: one for one in world.files["cube-polar"]}
    home = {one["number"]: one for one in told["files"] if one["place"] == "product"}
    assert {number: one["octets"] for number, one in home.items() if number in made} == {
        number: len(one.content) for number, one in made.items()
    }
    for one in home.values():
        times = [one["hops"][hop]["actual_ns"] for hop in ("received", "archived", "published")]
        assert None not in times
        assert times == sorted(times)
    # octets by place add up, customer by customer
    for customer in custody(room)["customers"].values():
        whole = sum(one["octets"] for one in customer["files"])
        assert whole == sum(customer["places"][place]["octets"] for place in PLACES)
        assert len(customer["files"]) == sum(customer["places"][p]["files"] for p in PLACES)


def test_a_customer_sees_its_own_part_and_learns_of_no_other(
    make_room: MakeRoom, scenario: Scenario
) -> None:
    room = make_room()
    room.desks.advance(scenario.span.start, [])
    assert set(custody(room)["customers"]) == {POLAR, SEISMO}
    assert set(custody(room, Role.PORTAL, customer=SEISMO)["customers"]) == {SEISMO}
    own = custody(room, Role.PAYLOAD_OPERATOR)
    assert set(own["customers"]) == {POLAR}
    refusals = []
    for other in (SEISMO, "nobody-at-all"):
        with pytest.raises(AccessRefusedError) as refused:
            custody(room, Role.PAYLOAD_OPERATOR, customer=other)
        refusals.append(str(refused.value))
    assert refusals[0] == refusals[1]  # whether there is such a customer is not told
    with pytest.raises(AccessRefusedError, match="there is no customer"):
        custody(room, customer="nobody-at-all")
    with pytest.raises(AccessRefusedError, match="may not see custody"):
        custody(room, Role.ANONYMOUS)


def test_what_the_cube_says_of_its_files_goes_before_its_schedule(
    make_room: MakeRoom, scenario: Scenario
) -> None:
    room = make_room()
    now = scenario.span.start + timedelta(hours=3)
    room.desks.advance(now, [])
    numbers = [one["number"] for one in custody(room)["customers"][POLAR]["files"]]
    assert numbers == [1, 2]
    readings = room.yamcs.instances["cube-polar"].readings
    readings["payload_file_sequence"] = ParameterReading("payload_file_sequence", 6, now)
    readings["payload_power"] = ParameterReading("payload_power", "OFF", now)
    room.desks.custody.work()
    numbers = [one["number"] for one in custody(room)["customers"][POLAR]["files"]]
    assert numbers == [1, 2, 3, 4, 5]
    later = make_room(yamcs=room.yamcs, start=now + timedelta(hours=5))  # killed, and off since
    later.desks.advance(now + timedelta(hours=5), [])
    assert len(custody(later)["customers"][POLAR]["files"]) == 5


def test_a_service_level_is_alarmed_once_and_withdrawn_when_it_is_met(
    make_room: MakeRoom, mission: Mission, scenario: Scenario
) -> None:
    room = make_room()
    now = scenario.span.start + timedelta(hours=40)
    room.desks.advance(now, [])
    cube = mission.spacecraft["cube-polar"]

    def standing() -> list[tuple[str, str]]:
        alarms = room.desks.alarms.snapshot()["alarms"]
        return [
            (one["level"], one["value"])
            for one in alarms
            if one["state"] != "latched" and one["id"] == f"ground:service_level:{POLAR}"
        ]

    room.desks.custody.work()  # 15 files are due, and none has come
    assert standing() == [("warning", "missed: 95% within 24 h")]
    logged = len(room.store.watch.recent_events(999))
    room.desks.custody.work()
    assert len(room.store.watch.recent_events(999)) == logged
    for number in range(1, 40):
        made = scenario.span.start + timedelta(hours=number)
        record = FileRecord(
            id=f"{cube.entity_id}:{number}",
            spacecraft=cube.id,
            source_entity=cube.entity_id,
            destination_entity=1,
            transaction=number,
            name=f"weather-{number:06d}.dat",
            size=100,
            octets_received=100,
            completion="complete",
            first_reception=made,
            last_reception=made,
            completed_at=made,
        )
        home = replace(record, measured_until=made, delivered_at=made + timedelta(hours=2))
        room.store.catalogue.put_file(home)
    room.desks.custody.work()
    assert standing() == []


def test_of_cameras_and_capsules_only_what_they_have_told_is_surely_made(
    tmp_path: Path,
) -> None:
    """A drone takes pictures when it may, and a capsule may not land."""
    for name, customer in (("surface-network", "pathfinder-works"), ("edl", "utopia-network")):
        mission, scenario = load_scenario(name)
        with Store(tmp_path / f"{name}.sqlite") as store:
            now = scenario.span.start + timedelta(hours=15)
            arguments = (store, mission, scenario, Geometry(mission), now)
            assert tell_book(*arguments, customer)["customers"][customer]["files"] == []
            cube = next(
                id
                for id in scenario.spacecraft
                if mission.spacecraft[id].payload in mission.customers[customer].payloads
            )
            told = {"sequence": 3, "at_ns": now.tai_ns, "is_on": True}
            store.facts.put(fact_of_files(cube), told)
            files = tell_book(*arguments, customer)["customers"][customer]["files"]
            assert [(one["spacecraft"], one["number"]) for one in files] == [(cube, 1), (cube, 2)]


def test_a_service_level_at_risk_by_the_plan_is_told_before_it_is_missed(
    make_room: MakeRoom, mission: Mission, scenario: Scenario
) -> None:
    room = make_room()
    now = scenario.span.start + timedelta(minutes=65)
    room.desks.advance(now, [])
    customer = mission.customers[POLAR]
    assert customer.service_level is not None
    in_a_hurry = replace(customer, service_level=replace(customer.service_level, within_s=1_200.0))
    room.desks.room.mission = replace(mission, customers={**mission.customers, POLAR: in_a_hurry})
    room.desks.custody.work()  # the first file closed at 01:00; the plan brings it home by 02:00
    [alarm] = room.desks.alarms.snapshot()["alarms"]
    assert (alarm["level"], alarm["value"]) == ("watch", "at risk: 95% within 0.333333 h")
    assert alarm["spacecraft"] == "cube-polar"
    assert custody(room)["customers"][POLAR]["service_level"]["state"] == "at_risk"
