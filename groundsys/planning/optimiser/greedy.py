"""A first plan: the hardest to place first, each where the least others would want to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from groundsys.planning.optimiser.openings import (
    Occupancy,
    Opening,
    most_tracks,
    shortest_track_s,
)
from groundsys.planning.tracks import Span, Track, TrackingProblem, TrackRequest


def place_greedily(problem: TrackingProblem, settled: Sequence[Track] = ()) -> tuple[Track, ...]:
    """Tracks for as many requests as find room beside the settled ones, which are kept.

    Requests with the least room for what they need go first.  A track takes the start of the
    opening whose antennas are wanted least, and is as long as it may be; a request is split only if
    it must be.
    """
    wanted = _wanted(problem)
    occupancy = Occupancy(problem, settled)
    tracks = list(settled)
    placed = {track.request for track in settled}
    for request in sorted(problem.requests, key=_room):
        if request.id in placed:
            continue
        openings = list(occupancy.openings(request))
        for track in _tracks(request, openings, wanted, problem.rest_s):
            occupancy.add(track)
            tracks.append(track)
    return tuple(tracks)


def _room(request: TrackRequest) -> tuple[float, str]:
    room = sum(opportunity.tracking.seconds for opportunity in request.opportunities)
    return room / request.minimum_s, request.id


def _wanted(problem: TrackingProblem) -> Mapping[str, float]:
    """Seconds wanted of each antenna, a request's spread evenly over its opportunities."""
    wanted: dict[str, float] = {}
    for request in problem.requests:
        share = request.duration_s / max(1, len(request.opportunities))
        for opportunity in request.opportunities:
            for antenna in opportunity.antennas:
                wanted[antenna] = wanted.get(antenna, 0.0) + share
    return wanted


def _tracks(
    request: TrackRequest,
    openings: Sequence[Opening],
    wanted: Mapping[str, float],
    rest_s: int,
) -> tuple[Track, ...]:
    def cost(opening: Opening) -> tuple[int, float, int]:
        missing = max(0, request.duration_s - opening.tracking.seconds)
        antennas = opening.opportunity.antennas
        return missing, sum(wanted[antenna] for antenna in antennas), opening.tracking.start

    whole = [one for one in openings if one.tracking.seconds >= request.minimum_s]
    if whole:
        return (_track(request, min(whole, key=cost), request.duration_s),)
    if most_tracks(request) < 2:
        return ()
    least = shortest_track_s(request)
    for first, second in combinations(sorted(openings, key=cost), 2):
        if first.tracking.overlaps(second.tracking):
            continue
        begun = _track(request, first, request.duration_s - least)
        ended = _track(request, second, request.duration_s - begun.tracking.seconds)
        apart = begun.occupied.end <= ended.occupied.start or (
            ended.occupied.end <= begun.occupied.start
        )
        if not _rested(begun.tracking, ended.tracking, rest_s):
            continue
        enough = begun.tracking.seconds + ended.tracking.seconds >= request.minimum_s
        if enough and (apart or not set(begun.antennas) & set(ended.antennas)):
            return begun, ended
    return ()


def _rested(one: Span, other: Span, rest_s: int) -> bool:
    return max(one.start, other.start) - min(one.end, other.end) >= rest_s


def _track(request: TrackRequest, opening: Opening, most_s: int) -> Track:
    start = opening.tracking.start
    end = min(start + most_s, opening.tracking.end)
    return Track.of(request, opening.opportunity.antennas, Span(start, end))
