"""Desks that are killed again and again end the day like desks that were not."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.notary import HEADS, Notary, NotaryNode
from groundsys.planning import Plan, make_plan
from groundsys.planning.situation import Effort, PlanResult, Situation
from groundsys.rehearsal.verdict.auditing import verify_store
from groundsys.store import ReceptionSummary
from groundsys.store.catalogue import CatalogueTables
from groundsys.values.errors import BackendError
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


def test_desks_killed_while_products_are_put_away_make_the_same_again(
    make_room: MakeRoom,
    mission: Mission,
    scenario: Scenario,
    plan: Plan,
    geometry: Geometry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All objects are there, the catalogue knows none of them, and reception goes on meanwhile."""

    class KilledError(BaseException):
        pass

    def die(*_: object) -> None:
        raise KilledError

    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    monkeypatch.setattr(CatalogueTables, "deliver", die)
    with pytest.raises(KilledError):
        world.fly(room.desks, scenario.span.end)
    monkeypatch.undo()
    assert room.store.catalogue.deliveries() == []
    signing_key = room.desks.signing_key
    [file, *_] = [one for one in room.store.catalogue.files() if one.completion == "complete"]
    assert file.completed_at is not None
    channel = mission.spacecraft[file.spacecraft].framing.virtual_channels["FILES"]
    moment = file.completed_at
    late = ReceptionSummary(
        *("", "dss-14", file.spacecraft, channel), 3, 3, 1, 0, 0, moment, moment
    )
    with room.store.writing():
        room.store.passes.put_reception(late)
    room = make_room(yamcs=room.yamcs, start=world.now, signing_key=signing_key)
    world.fly(room.desks, scenario.span.end)
    room.desks.close()
    assert late in room.store.passes.receptions()
    events = room.store.watch.recent_events(9_999)
    assert [one.text for one in events if "cannot be delivered" in one.text] == []
    check_day(room, world, mission, scenario, plan)


def test_desks_that_are_killed_have_a_true_ledger_with_their_first_status(
    make_room: MakeRoom, mission: Mission, scenario: Scenario, plan: Plan, geometry: Geometry
) -> None:
    """Killed at forty drawn moments, half of them while Yamcs is being asked."""
    room = make_room()
    world = make_world(mission, scenario, plan, geometry, room.yamcs)
    drawn = random.Random(4)
    in_flight = 0
    for number in range(40):
        moment = world.now.plus_seconds(drawn.uniform(60.0, 900.0))
        if number % 2:
            room.yamcs.fail_after = BackendError("killed")
        with suppress(BackendError):
            world.fly(room.desks, moment)
        in_flight += any(one.state == "issuing" for one in room.store.commands.all())
        told_before = room.yamcs.archived_reports()
        room = make_room(yamcs=room.yamcs, start=world.now)
        room.desks.advance(world.now, [])
        assert "commands" in room.publisher.last
        ledger = {
            attempt.yamcs_id: (command, attempt)
            for command in room.store.commands.all()
            for attempt in command.attempts
        }
        of_yamcs = {record.id for one in room.yamcs.instances.values() for record in one.records}
        assert set(ledger) == of_yamcs  # each is somebody's, and none is invented
        for craft, request in told_before:
            (command,) = (
                command
                for command, attempt in ledger.values()
                if command.spacecraft == craft and attempt.request == request
            )
            assert command.state == "completed"
    assert in_flight > 5
    assert len(told_before) > 20
