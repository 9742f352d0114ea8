"""A first plan beside what serves needs: closing passes, sessions, passes for what gains most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from groundsys.planning.choosing.data_passes import SOON_S, choose_passes
from groundsys.planning.choosing.draft import Draft, day_of
from groundsys.planning.choosing.where import EVERYWHERE, Where
from groundsys.planning.contact_graph.contacts import Hearing, Visit
from groundsys.planning.contact_graph.recorder import aboard, delivered, fullest
from groundsys.planning.contact_graph.volumes import HAIL_S
from groundsys.planning.tracks import Span


def fill(draft: Draft, allowed: Where = EVERYWHERE, soon_s: float = SOON_S) -> None:
    """Closing passes, sessions and passes for data, as far as there is room.

    `soon_s` is that of `data_passes`.
    """
    _close(draft, allowed)
    choose_sessions(draft, allowed)
    choose_passes(draft, allowed, soon_s)
    settle_sessions(draft)


# --- the last pass ---------------------------------------------------------------------------


def _close(draft: Draft, allowed: Callable[[Span], bool]) -> None:
    """The last pass of each craft in a scenario that ends: as late and as long as can be."""
    if not draft.problem.closing:
        return
    rules, quiet = draft.problem.rules, draft.problem.quiet_from
    for craft in draft.problem.networks:
        if any(one.tracking.end > quiet for one in draft.visits[craft]):
            continue
        candidates = []
        for window in draft.problem.passes[craft]:
            for free in draft.room(window):
                start = max(free.start, free.end - int(rules.pass_maximum_s))
                if free.end - start >= rules.pass_minimum_s:
                    candidates.append(Visit(window, Span(start, free.end)))
        if not candidates:
            continue
        latest = max(one.tracking.end for one in candidates)
        near = [one for one in candidates if latest - one.tracking.end <= 60]
        best = max(near, key=lambda one: (one.bits, one.window.antenna))
        if allowed(best.tracking):
            draft.add(best)


# --- sessions --------------------------------------------------------------------------------


def choose_sessions(draft: Draft, allowed: Callable[[Span], bool]) -> None:
    """Sessions that bring a craft's data aboard its relay soonest, spread over each day."""
    problem = draft.problem
    most = problem.rules.sessions_per_craft
    days: dict[tuple[str, int], list[Hearing]] = {}
    for craft, windows in problem.sessions.items():
        for window in windows:
            if any(
                one.window.spacecraft == craft and one.tracking.overlaps(window.tracking)
                for one in draft.hearings[window.relay]
            ):
                continue
            hearing = Hearing(window, window.tracking)
            days.setdefault((craft, day_of(problem, window.tracking.start)), []).append(hearing)
    chosen: list[Hearing] = []
    for (craft, _), ones in sorted(days.items()):
        left = most - draft.sessions_on_day(craft, ones[0].tracking.start)
        chosen.extend(_spread(ones, left))
    # the shortest overflights have the least choice
    for hearing in sorted(chosen, key=lambda one: (one.tracking.seconds, one.tracking.start)):
        placed = place_session(draft, hearing)
        if placed is None or not allowed(placed.tracking):
            continue
        craft, start = hearing.window.spacecraft, placed.tracking.start
        if start > draft.problem.span.start and draft.sessions_on_day(craft, start) < most:
            draft.hear(placed)


def _spread(hearings: Sequence[Hearing], count: int) -> Sequence[Hearing]:
    """At most `count`, evenly over the day, the last among them."""
    if len(hearings) <= count:
        return hearings
    if count <= 0:
        return ()
    step = (len(hearings) - 1) / max(1, count - 1)
    return [hearings[round(len(hearings) - 1 - number * step)] for number in range(count)][::-1]


def place_session(draft: Draft, hearing: Hearing) -> Hearing | None:
    """The session in the free part of its overflight that comes nearest the highest elevation."""
    rules, window = draft.problem.rules, hearing.window
    best: Span | None = None
    for free in draft.session_room(window):
        length = min(int(rules.session_maximum_s), free.seconds)
        if length < rules.session_minimum_s:
            continue
        wanted = window.highest - length // 2
        start = min(max(wanted, free.start), free.end - length)
        if best is None or abs(start - wanted) < abs(best.start - window.highest + length // 2):
            best = Span(start, start + length)
    return None if best is None else replace(hearing, tracking=best)


def settle_sessions(draft: Draft) -> None:
    """Drop sessions that nothing loads, nothing brings home, or the recorder has no room for."""
    problem = draft.problem
    for speaker, hearings in draft.hearings.items():
        visits = draft.visits[speaker]
        for hearing in list(hearings):
            if not (loadable(draft, hearing) and drained(draft, hearing)):
                draft.unhear(hearing)
        while hearings:
            held = aboard(problem, speaker, hearings)
            home_s, _ = delivered(problem, held, visits)
            over = fullest(held.aboard_s, home_s, held.bits) > problem.recorder_bits[speaker]
            if not over:
                break
            own = aboard(problem, speaker, ())
            own_home_s, _ = delivered(problem, own, visits)
            if fullest(own.aboard_s, own_home_s, own.bits) > problem.recorder_bits[speaker]:
                break
            draft.unhear(max(hearings, key=lambda one: one.window.bits(one.tracking, HAIL_S)))


def drained(draft: Draft, hearing: Hearing) -> bool:
    """Whether a later pass brings the session's data home."""
    return any(
        one.tracking.end - one.window.light_time_s > hearing.tracking.end
        for one in reversed(draft.visits[hearing.window.relay])
    )


def loadable(draft: Draft, hearing: Hearing) -> bool:
    """Whether the relay can be told of the session in time."""
    problem = draft.problem
    return any(
        one.tracking.start + one.window.light_time_s + problem.rules.load_s
        <= hearing.tracking.start
        and one.tracking.seconds > 2.0 * one.window.light_time_s + problem.rules.uplink_margin_s
        for one in draft.visits[hearing.window.relay]
    )
