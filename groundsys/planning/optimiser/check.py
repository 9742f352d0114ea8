"""Whether tracks keep every rule of their problem, whoever made them.

It shares nothing with the model, the greedy start or the search but `planning/tracks.py`'s values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from groundsys.planning.tracks import Span, Track, TrackingProblem, TrackRequest


def check_tracks(problem: TrackingProblem, tracks: Sequence[Track]) -> list[str]:
    """What is wrong with the tracks, in words; empty if nothing is."""
    requests = {request.id: request for request in problem.requests}
    known = [track for track in tracks if track.request in requests]
    return [
        *(f"{_name(one)}: no such request" for one in tracks if one.request not in requests),
        *(finding for one in known for finding in _findings(one, requests[one.request])),
        *_sums(known, requests),
        *_taken_twice(known, problem),
        *_craft_twice(known, requests, problem.rest_s),
    ]


def _findings(track: Track, request: TrackRequest) -> Iterator[str]:
    if track.tracking.seconds <= 0:
        yield f"{_name(track)}: ends before it starts"
    if track.tracking.start - track.occupied.start != request.setup_s:
        yield f"{_name(track)}: setup is not {request.setup_s} s"
    if track.occupied.end - track.tracking.end != request.teardown_s:
        yield f"{_name(track)}: teardown is not {request.teardown_s} s"
    offered = [
        one.tracking
        for one in request.opportunities
        if Counter(one.antennas) == Counter(track.antennas)
    ]
    if not offered:
        yield f"{_name(track)}: the request may not use these antennas"
    elif not any(_holds(span, track.tracking) for span in offered):
        yield f"{_name(track)}: tracks outside the request's view periods"


def _sums(tracks: Sequence[Track], requests: dict[str, TrackRequest]) -> Iterator[str]:
    parts: dict[str, list[int]] = {}
    for track in tracks:
        parts.setdefault(track.request, []).append(track.tracking.seconds)
    for name, seconds in parts.items():
        request = requests[name]
        if sum(seconds) < request.minimum_s:
            yield f"{name}: {sum(seconds)} s in all are less than its minimum {request.minimum_s} s"
        if sum(seconds) > request.duration_s:
            yield f"{name}: {sum(seconds)} s in all are more than the {request.duration_s} s asked"
        if len(seconds) == 1:
            continue
        if request.split_minimum_s is None:
            yield f"{name}: split into {len(seconds)} tracks and may not be"
        elif min(seconds) < request.split_minimum_s:
            yield f"{name}: a part of {min(seconds)} s is shorter than {request.split_minimum_s} s"


def _taken_twice(tracks: Iterable[Track], problem: TrackingProblem) -> Iterator[str]:
    taken: dict[str, list[tuple[Span, str]]] = {
        antenna: [(span, "closed") for span in spans] for antenna, spans in problem.closed.items()
    }
    for track in tracks:
        for antenna in track.antennas:
            taken.setdefault(antenna, []).append((track.occupied, _name(track)))
    for antenna, uses in sorted(taken.items()):
        for first, second in _overlaps(uses):
            if first != second or first != "closed":
                yield f"{antenna}: {first} and {second} overlap"


def _craft_twice(
    tracks: Iterable[Track], requests: dict[str, TrackRequest], rest_s: int
) -> Iterator[str]:
    tracking: dict[str, list[tuple[Span, str]]] = {}
    for track in tracks:
        craft = requests[track.request].tracked
        rested = Span(track.tracking.start, track.tracking.end + rest_s)
        tracking.setdefault(craft, []).append((rested, _name(track)))
    for craft, uses in sorted(tracking.items()):
        for first, second in _overlaps(uses):
            yield f"{craft} tracks twice at a time, or without rest: {first} and {second}"


def _overlaps(uses: list[tuple[Span, str]]) -> Iterator[tuple[str, str]]:
    """Names of every two uses that overlap."""
    running: list[tuple[Span, str]] = []
    for span, name in sorted(uses):
        running = [one for one in running if one[0].end > span.start]
        for other, other_name in running:
            if span.end > other.start and span.seconds > 0:
                yield other_name, name
        running.append((span, name))


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _name(track: Track) -> str:
    antennas = "+".join(track.antennas)
    return f"{track.request} on {antennas} at {track.tracking.start}–{track.tracking.end} s"
