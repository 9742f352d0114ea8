"""Serving one need after the other, each as well as what is left allows."""

from __future__ import annotations

from collections.abc import Iterator

from groundsys.planning.choosing.data_passes import LEAST_GAIN, cost_of
from groundsys.planning.choosing.draft import Draft
from groundsys.planning.contact_graph.contacts import NeedCase, PassWindow, Visit
from groundsys.planning.contact_graph.needs import granted_s, served_s, worth_of_need
from groundsys.planning.contact_graph.requests import answer_s
from groundsys.planning.tracks import Span


def serve(draft: Draft, case: NeedCase) -> None:
    """Add what serves an occurrence of a need that nothing serves yet, if there is room."""
    if is_served(draft, case):
        return
    if case.need.antennas > 1:
        for visit in _together(draft, case):
            draft.add(visit)
    elif case.need.split_minimum_s is not None:
        _serve_in_parts(draft, case, int(-(-case.need.split_minimum_s // 1)))
    else:
        _serve_alone(draft, case)


def is_served(draft: Draft, case: NeedCase) -> bool:
    """Whether an occurrence gets its minimum."""
    return served_s(case, draft.visits[case.need.spacecraft], draft.problem.rules) > 0


def by_priority(draft: Draft) -> list[NeedCase]:
    """The occurrences of needs in the order in which they are served."""
    return sorted(
        draft.problem.needs, key=lambda case: (-case.need.priority, case.within.start, case.id)
    )


def _together(draft: Draft, case: NeedCase) -> tuple[Visit, ...]:
    need = case.need
    for seconds in (int(need.duration_s), int(-(-need.minimum_s // 1))):
        for part in case.parts:
            free = [
                (window, span)
                for window in draft.problem.passes[need.spacecraft]
                if window.tracking.overlaps(part) and _among(case, window)
                for span in draft.room(window, alone=True, within=part)
                if span.seconds >= seconds
            ]
            for start in sorted({span.start for _, span in free}):
                fitting: dict[str, PassWindow] = {}
                for window, span in free:
                    if span.start <= start and start + seconds <= span.end:
                        known = fitting.get(window.antenna)
                        if known is None or window.rate_bps > known.rate_bps:
                            fitting[window.antenna] = window
                if len(fitting) >= need.antennas:
                    best = sorted(fitting.values(), key=lambda one: (-one.rate_bps, one.antenna))
                    tracking = Span(start, start + seconds)
                    return tuple(
                        Visit(window, tracking, together=case.id)
                        for window in best[: need.antennas]
                    )
    return ()


def _serve_alone(draft: Draft, case: NeedCase) -> None:
    rules, craft = draft.problem.rules, case.need.spacecraft
    best: tuple[float, float, Visit] | None = None
    for visit in _for_need(draft, case):
        gain = worth_of_need(case, [*draft.visits[craft], visit], rules)
        score = gain - cost_of(draft.problem, visit)
        if gain > LEAST_GAIN:
            rank = (score, visit.window.rate_bps)
            if best is None or rank > best[:2]:
                best = (*rank, visit)
    if best is not None:
        draft.add(best[2])


def _serve_in_parts(draft: Draft, case: NeedCase, shortest: int) -> None:
    """The longest parts first; none if all together are too little."""
    craft, rules = case.need.spacecraft, draft.problem.rules
    most = int(-(-case.need.duration_s // 1))
    added: list[Visit] = []
    while (missing := most - granted_s(case, draft.visits[craft], rules)) >= shortest:
        parts = list(_parts_for(draft, case, shortest, missing))
        if not parts:
            break
        added.append(
            max(
                parts,
                key=lambda one: (
                    one.tracking.seconds,
                    -cost_of(draft.problem, one),
                    one.window.rate_bps,
                    -one.tracking.start,
                ),
            )
        )
        draft.add(added[-1])
    if not is_served(draft, case):
        for visit in added:
            draft.remove(visit)


def _parts_for(draft: Draft, case: NeedCase, shortest: int, missing: int) -> Iterator[Visit]:
    for window in draft.problem.passes[case.need.spacecraft]:
        if not _among(case, window):
            continue
        for part in case.parts:
            for free in draft.room(window, within=part):
                length = min(free.seconds, missing)
                if 0 < missing - length < shortest <= missing - shortest:
                    # what is left after it must be long enough for a part too
                    length = missing - shortest
                if length >= shortest:
                    yield Visit(window, Span(free.start, free.start + length))


def _for_need(draft: Draft, case: NeedCase) -> Iterator[Visit]:
    rules, need = draft.problem.rules, case.need
    for window in draft.problem.passes[need.spacecraft]:
        if not _among(case, window) or not window.tracking.overlaps(case.within):
            continue
        extra = answer_s(window, rules) if need.kind == "command" else 0
        for free in draft.room(window):
            for part in case.parts:
                for wanted in (need.duration_s, need.minimum_s):
                    seconds = int(-(-wanted // 1)) + extra
                    length = min(max(seconds, int(rules.pass_minimum_s)), free.seconds)
                    start = max(free.start, min(part.start, free.end - length))
                    if length >= seconds:
                        yield Visit(window, Span(start, start + length))


def _among(case: NeedCase, window: PassWindow) -> bool:
    return not case.need.among or window.antenna in case.need.among
