"""Desks that are killed again and again end the day like desks that were not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario_model import Scenario
from groundsys.notary import HEADS, Notary, NotaryNode
from groundsys.planning import Plan, make_plan
from groundsys.planning.situation import Effort, PlanResult, Situation
from groundsys.rehearsal.auditing import verify_store
from tests.desks.conftest import MakeRoom
from tests.desks.test_day import check_day, make_world


@pytest.fixture(scope="module")
def scenario(mission: Mission) -> Scenario:
    return mission.scenarios["short"]


@pytest.fixture(scope="module")
def first_plan(mission: Mission, scenario: Scenario, geometry: Geometry) -> PlanResult:
    now = Situation(now=scenario.span.start)
    return make_plan(mission, scenario, geometry, now, Effort(work=0.5))


@pytest.fixture(scope="module")
def plan(first_plan: PlanResult) -> Plan:
    return first_plan.plan


def test_killed_desks_go_on_from_store_and_archive(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    tmp_path: Path,
) -> None:
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    notary = Notary(tmp_path / "hub")
    world.notary = NotaryNode(notary)
    for minutes in (5, 18, 21, 75, 150, 215, 247, 290):
        moment = scenario.span.start + timedelta(minutes=minutes)
        world.fly(room.desks, moment)
        room = make_room(yamcs=room.yamcs, start=moment)
    world.fly(room.desks, scenario.span.end)
    room.desks.close()
    check_day(room, world, mission, scenario, plan)
    notary.close()
    (tmp_path / "notary.pem").write_bytes(notary.public_pem)
    audit = verify_store(
        tmp_path / "store.sqlite", tmp_path / "hub" / HEADS, tmp_path / "notary.pem"
    )
    assert audit.findings == ()
    assert audit.countersigned is not None
    assert audit.countersigned.number > 0.9 * audit.entries > 50
    events = {(one.actor, one.event) for one in room.store.commands.log()}
    assert ("automation", "reported") in events
    assert [one for one in room.store.watch.recent_events(9_999) if one.source == "audit"] == []
