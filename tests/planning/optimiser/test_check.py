"""The checker: it passes what keeps the rules and names each rule that is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundsys.planning.optimiser.check import check_tracks
from groundsys.planning.optimiser.greedy import place_greedily
from groundsys.planning.tracks import Span, Track, TrackingProblem
from tests.planning.optimiser.problems import request, tracking_problems

WHOLE = request("whole", ("A", 0, 400), ("A+B", 0, 400), duration=120, minimum=100)
SPLIT = request(
    "split", ("A", 400, 900), ("B", 400, 900), mission="m", duration=100, minimum=80, split=40
)
OTHER = request("other", ("C", 0, 900), mission="m")
PROBLEM = TrackingProblem((WHOLE, SPLIT, OTHER), {"A": (Span(0, 50), Span(600, 650))})
TRACKS = (
    Track.of(WHOLE, ("A",), Span(60, 170)),
    Track.of(SPLIT, ("A",), Span(500, 540)),
    Track.of(SPLIT, ("B",), Span(700, 760)),
    Track.of(OTHER, ("C",), Span(100, 200)),
)


def with_track(place: int, track: Track) -> tuple[Track, ...]:
    return (*TRACKS[:place], track, *TRACKS[place + 1 :])


def test_tracks_that_keep_every_rule_pass() -> None:
    assert check_tracks(PROBLEM, TRACKS) == []
    assert check_tracks(PROBLEM, ()) == []


@pytest.mark.parametrize(
    ("tracks", "finding"),
    [
        ((replace(TRACKS[0], request="none"),), "no such request"),
        (with_track(0, Track.of(WHOLE, ("A",), Span(170, 60))), "ends before it starts"),
        (with_track(0, replace(TRACKS[0], occupied=Span(51, 175))), "setup is not 10 s"),
        (with_track(0, replace(TRACKS[0], occupied=Span(50, 174))), "teardown is not 5 s"),
        (with_track(0, Track.of(WHOLE, ("B",), Span(60, 170))), "may not use these antennas"),
        (with_track(0, Track.of(WHOLE, ("A",), Span(300, 401))), "outside the request's view"),
        (with_track(0, Track.of(WHOLE, ("A",), Span(60, 159))), "less than its minimum"),
        (with_track(0, Track.of(WHOLE, ("A",), Span(60, 181))), "more than the 120 s asked"),
        ((*TRACKS, Track.of(WHOLE, ("A", "B"), Span(200, 300))), "split into 2 tracks"),
        (with_track(1, Track.of(SPLIT, ("A",), Span(500, 539))), "a part of 39 s is shorter"),
        (with_track(0, Track.of(WHOLE, ("A",), Span(59, 169))), "closed"),
        (with_track(1, Track.of(SPLIT, ("A",), Span(556, 596))), "closed"),
        (with_track(3, Track.of(OTHER, ("C",), Span(401, 501))), "twice at a time"),
    ],
)
def test_each_broken_rule_is_named(tracks: tuple[Track, ...], finding: str) -> None:
    assert any(finding in one for one in check_tracks(PROBLEM, tracks))


def test_tracks_that_share_an_antenna_without_room_for_setup_overlap() -> None:
    first, second = request("first", ("A+B", 0, 400)), request("second", ("B", 0, 400))
    problem = TrackingProblem((first, second))
    near = Track.of(first, ("A", "B"), Span(10, 110)), Track.of(second, ("B",), Span(124, 224))
    assert check_tracks(problem, near) != []
    apart = near[0], Track.of(second, ("B",), Span(125, 225))
    assert check_tracks(problem, apart) == []


@settings(max_examples=30, deadline=None)
@given(tracking_problems(), st.data())
def test_a_valid_plan_with_a_track_moved_or_stretched_too_far_is_caught(
    problem: TrackingProblem, data: st.DataObject
) -> None:
    tracks = place_greedily(problem)
    assert check_tracks(problem, tracks) == []
    if tracks:
        victim = data.draw(st.sampled_from(tracks))
        asked = next(one for one in problem.requests if one.id == victim.request)
        start, end = victim.tracking.start, victim.tracking.end
        longer = Track.of(asked, victim.antennas, Span(start, end + asked.duration_s))
        away = Track.of(asked, victim.antennas, Span(start + 5000, end + 5000))
        for worse in (longer, away):
            changed = [worse if one is victim else one for one in tracks]
            assert check_tracks(problem, changed) != []
        assert check_tracks(problem, [*tracks, victim]) != []


def test_what_is_tracked_rests_between_tracks_whosever_they_are() -> None:
    mine = replace(request("mine", ("A", 0, 900), mission="m"), craft="orbiter")
    theirs = replace(request("theirs", ("B", 0, 900), mission="n"), craft="orbiter")
    other = replace(request("other", ("C", 0, 900), mission="m"), craft="lander")
    problem = TrackingProblem((mine, theirs, other), rest_s=20)
    kept = (
        Track.of(mine, ("A",), Span(100, 200)),
        Track.of(theirs, ("B",), Span(220, 320)),
        # of the same mission, but of another craft
        Track.of(other, ("C",), Span(150, 250)),
    )
    assert check_tracks(problem, kept) == []
    for start in (150, 219):
        early = Track.of(theirs, ("B",), Span(start, start + 100))
        (finding,) = check_tracks(problem, (kept[0], early, kept[2]))
        assert "orbiter tracks twice" in finding
