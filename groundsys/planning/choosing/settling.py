"""Taking out of a plan what turned out to be of no use."""

from __future__ import annotations

from dataclasses import replace

from groundsys.planning.choosing.draft import Draft
from groundsys.planning.choosing.greedy import settle_sessions
from groundsys.planning.contact_graph.needs import serving
from groundsys.planning.tracks import Span


def settle(draft: Draft) -> None:
    """Drop or trim passes of a length that only a need allows, and sessions without use.

    A part of a split need serves nothing once the other parts are gone.  What was booked stays.
    """
    rules = draft.problem.rules
    useful = {
        id(visit)
        for case in draft.problem.needs
        for visit in serving(case, draft.visits[case.need.spacecraft], rules)
    }
    for visit in draft.all_visits:
        if visit.booked is not None or id(visit) in useful:
            continue
        start, seconds = visit.tracking.start, visit.tracking.seconds
        if seconds < rules.pass_minimum_s:
            draft.remove(visit)
        elif seconds > rules.pass_maximum_s:
            draft.remove(visit)
            tracking = Span(start, start + int(rules.pass_maximum_s))
            draft.add(replace(visit, tracking=tracking))
    settle_sessions(draft)
