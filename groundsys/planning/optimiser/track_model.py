"""The constraint model of some requests' tracks while all other tracks stay where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from groundsys.planning.optimiser.openings import (
    Occupancy,
    Opening,
    by_request,
    granted_s,
    most_tracks,
    shortest_track_s,
)
from groundsys.planning.optimiser.optional_track import OptionalTrack
from groundsys.planning.tracks import Opportunity, Span, Track, TrackingProblem, TrackRequest


@dataclass(frozen=True, slots=True)
class Piece:
    """A track of a request that may be."""

    request: TrackRequest
    opportunity: Opportunity
    track: OptionalTrack


@dataclass(frozen=True, slots=True)
class _Use:
    """An interval of an antenna or a craft, what it cannot leave, and its seconds if present."""

    interval: cp_model.IntervalVar
    within: Span
    seconds: cp_model.LinearExpr


class TrackModel:
    """Free requests among settled tracks, every rule kept; the caller adds what is aimed at.

    Settled tracks and closures need no variables: each opportunity is cut down to its openings
    beside them, and each opening holds at most `per_opening` of a request's tracks.  Settled tracks
    of free requests are not looked at.

    `model` takes further variables, constraints and the objective.
    """

    def __init__(
        self,
        problem: TrackingProblem,
        free_requests: Iterable[str],
        fixed_tracks: Iterable[Track] = (),
        *,
        per_opening: int = 1,
    ) -> None:
        free = frozenset(free_requests)
        self.model = cp_model.CpModel()
        self.requests = tuple(request for request in problem.requests if request.id in free)
        self.pieces: Mapping[str, Sequence[Piece]]
        #: whether a request gets at least its minimum
        self.served: Mapping[str, cp_model.LinearExprT]
        #: seconds granted to a request, 0 or from its minimum to its duration
        self.granted: Mapping[str, cp_model.LinearExprT]
        self._on_antenna: dict[str, list[_Use]] = {}
        self._rest_s = problem.rest_s
        occupancy = Occupancy(problem, (one for one in fixed_tracks if one.request not in free))
        self.pieces = {
            request.id: self._pieces(request, occupancy, per_opening) for request in self.requests
        }
        rules = {request.id: self._grant(request) for request in self.requests}
        self.served = {request: served for request, (served, _) in rules.items()}
        self.granted = {request: granted for request, (_, granted) in rules.items()}
        for uses in self._on_antenna.values():
            if len(uses) > 1:
                self.model.add_no_overlap([use.interval for use in uses])
                self._no_more_than_there_is(uses)
        self._one_track_at_a_time_for_each_craft()

    def hint(self, tracks: Sequence[Track]) -> None:
        """Suggest tracks to start from; those of requests that are not free are skipped.

        Every variable of this model gets its value: CP-SAT easily loses what it must complete.
        """
        wanted = by_request(tracks)
        seconds = granted_s(tracks)
        for request in self.requests:
            left = list(wanted.get(request.id, ()))
            for one in self.pieces[request.id]:
                track = next((track for track in left if _could_be(one, track)), None)
                if track is not None:
                    left.remove(track)
                one.track.hint(self.model, track.tracking if track is not None else None)
            granted, served = self.granted[request.id], self.served[request.id]
            if isinstance(granted, cp_model.IntVar) and isinstance(served, cp_model.IntVar):
                self.model.add_hint(granted, seconds.get(request.id, 0))
                self.model.add_hint(served, request.id in seconds)

    def tracks(self, solver: cp_model.CpSolver) -> tuple[Track, ...]:
        """The free requests' tracks in the solver's solution."""
        return tuple(
            Track.of(one.request, one.opportunity.antennas, tracking)
            for pieces in self.pieces.values()
            for one in pieces
            if (tracking := one.track.tracking(solver)) is not None
        )

    def _pieces(
        self, request: TrackRequest, occupancy: Occupancy, per_opening: int
    ) -> tuple[Piece, ...]:
        copies = min(per_opening, most_tracks(request))
        return tuple(
            self._piece(request, opening)
            for opening in occupancy.openings(request)
            for _ in range(copies)
        )

    def _piece(self, request: TrackRequest, opening: Opening) -> Piece:
        within, setup, teardown = opening.tracking, request.setup_s, request.teardown_s
        piece = OptionalTrack.of(self.model, within, shortest_track_s(request), request.duration_s)
        use = _Use(
            piece.interval(self.model, setup, teardown),
            Span(within.start - setup, within.end + teardown),
            piece.seconds + (setup + teardown) * piece.presence,
        )
        for antenna in opening.opportunity.antennas:
            self._on_antenna.setdefault(antenna, []).append(use)
        return Piece(request, opening.opportunity, piece)

    def _grant(self, request: TrackRequest) -> tuple[cp_model.LinearExprT, cp_model.LinearExprT]:
        pieces = [one.track for one in self.pieces[request.id]]
        if not pieces:
            return 0, 0
        presences = [piece.presence for piece in pieces]
        if most_tracks(request) == 1:
            self.model.add_at_most_one(presences)
            served: cp_model.LinearExprT = cp_model.LinearExpr.sum(presences)
            return served, cp_model.LinearExpr.sum([piece.seconds for piece in pieces])
        is_served = self.model.new_bool_var("")
        granted = self.model.new_int_var(0, request.duration_s, "")
        self.model.add(granted == cp_model.LinearExpr.sum([piece.seconds for piece in pieces]))
        self.model.add(granted >= request.minimum_s * is_served)
        self.model.add(granted <= request.duration_s * is_served)
        self.model.add(cp_model.LinearExpr.sum(presences) <= most_tracks(request) * is_served)
        return is_served, granted

    def _one_track_at_a_time_for_each_craft(self) -> None:
        craft: dict[str, list[TrackRequest]] = {}
        for request in self.requests:
            craft.setdefault(request.tracked, []).append(request)
        for requests in craft.values():
            if len(requests) == 1 and most_tracks(requests[0]) == 1:
                continue
            pieces = [one.track for each in requests for one in self.pieces[each.id]]
            if len(pieces) > 1:
                uses = [self._tracking(piece) for piece in pieces]
                self.model.add_no_overlap([use.interval for use in uses])
                self._no_more_than_there_is(uses)

    def _no_more_than_there_is(self, uses: list[_Use]) -> None:
        """In a stretch that no use leaves, all together take no longer than it is.

        No-overlap says so already; as a sum it bounds the relaxation far more closely.
        """
        stretch: list[_Use] = []
        until = 0
        for use in sorted(uses, key=lambda one: (one.within.start, one.within.end)):
            if stretch and use.within.start >= until:
                self._fit(stretch, until)
                stretch = []
            stretch.append(use)
            until = max(until, use.within.end) if len(stretch) > 1 else use.within.end
        self._fit(stretch, until)

    def _fit(self, stretch: list[_Use], until: int) -> None:
        if len(stretch) > 1:
            self.model.add(
                cp_model.LinearExpr.sum([use.seconds for use in stretch])
                <= until - stretch[0].within.start
            )

    def _tracking(self, piece: OptionalTrack) -> _Use:
        """With the rest that must follow it."""
        rest, within = self._rest_s, piece.opening
        return _Use(
            piece.interval(self.model, 0, rest),
            Span(within.start, within.end + rest),
            piece.seconds + rest * piece.presence if rest else piece.seconds,
        )


def _could_be(one: Piece, track: Track) -> bool:
    return track.antennas == one.opportunity.antennas and one.track.holds(track.tracking)
