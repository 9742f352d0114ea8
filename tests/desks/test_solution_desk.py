"""Orbit solutions at the desks: flown at once, or not before a person has decided."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundsys.authority import Role
from groundsys.desks.planning.new_trajectory import take_over_body
from groundsys.geometry import Geometry
from groundsys.geometry.orbits import SecularOrbit, Trajectory
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_writing import oem_text, write_oem
from groundsys.mission.scenario.scenario_model import AgencySolution, OrbitSolution, Scenario
from groundsys.rehearsal.flying.attendance import EVERYBODY
from groundsys.rehearsal.flying.deciders import Deciders
from groundsys.rehearsal.verdict.solution_verdict import judge_solutions, solution_evidence
from groundsys.values.errors import AccessRefusedError, DefinitionError, RefusalError
from groundsys.values.instants import Instant, Interval
from groundsys.values.messages import Message
from tests.desks.conftest import MakeRoom, Room
from tests.desks.people import token_of


@pytest.fixture
def room(make_room: MakeRoom, scenario: Scenario) -> Room:
    room = make_room()
    room.desks.advance(scenario.span.start, ())
    return room


def oem_of(geometry: Geometry, scenario: Scenario, along_km: float, hours: float = 3.0) -> str:
    """The OTV ahead on its orbit, from hours before the scenario to as long after."""
    orbit = geometry.mission.spacecraft["otv"].orbit
    assert orbit is not None
    ahead_deg = math.degrees(along_km / orbit.semi_major_axis_km)
    ahead = replace(orbit, mean_anomaly_deg=orbit.mean_anomaly_deg + ahead_deg)
    moved = geometry.with_trajectory("otv", SecularOrbit(ahead))
    span = Interval(
        scenario.span.start.plus_seconds(-hours * 3600.0),
        scenario.span.end.plus_seconds(hours * 3600.0),
    )
    return write_oem(moved, "otv", span, scenario.span.start)


def ask(room: Room, verb: str, role: Role = Role.OPERATOR, **request: Any) -> dict[str, Any]:
    return room.desks.handle({"verb": verb, "token": token_of(room.desks, role), **request})


def brought(room: Room, oem: str, role: Role = Role.OPERATOR, of: str = "otv") -> dict[str, Any]:
    source = {"format": "OEM", "file": "otv.oem", "sha256": "ab", "object_name": "OTV", "name": "1"}
    return ask(room, "solution_import", role, of=of, oem=oem, source=source)


def place_km(room: Room, at: Instant) -> list[float]:
    trajectory = room.desks.room.geometry.craft("otv").trajectory
    return list(trajectory.position_km(tdb_seconds(instants_ns(at)))[:, 0])


def test_what_was_to_be_expected_is_flown_at_once(
    room: Room, geometry: Geometry, scenario: Scenario
) -> None:
    at = scenario.span.start.plus_seconds(7200.0)
    before = place_km(room, at)
    answer = brought(room, oem_of(geometry, scenario, 1e-3), Role.AUTOMATION)
    assert answer["solution"]["state"] == "flown"
    assert answer["plan"]["adopted"]
    assert place_km(room, at) == pytest.approx(before, abs=2e-3)
    assert room.store.plans.notices()[-1].kind == "trajectory"
    (alarm,) = [one for one in room.store.watch.alarms() if one.id == "ground:solution:otv"]
    assert (alarm.level, alarm.acknowledged) == ("watch", False)
    assert [one.action for one in room.store.audit.all()][-1] == "solution.import"


def test_what_was_not_changes_nothing_before_a_person_accepts(
    make_room: MakeRoom, room: Room, geometry: Geometry, scenario: Scenario
) -> None:
    at = scenario.span.start.plus_seconds(7200.0)
    before, version = place_km(room, at), room.desks.planning.version.version
    answer = brought(room, oem_of(geometry, scenario, 200.0), Role.AUTOMATION)
    one = answer["solution"]
    assert (one["state"], answer["plan"]) == ("proposed", None)
    assert one["comparison"]["differences"][0]["km"] == pytest.approx(200.0, rel=0.1)
    assert one["comparison"]["worst_sigmas"] > 3.0
    assert {each["id"] for each in one["comparison"]["passes"]} <= {
        each.id for each in room.desks.passes.all
    }
    assert place_km(room, at) == before
    assert room.desks.planning.version.version == version
    (alarm,) = [one for one in room.store.watch.alarms() if one.id == "ground:solution:otv"]
    assert (alarm.level, alarm.returned_at, alarm.spacecraft) == ("warning", None, "otv")
    with pytest.raises(AccessRefusedError, match="may not decide"):
        ask(room, "solution_accept", Role.AUTOMATION, number=1, reason="why not")
    # desks that are started anew know what waits
    room = make_room(start=scenario.span.start)
    room.desks.advance(scenario.span.start, ())
    assert place_km(room, at) == before
    answer = ask(room, "solution_accept", number=1, reason="agreed with navigation")
    assert answer["solution"]["state"] == "flown"
    assert place_km(room, at) != pytest.approx(before, abs=100.0)
    (alarm,) = [one for one in room.store.watch.alarms() if one.id == "ground:solution:otv"]
    assert alarm.returned_at is not None
    with pytest.raises(RefusalError, match="is flown"):
        ask(room, "solution_refuse", number=1, reason="too late")
    shown = ask(room, "solution_show", number=1)["solution"]
    assert (shown["decided_by"], shown["why"]) == ("ada", "agreed with navigation")
    room = make_room(start=scenario.span.start)
    assert place_km(room, at) != pytest.approx(before, abs=100.0)


def test_a_refused_one_stays_as_a_version_and_a_newer_takes_the_place_of_one_that_waits(
    room: Room, geometry: Geometry, scenario: Scenario
) -> None:
    at = scenario.span.start.plus_seconds(7200.0)
    before = place_km(room, at)
    brought(room, oem_of(geometry, scenario, 200.0))
    brought(room, oem_of(geometry, scenario, 300.0))
    ask(room, "solution_refuse", number=2, reason="wrong arc")
    answer = ask(room, "solution_list")
    assert [one["state"] for one in answer["solutions"]] == ["superseded", "refused"]
    assert place_km(room, at) == before
    assert answer["reach"]["end_ns"] == scenario.span.end.tai_ns
    audited = [one.action for one in room.store.audit.all() if one.action.startswith("solution")]
    assert audited == ["solution.import", "solution.import", "solution.refuse"]


def test_what_cannot_be_flown_is_refused_and_leaves_nothing(
    room: Room, geometry: Geometry, scenario: Scenario
) -> None:
    with pytest.raises(DefinitionError, match="was asked for a time"):
        brought(room, oem_of(geometry, scenario, 200.0, hours=-1.0))
    with pytest.raises(DefinitionError, match="no orbit ephemeris message"):
        brought(room, "an orbit")
    for of in ("cube-polar", "mars", "nobody"):
        with pytest.raises(RefusalError, match="can be imported"):
            brought(room, oem_of(geometry, scenario, 200.0), of=of)
    with pytest.raises(RefusalError, match="there is no orbit solution 1"):
        ask(room, "solution_accept", number=1, reason="now")
    assert room.store.solutions.all() == []


def test_a_small_body_is_taken_over_from_now_on(geometry: Geometry, tmp_path: Path) -> None:
    table = geometry.ephemeris.table_of("apophis")
    start = Instant.from_utc_iso("2029-04-10T00:00:00Z")
    reach = Interval(start, start.plus_seconds(6 * 3600.0))
    first, last = tdb_seconds(instants_ns(start, reach.end))
    times = np.round(np.arange(first - 7200.0, last + 7260.0, 600.0), 3)
    moved = MovedTable(table)
    file = tmp_path / "apophis.oem"
    names = {"object_name": "APOPHIS", "object_id": "99942", "originator": "JPL"}
    file.write_text(oem_text(moved, [times], generated=start, **names))
    new = take_over_body(geometry, "apophis", str(file), reach)
    before, after = np.array([first - 7000.0]), np.array([first + 60.0])
    shift = [
        new.ephemeris.position_km("apophis", at) - geometry.ephemeris.position_km("apophis", at)
        for at in (before, after)
    ]
    assert np.abs(shift[0]).max() == 0.0
    assert shift[1][:, 0] == pytest.approx([3.0, 0.0, 0.0], abs=1e-3)
    with pytest.raises(DefinitionError, match="told by DE440"):
        geometry.ephemeris.with_table("mars", moved)


class MovedTable:
    """A table three kilometres aside."""

    def __init__(self, table: Trajectory) -> None:
        self.center, self.tdb_span, self.epoch_tdb_s = (
            table.center, table.tdb_span, table.epoch_tdb_s,
        )  # fmt: skip
        self._table = table

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return self._table.position_km(tdb_s) + np.array([[3.0], [0.0], [0.0]])

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        return self._table.velocity_km_s(tdb_s)


def test_another_agencys_orbit_waits_for_a_person_and_the_verdict_tells(
    room: Room, geometry: Geometry, scenario: Scenario
) -> None:
    told_at = scenario.span.start.plus_seconds(60.0)
    agency = AgencySolution("Other", decides="ada")
    wanted = replace(scenario, solutions=(OrbitSolution("otv", told_at, told_at, agency=agency),))
    (never,) = solution_evidence(room.store, wanted)
    body = {"of": "otv", "oem": oem_of(geometry, scenario, 200.0), "by": "Other"}
    room.desks.advance(told_at, [Message("space", "desks", "solution", told_at, body)])
    (waits,) = solution_evidence(room.store, wanted)
    deciders = Deciders(
        wanted.solutions,
        lambda verb, operator, **request: ask(room, verb, **request),
        EVERYBODY,
    )
    deciders.act(told_at)  # she looks at it first
    assert ask(room, "solution_show", number=1)["solution"]["state"] == "proposed"
    deciders.act(told_at.plus_seconds(600.0))
    (decided,) = solution_evidence(room.store, wanted)
    assert [one.is_good for one in (never, waits, decided)] == [False, False, True]
    assert [one.state for one in (never, waits, decided)] == [None, "proposed", "flown"]
    assert decided.passes == sum(one.start > told_at for one in room.desks.passes.of("otv"))
    limits = {"min_solutions_accepted": 1.0}
    told = [next(iter(judge_solutions([one], limits))) for one in (waits, decided)]
    assert [one.ok for one in told] == [False, True]
    assert not next(iter(judge_solutions([replace(decided, decided_by="bo")], limits))).ok
    assert not next(iter(judge_solutions([replace(decided, unlisted=("pass-1",))], limits))).ok
    assert not next(iter(judge_solutions([replace(decided, alarmed=False)], limits))).ok


def test_what_is_no_orbit_is_told_and_changes_nothing(room: Room, scenario: Scenario) -> None:
    body = {"of": "otv", "oem": "CCSDS_OEM_VERS = 2.0\n", "by": "Other"}
    at = scenario.span.start.plus_seconds(60.0)
    room.desks.advance(at, [Message("space", "desks", "solution", at, body)])
    assert room.store.solutions.all() == []
    assert any("of Other is of no use" in one.text for one in room.store.watch.recent_events(20))
