"""A first plan: needs, closing passes, sessions, and then passes for what gains most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from groundsys.planning.choosing.data_passes import LEAST_GAIN, SOON_S, choose_passes, cost_of
from groundsys.planning.choosing.draft import Draft, day_of
from groundsys.planning.choosing.where import EVERYWHERE, Where
from groundsys.planning.contact_graph.contacts import Hearing, NeedCase, PassWindow, Visit
from groundsys.planning.contact_graph.needs import served_s, worth_of_need
from groundsys.planning.contact_graph.recorder import aboard, delivered, fullest
from groundsys.planning.contact_graph.volumes import HAIL_S
from groundsys.planning.tracks import Span


def fill(draft: Draft, allowed: Where = EVERYWHERE, soon_s: float = SOON_S) -> None:
    """Sessions, needs, closing passes and passes for data, as far as there is room.

    `soon_s` is that of `data_passes`.
    """
    _critical(draft, allowed)
    _close(draft, allowed)
    _serve(draft, allowed)
    choose_sessions(draft, allowed)
    choose_passes(draft, allowed, soon_s)
    settle_sessions(draft)


# --- needs -----------------------------------------------------------------------------------


def serve(draft: Draft, case: NeedCase) -> None:
    """Add what serves an occurrence of a need, if there is room."""
    if case.need.antennas > 1:
        _keep_company(draft, case, _anywhere)
    else:
        _serve_alone(draft, case, _anywhere)


def _anywhere(span: Span) -> bool:
    return True


def _critical(draft: Draft, allowed: Callable[[Span], bool]) -> None:
    """Several antennas on a craft at once, for needs that want it."""
    for case in by_priority(draft, lambda case: case.need.antennas > 1):
        _keep_company(draft, case, allowed)


def _keep_company(draft: Draft, case: NeedCase, allowed: Callable[[Span], bool]) -> None:
    if not served_s(case, draft.visits[case.need.spacecraft], draft.problem.rules):
        for visit in _together(draft, case):
            if allowed(visit.tracking):
                draft.add(visit)


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


def _serve(draft: Draft, allowed: Callable[[Span], bool]) -> None:
    """One pass for each need that nothing serves yet."""
    for case in by_priority(draft, lambda case: case.need.antennas == 1):
        _serve_alone(draft, case, allowed)


def _serve_alone(draft: Draft, case: NeedCase, allowed: Callable[[Span], bool]) -> None:
    rules, craft = draft.problem.rules, case.need.spacecraft
    if worth_of_need(case, draft.visits[craft], rules) > 0.0:
        return
    best: tuple[float, float, Visit] | None = None
    for visit in _for_need(draft, case):
        gain = worth_of_need(case, [*draft.visits[craft], visit], rules)
        score = gain - cost_of(draft.problem, visit)
        if gain > LEAST_GAIN and allowed(visit.tracking):
            rank = (score, visit.window.rate_bps)
            if best is None or rank > best[:2]:
                best = (*rank, visit)
    if best is not None:
        draft.add(best[2])


def _for_need(draft: Draft, case: NeedCase) -> Iterator[Visit]:
    rules, need = draft.problem.rules, case.need
    for window in draft.problem.passes[need.spacecraft]:
        if not _among(case, window) or not window.tracking.overlaps(case.within):
            continue
        extra = 0
        if need.kind == "command":
            extra = int(2.0 * window.light_time_s + rules.uplink_margin_s) + 2
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


def by_priority(draft: Draft, which: Callable[[NeedCase], bool]) -> list[NeedCase]:
    """The occurrences of needs in the order in which they are served."""
    chosen = [case for case in draft.problem.needs if which(case)]
    return sorted(chosen, key=lambda case: (-case.need.priority, case.within.start, case.id))


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
