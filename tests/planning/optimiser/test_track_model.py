"""The constraint model: small problems whose best is known by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from groundsys.planning.optimiser.track_model import TrackModel
from groundsys.planning.tracks import Span, Track, TrackingProblem, TrackRequest
from tests.planning.optimiser.problems import request


def most(
    requests: Sequence[TrackRequest],
    fixed: Sequence[Track] = (),
    closed: Mapping[str, tuple[Span, ...]] | None = None,
) -> tuple[int, tuple[Track, ...]]:
    """The most seconds that can be granted, and how."""
    problem = TrackingProblem(tuple(requests), closed or {})
    settled = {track.request for track in fixed}
    free = [one.id for one in requests if one.id not in settled]
    built = TrackModel(problem, free, fixed)
    built.model.maximize(sum(built.granted.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(built.model) == cp_model.OPTIMAL
    return round(solver.objective_value), built.tracks(solver)


def test_two_tracks_share_an_antenna_only_with_room_for_teardown_and_setup() -> None:
    pair = [request("one", ("A", 0, 215)), request("two", ("A", 0, 215))]
    assert most(pair)[0] == 200
    narrower = [request("one", ("A", 0, 214)), request("two", ("A", 0, 214))]
    assert most(narrower)[0] == 100


def test_setup_and_teardown_keep_clear_of_closures_and_settled_tracks() -> None:
    one, two = request("one", ("A", 0, 300)), request("two", ("A", 0, 300))
    closed = {"A": (Span(-10, 40), Span(250, 300))}
    _, (track,) = most([one], closed=closed)
    assert track.occupied.start >= 40
    assert track.occupied.end <= 250
    settled = Track.of(two, ("A",), Span(100, 200))
    assert most([one, two], [settled])[0] == 0
    settled = Track.of(two, ("A",), Span(115, 215))
    assert most([one, two], [settled])[1] == (Track.of(one, ("A",), Span(0, 100)),)


def test_an_array_takes_all_its_antennas() -> None:
    requests = [request("one", ("A+B", 0, 110)), request("two", ("B", 0, 110))]
    assert most(requests)[0] == 100


def test_a_mission_tracks_once_at_a_time() -> None:
    requests = [
        request("one", ("A", 0, 150), mission="m"),
        request("two", ("B", 0, 150), mission="m"),
    ]
    assert most(requests)[0] == 100
    settled = Track.of(requests[1], ("B",), Span(0, 100))
    assert most(requests, [settled])[0] == 0


def test_a_split_request_reaches_its_minimum_or_gets_nothing() -> None:
    one = request(
        "one", ("A", 0, 60), ("B", 60, 120), duration=100, minimum=80, split=50, overhead=(0, 0)
    )
    granted, tracks = most([one])
    assert granted == 100
    assert [track.tracking.seconds for track in tracks] == [50, 50]
    assert most([one], closed={"B": (Span(0, 100),)})[0] == 0


def test_a_hint_of_settled_tracks_is_a_solution() -> None:
    one = request("one", ("A", 0, 300), ("B", 0, 300), duration=120, minimum=100)
    problem = TrackingProblem((one,))
    start = Track.of(one, ("B",), Span(20, 130))
    built = TrackModel(problem, ["one"])
    built.hint([start])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.fix_variables_to_their_hinted_value = True
    built.model.maximize(sum(built.granted.values()))
    assert solver.solve(built.model) == cp_model.OPTIMAL
    assert built.tracks(solver) == (start,)
