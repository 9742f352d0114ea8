"""A plan in the making: what is chosen, and where there is still room."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence

from groundsys.planning.contact_graph.contacts import (
    ContactProblem,
    Hearing,
    PassWindow,
    SessionWindow,
    Visit,
)
from groundsys.planning.tracks import Span

_DAY_S = 86_400
#: no pass is longer, nor an antenna's setup or teardown
_LONGEST_S = 43_200


class Draft:
    """Chosen passes and sessions, always without conflict."""

    def __init__(self, problem: ContactProblem) -> None:
        self.problem = problem
        self.visits: dict[str, list[Visit]] = {craft: [] for craft in problem.networks}
        self.hearings: dict[str, list[Hearing]] = {craft: [] for craft in problem.networks}
        self._on_antenna: dict[str, list[Visit]] = {}

    def copy(self) -> Draft:
        """Another of the same."""
        other = Draft(self.problem)
        other.visits = {craft: list(visits) for craft, visits in self.visits.items()}
        other.hearings = {craft: list(ones) for craft, ones in self.hearings.items()}
        other._on_antenna = {antenna: list(ones) for antenna, ones in self._on_antenna.items()}
        return other

    def become(self, other: Draft) -> None:
        """Take another's choices."""
        self.visits, self.hearings = other.visits, other.hearings
        self._on_antenna = other._on_antenna

    def add(self, visit: Visit) -> None:
        insort(self.visits[visit.window.spacecraft], visit, key=_start)
        insort(self._on_antenna.setdefault(visit.window.antenna, []), visit, key=_start)

    def remove(self, visit: Visit) -> None:
        self.visits[visit.window.spacecraft].remove(visit)
        self._on_antenna[visit.window.antenna].remove(visit)

    def hear(self, hearing: Hearing) -> None:
        insort(self.hearings[hearing.window.relay], hearing, key=lambda one: one.tracking.start)

    def unhear(self, hearing: Hearing) -> None:
        self.hearings[hearing.window.relay].remove(hearing)

    @property
    def all_visits(self) -> list[Visit]:
        """In order of time."""
        visits = [one for ones in self.visits.values() for one in ones]
        return sorted(
            visits, key=lambda one: (one.tracking.start, one.tracking.end, one.window.antenna)
        )

    def room(
        self, window: PassWindow, *, alone: bool = True, within: Span | None = None
    ) -> Iterator[Span]:
        """Where a pass could still lie in a window; `alone`: not while another antenna tracks."""
        least, span = window.tracking, self.problem.span
        first = max(least.start, span.start + window.setup_s)
        last = min(least.end, span.end - window.teardown_s)
        if within is not None:
            first, last = max(first, within.start), min(last, within.end)
        if first >= last:
            return
        blocks = [
            Span(one.start - window.teardown_s, one.end + window.setup_s)
            for one in self._blocked(window, Span(first, last))
        ]
        if alone:
            gap = int(self.problem.rules.pass_gap_s)
            blocks += [
                Span(one.tracking.start - gap, one.tracking.end + gap)
                for one in _around(self.visits[window.spacecraft], Span(first - gap, last + gap))
            ]
        yield from free_parts(Span(first, last), blocks)

    def _blocked(self, window: PassWindow, part: Span) -> list[Span]:
        """Where the antenna can take no further pass of this craft."""
        occupied = window.occupied(part)
        blocked = [
            one for one in self.problem.closed.get(window.antenna, ()) if one.overlaps(occupied)
        ]
        others = [
            one
            for one in _around(self._on_antenna.get(window.antenna, []), occupied)
            if one.occupied.overlaps(occupied)
        ]
        most = self.problem.beams[window.antenna]
        beam = self.problem.beam_of[window.spacecraft]
        shared = [
            one
            for one in others
            if most > 1 and self.problem.beam_of[one.window.spacecraft] == beam
        ]
        blocked += [one.occupied for one in others if one not in shared]
        if shared:
            blocked += crowded([one.occupied for one in shared], most)
            # a craft is not tracked twice by one antenna
            blocked += [
                one.occupied for one in shared if one.window.spacecraft == window.spacecraft
            ]
        return blocked

    def session_room(self, window: SessionWindow) -> Iterator[Span]:
        """Where a session could still lie in an overflight."""
        gap = int(self.problem.rules.session_gap_s)
        blocks = [
            Span(one.tracking.start - gap, one.tracking.end + gap)
            for one in self.hearings[window.relay]
        ]
        yield from free_parts(window.tracking, blocks)

    def sessions_on_day(self, craft: str, second: int) -> int:
        """Sessions of a craft that start on the same day of TAI as `second`."""
        day = day_of(self.problem, second)
        return sum(
            one.window.spacecraft == craft and day_of(self.problem, one.tracking.start) == day
            for ones in self.hearings.values()
            for one in ones
        )


def day_of(problem: ContactProblem, second: int) -> int:
    """The day of TAI in which a second of the problem lies."""
    return (problem.epoch.tai_ns // 1_000_000_000 + second) // _DAY_S


def free_parts(whole: Span, blocks: Iterable[Span]) -> Iterator[Span]:
    """What the blocks leave of a span, in order."""
    first = whole.start
    for block in sorted(blocks):
        if block.end <= first:
            continue
        if block.start >= whole.end:
            break
        if block.start > first:
            yield Span(first, block.start)
        first = block.end
    if first < whole.end:
        yield Span(first, whole.end)


def merged(spans: Sequence[Span]) -> list[Span]:
    """Spans that overlap, as one; in order."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def crowded(spans: Iterable[Span], most: int) -> list[Span]:
    """Where at least `most` of the spans hold at once."""
    events = sorted((edge, step) for one in spans for edge, step in ((one.start, 1), (one.end, -1)))
    count, since, found = 0, 0, []
    for moment, step in events:
        if step > 0:
            count += 1
            if count == most:
                since = moment
        else:
            if count == most and moment > since:
                found.append(Span(since, moment))
            count -= 1
    return found


def _around(visits: list[Visit], span: Span) -> list[Visit]:
    """Those that could touch the span, of visits in order of time."""
    first = bisect_left(visits, span.start - _LONGEST_S, key=_start)
    return visits[first : bisect_left(visits, span.end + _LONGEST_S, key=_start)]


def _start(visit: Visit) -> int:
    return visit.tracking.start
