"""The constraint model of some craft's passes in a stretch of time; all others stay.

Data are a flow: what waits for a craft's views, in parcels by the first view that can carry it, is
spread over that view and later ones; a view carries no more than its passes do.  A parcel's worth
falls from view to view; what the stretch leaves counts as home soon after it.  Seconds are whole,
data are kilobits, worth is scaled to integers; the exact worth of what is found is for the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from groundsys.planning.choosing.data_passes import Waiting
from groundsys.planning.choosing.draft import Draft, merged
from groundsys.planning.contact_graph.contacts import NeedCase, PassWindow, Visit
from groundsys.planning.contact_graph.demand import lasting_worth
from groundsys.planning.contact_graph.needs import granted_s, served_s
from groundsys.planning.contact_graph.requests import answer_s
from groundsys.planning.optimiser.optional_track import OptionalTrack
from groundsys.planning.tracks import Span

_SCALE = 1e7
_KILOBIT = 1e3


@dataclass(frozen=True, slots=True)
class Piece:
    """A pass that may be, in an opening beside all that stays."""

    window: PassWindow
    track: OptionalTrack


@dataclass(frozen=True, slots=True)
class _Way:
    """A piece that may serve a need with so many seconds within a part of its occurrence."""

    piece: Piece
    part: Span
    #: of the piece's end, not counted
    silent_s: int
    taken: cp_model.IntVar
    seconds: cp_model.IntVar

    def most_s(self, tracking: Span) -> int:
        """What it can give if the piece is this pass."""
        return min(self.part.end, tracking.end - self.silent_s) - max(
            self.part.start, tracking.start
        )


@dataclass(frozen=True, slots=True)
class _Service:
    """How an occurrence of a need may be served."""

    case: NeedCase
    have_s: int
    ways: tuple[_Way, ...]
    granted: cp_model.IntVar
    served: cp_model.IntVar


@dataclass(frozen=True, slots=True)
class _View:
    """A craft's view, as the flow of its data sees it."""

    used: cp_model.IntVar
    pieces: tuple[Piece, ...]
    #: kilobits of each parcel that it carries, with what the parcel holds; the worthiest first
    shares: list[tuple[int, cp_model.IntVar, int]]


class PassModel:
    """Free passes of some craft among settled ones, with the worth of what they bring."""

    def __init__(
        self,
        draft: Draft,
        crafts: Sequence[str],
        stretch: Span,
        items: Mapping[str, Waiting],
        cases: Sequence[NeedCase],
        worth_of_seconds: Mapping[str, float],
    ) -> None:
        """`draft` holds only what stays; a second granted to a mission is worth so much to all."""
        self._draft, self._problem = draft, draft.problem
        self.model = cp_model.CpModel()
        self._worth: list[cp_model.LinearExprT] = []
        self.pieces: dict[str, list[Piece]] = {}
        self._views: list[_View] = []
        self._services: list[_Service] = []
        self._parcels = 0
        for craft in crafts:
            self.pieces[craft] = [
                self._piece(window, opening)
                for window in self._problem.passes[craft]
                if window.tracking.overlaps(stretch)
                for opening in draft.room(window, within=stretch)
                if opening.seconds >= self._problem.rules.pass_minimum_s
            ]
        self._antennas()
        for craft in crafts:
            self._one_antenna_at_a_time(self.pieces[craft])
            self._flow(self.pieces[craft], items[craft])
        for case in cases:
            self._need(case, worth_of_seconds[case.need.of_mission])
        self.model.maximize(cp_model.LinearExpr.sum(self._worth))

    def hint(self, visits: Sequence[Visit]) -> None:
        """Start from these passes."""
        left = list(visits)
        hinted: dict[int, float] = {}
        passes: dict[int, Span] = {}
        for pieces in self.pieces.values():
            for one in pieces:
                mine = next((visit for visit in left if _could_be(one, visit)), None)
                if mine is not None:
                    left.remove(mine)
                    hinted[id(one)] = mine.bits
                    passes[id(one)] = mine.tracking
                one.track.hint(self.model, mine.tracking if mine is not None else None)
        # what a view carries follows: the parcels in order, as far as its passes have room
        carried: dict[int, int] = {}
        for view in self._views:
            room = int(sum(hinted.get(id(piece), 0.0) for piece in view.pieces) / _KILOBIT)
            self.model.add_hint(view.used, any(id(piece) in hinted for piece in view.pieces))
            for parcel, share, kilobits in view.shares:
                taken = max(0, min(room, kilobits - carried.get(parcel, 0)))
                carried[parcel] = carried.get(parcel, 0) + taken
                room -= taken
                self.model.add_hint(share, taken)
        for service in self._services:
            self._hint_need(service, passes)

    def visits(self, solver: cp_model.CpSolver) -> tuple[Visit, ...]:
        """The passes of the solver's solution."""
        return tuple(
            Visit(one.window, tracking)
            for pieces in self.pieces.values()
            for one in pieces
            if (tracking := one.track.tracking(solver)) is not None
        )

    def _piece(self, window: PassWindow, opening: Span) -> Piece:
        rules = self._problem.rules
        least = int(rules.pass_minimum_s)
        track = OptionalTrack.of(self.model, opening, least, int(rules.pass_maximum_s))
        per_second = (
            self._problem.cost_per_hour[window.antenna] - rules.value_per_contact_hour
        ) / 3600.0
        idle_s = window.setup_s + window.teardown_s
        overhead = rules.cost_per_pass + (
            self._problem.cost_per_hour[window.antenna] * idle_s / 3600.0
        )
        self._worth.append(-round(_SCALE * (overhead + least * per_second)) * track.presence)
        self._worth.append(-round(_SCALE * per_second) * track.beyond)
        return Piece(window, track)

    def _one_antenna_at_a_time(self, pieces: Sequence[Piece]) -> None:
        gap = int(self._problem.rules.pass_gap_s)
        self.model.add_no_overlap([piece.track.interval(self.model, 0, gap) for piece in pieces])

    def _antennas(self) -> None:
        """Setup, tracking and teardown of one craft at a time, or of a beam's craft at once."""
        by_antenna: dict[str, list[Piece]] = {}
        for pieces in self.pieces.values():
            for piece in pieces:
                by_antenna.setdefault(piece.window.antenna, []).append(piece)
        for antenna, pieces in by_antenna.items():
            intervals = [
                piece.track.interval(self.model, piece.window.setup_s, piece.window.teardown_s)
                for piece in pieces
            ]
            most = self._problem.beams[antenna]
            if most == 1:
                if len(intervals) > 1:
                    self.model.add_no_overlap(intervals)
                continue
            settled = self._settled(antenna, pieces)
            beams = {self._problem.beam_of[piece.window.spacecraft] for piece in pieces}
            main = max(sorted(beams), key=lambda beam: sum(
                self._problem.beam_of[piece.window.spacecraft] == beam for piece in pieces
            ))  # fmt: skip
            demands = [
                1 if self._problem.beam_of[piece.window.spacecraft] == main else most
                for piece in pieces
            ]
            for visit in settled:
                span = visit.occupied
                intervals.append(
                    self.model.new_fixed_size_interval_var(span.start, span.seconds, "")
                )
                beam = self._problem.beam_of[visit.window.spacecraft]
                demands.append(1 if beam == main else most)
            self.model.add_cumulative(intervals, demands, most)

    def _settled(self, antenna: str, pieces: Sequence[Piece]) -> list[Visit]:
        first = min(piece.window.occupied(piece.track.opening).start for piece in pieces)
        last = max(piece.window.occupied(piece.track.opening).end for piece in pieces)
        return [
            one
            for one in self._draft.all_visits
            if one.window.antenna == antenna and one.occupied.overlaps(Span(first, last))
        ]

    def _flow(self, pieces: Sequence[Piece], items: Waiting) -> None:
        """What the pieces bring home of the items that wait."""
        views = merged([piece.track.opening for piece in pieces])
        if not views or not len(items.bits):
            return
        light_s = pieces[0].window.light_time_s
        arrive_s = items.aboard_s + light_s
        ends = np.array([view.end for view in views], dtype=np.float64)
        middles = np.array([(view.start + view.end) / 2.0 for view in views])
        first = np.searchsorted(ends, arrive_s)
        half = items.half_value_s
        otherwise = items.worth * lasting_worth(
            items.otherwise_s - items.ready_s, items.goal_s, half
        )
        found = [self._view(view, pieces) for view in views]
        for number in range(len(views)):
            mine = first == number
            kilobits = int(items.bits[mine].sum() / _KILOBIT)
            if kilobits == 0:
                continue
            self._parcels += 1
            shares = []
            for later in range(number, len(views)):
                home_s = np.maximum(middles[later], arrive_s[mine])
                worth = items.worth[mine] * lasting_worth(
                    home_s - items.ready_s[mine], items.goal_s[mine], half
                )
                gain = float((worth - otherwise[mine]).sum()) / kilobits
                if gain <= 0.0:
                    continue
                share = self.model.new_int_var(0, kilobits, "")
                self.model.add(share <= kilobits * found[later].used)
                shares.append(share)
                found[later].shares.append((self._parcels, share, kilobits))
                self._worth.append(round(_SCALE * gain) * share)
            if shares:
                self.model.add(cp_model.LinearExpr.sum(shares) <= kilobits)
        for view in found:
            if view.shares:
                capacity = [
                    round(1000.0 * piece.window.data_bps / _KILOBIT) * piece.track.beyond
                    + round(1000.0 * piece.window.bits(Span(0, piece.track.least_s)) / _KILOBIT)
                    * piece.track.presence
                    for piece in view.pieces
                ]
                shares = [share for _, share, _ in view.shares]
                self.model.add(
                    1000 * cp_model.LinearExpr.sum(shares) <= cp_model.LinearExpr.sum(capacity)
                )
        self._views.extend(found)

    def _view(self, view: Span, pieces: Sequence[Piece]) -> _View:
        """A view has no more passes than fit into it one after the other."""
        rules = self._problem.rules
        used = self.model.new_bool_var("")
        inside = tuple(
            piece for piece in pieces if view.start <= piece.track.opening.start < view.end
        )
        count = cp_model.LinearExpr.sum([piece.track.presence for piece in inside])
        gap = int(rules.pass_gap_s)
        fitting = (view.seconds + gap) // (int(rules.pass_minimum_s) + gap)
        self.model.add(used <= count)
        self.model.add(count <= fitting * used)
        # all of these follow from what is said elsewhere, but keep the relaxation honest
        tracked = cp_model.LinearExpr.sum([piece.track.seconds for piece in inside])
        self.model.add(tracked + gap * count <= (view.seconds + gap) * used)
        return _View(used, inside, [])

    def _need(self, case: NeedCase, fairness: float) -> None:
        """Seconds for an occurrence of a need: from one piece, or from several if it may be split.

        `fairness` is what each is worth beside what the need itself is worth.
        """
        rules, need = self._problem.rules, case.need
        settled = self._draft.visits[need.spacecraft]
        split = need.split_minimum_s is not None
        if not split and served_s(case, settled, rules):
            return
        least, whole = int(-(-need.minimum_s // 1)), int(-(-need.duration_s // 1))
        shortest = int(-(-need.shortest_s // 1))
        ways: list[_Way] = []
        for piece in self.pieces.get(need.spacecraft, ()):
            if need.among and piece.window.antenna not in need.among:
                continue
            silent_s = answer_s(piece.window, rules) if need.kind == "command" else 0
            for part in case.parts:
                last = min(part.end, piece.track.opening.end - silent_s)
                most = min(whole, last - max(part.start, piece.track.opening.start))
                if most < shortest:
                    continue
                way = self.model.new_bool_var("")
                track = self.model.new_int_var(0, most, "")
                self.model.add_implication(way, piece.track.presence)
                self.model.add(track <= most * way)
                for limit in (
                    piece.track.beyond + (piece.track.least_s - silent_s),
                    piece.track.end - silent_s - part.start,
                    part.end - piece.track.start,
                ):
                    self.model.add(track <= limit).only_enforce_if(way)
                self.model.add(track >= shortest).only_enforce_if(way)
                ways.append(_Way(piece, part, silent_s, way, track))
        if not ways:
            return
        have = min(whole, granted_s(case, settled, rules)) if split else 0
        granted = self.model.new_int_var(0, whole, "")
        served = self.model.new_bool_var("")
        self.model.add(granted <= cp_model.LinearExpr.sum([way.seconds for way in ways]) + have)
        self.model.add(granted <= whole * served)
        self.model.add(granted >= least * served)
        if not split:
            self.model.add_at_most_one([way.taken for way in ways])
        worth = rules.value_per_need * need.priority / need.duration_s + fairness
        self._worth.append(round(_SCALE * worth) * granted)
        self._services.append(_Service(case, have, tuple(ways), granted, served))

    def _hint_need(self, service: _Service, passes: Mapping[int, Span]) -> None:
        """What these passes grant: each all that it can, the longest alone if one must serve."""
        need = service.case.need
        seconds = [
            way.most_s(passes[id(way.piece)]) if id(way.piece) in passes else 0
            for way in service.ways
        ]
        seconds = [each if each >= need.shortest_s else 0 for each in seconds]
        if need.split_minimum_s is None:
            longest = max(seconds)
            best = seconds.index(longest)
            seconds = [longest if place == best else 0 for place in range(len(seconds))]
        whole = int(-(-need.duration_s // 1))
        granted = min(whole, sum(seconds) + service.have_s)
        served = granted >= need.minimum_s
        self.model.add_hint(service.served, served)
        self.model.add_hint(service.granted, granted if served else 0)
        for way, each in zip(service.ways, seconds, strict=True):
            self.model.add_hint(way.taken, each > 0)
            self.model.add_hint(way.seconds, min(whole, each))


def _could_be(one: Piece, visit: Visit) -> bool:
    return visit.window == one.window and one.track.holds(visit.tracking)
