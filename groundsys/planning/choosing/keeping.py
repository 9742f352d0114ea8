"""What of a booked plan can stay as things are now, and what must move or go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from groundsys.mission.model import Mission
from groundsys.planning.choosing.draft import Draft
from groundsys.planning.contact_graph.contacts import (
    ContactProblem,
    Hearing,
    PassWindow,
    SessionWindow,
    Visit,
)
from groundsys.planning.contact_graph.outlook import hearing_of, visit_of
from groundsys.planning.plan import Plan, PlannedPass
from groundsys.planning.situation import Situation
from groundsys.planning.tracks import Span


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft with what stays, and where something had to change."""

    draft: Draft
    #: passes that are over and failed: they stay in the plan and carry nothing
    failed: tuple[PlannedPass, ...]
    #: of passes and sessions that moved or went
    disturbed: tuple[Span, ...]


def keep(problem: ContactProblem, mission: Mission, situation: Situation, until: int) -> Kept:
    """Keep what still holds and starts before `until`; move or trim what nearly does.

    What stays whole has precedence over what must move.  What is frozen is only ever trimmed.
    """
    booked = situation.booked or Plan(problem.scenario, (), ())
    now = int(situation.now.seconds_since(problem.epoch))
    frozen = now + int(problem.rules.booking_horizon_s)
    draft = Draft(problem)
    failed: list[PlannedPass] = []
    unfit: list[Visit] = []
    disturbed: list[Span] = []
    views: dict[tuple[str, str], list[PassWindow]] = defaultdict(list)
    for window in (each for windows in problem.passes.values() for each in windows):
        views[window.spacecraft, window.antenna].append(window)
    for one in booked.passes:
        visit = visit_of(one, mission, problem.epoch)
        if visit.tracking.start >= until:
            continue
        if one.spacecraft not in problem.networks:
            disturbed.append(visit.tracking)
        elif one.id in situation.lost:
            disturbed.append(Span(max(now, visit.tracking.start), max(now, visit.tracking.end)))
            if visit.tracking.end <= now:
                failed.append(one)
        elif visit.tracking.end <= now or _holds(
            problem, visit, now, views[one.spacecraft, one.antenna]
        ):
            draft.add(visit)
        else:
            disturbed.append(visit.tracking)
            unfit.append(visit)
    for visit in unfit:
        again = moved(draft, visit, shift=visit.tracking.start >= frozen)
        if again is not None:
            draft.add(again)
    disturbed.extend(_keep_sessions(draft, booked, now, until))
    return Kept(draft, tuple(failed), tuple(disturbed))


def _holds(problem: ContactProblem, visit: Visit, now: int, windows: Sequence[PassWindow]) -> bool:
    """Whether a booked pass can take place as it is, in one of its antenna's windows."""
    from_now = Span(max(now, visit.occupied.start), visit.occupied.end)
    closed = problem.closed.get(visit.window.antenna, ())
    if any(one.overlaps(from_now) for one in closed) or visit.tracking.end > problem.span.end:
        return False
    slack = int(problem.rules.view_margin_s)
    return any(
        window.tracking.start - slack <= visit.tracking.start
        and visit.tracking.end <= window.tracking.end + slack
        and window.rate_bps >= visit.window.rate_bps
        for window in windows
    ) or (visit.tracking.start <= now and visit.tracking.start < 0)


def moved(draft: Draft, visit: Visit, *, shift: bool) -> Visit | None:
    """The pass as near to what was booked as can be, with most data; None if too little is left."""
    rules = draft.problem.rules
    wanted = {case.need.id: case.need.shortest_s for case in draft.problem.needs}
    serves = visit.booked.serves if visit.booked is not None else ()
    least_s = min([rules.pass_minimum_s, *(wanted[id] for id in serves if id in wanted)])
    best: Visit | None = None
    for window in draft.problem.passes[visit.window.spacecraft]:
        if window.antenna != visit.window.antenna or not window.tracking.overlaps(visit.tracking):
            continue
        for free in draft.room(window):
            start = max(free.start, visit.tracking.start)
            end = min(free.end, visit.tracking.end)
            if shift:
                end = min(free.end, max(end, start + visit.tracking.seconds))
                start = max(free.start, min(start, end - visit.tracking.seconds))
            if end - start < least_s:
                continue
            near = replace(
                visit,
                window=window,
                tracking=Span(start, end),
                booked=None,
            )
            if best is None or near.bits > best.bits:
                best = near
    return best


def _keep_sessions(draft: Draft, booked: Plan, now: int, until: int) -> list[Span]:
    disturbed = []
    slack = 1
    unfit: list[Hearing] = []
    for one in booked.relay_sessions:
        hearing = hearing_of(one, draft.problem.epoch)
        tracking = hearing.tracking
        if tracking.start >= until or one.relay not in draft.problem.networks:
            continue
        holds = any(
            window.tracking.start - slack <= tracking.start
            and tracking.end <= window.tracking.end + slack
            and window.rate_bps >= one.rate_bps
            for window in _overflights(draft.problem, hearing)
        )
        if tracking.start <= now or holds:
            draft.hear(hearing)
        else:
            disturbed.append(tracking)
            unfit.append(hearing)
    for hearing in unfit:
        for window in _overflights(draft.problem, hearing):
            moved = _moved_session(draft, hearing, window, now)
            if moved is not None:
                draft.hear(moved)
                break
    return disturbed


def _moved_session(
    draft: Draft, hearing: Hearing, window: SessionWindow, now: int
) -> Hearing | None:
    rules = draft.problem.rules
    length = hearing.tracking.seconds
    for free in draft.session_room(window):
        start = max(free.start, min(hearing.tracking.start, free.end - length))
        end = min(free.end, start + length)
        if end - start >= rules.session_minimum_s and start > now:
            return replace(hearing, window=window, tracking=Span(start, end), booked=None)
    return None


def _overflights(problem: ContactProblem, hearing: Hearing) -> list[SessionWindow]:
    return [
        one
        for one in problem.sessions.get(hearing.window.spacecraft, ())
        if one.tracking.overlaps(hearing.tracking)
    ]
