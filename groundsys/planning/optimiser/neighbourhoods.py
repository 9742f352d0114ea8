"""Which requests to free together: those that could make room for each other.

Each kind ranks all requests, nearest first; the search frees the first few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from groundsys.planning.optimiser.fairness import requested_s
from groundsys.planning.optimiser.openings import by_request, granted_s
from groundsys.planning.tracks import Track, TrackingProblem, TrackRequest

#: a distance longer than any plan
FAR = 1e12


@dataclass(frozen=True, slots=True)
class Plan:
    """Tracks with what the kinds look at: U of each mission, and each request's tracks."""

    tracks: tuple[Track, ...]
    by_request: Mapping[str, Sequence[Track]]
    unserved: Mapping[str, float]
    missing_s: Mapping[str, int]

    @classmethod
    def of(cls, problem: TrackingProblem, tracks: Sequence[Track]) -> Plan:
        granted = granted_s(tracks)
        asked = requested_s(problem)
        missing = {one.id: one.duration_s - granted.get(one.id, 0) for one in problem.requests}
        lacking = dict.fromkeys(asked, 0)
        for request in problem.requests:
            lacking[request.mission] += missing[request.id]
        unserved = {mission: lacking[mission] / asked[mission] for mission in asked}
        return cls(tuple(tracks), by_request(tracks), unserved, missing)


Distance = Callable[[TrackRequest], float]
Kind = Callable[["Surroundings", Plan, Random], Distance]


class Surroundings:
    """A problem's antennas and the span of its opportunities, worked out once."""

    def __init__(self, problem: TrackingProblem) -> None:
        #: those that could get anything at all
        self.requests = tuple(one for one in problem.requests if one.opportunities)
        opportunities = [one for request in problem.requests for one in request.opportunities]
        self.antennas = tuple(sorted({name for one in opportunities for name in one.antennas}))
        self.first = min((one.tracking.start for one in opportunities), default=0)
        self.last = max((one.tracking.end for one in opportunities), default=0)
        lengths = sorted(one.tracking.seconds for one in opportunities)
        #: a typical opportunity's seconds: the grain of distances in time
        self.grain_s = float(lengths[len(lengths) // 2]) if lengths else 1.0

    def nearest(
        self, kind: Kind, plan: Plan, size: int, random: Random, without: frozenset[str]
    ) -> frozenset[str]:
        """The `size` requests that the kind frees, none of them of `without`."""
        distance = kind(self, plan, random)
        ranked = sorted(
            (distance(request) + random.uniform(0.0, 0.5) * self.grain_s, request.id)
            for request in self.requests
            if request.id not in without
        )
        return frozenset(name for _, name in ranked[:size])


def around_a_time(around: Surroundings, plan: Plan, random: Random) -> Distance:
    """Whatever is tracked, or could be, about a time on any antenna."""
    time = random.uniform(around.first, around.last)
    return lambda request: _away(request, plan, time, frozenset(around.antennas))


def on_some_antennas(around: Surroundings, plan: Plan, random: Random) -> Distance:
    """Whatever is tracked, or could be, about a time on one to four antennas."""
    count = min(random.randint(1, 4), len(around.antennas))
    antennas = frozenset(random.sample(around.antennas, count))
    time = random.uniform(around.first, around.last)
    return lambda request: _away(request, plan, time, antennas)


def where_a_request_could_be(around: Surroundings, plan: Plan, random: Random) -> Distance:
    """A request that lacks time of a mission served badly, and who is in its way."""
    seed = _lacking(around, plan, random)
    opportunities = random.sample(seed.opportunities, min(3, len(seed.opportunities)))

    def distance(request: TrackRequest) -> float:
        if request is seed:
            return -FAR
        return min(
            _away(
                request,
                plan,
                (one.tracking.start + one.tracking.end) / 2.0,
                frozenset(one.antennas),
            )
            for one in opportunities
        )

    return distance


def of_a_mission(around: Surroundings, plan: Plan, random: Random) -> Distance:
    """Half of it requests of a mission served badly, the other half in the way of one of them."""
    seed = _lacking(around, plan, random)
    others = where_a_request_could_be(around, plan, random)
    time = random.uniform(around.first, around.last)

    def distance(request: TrackRequest) -> float:
        if request.mission == seed.mission:
            return _away(request, plan, time, frozenset(around.antennas)) / 4.0
        return others(request)

    return distance


def anywhere(around: Surroundings, plan: Plan, random: Random) -> Distance:
    """Any requests by chance."""
    return lambda request: random.random() * around.grain_s * 4.0


KINDS: tuple[Kind, ...] = (
    around_a_time,
    on_some_antennas,
    where_a_request_could_be,
    of_a_mission,
    anywhere,
)


def _lacking(around: Surroundings, plan: Plan, random: Random) -> TrackRequest:
    """A request by chance, the likelier the more it lacks and the worse its mission is served."""
    weights = [
        1e-9 + plan.missing_s[one.id] / one.duration_s * plan.unserved[one.mission] ** 2
        for one in around.requests
    ]
    return random.choices(around.requests, weights)[0]


def _away(request: TrackRequest, plan: Plan, time: float, antennas: frozenset[str]) -> float:
    """Seconds from a time to the request's tracks, or to where one could be if it has none."""
    tracks = plan.by_request.get(request.id)
    if tracks:
        return min(
            abs((one.tracking.start + one.tracking.end) / 2.0 - time)
            if not antennas.isdisjoint(one.antennas)
            else FAR
            for one in tracks
        )
    return min(
        max(one.tracking.start - time, time - one.tracking.end, 0.0)
        if not antennas.isdisjoint(one.antennas)
        else FAR
        for one in request.opportunities
    )
