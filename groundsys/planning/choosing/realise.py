"""From what is chosen to passes and sessions that can be booked: uplink, light time, figures."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from groundsys.geometry import Geometry, visibility
from groundsys.geometry.conjunction import transmission_intervals
from groundsys.geometry.time_scales import NanosecondArray
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.choosing.draft import Draft, free_parts
from groundsys.planning.contact_graph.contacts import ContactProblem, Hearing, Visit
from groundsys.planning.contact_graph.needs import serving
from groundsys.planning.contact_graph.tabulated import tabulated
from groundsys.planning.contact_graph.volumes import HAIL_S
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.planning.tracks import Span
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    Interval,
    SpacecraftEventTime,
    TransmitTime,
)

#: a craft so near that it answers before it is acquired is not called sooner than so long after
_LOCKED_S = 5.0
_SAMPLES = 31


def realise(draft: Draft, geometry: Geometry, scenario: Scenario, past: Plan | None = None) -> Plan:
    """The plan: what was booked keeps its id, what is new gets the next numbers."""
    before = past or Plan(scenario.id, (), ())
    visits = _numbered(draft.all_visits, before.passes, "pass")
    hearings = sorted(
        (one for ones in draft.hearings.values() for one in ones),
        key=lambda one: (one.tracking, one.window.spacecraft),
    )
    heard = _numbered(hearings, before.relay_sessions, "relay")
    span = scenario.span
    quick = tabulated(geometry, span.start, span.end)
    wanted = _serves(draft.problem, visits)
    made = {one.id: one for one in _passes(draft.problem, quick, visits, wanted)}
    # those that share an antenna, or a craft, may have been left too little uplink for a need
    serves = _serves(draft.problem, [replace(one, booked=made[one.id]) for one in visits])
    passes = [replace(one, serves=serves.get(one.id, ())) for one in made.values()]
    sessions = [_session(draft.problem, quick, one) for one in heard]
    return Plan(
        scenario.id,
        tuple(sorted(passes, key=lambda one: (one.start, one.id))),
        tuple(sorted(sessions, key=lambda one: (one.start, one.id))),
    )


def realise_visit(
    problem: ContactProblem, geometry: Geometry, visit: Visit, others: Sequence[Visit]
) -> tuple[PlannedPass, Mapping[str, tuple[str, ...]]]:
    """One pass that is chosen anew, and which needs it and the craft's `others` serve beside it."""
    made = _passes(problem, geometry, [visit], {})[0]
    serves = _serves(problem, [*others, replace(visit, booked=made)])
    return replace(made, serves=serves.get(made.id, ())), serves


_Choice = TypeVar("_Choice", Visit, Hearing)


def _numbered(
    ones: Sequence[_Choice], booked: Iterable[PlannedPass | PlannedRelaySession], word: str
) -> list[_Choice]:
    taken = [*(one.id for one in booked), *(one.id for one in ones if one.id)]
    numbers = [int(id.rpartition("-")[2]) for id in taken if id.rpartition("-")[2].isdigit()]
    following = 1 + max(numbers, default=0)
    named = []
    for one in ones:
        if not one.id:
            one = replace(one, id=f"{word}-{following:02d}")
            following += 1
        named.append(one)
    return named


def _serves(problem: ContactProblem, visits: Sequence[Visit]) -> Mapping[str, tuple[str, ...]]:
    """Ids of the needs that each pass has a part in."""
    serves: dict[str, list[str]] = {}
    by_craft: dict[str, list[Visit]] = defaultdict(list)
    for one in visits:
        by_craft[one.window.spacecraft].append(one)
    for case in problem.needs:
        for one in serving(case, by_craft[case.need.spacecraft], problem.rules):
            known = serves.setdefault(one.id, [])
            if case.need.id not in known:
                known.append(case.need.id)
    return {id: tuple(needs) for id, needs in serves.items()}


def _passes(
    problem: ContactProblem,
    geometry: Geometry,
    visits: Sequence[Visit],
    serves: Mapping[str, tuple[str, ...]],
) -> list[PlannedPass]:
    commanding = {case.need.id for case in problem.needs if case.need.kind == "command"}
    made: list[PlannedPass] = []
    groups: dict[str, dict[str, list[Visit]]] = {}
    booked: dict[str, list[PlannedPass]] = {}
    for one in visits:
        if one.booked is not None:
            kept = replace(one.booked, serves=serves.get(one.id, ()))
            booked.setdefault(one.window.spacecraft, []).append(kept)
        else:
            groups.setdefault(one.window.spacecraft, {}).setdefault(one.window.antenna, []).append(
                one
            )
    for craft, ones in booked.items():
        around = Interval(min(one.start for one in ones), max(one.end for one in ones))
        sending = transmission_intervals(geometry, craft, around)
        made.extend(_far_from_sun(one, sending) for one in ones)
    for craft, by_antenna in groups.items():
        first = min(one.tracking.start for each in by_antenna.values() for one in each)
        last = max(one.tracking.end for each in by_antenna.values() for one in each)
        around = Interval(problem.epoch.plus_seconds(first), problem.epoch.plus_seconds(last))
        seen = visibility(geometry, list(by_antenna), craft, around)
        sending = transmission_intervals(geometry, craft, around)
        for antenna, those in by_antenna.items():
            uplinks = seen[antenna].uplink
            made.extend(
                _of_pair(problem, geometry, antenna, craft, those, uplinks, sending, serves)
            )
    return _one_uplink_at_a_time(made, commanding)


def _of_pair(
    problem: ContactProblem,
    geometry: Geometry,
    antenna: str,
    craft: str,
    visits: Sequence[Visit],
    uplinks: Sequence[Interval],
    sending: Sequence[Interval],
    serves: Mapping[str, tuple[str, ...]],
) -> list[PlannedPass]:
    starts = [_at(problem, one.tracking.start).tai_ns for one in visits]
    ends = [_at(problem, one.tracking.end).tai_ns for one in visits]
    samples = np.concatenate(
        [np.linspace(s, e, _SAMPLES).astype(np.int64) for s, e in zip(starts, ends, strict=True)]
    )
    elevation = geometry.elevation_deg(antenna, craft, samples).reshape(-1, _SAMPLES)
    middle = samples.reshape(-1, _SAMPLES)[:, _SAMPLES // 2]
    down_s = geometry.downlink_light_time_s(antenna, craft, np.array(ends, dtype=np.int64))
    middle_s = geometry.downlink_light_time_s(antenna, craft, middle)
    early: NanosecondArray = np.array(ends, dtype=np.int64) - (2e9 * down_s).astype(np.int64)
    up_s = geometry.uplink_light_time_s(antenna, craft, early)
    passes = []
    for number, one in enumerate(visits):
        silent_s = float(down_s[number] + up_s[number]) + problem.rules.uplink_margin_s
        # one round trip later the craft plays back to a receiver that must have locked by then
        wait_s = one.window.silence_s - 2.0 * float(down_s[number] + up_s[number]) + _LOCKED_S
        begin = starts[number] + round(max(0.0, wait_s) * NANOSECONDS_PER_SECOND)
        until = max(begin, ends[number] - round(silent_s * NANOSECONDS_PER_SECOND))
        begin, until = _open(sending, *_open(uplinks, begin, until))
        passes.append(
            PlannedPass(
                id=one.id,
                antenna=antenna,
                spacecraft=craft,
                start=EarthReceiveTime(starts[number]),
                end=EarthReceiveTime(ends[number]),
                uplink_from=TransmitTime(begin),
                uplink_until=TransmitTime(until),
                light_time_s=float(middle_s[number]),
                rate_bps=one.window.rate_bps,
                maximum_elevation_deg=float(elevation[number].max()),
                volume_bits=one.bits,
                sigma_s=one.window.sigma_s,
                serves=serves.get(one.id, ()),
            )
        )
    return passes


def _far_from_sun(one: PlannedPass, sending: Sequence[Interval]) -> PlannedPass:
    """A booked pass, whose uplink a fresh trajectory may have brought too near to the Sun."""
    if one.uplink_from >= one.uplink_until:
        return one
    begin, until = _open(sending, one.uplink_from.tai_ns, one.uplink_until.tai_ns)
    return replace(one, uplink_from=TransmitTime(begin), uplink_until=TransmitTime(until))


def _open(uplinks: Sequence[Interval], begin: int, until: int) -> tuple[int, int]:
    """The longest part in which what is transmitted arrives; empty if there is none."""
    best = (begin, begin)
    for uplink in uplinks:
        first, last = max(begin, uplink.start.tai_ns), min(until, uplink.end.tai_ns)
        if last - first > best[1] - best[0]:
            best = (first, last)
    return best


def _one_uplink_at_a_time(passes: list[PlannedPass], commanding: set[str]) -> list[PlannedPass]:
    """Of passes that share an antenna, or a craft, each transmits when no other does.

    Those that must command choose first, then the earlier; the others take what is left, the
    longest part of it.
    """
    order = sorted(
        passes,
        key=lambda one: (not commanding.intersection(one.serves), one.start, one.id),
    )
    longest_ns = max((one.end.tai_ns - one.start.tai_ns for one in passes), default=0)
    granted: list[PlannedPass] = []
    #: those of an antenna or a craft, by start
    beside: dict[str, list[PlannedPass]] = defaultdict(list)
    for one in order:
        taken = [
            Span(other.uplink_from.tai_ns, other.uplink_until.tai_ns)
            for others in (beside[one.antenna], beside[one.spacecraft])
            for other in others[
                bisect_left(others, one.start.tai_ns - longest_ns, key=_start_ns) : bisect_left(
                    others, one.end.tai_ns, key=_start_ns
                )
            ]
            if one.start < other.end
        ]
        if taken and one.uplink_from < one.uplink_until:
            wish = Span(one.uplink_from.tai_ns, one.uplink_until.tai_ns)
            parts = list(free_parts(wish, taken))
            best = max(parts, key=lambda span: span.seconds, default=Span(wish.start, wish.start))
            one = replace(
                one, uplink_from=TransmitTime(best.start), uplink_until=TransmitTime(best.end)
            )
        granted.append(one)
        insort(beside[one.antenna], one, key=_start_ns)
        insort(beside[one.spacecraft], one, key=_start_ns)
    return granted


def _start_ns(one: PlannedPass) -> int:
    return one.start.tai_ns


def _session(problem: ContactProblem, geometry: Geometry, one: Hearing) -> PlannedRelaySession:
    if one.booked is not None:
        return one.booked
    # whole seconds of TAI: the relay's table holds them
    start = -(-_at(problem, one.tracking.start).tai_ns // NANOSECONDS_PER_SECOND)
    end = _at(problem, one.tracking.end).tai_ns // NANOSECONDS_PER_SECOND
    samples = (np.linspace(start, end, _SAMPLES) * 1e9).astype(np.int64)
    elevation, _ = geometry.overflight(one.window.relay, one.window.spacecraft, samples)
    return PlannedRelaySession(
        id=one.id,
        relay=one.window.relay,
        spacecraft=one.window.spacecraft,
        start=SpacecraftEventTime(start * NANOSECONDS_PER_SECOND),
        end=SpacecraftEventTime(end * NANOSECONDS_PER_SECOND),
        rate_bps=one.window.rate_bps,
        maximum_elevation_deg=float(elevation.max()),
        volume_bits=one.window.bits(one.tracking, HAIL_S),
        sigma_s=one.window.sigma_s,
    )


def _at(problem: ContactProblem, second: int) -> Instant:
    return problem.epoch.plus_seconds(second)
