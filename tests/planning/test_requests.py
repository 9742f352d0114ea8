"""Needs are requests for tracks: shared out fairly, split by the rules, never in conflict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies

from groundsys.mission.scenario.planning_data import ContactNeed, Shift
from groundsys.planning import check_plan, replan
from groundsys.planning.choosing.draft import Draft
from groundsys.planning.choosing.seating import seat
from groundsys.planning.choosing.serving import by_priority, serve
from groundsys.planning.contact_graph.requests import fairness_of, tracking_problem, visits_of
from groundsys.planning.optimiser.check import check_tracks
from groundsys.planning.optimiser.fairness import Fairness, fairness
from groundsys.planning.optimiser.search import Limits, optimise
from groundsys.planning.situation import Effort, Outage, PlanResult, Situation
from groundsys.planning.tracks import TrackingProblem
from groundsys.planning.versions.summary import PlanSummary, summarise
from groundsys.values.errors import PlanError
from groundsys.values.instants import Interval
from tests.planning.missions import made
from tests.planning.orbiters import FLEET, asking, long_tracks, problem_of, the_fleet

#: more than two antennas can grant
CONTENDED = asking(*long_tracks(9.0, 6.0, 5.0, 4.0), days=2.0)
EFFORT = Effort(work=0.6)


def requests_of(draft: Draft) -> TrackingProblem:
    problem = draft.problem
    return tracking_problem(
        problem,
        problem.needs,
        draft.visits,
        lambda window, part: draft.room(window, within=part),
    )


def fair(draft: Draft) -> Fairness:
    return fairness_of(draft.problem.needs, draft.visits, draft.problem.rules)


def summed(result: PlanResult, scenario: object = CONTENDED) -> PlanSummary:
    return summarise(result.plan, result.homecomings, FLEET, scenario)  # type: ignore[arg-type]


def test_missions_share_antennas_as_fairly_as_the_optimiser_alone_would() -> None:
    problem = problem_of(CONTENDED)
    in_turn = Draft(problem)
    for case in by_priority(in_turn):
        serve(in_turn, case)
    alone = optimise(requests_of(Draft(problem)), Limits(work=0.6), seed=1, lanes=1)
    result = made(CONTENDED, mission=FLEET, geometry=the_fleet(), effort=EFFORT)
    reached = summed(result).fairness
    assert reached is not None
    assert fair(in_turn).u_max == pytest.approx(1.0)
    assert reached.u_rms < 0.6 * fair(in_turn).u_rms
    assert reached.u_rms < alone.progress.fairness.u_rms + 0.05
    assert reached.u_max < alone.progress.fairness.u_max + 0.1
    assert any(len(need.passes) > 2 for need in summed(result).needs)


def test_the_same_seed_and_work_share_out_the_same_to_the_bit() -> None:
    first, again = (
        made(CONTENDED, mission=FLEET, geometry=the_fleet(), effort=EFFORT) for _ in range(2)
    )
    assert first.plan == again.plan
    assert first.value == again.value


def test_tracks_become_passes_that_grant_the_same() -> None:
    draft = Draft(problem_of(CONTENDED))
    requests = requests_of(draft)
    tracks = optimise(requests, Limits(work=0.1), lanes=1).tracks
    assert check_tracks(requests, tracks) == []
    for visit in visits_of(draft.problem, draft.problem.needs, tracks):
        assert any(
            room.start <= visit.tracking.start and visit.tracking.end <= room.end
            for room in draft.room(visit.window)
        )
        draft.add(visit)
    assert fair(draft) == fairness(requests, tracks)


def test_a_higher_priority_never_gives_way_for_fairness() -> None:
    first = replace(long_tracks(9.0)[0], priority=3.0)
    others = long_tracks(9.0, 9.0, 9.0, 9.0)[1:]
    draft, alone = (Draft(problem_of(asking(*needs))) for needs in ((first, *others), (first,)))
    for each in (draft, alone):
        seat(each, Effort(work=0.4), 0.4)
    assert fair(draft).unserved["orbiter-0"] == fair(alone).unserved["orbiter-0"]
    # however much fairness is worth
    scenario = asking(first, *others, rules={"value_of_fairness": 100.0})
    reached = summed(made(scenario, mission=FLEET, geometry=the_fleet()), scenario).fairness
    assert reached is not None
    assert reached.unserved["orbiter-0"] <= fair(alone).unserved["orbiter-0"] + 1e-9


def test_whose_request_it_is_counts_and_not_which_craft_is_tracked() -> None:
    """Two craft of one mission may be tracked at a time; one craft of two missions may not."""
    shared = long_tracks(3.0, 3.0, mission="pair")
    other = replace(long_tracks(3.0)[0], id="radio-science", mission="science")
    scenario = asking(*shared, other)
    result = made(scenario, mission=FLEET, geometry=the_fleet())
    summary = summed(result, scenario)
    assert summary.fairness is not None
    assert set(summary.fairness.unserved) == {"pair", "science"}
    assert summary.fairness.u_max == 0.0
    assert {need.mission for need in summary.needs} == {"pair", "science"}
    assert all(need.granted_s == need.asked_s for need in summary.needs)


def test_a_part_that_is_lost_is_made_good() -> None:
    scenario = asking(*long_tracks(4.0, 4.0))
    booked = made(scenario, mission=FLEET, geometry=the_fleet()).plan
    gone = [one for one in booked.passes if "tracks-0" in one.serves][-1]
    start = scenario.span.start
    out = Outage(gone.antenna, Interval(gone.start, gone.end))
    situation = Situation(start, booked, outages=(out,))
    result = replan(FLEET, scenario, the_fleet(), situation, Effort())
    assert check_plan(result.plan, FLEET, scenario, the_fleet(), situation) == []
    (need, _) = summed(result, scenario).needs
    assert need.granted_s >= 7200.0


def test_a_mended_plan_seats_new_needs_fairly_and_takes_none_away() -> None:
    scenario = asking(*long_tracks(3.0, 3.0), days=2.0)
    booked = made(scenario, mission=FLEET, geometry=the_fleet()).plan
    wishes = tuple(replace(one, id=f"new-{one.id}") for one in long_tracks(4.0, 4.0, 4.0, 4.0)[2:])
    situation = Situation(scenario.span.start, booked, needs=wishes)
    result, again = (replan(FLEET, scenario, the_fleet(), situation, Effort()) for _ in range(2))
    assert result.plan == again.plan
    kept = {one.id: one for one in result.plan.passes}
    assert all(
        kept[one.id].serves[: len(one.serves)] == one.serves for one in booked.passes if one.serves
    )
    summary = summarise(result.plan, (), FLEET, scenario, wishes)
    assert summary.fairness is not None
    assert summary.fairness.unserved["orbiter-0"] == 0.0
    assert summary.fairness.unserved["orbiter-1"] == 0.0
    assert max(summary.fairness.unserved.values()) < 1.0


_KINDS = strategies.sampled_from(("track", "health", "command", "critical", "split"))


@strategies.composite
def wishes(draw: strategies.DrawFn) -> tuple[ContactNeed, ...]:
    """Up to six needs of all kinds, from minutes to hours, of four craft and three missions."""
    needs = []
    for number in range(draw(strategies.integers(1, 6))):
        kind = draw(_KINDS)
        minimum_s = 60.0 * draw(strategies.integers(20, 240))
        need = ContactNeed(
            f"need-{number}",
            draw(strategies.sampled_from(sorted(FLEET.spacecraft))),
            "track" if kind == "split" else kind,  # type: ignore[arg-type]
            minimum_s + 60.0 * draw(strategies.integers(0, 120)),
            minimum_s,
            every_s=draw(strategies.sampled_from((None, 43_200.0))),
            antennas=2 if kind == "critical" else 1,
            attended=draw(strategies.booleans()),
            priority=draw(strategies.sampled_from((1.0, 1.0, 4.0))),
            mission=draw(strategies.sampled_from(("", "one", "two"))),
        )
        if kind == "split":
            part_s = min(minimum_s, need.duration_s / 2.0) / draw(strategies.integers(1, 3))
            need = replace(need, split_minimum_s=max(600.0, part_s // 1))
        if need.split_minimum_s is None or need.split_minimum_s <= need.duration_s / 2.0:
            needs.append(need)
    return tuple(needs)


SHIFTS = (Shift(0.0, 30_000.0), Shift(36_000.0, 86_400.0))


@settings(max_examples=15, deadline=None)
@given(wishes())
def test_whatever_is_asked_for_the_plan_holds_and_keeps_the_rules_of_splitting(
    needs: tuple[ContactNeed, ...],
) -> None:
    scenario = asking(*needs, shifts=SHIFTS)
    try:
        problem = problem_of(scenario)
    except PlanError:
        with pytest.raises(PlanError, match="more than any view"):
            made(scenario, mission=FLEET, geometry=the_fleet())
        return
    requests = requests_of(Draft(problem))
    tracks = optimise(requests, Limits(work=0.02), lanes=1).tracks
    assert check_tracks(requests, tracks) == []
    # it is checked, or raises
    result = made(scenario, mission=FLEET, geometry=the_fleet(), effort=Effort(work=0.1))
    for need in summed(result, scenario).needs:
        assert bool(need.passes) == (need.granted_s > 0.0)
    assert result.value <= result.bound + 1e-6
