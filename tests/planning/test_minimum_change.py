"""How little a mended plan changes, beside the least that CP-SAT finds any plan must change."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from ortools.sat.python import cp_model

from groundsys.geometry import Geometry, view_periods
from groundsys.planning import Plan, PlannedPass, check_plan, diff_plans, replan
from groundsys.planning.situation import Effort, Outage, Situation
from groundsys.values.instants import Instant, Interval
from tests.planning.missions import MISSION, hour, lasting, three_days

SCENARIO = lasting(3.0)
NOW = hour(10.0)
SHORTEST_S, REST_S = 3600, 600
#: the view's margin, and a little for navigation
MARGIN_S = 33

Linear = cp_model.LinearExprT


def second(instant: Instant) -> int:
    return round(instant.seconds_since(SCENARIO.span.start))


def least_change(booked: Plan, geometry: Geometry, situation: Situation) -> tuple[int, int]:
    """The most passes that can stay as they are and, beside them, that can stay with new times."""
    model = cp_model.CpModel()
    kept: list[cp_model.IntVar] = []
    moved: list[cp_model.IntVar] = []
    craft_intervals: list[cp_model.IntervalVar] = []
    antenna_intervals: dict[str, list[cp_model.IntervalVar]] = {id: [] for id in SCENARIO.antennas}

    def occupy(
        one: PlannedPass, start: Linear, seconds: Linear, end: Linear, there: cp_model.IntVar
    ) -> None:
        setup = round(MISSION.antennas[one.antenna].configuration_s)
        craft_intervals.append(
            model.new_optional_interval_var(start, seconds + REST_S, end + REST_S, there, "")
        )
        antenna_intervals[one.antenna].append(
            model.new_optional_interval_var(start - setup, seconds + setup, end, there, "")
        )

    for one in booked.passes:
        first, last = second(one.start), second(one.end)
        alone = replace(booked, passes=(one,), relay_sessions=())
        stays = check_plan(alone, MISSION, SCENARIO, geometry, situation) == []
        keep = model.new_bool_var("")
        kept.append(keep)
        occupy(one, first, last - first, last, keep)
        if one.end <= NOW:
            model.add(keep == 1)
            continue
        if not stays:
            model.add(keep == 0)
        setup = round(MISSION.antennas[one.antenna].configuration_s)
        for period in view_periods(geometry, one.antenna, "otv", SCENARIO.span):
            opens = second(period.receive.start) + MARGIN_S
            closes = second(period.receive.end) - MARGIN_S
            for begin, over in _open(one, opens, closes, setup, situation):
                most = min(last - first, over - begin)
                if most < SHORTEST_S or begin >= last or over <= first:
                    continue
                there = model.new_bool_var("")
                start = model.new_int_var(begin, over - SHORTEST_S, "")
                length = model.new_int_var(SHORTEST_S, most, "")
                end = model.new_int_var(begin + SHORTEST_S, over, "")
                occupy(one, start, length, end, there)
                model.add(keep + there <= 1)
                moved.append(there)
    model.add_no_overlap(craft_intervals)
    for intervals in antenna_intervals.values():
        model.add_no_overlap(intervals)
    model.maximize(100 * sum(kept) + sum(moved))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return sum(map(solver.value, kept)), sum(map(solver.value, moved))


def _open(
    one: PlannedPass, opens: int, closes: int, setup: int, situation: Situation
) -> list[tuple[int, int]]:
    """The parts of a view in which the antenna is not closed and can still be told."""
    parts = [(max(opens, second(NOW) + 60 + setup), closes)]
    for out in situation.outages:
        if out.antenna == one.antenna:
            first, last = second(out.interval.start), second(out.interval.end)
            parts = [
                part
                for begin, over in parts
                for part in ((begin, min(over, first)), (max(begin, last + setup), over))
                if part[0] < part[1]
            ]
    return parts


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_changes_less(seed: int) -> None:
    draws = random.Random(seed)
    otv = MISSION.spacecraft["otv"]
    assert otv.orbit is not None
    late = replace(
        otv.orbit, epoch=otv.orbit.epoch.plus_seconds(draws.choice([0.0, 120.0, 1500.0]))
    )
    geometry = Geometry(MISSION, spacecraft_orbits={"otv": late})
    booked = three_days().plan
    outages = []
    for _ in range(2):
        begin = draws.uniform(20.0, 60.0)
        antenna = draws.choice(sorted({one.antenna for one in booked.passes}))
        outages.append(
            Outage(antenna, Interval(hour(begin), hour(begin + draws.uniform(1.0, 12.0))))
        )
    situation = Situation(NOW, booked, outages=tuple(outages))
    result = replan(MISSION, SCENARIO, geometry, situation, Effort())
    diff = diff_plans(booked, result.plan, (), ())
    kept, moved = least_change(booked, geometry, situation)
    assert len(diff.passes.kept) == kept
    assert len(diff.passes.moved) >= moved
