"""Making room for a need that found none: passes for data alone give way, as few as can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from groundsys.planning.choosing.draft import Draft
from groundsys.planning.choosing.keeping import moved
from groundsys.planning.choosing.serving import by_priority, is_served, serve
from groundsys.planning.choosing.worth import network_value
from groundsys.planning.contact_graph.contacts import NeedCase, Visit
from groundsys.planning.tracks import Span


def make_room(draft: Draft, frozen: int) -> tuple[Draft, tuple[Span, ...]]:
    """The draft with every need served that is worth more than what gives way for it.

    Only passes that start at or after `frozen` and serve no need give way; each is moved or
    trimmed if it can be, else dropped.  Also returned is where something gave way.
    """
    disturbed: list[Span] = []
    for case in by_priority(draft):
        if is_served(draft, case):
            continue
        for yielding in _choices(draft, case, frozen):
            trial = _without(draft, case, yielding)
            changed = {case.need.spacecraft, *(one.window.spacecraft for one in yielding)}
            if is_served(trial, case) and _worth(trial, changed) > _worth(draft, changed):
                draft = trial
                disturbed.extend(one.tracking for one in yielding)
                break
    return draft, tuple(disturbed)


def _choices(draft: Draft, case: NeedCase, frozen: int) -> Iterator[Sequence[Visit]]:
    """What could give way: one pass, that which carries least first; then all of the craft's."""

    def may_yield(one: Visit) -> bool:
        serves = one.booked.serves if one.booked is not None else ()
        # without an id it was added just now, for a need
        return one.tracking.start >= frozen and bool(one.id) and not serves and not one.together

    near = [
        one for one in draft.all_visits if one.tracking.overlaps(case.within) and may_yield(one)
    ]
    yield from ([one] for one in sorted(near, key=lambda one: (one.bits, one.id)))
    own = [one for one in near if one.window.spacecraft == case.need.spacecraft]
    if len(own) > 1:
        yield own


def _without(draft: Draft, case: NeedCase, yielding: Sequence[Visit]) -> Draft:
    trial = draft.copy()
    for one in yielding:
        trial.remove(one)
    serve(trial, case)
    for one in yielding:
        again = moved(trial, one, shift=True)
        if again is not None:
            trial.add(again)
    return trial


def _worth(draft: Draft, crafts: Iterable[str]) -> float:
    return sum(network_value(draft, craft) for craft in sorted(crafts))
