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
from groundsys.planning.tracks import Opportunity, Span, Track, TrackingProblem, TrackRequest


@dataclass(frozen=True, slots=True)
class Piece:
    """A track that may be: `seconds` is 0 unless `presence`; `start` means nothing then."""

    request: TrackRequest
    opening: Opening
    presence: cp_model.IntVar
    #: start of tracking; setup comes before
    start: cp_model.IntVar
    #: an expression linear in the model's variables, 0 when absent
    seconds: cp_model.LinearExpr
    #: seconds beyond the shortest track; None for a track of one length
    beyond: cp_model.IntVar | None
    #: end of tracking; means nothing when absent
    end: cp_model.LinearExprT

    @property
    def opportunity(self) -> Opportunity:
        return self.opening.opportunity


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
            least = shortest_track_s(request)
            for piece in self.pieces[request.id]:
                track = next((one for one in left if _inside(one, piece.opening)), None)
                self.model.add_hint(piece.presence, track is not None)
                if track is not None:
                    left.remove(track)
                span = track.tracking if track else _first(piece.opening, least)
                self.model.add_hint(piece.start, span.start)
                if piece.beyond is not None:
                    self.model.add_hint(piece.beyond, span.seconds - least)
                if isinstance(piece.end, cp_model.IntVar):
                    self.model.add_hint(piece.end, span.end)
            granted, served = self.granted[request.id], self.served[request.id]
            if isinstance(granted, cp_model.IntVar) and isinstance(served, cp_model.IntVar):
                self.model.add_hint(granted, seconds.get(request.id, 0))
                self.model.add_hint(served, request.id in seconds)

    def tracks(self, solver: cp_model.CpSolver) -> tuple[Track, ...]:
        """The free requests' tracks in the solver's solution."""
        return tuple(
            Track.of(piece.request, piece.opportunity.antennas, _span(solver, piece))
            for pieces in self.pieces.values()
            for piece in pieces
            if solver.boolean_value(piece.presence)
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
        model = self.model
        first, last = opening.tracking.start, opening.tracking.end
        least = shortest_track_s(request)
        most = min(request.duration_s, last - first)
        presence = model.new_bool_var("")
        start = model.new_int_var(first, last - least, "")
        overhead = request.setup_s + request.teardown_s
        beyond: cp_model.IntVar | None = None
        if most > least:
            beyond = model.new_int_var(0, most - least, "")
            end = model.new_int_var(first + least, last, "")
            model.add(beyond <= (most - least) * presence)
            interval = model.new_optional_interval_var(
                start - request.setup_s,
                beyond + (least + overhead),
                end + request.teardown_s,
                presence,
                "",
            )
            piece = Piece(request, opening, presence, start, least * presence + beyond, beyond, end)
        else:
            interval = model.new_optional_fixed_size_interval_var(
                start - request.setup_s, least + overhead, presence, ""
            )
            piece = Piece(
                request, opening, presence, start, least * presence, beyond, start + least
            )
        for antenna in opening.opportunity.antennas:
            self._on_antenna.setdefault(antenna, []).append(
                _Use(
                    interval,
                    Span(first - request.setup_s, last + request.teardown_s),
                    piece.seconds + overhead * presence,
                )
            )
        return piece

    def _grant(self, request: TrackRequest) -> tuple[cp_model.LinearExprT, cp_model.LinearExprT]:
        pieces = self.pieces[request.id]
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
            pieces = [piece for request in requests for piece in self.pieces[request.id]]
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

    def _tracking(self, piece: Piece) -> _Use:
        """With the rest that must follow it."""
        least, rest = shortest_track_s(piece.request), self._rest_s
        seconds = piece.seconds + rest * piece.presence if rest else piece.seconds
        if piece.beyond is None:
            interval = self.model.new_optional_fixed_size_interval_var(
                piece.start, least + rest, piece.presence, ""
            )
        else:
            interval = self.model.new_optional_interval_var(
                piece.start, piece.beyond + (least + rest), piece.end + rest, piece.presence, ""
            )
        within = piece.opening.tracking
        return _Use(interval, Span(within.start, within.end + rest), seconds)


def _first(opening: Opening, seconds: int) -> Span:
    return Span(opening.tracking.start, opening.tracking.start + seconds)


def _inside(track: Track, opening: Opening) -> bool:
    return (
        track.antennas == opening.opportunity.antennas
        and opening.tracking.start <= track.tracking.start
        and track.tracking.end <= opening.tracking.end
    )


def _span(solver: cp_model.CpSolver, piece: Piece) -> Span:
    start = solver.value(piece.start)
    return Span(start, start + solver.value(piece.seconds))
