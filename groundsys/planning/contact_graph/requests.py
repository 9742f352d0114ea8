"""Needs as requests for tracks, so that the optimiser can share antennas out among them.

Missions ask by their needs: each occurrence is one request, of the craft that is tracked.  Setup
and teardown of a request are the longest of its antennas', which is safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from groundsys.planning.contact_graph.contacts import (
    ContactProblem,
    NeedCase,
    PassWindow,
    Visit,
)
from groundsys.planning.contact_graph.needs import granted_s, served_s
from groundsys.planning.optimiser.fairness import Fairness, measure
from groundsys.planning.plan import PlanningRules
from groundsys.planning.tracks import Opportunity, Span, Track, TrackingProblem, TrackRequest

#: where a pass could still lie in a window, within a span
Room = Callable[[PassWindow, Span], Iterable[Span]]


def tracking_problem(
    problem: ContactProblem,
    cases: Iterable[NeedCase],
    visits: Mapping[str, Sequence[Visit]],
    room: Room,
) -> TrackingProblem:
    """A request for what each occurrence lacks beside the visits, in the room that they leave."""
    requests = tuple(_request(problem, case, visits[case.need.spacecraft], room) for case in cases)
    return TrackingProblem(requests, rest_s=int(problem.rules.pass_gap_s))


def visits_of(
    problem: ContactProblem, cases: Iterable[NeedCase], tracks: Iterable[Track]
) -> tuple[Visit, ...]:
    """Tracks as passes: each antenna at the fastest rate that holds all the time."""
    by_id = {case.id: case for case in cases}
    found = []
    for track in tracks:
        case = by_id[track.request]
        together = case.id if len(track.antennas) > 1 else ""
        for antenna in track.antennas:
            window = max(
                (
                    one
                    for one in _windows(problem, case)
                    if one.antenna == antenna and _holds(one.tracking, track.tracking)
                ),
                key=lambda one: one.rate_bps,
            )
            found.append(Visit(window, track.tracking, together=together))
    return tuple(found)


def fairness_of(
    cases: Iterable[NeedCase], visits: Mapping[str, Sequence[Visit]], rules: PlanningRules
) -> Fairness:
    """How fairly missions got what their needs ask for."""
    return measure(share_of(case, visits[case.need.spacecraft], rules) for case in cases)


def share_of(case: NeedCase, visits: Sequence[Visit], rules: PlanningRules) -> tuple[str, int, int]:
    """Whose an occurrence is, the seconds asked for, and granted of them."""
    asked = _whole(case.need.duration_s)
    return case.need.of_mission, asked, min(asked, served_s(case, visits, rules))


def answer_s(window: PassWindow, rules: PlanningRules) -> int:
    """Seconds, surely enough, that must follow the uplink for its last answer to come."""
    return int(2.0 * window.light_time_s + rules.uplink_margin_s) + 2


def _request(
    problem: ContactProblem, case: NeedCase, visits: Sequence[Visit], room: Room
) -> TrackRequest:
    need, windows = case.need, list(_windows(problem, case))
    least, most = _whole(need.minimum_s), _whole(need.duration_s)
    split = None if need.split_minimum_s is None else _whole(need.split_minimum_s)
    if split is not None:
        have = granted_s(case, visits, problem.rules)
        least, most = max(split, least - have), max(split, least - have, most - have)
    if need.kind == "command":
        silent = max((answer_s(one, problem.rules) for one in windows), default=0)
        least, most = least + silent, most + silent
    shortest = least if split is None else split
    free: dict[str, list[Span]] = {}
    for part in case.parts:
        for window in windows:
            end = part.end
            if need.kind == "command":
                # the pass goes on for its answers, of which rounding may have added two seconds
                end += answer_s(window, problem.rules) - 2
            free.setdefault(window.antenna, []).extend(room(window, Span(part.start, end)))
    return TrackRequest(
        id=case.id,
        mission=need.of_mission,
        duration_s=most,
        minimum_s=least,
        split_minimum_s=split,
        setup_s=max((one.setup_s for one in windows), default=0),
        teardown_s=max((one.teardown_s for one in windows), default=0),
        opportunities=tuple(
            Opportunity(antennas, span)
            for antennas in combinations(sorted(free), need.antennas)
            for span in _largest(_common([free[one] for one in antennas]))
            if span.seconds >= shortest
        ),
        craft=need.spacecraft,
    )


def _windows(problem: ContactProblem, case: NeedCase) -> Iterator[PassWindow]:
    among = case.need.among
    for window in problem.passes[case.need.spacecraft]:
        if (not among or window.antenna in among) and window.tracking.overlaps(case.within):
            yield window


def _common(free: Sequence[Sequence[Span]]) -> list[Span]:
    """Spans of one antenna, where each of the other antennas has one too."""
    first, *others = free
    spans = list(first)
    for other in others:
        spans = [
            Span(max(one.start, two.start), min(one.end, two.end))
            for one in spans
            for two in other
            if one.overlaps(two)
        ]
    return spans


def _largest(spans: Iterable[Span]) -> Iterator[Span]:
    """Those that no other holds: a faster rate closes in a part of what a slower one does."""
    until: int | None = None
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if until is None or span.end > until:
            until = span.end
            yield span


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _whole(seconds: float) -> int:
    return int(-(-seconds // 1))
