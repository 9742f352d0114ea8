"""Desks keep a plan, mend it when they are told of something, and survive a kill in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from groundsys.authority import Role
from groundsys.desks import Desks
from groundsys.geometry import Geometry
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import instants_ns
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import PlanningData
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.objects import FolderObjectStore, Keyring, SealedObjectStore
from groundsys.passes.changes import planned_of
from groundsys.passes.execution import Pass
from groundsys.planning import Plan, PlannedPass, make_plan
from groundsys.planning.situation import Effort, PlanResult, Situation
from groundsys.store import Store
from groundsys.values.errors import DefinitionError, PlanError
from groundsys.values.instants import Instant, Interval
from groundsys.values.messages import Message
from tests.desks.conftest import MakeRoom, Room
from tests.desks.fake_world import FakePublisher, FakeYamcs
from tests.desks.people import token_of

MakeDesks = Callable[[Instant], tuple[Desks, Store]]
#: what the standing segment of these tests keeps planned
AHEAD_H = 14.0


@pytest.fixture
def short(mission: Mission) -> Scenario:
    short = mission.scenarios["short"]
    rules = {"planned_ahead_s": AHEAD_H * 3600.0 + 86_400.0}
    return replace(short, planning=PlanningData(rules=rules))


@pytest.fixture
def make_desks(
    tmp_path: Path, mission: Mission, short: Scenario, geometry: Geometry
) -> Iterator[MakeDesks]:
    """Makes desks without an end; again on the same store, as after a kill."""
    stores: list[Store] = []
    yamcs = FakeYamcs(mission)
    now = Situation(now=short.span.start)
    plan = make_plan(mission, short, geometry, now, Effort(work=0.5))

    def make(start: Instant) -> tuple[Desks, Store]:
        while stores:
            stores.pop().close()
        store = Store(tmp_path / "store.sqlite")
        stores.append(store)
        desks = Desks(
            *(mission, short.without_end(), geometry, lambda: plan, store, yamcs, FakePublisher()),
            SealedObjectStore(FolderObjectStore(tmp_path / "objects"), Keyring(tmp_path / "keys")),
            workshop=tmp_path / "workshop",
            start=start,
            endless=True,
        )
        return desks, store

    yield make
    for store in stores:
        store.close()


def fly(desks: Desks, start: Instant, hours: float) -> Instant:
    end = start + timedelta(hours=hours)
    now = start
    while now < end:
        step = desks.advance(now, ())
        now = min(end, step.wake_at or end)
    return end


def in_conflict(passes: list[Pass]) -> list[tuple[str, str]]:
    booked = [one for one in passes if one.state != "cancelled"]
    return [(one.id, other.id) for one, other in pairwise(booked) if other.start < one.end]


# --- there is always a plan ---------------------------------------------------------------------


def test_there_is_always_a_plan_and_it_is_flown(make_desks: MakeDesks, short: Scenario) -> None:
    desks, store = make_desks(short.span.start)
    now = fly(desks, short.span.start, 30.0)
    passes = store.passes.all()
    assert in_conflict(passes) == []
    assert passes[-1].end > now + timedelta(hours=AHEAD_H - 6.0)
    after_the_span = [one for one in passes if short.span.end < one.end < now]
    assert len(after_the_span) >= 3
    assert all(one.state == "closed" for one in after_the_span)
    coming = [one for one in store.relay_sessions.all() if one.start > now]
    assert {one.spacecraft for one in coming} == {"cube-polar", "cube-tharsis"}
    assert "SET_HOUSEKEEPING_PERIOD" not in {command.name for command in store.commands.all()}
    versions = {one.version: one for one in store.plans.all()}
    assert {one.plan_version for one in passes} <= set(versions)
    for one in passes:
        assert one.id in {planned.id for planned in versions[one.plan_version].plan.passes}


def test_killed_desks_plan_on_where_they_were(make_desks: MakeDesks, short: Scenario) -> None:
    desks, store = make_desks(short.span.start)
    now = fly(desks, short.span.start, 1.0)
    booked = store.passes.all()
    version = store.plans.latest()
    desks, store = make_desks(now)
    assert store.plans.latest() == version == desks.planning.version
    now = fly(desks, now, 20.0)
    passes = store.passes.all()
    assert [one.start for one in passes[: len(booked)]] == [one.start for one in booked]
    assert in_conflict(passes) == []


# --- the plan is mended -------------------------------------------------------------------------


def notice(room: Room, now: Instant, one: Pass, **more: Any) -> Message:
    body = {
        "kind": "antenna_out",
        "antenna": one.antenna,
        "start_ns": one.start.tai_ns - 10**9,
        "end_ns": one.end.tai_ns,
        **more,
    }
    return Message(f"antenna:{one.antenna}", "desks", "notice", now, body)


def bookings(room: Room) -> list[tuple[PlannedPass, int]]:
    """What the store says is booked, and by which version."""
    passes = [one for one in room.store.passes.all() if one.state != "cancelled"]
    return [(planned_of(one), one.plan_version) for one in passes]


def advance(room: Room, now: Instant, *inbox: Message) -> list[tuple[str, str, str]]:
    """(kind, antenna, pass) of what is said to antennas."""
    step = room.desks.advance(now, inbox)
    return [
        (message.kind, message.target.removeprefix("antenna:"), message.body["pass_id"])
        for message in step.outbox
        if message.kind in ("configure", "release")
    ]


def test_an_antenna_that_drops_out_is_planned_without(
    make_room: MakeRoom, scenario: Scenario
) -> None:
    room = make_room()
    now = scenario.span.start
    advance(room, now)
    second = room.desks.passes.all[1]
    room.desks.advance(now.plus_seconds(60), (notice(room, now, second),))
    version = room.store.plans.latest()
    assert version is not None
    assert (version.version, version.parent, version.notices) == (2, 1, 1)
    assert f"{second.antenna} is out" in version.reason
    assert second.id in version.changes["passes"]["dropped"]
    (gone,) = (one for one in room.store.passes.all() if one.id == second.id)
    assert (gone.state, gone.plan_version) == ("cancelled", 2)
    assert second.id not in {one.id for one in room.desks.passes.all}
    assert in_conflict(room.store.passes.all()) == []
    assert room.publisher.last["plan"]["version"] == 2
    told = [event["text"] for event in room.publisher.events]
    assert any(text.startswith("plan 2 (") and "dropped" in text for text in told)


def test_an_antenna_under_configuration_is_released(
    make_room: MakeRoom, scenario: Scenario
) -> None:
    room = make_room()
    second = room.desks.passes.all[1]
    now = second.start.plus_seconds(-200.0)
    said = advance(room, now)
    assert ("configure", second.antenna, second.id) in said
    now = now.plus_seconds(10)
    assert ("release", second.antenna, second.id) in advance(room, now, notice(room, now, second))
    late = {
        "antenna": second.antenna, "pass_id": second.id, "state": "configuring",
        "uplink": False, "frames_good": 0, "frames_corrected": 0, "symbols_corrected": 0,
        "frames_bad": 0, "time_ns": now.tai_ns,
    }  # fmt: skip
    room.desks.advance(now.plus_seconds(5), (Message("a", "desks", "antenna_status", now, late),))
    one = room.desks.passes.get(second.id)
    assert one is not None
    assert one.state == "cancelled"
    later = advance(room, second.start.plus_seconds(30))
    assert not [said for said in later if said[2] == second.id]


def test_a_moved_pass_is_configured_for_its_new_time(make_room: MakeRoom, mission: Mission) -> None:
    room = make_room()
    second = room.desks.passes.all[1]
    now = second.start.plus_seconds(-200.0)
    advance(room, now)

    def moved_by(seconds: float) -> Plan:
        shifted = replace(
            planned_of(second),
            start=planned_of(second).start.plus_seconds(seconds),
            uplink_from=planned_of(second).uplink_from.plus_seconds(seconds),
            volume_bits=0.0,
        )
        booked = room.desks.planning.booked()
        return replace(
            booked,
            passes=tuple(shifted if one.id == second.id else one for one in booked.passes),
        )

    for seconds, expected in ((60.0, "configure"), (2000.0, "release")):
        now = now.plus_seconds(5)
        outcome = room.desks.planning.book(moved_by(seconds), "by hand")
        assert outcome.adopted, outcome.findings
        assert outcome.version.changes["passes"]["moved"] == [second.id]
        said = advance(room, now)
        assert said == [(expected, second.antenna, second.id)]
    configuration_s = mission.antennas[second.antenna].configuration_s
    again = second.start.plus_seconds(2000.0 - configuration_s)
    assert advance(room, again.plus_seconds(-60)) == []
    assert advance(room, again) == [("configure", second.antenna, second.id)]


def test_desks_killed_while_they_adopt_finish_it(
    make_room: MakeRoom, scenario: Scenario, mission: Mission
) -> None:
    yamcs = FakeYamcs(mission)
    room = make_room(yamcs)
    second = room.desks.passes.all[1]
    now = second.start.plus_seconds(-200.0)
    advance(room, now)
    now = now.plus_seconds(10)
    room.desks.advance(now, (notice(room, now, second),))  # … and what it says gets lost
    room = make_room(yamcs, start=now.plus_seconds(5))
    assert f"{second.antenna} is out" in room.desks.planning.version.reason
    versions = len(room.store.plans.all())
    assert second.id not in {one.id for one in room.desks.passes.all}
    assert ("release", second.antenna, second.id) in advance(room, now.plus_seconds(6))
    assert len(room.store.plans.all()) == versions


def test_desks_killed_before_they_plan_do_it_then(
    make_room: MakeRoom, scenario: Scenario, mission: Mission
) -> None:
    yamcs = FakeYamcs(mission)
    room = make_room(yamcs)
    second = room.desks.passes.all[1]
    now = scenario.span.start.plus_seconds(60)
    body = {"antenna": second.antenna, "start_ns": second.start.tai_ns, "end_ns": second.end.tai_ns}
    room.desks.planning.take_notice("antenna_out", body, "operator")
    room = make_room(yamcs, start=now)
    assert room.desks.planning.version.version == 1
    advance(room, now)
    assert room.desks.planning.version.version == 2
    assert second.id not in {one.id for one in room.desks.passes.all}


def test_a_killed_adoption_is_whole_or_not_at_all(
    make_room: MakeRoom, scenario: Scenario, mission: Mission, monkeypatch: pytest.MonkeyPatch
) -> None:
    yamcs = FakeYamcs(mission)
    room = make_room(yamcs)
    now = scenario.span.start.plus_seconds(60)
    before = bookings(room)
    second = room.desks.passes.all[1]

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(room.store.plans, "add", killed)
    with pytest.raises(KeyboardInterrupt):
        room.desks.advance(now, (notice(room, now, second),))
    room = make_room(yamcs, start=now)
    assert bookings(room) == before
    advance(room, now.plus_seconds(1))
    assert room.desks.planning.version.version == 2


def test_a_missed_pass_has_the_rest_planned_again(make_room: MakeRoom, scenario: Scenario) -> None:
    room = make_room()
    first = room.desks.passes.all[0]
    advance(room, first.start)
    advance(room, first.end.plus_seconds(60))
    version = room.desks.planning.version
    assert (version.version, version.reason) == (2, f"{first.id} was missed")
    assert first.id in room.desks.planning.situation().lost


# --- the old plan stands ------------------------------------------------------------------------


def test_a_plan_that_cannot_be_made_is_told_and_changes_nothing(
    make_room: MakeRoom, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = make_room()
    second = room.desks.passes.all[1]
    before = bookings(room)

    def no_plan(*_: object, **__: object) -> PlanResult:
        raise PlanError("no antenna is left")

    monkeypatch.setattr("groundsys.desks.planning.planning_desk.replan", no_plan)
    now = scenario.span.start.plus_seconds(60)
    room.desks.advance(now, (notice(room, now, second),))
    assert bookings(room) == before
    assert len(room.store.plans.all()) == 1
    (told,) = (one for one in room.publisher.events if "no new plan" in one["text"])
    assert told["severity"] == "warning"
    assert "the old one stands: no antenna is left" in told["text"]


@pytest.mark.parametrize(
    "wrong", [{"antenna": "nowhere"}, {"end_ns": 0}, {"kind": "eclipse"}, {"antenna": 7}]
)
def test_a_notice_that_makes_no_sense_changes_nothing(
    make_room: MakeRoom, scenario: Scenario, wrong: dict[str, Any]
) -> None:
    room = make_room()
    now = scenario.span.start.plus_seconds(60)
    room.desks.advance(now, (notice(room, now, room.desks.passes.all[1], **wrong),))
    assert room.store.plans.notices() == []
    assert len(room.store.plans.all()) == 1
    assert any("is of no use" in event["text"] for event in room.publisher.events)


def test_a_plan_with_a_conflict_is_refused_with_findings(make_room: MakeRoom, plan: Plan) -> None:
    room = make_room()
    first, second, *rest = plan.passes
    early = replace(second, start=first.start, antenna=first.antenna)
    outcome = room.desks.planning.book(replace(plan, passes=(first, early, *rest)), "by hand")
    assert not outcome.adopted
    assert any(first.id in finding and second.id in finding for finding in outcome.findings)
    assert room.desks.planning.version.version == 1


# --- a fresh trajectory -------------------------------------------------------------------------


def oem(folder: Path, room: Room, scenario: Scenario, *, hours: float = 27.0) -> Path:
    """An OEM of the OTV, some minutes ahead of where it was believed to be."""
    orbit = room.desks.room.mission.spacecraft["otv"].orbit
    assert orbit is not None
    ahead = replace(orbit, mean_anomaly_deg=orbit.mean_anomaly_deg + 3.0)
    geometry = room.desks.room.geometry.with_trajectory("otv", SecularOrbit(ahead))
    start = scenario.span.start.plus_seconds(-7200.0)
    path = folder / f"{hours:g}.oem"
    span = Interval(start, start.plus_seconds(3600.0 * (hours + 2.0)))
    path.write_text(write_oem(geometry, "otv", span, start))
    return path


def tell_trajectory(room: Room, path: Path) -> dict[str, Any]:
    token = token_of(room.desks, Role.OPERATOR)
    content = {"kind": "trajectory", "spacecraft": "otv", "oem": path.read_text()}
    return room.desks.handle({"verb": "plan_notice", "token": token, **content})


def test_a_fresh_trajectory_is_planned_by_also_after_a_restart(
    make_room: MakeRoom, scenario: Scenario, mission: Mission, tmp_path: Path
) -> None:
    room = make_room(yamcs := FakeYamcs(mission))
    now = scenario.span.start.plus_seconds(3600.0)
    advance(room, now)
    believed = room.desks.room.geometry
    tell_trajectory(room, path := oem(tmp_path, room, scenario))
    path.unlink()
    assert room.desks.planning.version.reason == "new trajectory of otv"
    before, after = now.plus_seconds(-600.0 - 3600.0), now.plus_seconds(36_000.0)

    def differs(geometry: Geometry, at: Instant) -> bool:
        found = [
            g.downlink_light_time_s("dss-43", "otv", instants_ns(at)) for g in (believed, geometry)
        ]
        return float(abs(found[0] - found[1])[0]) > 1e-4

    room = make_room(yamcs, start=now)
    geometry = room.desks.room.geometry
    assert differs(geometry, after)
    assert not differs(geometry, before)


def test_a_trajectory_that_cannot_be_flown_changes_nothing(
    make_room: MakeRoom, scenario: Scenario, tmp_path: Path
) -> None:
    room = make_room()
    advance(room, scenario.span.start)
    believed = room.desks.room.geometry
    good = oem(tmp_path, room, scenario).read_text()
    lines = good.splitlines()
    wrong = {
        "short": oem(tmp_path, room, scenario, hours=20.0).read_text(),
        "centre": good.replace("CENTER_NAME = MARS", "CENTER_NAME = EARTH"),
        "gap": "\n".join([*lines[:200], *lines[260:]]),
        "no OEM": "this is none",
    }
    for name, text in wrong.items():
        path = tmp_path / f"{name}.oem"
        path.write_text(text)
        with pytest.raises(DefinitionError):
            tell_trajectory(room, path)
    token = token_of(room.desks, Role.OPERATOR)
    of_this_machine = {"spacecraft": "otv", "path": str(oem(tmp_path, room, scenario))}
    with pytest.raises(PlanError, match="'oem'"):
        room.desks.handle(
            {"verb": "plan_notice", "token": token, "kind": "trajectory", **of_this_machine}
        )
    assert room.desks.room.geometry is believed
    assert room.store.plans.notices() == []
    assert room.desks.planning.version.version == 1


def burn_notice(room: Room, scenario: Scenario, folder: Path, start: Instant) -> dict[str, Any]:
    """A trajectory through a burn as from `start`, and one without it."""
    orbit = room.desks.room.mission.spacecraft["otv"].orbit
    assert orbit is not None
    geometry = room.desks.room.geometry.with_trajectory("otv", SecularOrbit(orbit))
    begin = scenario.span.start.plus_seconds(-7200.0)
    span = Interval(begin, begin.plus_seconds(29.0 * 3600.0))
    burn = {
        "start_ns": start.tai_ns, "end_ns": start.plus_seconds(600.0).tai_ns,
        "delta_v_m_s": [100.0, 0.0, 0.0], "time_limit_s": 700.0, "mass_share": 0.9, "given": 1.0,
    }  # fmt: skip
    return {
        "kind": "trajectory", "spacecraft": "otv", "oem": oem(folder, room, scenario).read_text(),
        "without_burn": write_oem(geometry, "otv", span, begin), "burn": burn,
    }  # fmt: skip


def test_a_craft_that_is_not_where_its_burn_leads_is_sought_without_it(
    make_room: MakeRoom, scenario: Scenario, tmp_path: Path
) -> None:
    room = make_room()
    first = room.desks.passes.all[0]
    told_at = first.start.plus_seconds(-3_600.0)
    advance(room, told_at)
    coasting = room.desks.room.geometry
    body = burn_notice(room, scenario, tmp_path, first.start.plus_seconds(-1_500.0))
    room.desks.advance(told_at, [Message("space", "desks", "notice", told_at, body)])
    with_burn = room.desks.room.geometry
    under_way = next(one for one in room.desks.passes.all if one.end > first.start)
    now = under_way.start.plus_seconds(60.0)
    fail = {"pass_id": under_way.id, "spacecraft": "otv", "antenna": under_way.antenna,
            "reason": "30 kHz off"}  # fmt: skip
    advance(room, now)

    def light_s(geometry: Geometry) -> float:
        return float(geometry.downlink_light_time_s("dss-43", "otv", instants_ns(now))[0])

    assert abs(light_s(with_burn) - light_s(coasting)) > 1e-4
    name = f"antenna:{under_way.antenna}"
    said = room.desks.advance(now, [Message(name, "desks", "not_acquired", now, fail)])
    assert light_s(room.desks.room.geometry) == pytest.approx(light_s(coasting), abs=1e-9)
    # the antenna is told anew where to look
    told = [one for one in said.outbox if one.kind == "configure" and one.target == name]
    assert [one.body["pass_id"] for one in told] == [under_way.id]
    notice = room.store.plans.notices()[-1]
    assert notice.content["burn"]["given"] == 0.0
    critical = [one for one in room.store.watch.recent_events(50) if one.severity == "critical"]
    assert [one.text for one in critical] == [
        "not found where its burn would have led it: it is sought as if it had not burnt"
    ]
    # there is nowhere else to look then
    room.desks.advance(now, [Message(name, "desks", "not_acquired", now, fail)])
    assert len(room.store.plans.notices()) == 2


@pytest.mark.parametrize(
    "spoilt",
    [
        {"burn": "long"},
        {"burn": {"delta_v_m_s": [1.0, 2.0]}},
        {"burn": {"delta_v_m_s": [0.0, 0.0, 0.0]}},
        {"burn": {"mass_share": 1.0}},
        {"burn": {"given": 0.5}},
        {"burn": {"end_ns": 0}},
        {"without_burn": ""},
    ],
)
def test_a_burn_that_makes_no_sense_changes_nothing(
    make_room: MakeRoom, scenario: Scenario, tmp_path: Path, spoilt: dict[str, Any]
) -> None:
    room = make_room()
    advance(room, scenario.span.start)
    content = burn_notice(room, scenario, tmp_path, scenario.span.start.plus_seconds(3_600.0))
    del content["kind"]
    for key, value in spoilt.items():
        content[key] = {**content[key], **value} if isinstance(value, dict) else value
    with pytest.raises(PlanError):
        room.desks.planning.take_notice("trajectory", content, "space")
    assert room.store.plans.notices() == []
