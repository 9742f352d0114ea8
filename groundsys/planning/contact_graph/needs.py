"""Needs as occurrences in time, and how far contacts serve them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from groundsys.mission.scenario.planning_data import ContactNeed, Shift
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.contact_graph.contacts import NeedCase, Visit
from groundsys.planning.plan import PlanningRules
from groundsys.planning.situation import Situation
from groundsys.planning.tracks import Span
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant

_DAY_S = 86_400


def cases_of(scenario: Scenario, situation: Situation) -> tuple[NeedCase, ...]:
    """Every occurrence of every need, of the scenario and of the situation."""
    cases: list[NeedCase] = []
    known: set[str] = set()
    for need in (*scenario.planning.needs, *situation.needs):
        _check(need, scenario, known)
        known.add(need.id)
        for number, within in enumerate(_stretches(need, scenario)):
            id = need.id if need.every_s is None else f"{need.id}#{number + 1}"
            parts: tuple[Span, ...] = (within,)
            if need.attended and scenario.planning.shifts:
                parts = tuple(_on_shift(within, scenario.planning.shifts, scenario.span.start))
            cases.append(NeedCase(id, need, within, parts))
    return tuple(cases)


def _check(need: ContactNeed, scenario: Scenario, known: set[str]) -> None:
    """Raise `PlanError` for a need that contradicts itself or the scenario."""

    def refuse(expected: str, found: str, remedy: str) -> PlanError:
        return PlanError(
            f"need {need.id} cannot be met", expected=expected, found=found, remedy=remedy
        )

    if need.id in known:
        raise refuse("an id of its own", "two needs of this id", "rename one of them")
    if need.spacecraft not in scenario.spacecraft:
        raise refuse(
            f"a craft of the scenario: {', '.join(scenario.spacecraft)}",
            need.spacecraft,
            "correct the need's spacecraft",
        )
    unknown = [id for id in need.among if id not in scenario.antennas]
    if unknown:
        raise refuse(
            f"antennas of the scenario: {', '.join(scenario.antennas)}",
            ", ".join(unknown),
            "correct the need's `among`",
        )
    choice = len(need.among or scenario.antennas)
    if need.antennas > choice:
        raise refuse(
            f"at most {choice} antennas at once",
            f"{need.antennas} wanted",
            "ask for fewer, or name more antennas",
        )
    if not 0.0 < need.minimum_s <= need.duration_s:
        raise refuse(
            "0 < minimum ≤ duration",
            f"minimum {need.minimum_s:g} s, duration {need.duration_s:g} s",
            "lower the minimum",
        )
    part_s = need.split_minimum_s
    if part_s is not None and (need.antennas > 1 or need.kind in ("command", "critical")):
        raise refuse(
            "several tracks of a track or health need on one antenna",
            f"kind {need.kind}, {need.antennas} antennas at once",
            "do not let it be split",
        )
    if part_s is not None and not 0.0 < part_s <= min(need.minimum_s, need.duration_s / 2.0):
        raise refuse(
            "0 < split minimum ≤ minimum, and two of it ≤ duration",
            f"split minimum {part_s:g} s, minimum {need.minimum_s:g} s, "
            f"duration {need.duration_s:g} s",
            "lower the split minimum",
        )
    window_s = need.window.seconds if need.window is not None else scenario.span.seconds
    if need.every_s is not None:
        window_s = min(window_s, need.every_s)
    if window_s < need.minimum_s:
        raise refuse(
            f"a window of at least {need.minimum_s:g} s", f"{window_s:g} s", "widen its window"
        )


def _stretches(need: ContactNeed, scenario: Scenario) -> Iterator[Span]:
    epoch, length = scenario.span.start, int(scenario.span.seconds)
    first, last = 0, length
    if need.window is not None:
        first = max(0, int(need.window.start.seconds_since(epoch)))
        last = min(length, int(need.window.end.seconds_since(epoch)))
    step = last - first if need.every_s is None else int(need.every_s)
    while first < last:
        # what is left at the end is no whole occurrence: it is not asked for
        if last - first >= min(step, need.every_s or 0) or need.every_s is None:
            yield Span(first, min(first + step, last))
        first += step


def _on_shift(within: Span, shifts: Sequence[Shift], epoch: Instant) -> Iterator[Span]:
    """The parts of `within` in which operators are there, in order; days are those of UTC."""
    utc = epoch.to_utc()
    midnight = -(utc.hour * 3600 + utc.minute * 60 + utc.second)
    day = (within.start - midnight) // _DAY_S
    while midnight + day * _DAY_S < within.end:
        for shift in sorted(shifts, key=lambda one: one.start_s):
            start = max(within.start, midnight + day * _DAY_S + int(shift.start_s))
            end = min(within.end, midnight + day * _DAY_S + int(shift.end_s))
            if start < end:
                yield Span(start, end)
        day += 1


def uplink_of(visit: Visit, rules: PlanningRules) -> Span:
    """When a pass may transmit so that answers come within it; empty if it is too short.

    One that is booked transmits when it says: another of its antenna may have been given the rest.
    """
    start = visit.tracking.start
    if visit.booked is not None:
        begun, one = visit.booked.start, visit.booked
        return Span(
            start + round(one.uplink_from.seconds_since(begun)),
            start + round(one.uplink_until.seconds_since(begun)),
        )
    silent_s = 2.0 * visit.window.light_time_s + rules.uplink_margin_s
    start = max(start, visit.window.sending.start)
    end = min(int(visit.tracking.end - np.ceil(silent_s)), visit.window.sending.end)
    return Span(start, max(start, end))


def served_s(case: NeedCase, visits: Sequence[Visit], rules: PlanningRules) -> int:
    """What serves this occurrence: `granted_s` if that is enough, else 0."""
    granted = granted_s(case, visits, rules)
    return granted if granted >= case.need.minimum_s else 0


def granted_s(case: NeedCase, visits: Sequence[Visit], rules: PlanningRules) -> int:
    """The longest stretch for this occurrence; all of them together if it may be split."""
    found = _stretches_for(case, visits, rules)
    if case.need.split_minimum_s is None:
        return max((span.seconds for span in found), default=0)
    return sum(span.seconds for span in _together(found, 1))


def serving(case: NeedCase, visits: Sequence[Visit], rules: PlanningRules) -> list[Visit]:
    """Those of the visits that have a part in serving this occurrence."""
    mine = [
        one
        for one in visits
        if one.window.spacecraft == case.need.spacecraft and one.tracking.overlaps(case.within)
    ]
    if not served_s(case, mine, rules):
        return []
    if case.need.antennas == 1:
        return [one for one in mine if _stretches_for(case, [one], rules)]
    return [one for one in mine if _stretches_for(case, _beside(one, mine), rules)]


def _beside(one: Visit, visits: Sequence[Visit]) -> list[Visit]:
    return [other for other in visits if other.tracking.overlaps(one.tracking)]


def _stretches_for(case: NeedCase, visits: Sequence[Visit], rules: PlanningRules) -> list[Span]:
    """Where visits do what is asked for, as long as one track of it must be at least."""
    need = case.need
    among = need.among
    spans = [
        uplink_of(one, rules) if need.kind == "command" else one.tracking
        for one in visits
        if one.window.spacecraft == need.spacecraft
        and (not among or one.window.antenna in among)
        and one.tracking.overlaps(case.within)
    ]
    found: list[Span] = []
    for part in case.parts:
        inside = [
            Span(max(span.start, part.start), min(span.end, part.end))
            for span in spans
            if span.overlaps(part)
        ]
        if need.antennas > 1:
            inside = _together(inside, need.antennas)
        found.extend(span for span in inside if span.seconds >= need.shortest_s)
    return found


def _together(spans: Sequence[Span], count: int) -> list[Span]:
    """Where at least `count` of the spans hold at once."""
    edges = sorted({edge for span in spans for edge in (span.start, span.end)})
    held = [
        Span(first, last)
        for first, last in pairwise(edges)
        if sum(span.start <= first and last <= span.end for span in spans) >= count
    ]
    merged: list[Span] = []
    for span in held:
        if merged and merged[-1].end == span.start:
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def worth_of_need(case: NeedCase, visits: Sequence[Visit], rules: PlanningRules) -> float:
    """Its worth, growing from its least to its whole duration."""
    seconds = served_s(case, visits, rules)
    share = min(1.0, seconds / case.need.duration_s)
    return rules.value_per_need * case.need.priority * share
