"""Booked plans are mended: little changes, nothing frozen moves, and hardly any worth is lost."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from groundsys.geometry import Geometry
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.geometry.trajectories.span import check_span
from groundsys.mission.scenario.planning_data import ContactNeed
from groundsys.planning import Plan, PlannedPass, check_plan, diff_plans, make_plan, replan
from groundsys.planning.situation import Effort, Outage, PlanResult, Situation, Weather
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval
from tests.benchmarks.planning import fleet
from tests.planning.missions import (
    EFFORT,
    MISSION,
    hour,
    hours,
    lasting,
    the_geometry,
    three_days,
)

SCENARIO = lasting(3.0)
NOW = hour(20.0)
FROZEN_UNTIL = hour(26.0)


def mended(situation: Situation, geometry: Geometry | None = None) -> PlanResult:
    return replan(MISSION, SCENARIO, geometry or the_geometry(), situation, Effort())


def booked() -> Plan:
    return three_days().plan


def home_bits(result: PlanResult) -> float:
    return sum(one.bits for one in result.homecomings if one.home_at is not None)


def coming(plan: Plan, after: Instant = NOW) -> list[PlannedPass]:
    return [one for one in plan.passes if one.start > after]


@cache
def busiest() -> str:
    passes = coming(booked(), FROZEN_UNTIL)
    return max(MISSION.antennas, key=lambda id: sum(one.antenna == id for one in passes))


def test_nothing_new_changes_nothing() -> None:
    result = mended(Situation(NOW, booked()))
    assert result.plan == booked()
    diff = diff_plans(booked(), result.plan, three_days().homecomings, result.homecomings)
    assert diff.is_empty
    assert diff.passes.kept == tuple(one.id for one in booked().passes)


def test_an_antenna_out_drops_its_passes_alone_and_others_take_over() -> None:
    out = Outage(busiest(), Interval(NOW, SCENARIO.span.end))
    situation = Situation(NOW, booked(), outages=(out,))
    result = mended(situation)
    gone = {one.id for one in booked().passes if one.antenna == busiest() and one.end > NOW}
    diff = diff_plans(booked(), result.plan, three_days().homecomings, result.homecomings)
    assert gone
    assert set(diff.passes.dropped) == gone
    assert diff.passes.moved == ()
    assert diff.passes.added
    assert set(diff.passes.added).isdisjoint(one.id for one in booked().passes)
    assert check_plan(result.plan, MISSION, SCENARIO, the_geometry(), situation) == []
    anew = make_plan(MISSION, SCENARIO, the_geometry(), situation, EFFORT)
    assert home_bits(result) >= 0.95 * home_bits(anew)
    assert result.value >= 0.95 * anew.value


def test_a_lost_pass_is_replaced_and_keeps_no_id() -> None:
    lost = coming(booked(), FROZEN_UNTIL)[0]
    result = mended(Situation(NOW, booked(), lost=frozenset({lost.id})))
    assert lost.id not in {one.id for one in result.plan.passes}
    kept = [one for one in booked().passes if one.id != lost.id]
    assert all(one in result.plan.passes for one in kept)


def test_what_is_frozen_is_only_dropped() -> None:
    frozen = next(one for one in coming(booked()) if one.start < FROZEN_UNTIL)
    out = Outage(frozen.antenna, Interval(frozen.start, frozen.end))
    result = mended(Situation(NOW, booked(), outages=(out,)))
    after = {one.id: one for one in result.plan.passes}
    assert frozen.id not in after
    for one in booked().passes:
        if one.id != frozen.id:
            assert after[one.id] == one
    for one in result.plan.passes:
        if one.id not in {each.id for each in booked().passes}:
            configuration_s = MISSION.antennas[one.antenna].configuration_s
            assert one.start.seconds_since(NOW) >= configuration_s


def test_a_short_outage_trims_a_pass() -> None:
    whole = next(
        one
        for one in coming(booked(), FROZEN_UNTIL)
        if one.end.seconds_since(one.start) > 2.0 * 3600.0
    )
    out = Outage(whole.antenna, Interval(whole.end.plus_seconds(-600.0), whole.end))
    result = mended(Situation(NOW, booked(), outages=(out,)))
    (trimmed,) = [one for one in result.plan.passes if one.id == whole.id]
    assert trimmed.antenna == whole.antenna
    assert trimmed.end <= out.interval.start
    assert trimmed.end.seconds_since(trimmed.start) >= 3600.0


def test_a_command_is_not_promised_where_another_craft_has_the_uplink() -> None:
    mission, scenario = fleet(2, 1.0)
    # it hears two craft at once, and transmits to one
    scenario = replace(scenario, antennas=("dss-25",))
    geometry, start = Geometry(mission), scenario.span.start
    plan = make_plan(mission, scenario, geometry, Situation(start), Effort(work=0.0)).plan
    silent = next(
        one for one in plan.passes if one.uplink_until.seconds_since(one.uplink_from) < 600.0
    )
    need = ContactNeed(
        "urgent", silent.spacecraft, "command", 900.0, 600.0,
        window=Interval(silent.start, silent.end),
    )  # fmt: skip
    situation = Situation(start, plan, needs=(need,))
    result = replan(mission, scenario, geometry, situation, Effort())
    assert check_plan(result.plan, mission, scenario, geometry, situation) == []
    serving = [one for one in result.plan.passes if "urgent" in one.serves]
    told = [one for one in result.shortfalls if one.subject == "urgent"]
    assert len(serving) + len(told) == 1
    assert silent.id not in {one.id for one in serving}


def test_weather_lowers_the_rate_of_a_booked_pass() -> None:
    fast = next(one for one in coming(booked(), FROZEN_UNTIL) if one.rate_bps == 256_000.0)
    rain = Weather(fast.antenna, Interval(fast.start.plus_seconds(-3600.0), fast.end), 9.0)
    situation = Situation(NOW, booked(), weather=(rain,))
    result = mended(situation)
    (wet,) = [one for one in result.plan.passes if one.id == fast.id]
    assert wet.rate_bps < fast.rate_bps
    assert check_plan(result.plan, MISSION, SCENARIO, the_geometry(), situation) == []


def test_a_new_need_is_served_beside_what_stands() -> None:
    need = ContactNeed("surprise", "otv", "command", 900.0, 600.0, window=hours(40.0, 56.0))
    result = mended(Situation(NOW, booked(), needs=(need,)))
    assert any("surprise" in one.serves for one in result.plan.passes)
    diff = diff_plans(booked(), result.plan, three_days().homecomings, result.homecomings)
    assert diff.needs_gained == ("surprise",)
    assert diff.passes.dropped == ()


@pytest.mark.parametrize("antennas", [1, 2])
def test_a_need_that_finds_no_room_displaces_the_least(antennas: int) -> None:
    crowded = coming(booked(), FROZEN_UNTIL)[3]
    need = ContactNeed(
        "urgent", "otv", "critical" if antennas > 1 else "track", 3600.0, 3600.0, antennas=antennas,
        window=Interval(crowded.start.plus_seconds(-7200.0), crowded.end.plus_seconds(7200.0)),
        among=() if antennas > 1 else tuple(set(MISSION.antennas) - {crowded.antenna}),
    )  # fmt: skip
    result = mended(Situation(NOW, booked(), needs=(need,)))
    diff = diff_plans(booked(), result.plan, three_days().homecomings, result.homecomings).passes
    assert sum("urgent" in one.serves for one in result.plan.passes) >= antennas
    assert len(diff.moved) + len(diff.dropped) <= 2
    assert not check_plan(
        result.plan, MISSION, SCENARIO, the_geometry(), Situation(NOW, booked(), needs=(need,))
    )


@pytest.mark.parametrize("later_min", [3.0, 25.0])
def test_a_fresh_trajectory_moves_passes_with_their_views(later_min: float) -> None:
    otv = MISSION.spacecraft["otv"]
    assert otv.orbit is not None
    late = replace(otv.orbit, epoch=otv.orbit.epoch.plus_seconds(60.0 * later_min))
    geometry = Geometry(MISSION, spacecraft_orbits={"otv": late})
    situation = Situation(NOW, booked())
    result = mended(situation, geometry)
    assert check_plan(result.plan, MISSION, SCENARIO, geometry, situation) == []
    diff = diff_plans(booked(), result.plan, three_days().homecomings, result.homecomings)
    assert diff.passes.moved
    assert len(diff.passes.dropped) <= 3
    assert home_bits(result) >= 0.95 * home_bits(three_days())


def test_a_plan_is_continued_when_its_span_grows() -> None:
    longer = lasting(4.0)
    result = replan(MISSION, longer, the_geometry(), Situation(NOW, booked()), Effort())
    assert all(one in result.plan.passes for one in booked().passes)
    assert result.plan.passes[-1].start > SCENARIO.span.end
    assert result.plan.relay_sessions[-1].start > SCENARIO.span.end


def test_what_is_stored_aboard_counts_from_now_on() -> None:
    stored = {("cube-tharsis", "seismometer"): 40e6, ("otv", "weather"): 8e6}
    result = mended(Situation(NOW, booked(), stored_bits=stored))
    first = [one for one in result.homecomings if one.measured.end <= NOW]
    assert {(one.spacecraft, one.payload) for one in first} == {
        ("cube-tharsis", "seismometer"),
        ("cube-polar", "weather"),
    }
    assert all(one.home_at is not None and one.home_at > NOW for one in first)


def test_without_a_booked_plan_there_is_nothing_to_mend() -> None:
    with pytest.raises(PlanError, match="no booked plan"):
        mended(Situation(NOW))


class EndingOrbit(SecularOrbit):
    """The OTV's orbit, as far as a file of one day would know it."""

    def __init__(self) -> None:
        otv = MISSION.spacecraft["otv"]
        assert otv.orbit is not None
        super().__init__(otv.orbit)
        first, last = tdb_seconds(instants_ns(hour(-3.0), hour(24.0)))
        self._known = (float(first), float(last))

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        check_span("otv.oem", self._known, tdb_s)
        return super().position_km(tdb_s)


def test_a_trajectory_past_its_end_is_one_clear_error() -> None:
    geometry = Geometry(MISSION, trajectories={"otv": EndingOrbit()})
    with pytest.raises(PlanError, match="past its end") as caught:
        mended(Situation(NOW, booked()), geometry)
    assert caught.value.remedy


def test_a_month_is_mended_around_an_outage_and_nowhere_else() -> None:
    month = lasting(28.0)
    plan = make_plan(
        MISSION, month, the_geometry(), Situation(month.span.start), Effort(work=0.0)
    ).plan
    out = Outage(busiest(), hours(20.0, 20.0 + 96.0))
    situation = Situation(NOW, plan, outages=(out,))
    mended = replan(MISSION, month, the_geometry(), situation, Effort()).plan
    later = out.interval.end.plus_seconds(2.0 * 86_400.0)
    assert [one for one in mended.passes if one.start > later] == [
        one for one in plan.passes if one.start > later
    ]
