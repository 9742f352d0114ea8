"""What the planner makes of the quickstart, of needs, of beams, and of what cannot be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from groundsys.geometry import Geometry
from groundsys.mission.scenario.planning_data import ContactNeed, Maintenance, PlanningData, Shift
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.planning import Plan, check_plan, make_plan
from groundsys.planning.situation import Effort, Outage, Progress, Situation, Weather
from groundsys.values.errors import PlanError
from groundsys.values.instants import Interval
from tests.geometry.missions import MISSION as BY_HAND
from tests.geometry.missions import SCENARIO as HAND_DAY
from tests.planning.missions import (
    EFFORT,
    MISSION,
    QUICKSTART,
    SHORT,
    hour,
    hours,
    lasting,
    made,
    the_day,
    the_geometry,
    three_days,
    with_needs,
)

CUBES = ("cube-polar", "cube-tharsis")


def test_the_quickstart_has_its_passes_and_sessions() -> None:
    plan = the_day().plan
    assert len(plan.passes) >= QUICKSTART.criteria["min_passes"]
    assert len(plan.relay_sessions) >= QUICKSTART.criteria["min_relay_sessions"]
    assert {one.spacecraft for one in plan.relay_sessions} == set(CUBES)
    assert check_plan(plan, MISSION, QUICKSTART, the_geometry()) == []


def test_what_closes_before_the_cut_off_comes_home() -> None:
    result = the_day()
    for one in result.homecomings:
        if one.customer and one.measured.end <= QUICKSTART.cut_off:
            assert one.home_at is not None
            assert one.home_at < QUICKSTART.span.end
    last = result.plan.passes[-1]
    assert 300.0 <= QUICKSTART.span.end.seconds_since(last.end) < 900.0
    sessions = result.plan.relay_sessions
    assert max(one.end for one in sessions) <= QUICKSTART.quiet_from
    assert last.uplink_until > max(one.end for one in sessions)


def test_the_short_day_hears_both_cubes_between_two_passes() -> None:
    plan = made(SHORT).plan
    assert len(plan.passes) == 2
    assert sorted(one.spacecraft for one in plan.relay_sessions) == list(CUBES)


def test_the_same_seed_and_work_make_the_same_plan() -> None:
    again = make_plan(
        MISSION, QUICKSTART, Geometry(MISSION), Situation(QUICKSTART.span.start), EFFORT
    )
    assert again.plan == the_day().plan
    assert again.homecomings == the_day().homecomings
    assert again.value == the_day().value


def test_a_mission_made_by_hand_is_planned_too() -> None:
    plan = made(HAND_DAY, mission=BY_HAND, geometry=Geometry(BY_HAND)).plan
    assert plan.passes
    assert plan.relay_sessions
    assert max(one.end.seconds_since(one.start) for one in plan.passes) <= 9000.0


def test_value_and_bound_enclose_the_best_plan() -> None:
    result = three_days()
    assert 0.0 < result.value <= result.bound
    assert result.gap < 0.05


def test_progress_is_told_and_never_falls() -> None:
    told: list[Progress] = []
    scenario = lasting(1.0)
    make_plan(
        MISSION, scenario, the_geometry(), Situation(scenario.span.start), EFFORT,
        on_progress=told.append,
    )  # fmt: skip
    assert told[0].what == "first plan"
    assert told[-1].what == "checked plan"
    assert all(one.value <= other.value + 1e-6 for one, other in pairwise(told))
    assert all(one.value <= one.bound for one in told)


def test_stopped_at_once_it_keeps_the_first_plan() -> None:
    scenario = lasting(1.0)
    result = make_plan(
        MISSION, scenario, the_geometry(), Situation(scenario.span.start), Effort(wall_s=60.0),
        stop=lambda: True,
    )  # fmt: skip
    assert result.plan.passes
    assert result.elapsed_s < 30.0


def test_dear_antennas_are_used_less() -> None:
    dear = replace(
        MISSION,
        antennas={id: replace(one, cost_per_hour=3.0) for id, one in MISSION.antennas.items()},
    )
    scenario = lasting(3.0)
    plan = made(scenario, mission=dear).plan
    assert _hours(plan) < 0.6 * _hours(three_days().plan)
    assert plan.passes


def test_an_antenna_that_is_closed_is_not_used() -> None:
    used = max(
        MISSION.antennas, key=lambda id: sum(one.antenna == id for one in three_days().plan.passes)
    )
    scenario = lasting(3.0)
    out = made(scenario, Situation(scenario.span.start, outages=(Outage(used, scenario.span),)))
    assert used not in {one.antenna for one in out.plan.passes}
    kept_up = replace(
        scenario, planning=PlanningData(maintenance=(Maintenance(used, scenario.span),))
    )
    assert used not in {one.antenna for one in made(kept_up).plan.passes}
    assert out.value <= three_days().bound


def test_rain_lowers_a_rate_and_a_flood_closes_the_link() -> None:
    scenario = replace(lasting(1.0), antennas=("dss-43",))
    dry = made(scenario).plan
    for loss_db, rates in ((9.0, {64_000.0, 128_000.0}), (60.0, set())):
        rain = Weather("dss-43", hours(0.0, 9.0), loss_db)
        wet = made(scenario, Situation(scenario.span.start, weather=(rain,))).plan
        in_rain = {one.rate_bps for one in wet.passes if one.start < hour(8.0)}
        assert in_rain <= rates
        assert bool(in_rain) == bool(rates)
        assert {one.rate_bps for one in wet.passes if one.start > hour(9.0)} <= {256_000.0}
    assert {one.rate_bps for one in dry.passes} == {256_000.0}


def test_needs_are_served_by_passes_that_say_so() -> None:
    health = ContactNeed("health", "otv", "health", 1800.0, 900.0, every_s=28_800.0)
    command = ContactNeed("burn", "otv", "command", 1200.0, 1200.0, window=hours(13.0, 24.0),
                          attended=True)  # fmt: skip
    critical = ContactNeed("insertion", "otv", "critical", 2400.0, 1800.0, antennas=2,
                           window=hours(2.0, 14.0))  # fmt: skip
    scenario = with_needs(
        lasting(1.0), health, command, critical, shifts=(Shift(14 * 3600.0, 22 * 3600.0),)
    )
    result = made(scenario)
    serving = {
        id: [one for one in result.plan.passes if id in one.serves]
        for id in ("health", "burn", "insertion")
    }
    assert len(serving["health"]) >= 3
    (burn,) = serving["burn"][:1]
    inside = min(burn.uplink_until, hour(22.0)).seconds_since(max(burn.uplink_from, hour(14.0)))
    assert inside >= 1200.0
    first, second = serving["insertion"]
    assert first.antenna != second.antenna
    together = min(first.end, second.end).seconds_since(max(first.start, second.start))
    assert together >= 1800.0
    assert result.shortfalls == ()


def test_a_need_at_night_falls_short_and_says_why() -> None:
    attended = ContactNeed("manned", "otv", "track", 3600.0, 3600.0, attended=True)
    scenario = with_needs(lasting(1.0), attended, shifts=(Shift(0.0, 600.0),))
    (short,) = made(scenario).shortfalls
    assert (short.subject, short.granted) == ("manned", "0 s")
    assert "shift" in short.reason
    out = tuple(Outage(id, scenario.span) for id in ("dss-43", "dss-63"))
    among = ContactNeed("big", "otv", "track", 3600.0, 3600.0, among=("dss-43", "dss-63"))
    (short,) = made(
        with_needs(lasting(1.0), among), Situation(scenario.span.start, outages=out)
    ).shortfalls
    assert short.reason == "closed antenna: dss-43, dss-63"


def test_two_orbiters_share_one_antenna_in_one_beam() -> None:
    otv = MISSION.spacecraft["otv"]
    assert otv.orbit is not None
    twin = replace(otv, id="twin", orbit=replace(otv.orbit, mean_anomaly_deg=150.0))
    scenario = replace(lasting(1.0), spacecraft=("otv", "twin"), antennas=("dss-43",), customers=())
    overlapping = {}
    for beams in (1, 2):
        antennas = {"dss-43": replace(MISSION.antennas["dss-43"], downlinks_per_beam=beams)}
        mission = replace(MISSION, spacecraft={"otv": otv, "twin": twin}, antennas=antennas)
        geometry = Geometry(mission)
        plan = made(scenario, mission=mission, geometry=geometry).plan
        assert {one.spacecraft for one in plan.passes} == {"otv", "twin"}
        assert check_plan(plan, mission, scenario, geometry) == []
        overlapping[beams] = sum(
            one.start < other.end and other.start < one.end
            for number, one in enumerate(plan.passes)
            for other in plan.passes[number + 1 :]
        )
    assert overlapping[1] == 0
    assert overlapping[2] > 0


def test_a_craft_in_cruise_is_tracked_beside_the_orbiter() -> None:
    otv = MISSION.spacecraft["otv"]
    assert otv.orbit is not None
    orbit = KeplerOrbit("SUN", otv.orbit.epoch, 1.9e8, 0.2, 2.0, 100.0, 30.0, 60.0, "ICRF")
    mission = replace(
        MISSION, spacecraft={"otv": otv, "cruiser": replace(otv, id="cruiser", orbit=orbit)}
    )
    scenario = replace(lasting(1.0), spacecraft=("otv", "cruiser"), customers=())
    result = made(scenario, mission=mission, geometry=Geometry(mission))
    hours_of = {
        id: _hours(replace(result.plan, passes=tuple(
            one for one in result.plan.passes if one.spacecraft == id)))
        for id in mission.spacecraft
    }  # fmt: skip
    assert min(hours_of.values()) > 8.0
    assert result.gap < 0.2


def test_a_small_recorder_takes_no_more_than_it_holds() -> None:
    otv = MISSION.spacecraft["otv"]
    small = replace(otv, platform={**otv.platform, "recorder_mb": 1.2})
    mission = replace(MISSION, spacecraft={**MISSION.spacecraft, "otv": small})
    scenario = lasting(1.0)
    plan = made(scenario, mission=mission, geometry=Geometry(mission)).plan
    assert len(plan.relay_sessions) < len(made(scenario).plan.relay_sessions)
    assert check_plan(plan, mission, scenario, Geometry(mission)) == []


@pytest.mark.parametrize(
    ("need", "text"),
    [
        (ContactNeed("long", "otv", "track", 80_000.0, 80_000.0), "more than any view"),
        (ContactNeed("many", "otv", "critical", 600.0, 600.0, antennas=9), "cannot be met"),
        (ContactNeed("who", "ghost", "track", 600.0, 600.0), "cannot be met"),
        (ContactNeed("cube", "cube-polar", "track", 600.0, 600.0), "does not speak to Earth"),
        (ContactNeed("where", "otv", "track", 600.0, 600.0, among=("moon",)), "cannot be met"),
        (ContactNeed("odd", "otv", "track", 600.0, 900.0), "cannot be met"),
        (ContactNeed("brief", "otv", "track", 600.0, 600.0, window=hours(1.0, 1.1)), "cannot be"),
    ],
)
def test_a_need_that_contradicts_is_one_clear_error(need: ContactNeed, text: str) -> None:
    with pytest.raises(PlanError, match=text) as caught:
        made(with_needs(lasting(1.0), need))
    assert caught.value.remedy
    assert caught.value.found


def test_bad_input_is_one_clear_error() -> None:
    start = QUICKSTART.span.start
    with pytest.raises(PlanError, match="no antenna moon"):
        made(QUICKSTART, Situation(start, outages=(Outage("moon", QUICKSTART.span),)))
    with pytest.raises(PlanError, match="nobody knows"):
        made(replace(QUICKSTART, planning=PlanningData(rules={"pass_minimum": 1.0})))
    with pytest.raises(PlanError, match="exclude each other"):
        made(replace(QUICKSTART, planning=PlanningData(rules={"pass_minimum_s": 10_000.0})))
    with pytest.raises(PlanError, match="no antenna sees otv"):
        made(
            replace(
                QUICKSTART,
                antennas=("usuda-64",),
                span=Interval(start, start.plus_seconds(3600.0)),
            )
        )
    with pytest.raises(PlanError, match="not in scenario"):
        made(replace(QUICKSTART, spacecraft=("otv", "cube-polar"), customers=()), mission=replace(
            MISSION, spacecraft={**MISSION.spacecraft, "cube-polar": replace(
                MISSION.spacecraft["cube-polar"], relay="other")}))  # fmt: skip
    with pytest.raises(PlanError, match="said to be lost"):
        made(QUICKSTART, Situation(start, lost=frozenset({"pass-77"})))


def _hours(plan: Plan) -> float:
    return sum(one.end.seconds_since(one.start) for one in plan.passes) / 3600.0
