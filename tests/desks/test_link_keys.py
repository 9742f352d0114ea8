"""Yamcs follows the craft from one key to another, through crashes of the desks and of Yamcs."""

from __future__ import annotations

from datetime import timedelta

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning import Plan
from tests.desks.conftest import MakeRoom
from tests.desks.test_day import make_world

MORNING = timedelta(hours=2.4)


def test_the_key_changes_once_the_craft_has_said_so_and_outlives_a_crash(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    change = {"security_parameter_index": 2}
    room.desks.ledger.queue("otv", "CHANGE_KEY", change, purpose="operator", operator="aiko")
    world.fly(room.desks, scenario.span.start + timedelta(minutes=21))
    assert room.yamcs.instances["otv"].association == 1
    world.fly(room.desks, scenario.span.start + MORNING)
    [command] = [c for c in room.store.commands.all() if c.name == "CHANGE_KEY"]
    assert command.state == "completed"
    assert room.yamcs.instances["otv"].association == 2
    assert room.yamcs.instances["cube-polar"].association in (None, 1)

    room.yamcs.instances["otv"].association = None  # Yamcs has started anew
    room = make_room(yamcs=room.yamcs, start=world.now)  # and so have the desks
    room.desks.ledger.queue("otv", "PING", {}, purpose="operator", operator="aiko")
    world.fly(room.desks, scenario.span.start + timedelta(hours=8))
    assert room.yamcs.instances["otv"].association == 2
    done = [c for c in room.store.commands.all() if c.name == "PING" and c.operator == "aiko"]
    assert [c.state for c in done] == ["completed"]


def test_the_first_key_is_said_once(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    world.fly(room.desks, scenario.span.start + MORNING)
    assert room.yamcs.instances["otv"].association == 1
    commanded = [name for name, one in room.yamcs.instances.items() if one.records]
    assert room.yamcs.calls["use_association"] == len(commanded)
