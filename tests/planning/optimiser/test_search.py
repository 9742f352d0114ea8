"""The search: valid whatever the problem, better than its start, the same for a seed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from groundsys.planning.optimiser.bound import least_objective, least_unserved
from groundsys.planning.optimiser.check import check_tracks
from groundsys.planning.optimiser.fairness import FairnessWeights, fairness
from groundsys.planning.optimiser.greedy import place_greedily
from groundsys.planning.optimiser.search import Limits, Progress, optimise
from groundsys.planning.tracks import Track, TrackingProblem
from tests.planning.optimiser.problems import crowded_week, request, tracking_problems


@settings(max_examples=15, deadline=None)
@given(tracking_problems())
def test_any_plan_is_valid_no_worse_than_greedy_and_not_below_its_bound(
    problem: TrackingProblem,
) -> None:
    optimised = optimise(problem, Limits(work=0.01), lanes=1)
    assert check_tracks(problem, optimised.tracks) == []
    reached = optimised.progress.fairness
    assert reached == fairness(problem, optimised.tracks)
    assert reached.objective <= fairness(problem, place_greedily(problem)).objective + 1e-12
    assert optimised.progress.bound <= reached.objective + 1e-9


def test_a_crowded_week_gets_fairer_at_each_announcement() -> None:
    problem = crowded_week()
    heard: list[Progress] = []
    optimised = optimise(problem, Limits(work=0.05), announce=heard.append)
    objectives = [progress.fairness.objective for progress in heard]
    assert len(objectives) > 1
    assert objectives == sorted(objectives, reverse=True)
    assert objectives[-1] == optimised.progress.fairness.objective
    assert heard[0].fairness == fairness(problem, place_greedily(problem))
    assert all(0.0 <= progress.gap <= 1.0 for progress in heard)


@pytest.mark.parametrize("lanes", [1, 2])
def test_the_same_seed_and_work_give_the_same_tracks(lanes: int) -> None:
    def tracks(seed: int) -> tuple[tuple[Track, ...], int]:
        optimised = optimise(crowded_week(), Limits(work=0.03), seed=seed, lanes=lanes)
        return optimised.tracks, optimised.progress.neighbourhoods

    assert tracks(3) == tracks(3)


def test_it_ends_in_time_on_the_wall() -> None:
    began = time.monotonic()
    optimise(crowded_week(12), Limits(wall_s=1.0))
    assert time.monotonic() - began < 20.0


def test_stop_and_an_interrupt_keep_the_best() -> None:
    problem = crowded_week(3)
    heard: list[Progress] = []
    stopped = optimise(
        problem, Limits(work=0.2), announce=heard.append, stop=lambda: len(heard) > 1
    )
    assert stopped.progress.fairness == heard[-1].fairness

    def interrupt(progress: Progress) -> None:
        heard.append(progress)
        if progress.neighbourhoods:
            raise KeyboardInterrupt

    interrupted = optimise(problem, Limits(work=0.2), announce=interrupt)
    assert interrupted.progress.fairness == heard[-1].fairness
    assert check_tracks(problem, interrupted.tracks) == []


def test_a_plan_to_start_from_is_never_made_worse() -> None:
    problem = crowded_week()
    first = optimise(problem, Limits(work=0.03))
    again = optimise(problem, Limits(work=0.01), start=first.tracks, seed=1)
    assert again.progress.fairness.objective <= first.progress.fairness.objective + 1e-12


def test_a_problem_without_requests_or_openings_is_done_at_once() -> None:
    assert optimise(TrackingProblem(()), Limits()).tracks == ()
    assert optimise(TrackingProblem((request("blind"),)), Limits()).tracks == ()


def test_a_mission_of_more_than_its_views_hold_is_bound_by_them() -> None:
    problem = TrackingProblem(
        (
            request("one", ("A", 0, 150), ("B", 0, 150), mission="m"),
            request("two", ("A", 0, 150), ("B", 0, 150), mission="m"),
            request("free", ("C", 0, 150)),
        )
    )
    least = least_unserved(problem)
    assert least["m"] == pytest.approx(0.5, abs=1e-6)
    assert least["free"] == 0.0
    weights = FairnessWeights(root_mean_square=0.0, worst=1.0)
    assert least_objective(problem, weights) == pytest.approx(0.5, abs=1e-6)
    assert optimise(problem, Limits(work=1.0), weights=weights).progress.gap < 1e-6


def test_hours_below_a_minimum_do_not_count() -> None:
    asked = request("one", ("A", 0, 400), duration=200, minimum=150)
    problem = TrackingProblem((asked,))
    tracks = place_greedily(problem)
    assert fairness(problem, tracks).u_max == 0.0
    short = Track.of(asked, ("A",), type(tracks[0].tracking)(0, 149))
    measured = fairness(problem, [short])
    assert (measured.u_max, measured.satisfied, measured.granted_s) == (1.0, 0, 0)
