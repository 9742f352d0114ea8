"""Passes for data: what gains most goes first, in blocks of time.

Within a block each gain is looked at again before it is believed: gains nearly always shrink as
passes are added, so the first whose fresh gain still leads is the best (M. Minoux's lazy greedy).
What a block leaves aboard is taken to come home soon after it, or never, as antennas are plenty or
scarce.  The work grows with the number of blocks and craft, not with their squares.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundsys.geometry.time_scales import FloatArray
from groundsys.planning.choosing.draft import Draft
from groundsys.planning.choosing.where import Where
from groundsys.planning.contact_graph.contacts import ContactProblem, PassWindow, Visit
from groundsys.planning.contact_graph.demand import lasting_worth
from groundsys.planning.contact_graph.recorder import Aboard, aboard, home_times
from groundsys.planning.tracks import Span

#: gains below this are none
LEAST_GAIN = 1e-6
#: each pass that an antenna has makes it seem a little worse
_VARIETY = 1e-3
_BLOCK_S = 2 * 86_400
#: what is aboard at a block's end is taken to be home so long after, where antennas are plenty
SOON_S = 10_800.0
#: … and never, where they are scarce
NEVER_S = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """Items that a block's passes may bring home, by when they come aboard."""

    aboard_s: FloatArray
    ready_s: FloatArray
    bits: FloatArray
    worth: FloatArray
    goal_s: FloatArray
    #: what no pass of the block brings home is home then; infinite if nothing follows
    otherwise_s: float
    half_value_s: float

    def value(self, visits: Sequence[Visit]) -> float:
        """Worth of the items under these passes."""
        home_s = np.minimum(home_times(self.aboard_s, self.bits, visits), self.otherwise_s)
        age_s = home_s - self.ready_s
        return float((self.worth * lasting_worth(age_s, self.goal_s, self.half_value_s)).sum())


def waiting(
    problem: ContactProblem, held: Aboard, visits: Sequence[Visit], block: Span, soon_s: float
) -> Waiting:
    """The items that are aboard within a block and not home before it."""
    early = [one for one in visits if one.tracking.end <= block.start]
    home_s = home_times(held.aboard_s, held.bits, early)
    mine = (held.aboard_s < block.end) & ~np.isfinite(home_s)
    last = block.end >= problem.span.end
    return Waiting(
        np.maximum(held.aboard_s[mine], 0.0),
        held.ready_s[mine],
        held.bits[mine],
        held.worth[mine],
        held.goal_s[mine],
        np.inf if last else block.end + soon_s,
        problem.rules.half_value_s,
    )


def blocks_of(problem: ContactProblem) -> Iterator[Span]:
    """The problem's span in stretches that are planned one after the other."""
    start = problem.span.start
    while start < problem.span.end:
        end = start + _BLOCK_S
        if problem.span.end - end < _BLOCK_S / 2:
            end = problem.span.end
        yield Span(start, end)
        start = end


def choose_passes(draft: Draft, allowed: Where, soon_s: float) -> None:
    """Add passes as long as they gain more than they cost, then let them take what room is left."""
    problem = draft.problem
    open_windows = {
        craft: [one for one in windows if allowed.reaches(one.tracking)]
        for craft, windows in problem.passes.items()
    }
    held = {craft: aboard(problem, craft, draft.hearings[craft]) for craft in problem.networks}
    used = Counter(one.window.antenna for one in draft.all_visits)
    for block in blocks_of(problem):
        _choose_in(draft, open_windows, held, block, used, allowed, soon_s)
    stretch(draft, allowed)


def _choose_in(
    draft: Draft,
    open_windows: Mapping[str, Sequence[PassWindow]],
    held: Mapping[str, Aboard],
    block: Span,
    used: Counter[str],
    allowed: Where,
    soon_s: float,
) -> None:
    problem = draft.problem
    scores: dict[str, _Scores] = {}
    queue: list[_Entry] = []
    for craft, windows in open_windows.items():
        mine = [one for one in windows if block.start <= one.tracking.start < block.end]
        if mine:
            items = waiting(problem, held[craft], draft.visits[craft], block, soon_s)
            scores[craft] = _Scores(draft, craft, items, block)
            queue.extend(_Entry(float("inf"), len(queue) + n, one) for n, one in enumerate(mine))
    heapq.heapify(queue)
    changes = Counter[str]()
    while queue:
        entry = heapq.heappop(queue)
        window = entry.window
        craft = window.spacecraft
        stamp = (changes[craft], changes[window.antenna])
        if entry.visit is None or entry.stamp != stamp:
            best = scores[craft].best(window, used, allowed)
            if best is None:
                continue
            entry = _Entry(best[0], entry.number, window, best[1], stamp)
            if queue and queue[0] < entry:
                heapq.heappush(queue, entry)
                continue
        assert entry.visit is not None
        draft.add(entry.visit)
        used[window.antenna] += 1
        changes.update((craft, window.antenna))
        scores[craft].refresh()
        heapq.heappush(queue, _Entry(entry.score, entry.number, window))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A window in the queue: the best pass in it, as it was when nothing had changed since."""

    score: float
    number: int
    window: PassWindow
    visit: Visit | None = None
    #: how often its craft and its antenna had been given passes
    stamp: tuple[int, int] = (0, 0)

    def __lt__(self, other: _Entry) -> bool:
        return (-self.score, self.number) < (-other.score, other.number)


class _Scores:
    """What further passes of one craft would gain in a block."""

    def __init__(self, draft: Draft, craft: str, items: Waiting, block: Span) -> None:
        self._draft, self._craft, self._items, self._block = draft, craft, items, block
        self._contended = len(draft.problem.networks) > 1
        self.refresh()

    def refresh(self) -> None:
        """Take the draft's passes as they are now."""
        self._visits = [
            one for one in self._draft.visits[self._craft] if one.tracking.end > self._block.start
        ]
        self._value = self._items.value(self._visits)

    def best(
        self, window: PassWindow, used: Counter[str], allowed: Where
    ) -> tuple[float, Visit] | None:
        """The best pass in a window: by gain, or by gain for its time where craft contend."""
        found: tuple[float, Visit] | None = None
        for visit in visits_in(self._draft, window):
            if not allowed(visit.tracking):
                continue
            gain = self._items.value([*self._visits, visit]) - self._value
            gain -= cost_of(self._draft.problem, visit)
            score = gain * (1.0 - min(0.5, _VARIETY * used[window.antenna]))
            if self._contended:
                score /= visit.occupied.seconds
            if gain > LEAST_GAIN and (found is None or score > found[0]):
                found = (score, visit)
        return found


def cost_of(problem: ContactProblem, visit: Visit) -> float:
    """What a pass costs, less what contact by itself is worth."""
    hours = visit.occupied.seconds / 3600.0
    contact_h = visit.tracking.seconds / 3600.0
    return (
        problem.rules.cost_per_pass
        + hours * problem.cost_per_hour[visit.window.antenna]
        - contact_h * problem.rules.value_per_contact_hour
    )


def visits_in(draft: Draft, window: PassWindow) -> Iterator[Visit]:
    """Passes that the window has room for: early and late, long and short."""
    rules = draft.problem.rules
    for free in draft.room(window):
        for seconds in sorted({int(rules.pass_minimum_s), int(rules.pass_maximum_s)}):
            length = min(seconds, free.seconds)
            if length >= rules.pass_minimum_s:
                yield Visit(window, Span(free.start, free.start + length))
                if length < free.seconds:
                    yield Visit(window, Span(free.end - length, free.end))


def stretch(draft: Draft, allowed: Where) -> None:
    """Let passes take what room is left around them, while contact is worth its cost."""
    problem = draft.problem
    longest = int(problem.rules.pass_maximum_s)
    for visit in draft.all_visits:
        spare = longest - visit.tracking.seconds
        dear = problem.cost_per_hour[visit.window.antenna] >= problem.rules.value_per_contact_hour
        if visit.booked is not None or visit.together or spare <= 0 or dear:
            continue
        draft.remove(visit)
        longer = visit
        for free in draft.room(visit.window):
            if free.start <= visit.tracking.start and visit.tracking.end <= free.end:
                start = max(free.start, visit.tracking.start - spare)
                end = min(free.end, start + longest)
                if allowed(Span(start, end)):
                    longer = replace(visit, tracking=Span(start, end))
        draft.add(longer)
