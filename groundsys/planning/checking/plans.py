"""Checking a plan, whoever made it, from geometry, links, rules and a recorder's simulation.

Nothing here is shared with what makes plans, so that an error there is found here.  What has begun
by the situation's `now` is history: it still takes its antenna and craft, but is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import ContactNeed
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.checking.contacts import findings_of_passes, findings_of_sessions
from groundsys.planning.checking.recorders import findings_of_recorders
from groundsys.planning.checking.turns import findings_of_turns
from groundsys.planning.contact_graph.tabulated import tabulated
from groundsys.planning.plan import Plan, PlannedPass, PlanningRules
from groundsys.planning.situation import Situation
from groundsys.values.instants import Instant, Interval

_DAY_NS = 86_400_000_000_000


def check_plan(
    plan: Plan,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    situation: Situation | None = None,
) -> list[str]:
    """What is wrong with the plan, in words; empty if nothing is."""
    rules = replace(
        PlanningRules(),
        **{
            name: type(getattr(PlanningRules(), name))(value)
            for name, value in scenario.planning.rules.items()
        },
    )
    needs = {
        need.id: need
        for need in (*scenario.planning.needs, *(situation.needs if situation else ()))
    }
    unknown = list(_unknown(plan, mission, scenario))
    if unknown:
        return unknown
    now = situation.now if situation is not None else scenario.span.start
    booked = situation.booked if situation is not None else None
    known = {one.id for one in booked.passes} if booked is not None else set()
    held = {one.id for one in booked.relay_sessions} if booked is not None else set()
    coming = [
        one for one in plan.passes if one.id not in known or _configured_from(one, mission) >= now
    ]
    sessions = [one for one in plan.relay_sessions if one.id not in held or one.start >= now]
    whole = geometry
    if coming or sessions:
        moments: list[tuple[Instant, Instant]] = [(one.start, one.end) for one in coming]
        moments += [(one.start, one.end) for one in sessions]
        first, last = min(start for start, _ in moments), max(end for _, end in moments)
        if first <= last:
            geometry = tabulated(geometry, first, last)
    told = _Told(mission, scenario, rules, needs, situation)
    return [
        *findings_of_passes(coming, mission, scenario, geometry, rules, needs, situation),
        *_lost(plan, situation),
        *_too_late(coming, mission, now),
        *(finding for one in coming for finding in _closures(one, told)),
        *_conflicts_of_craft(plan.passes, told),
        *_conflicts_of_antennas(plan.passes, coming, told),
        *findings_of_turns(plan.passes, {one.id for one in coming}, mission, whole),
        *_unserved(plan.passes, told),
        *findings_of_sessions(sessions, plan.passes, mission, scenario, geometry, rules, situation),
        *_too_often(plan, rules),
        *findings_of_recorders(plan, mission, scenario, situation),
    ]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a plan is checked against."""

    mission: Mission
    scenario: Scenario
    rules: PlanningRules
    needs: Mapping[str, ContactNeed]
    situation: Situation | None


def _unknown(plan: Plan, mission: Mission, scenario: Scenario) -> Iterator[str]:
    seen: set[str] = set()
    contacts: list[tuple[str, str, Instant, Instant]]
    contacts = [(one.id, one.spacecraft, one.start, one.end) for one in plan.passes]
    contacts += [(one.id, one.spacecraft, one.start, one.end) for one in plan.relay_sessions]
    for id, spacecraft, start, end in contacts:
        if id in seen:
            yield f"{id}: stands twice in the plan"
        seen.add(id)
        if end <= start:
            yield f"{id}: ends before it starts"
        if spacecraft not in mission.spacecraft:
            yield f"{id}: there is no craft {spacecraft}"
    for planned in plan.passes:
        if planned.antenna not in mission.antennas:
            yield f"{planned.id}: there is no antenna {planned.antenna}"
        elif planned.antenna not in scenario.antennas:
            yield f"{planned.id}: antenna {planned.antenna} is not the scenario's"
    for session in plan.relay_sessions:
        if (
            session.spacecraft in mission.spacecraft
            and mission.spacecraft[session.spacecraft].relay != session.relay
        ):
            yield f"{session.id}: {session.relay} is not the relay of {session.spacecraft}"


def _lost(plan: Plan, situation: Situation | None) -> Iterator[str]:
    for one in plan.passes:
        if situation is not None and one.id in situation.lost and one.start > situation.now:
            yield f"{one.id}: is known to be lost"


def _configured_from(one: PlannedPass, mission: Mission) -> Instant:
    return one.start.plus_seconds(-mission.antennas[one.antenna].configuration_s)


def _too_late(passes: Sequence[PlannedPass], mission: Mission, now: Instant) -> Iterator[str]:
    for one in passes:
        if _configured_from(one, mission) < now:
            yield f"{one.id}: {one.antenna} cannot be configured in time"


def _closures(one: PlannedPass, told: _Told) -> Iterator[str]:
    antenna = told.mission.antennas[one.antenna]
    occupied = Interval(
        one.start.plus_seconds(-antenna.configuration_s), one.end.plus_seconds(antenna.teardown_s)
    )
    closed = [
        ("in maintenance", each.antenna, each.interval)
        for each in told.scenario.planning.maintenance
    ]
    if told.situation is not None:
        closed += [("out", each.antenna, each.interval) for each in told.situation.outages]
    for word, antenna_id, interval in closed:
        if antenna_id == one.antenna and interval.overlaps(occupied):
            yield f"{one.id}: {one.antenna} is {word} from {interval.start.utc_iso(0)}"


def _conflicts_of_craft(passes: Sequence[PlannedPass], told: _Told) -> Iterator[str]:
    """One antenna at a time, with a rest between, except for needs that want several."""
    for craft in {one.spacecraft for one in passes}:
        mine = sorted((one for one in passes if one.spacecraft == craft), key=lambda one: one.start)
        for number, left in enumerate(mine):
            for right in mine[number + 1 :]:
                rest_s = right.start.seconds_since(left.end)
                if rest_s >= told.rules.pass_gap_s:
                    break
                both = set(left.serves) & set(right.serves)
                critical = any(told.needs[id].antennas > 1 for id in both & set(told.needs))
                if rest_s < 0.0 and critical and left.antenna != right.antenna:
                    continue
                if rest_s < 0.0:
                    yield f"{left.id}, {right.id}: two antennas on {craft} at once"
                else:
                    yield f"{left.id}, {right.id}: no rest of {told.rules.pass_gap_s:g} s between"


def _conflicts_of_antennas(
    passes: Sequence[PlannedPass], coming: Sequence[PlannedPass], told: _Told
) -> Iterator[str]:
    judged = {one.id for one in coming}
    for antenna_id in {one.antenna for one in passes}:
        antenna = told.mission.antennas[antenna_id]
        mine = sorted(
            (one for one in passes if one.antenna == antenna_id), key=lambda one: one.start
        )
        busy: list[PlannedPass] = []
        for one in mine:
            begins = one.start.plus_seconds(-antenna.configuration_s)
            busy = [other for other in busy if other.end.plus_seconds(antenna.teardown_s) > begins]
            together = [*busy, one]
            if not judged.intersection(other.id for other in together):
                pass
            elif antenna.downlinks_per_beam == 1 or not _one_beam(together, told.mission):
                for other in busy:
                    if antenna.downlinks_per_beam == 1 or not _one_beam([other, one], told.mission):
                        yield f"{other.id}, {one.id}: no time to configure {antenna_id}"
            elif len(together) > antenna.downlinks_per_beam:
                ids = ", ".join(other.id for other in together)
                yield f"{ids}: more at once than {antenna_id} can receive"
            for other in busy:
                first = max(other.uplink_from, one.uplink_from)
                if first < min(other.uplink_until, one.uplink_until):
                    yield f"{other.id}, {one.id}: {antenna_id} would transmit to both at once"
            busy.append(one)


def _one_beam(passes: Sequence[PlannedPass], mission: Mission) -> bool:
    """Different craft about one planet other than Earth."""
    craft = [mission.spacecraft[one.spacecraft] for one in passes]
    centers = set()
    for one in craft:
        center = one.orbit.center if one.orbit is not None else one.site.body if one.site else ""
        centers.add(center.lower() if center.lower() not in ("", "earth", "sun") else one.id)
    return len(centers) == 1 and len({one.id for one in craft}) == len(craft)


def _unserved(passes: Sequence[PlannedPass], told: _Told) -> Iterator[str]:
    """Needs that a pass claims to serve and does not."""
    for one in passes:
        for id in one.serves:
            need = told.needs.get(id)
            if need is None:
                yield f"{one.id}: serves need {id}, which is not there"
                continue
            if one.spacecraft != need.spacecraft:
                yield f"{one.id}: serves {id}, a need of {need.spacecraft}"
            if need.among and one.antenna not in need.among:
                yield f"{one.id}: serves {id}, which does not want {one.antenna}"
            parts = _parts(one, need)
            if need.antennas > 1:
                others = [each for each in passes if id in each.serves and each.start < one.end
                          and one.start < each.end]  # fmt: skip
                if len({each.antenna for each in others}) < need.antennas:
                    yield f"{one.id}: serves {id} with fewer than {need.antennas} antennas at once"
            if need.attended and told.scenario.planning.shifts:
                parts = [inside for part in parts for inside in _attended(part, told.scenario)]
            if need.split_minimum_s is not None:
                if not any(part.seconds >= need.split_minimum_s - 1.0 for part in parts):
                    yield f"{one.id}: too short, or outside window or shift, for a part of {id}"
            elif not any(part.seconds >= need.minimum_s - 1.0 for part in parts):
                yield f"{one.id}: too short, or outside window or shift, for need {id}"
    for need in told.needs.values():
        if need.split_minimum_s is not None:
            yield from _too_little_in_all(need, passes, told)


def _too_little_in_all(
    need: ContactNeed, passes: Sequence[PlannedPass], told: _Told
) -> Iterator[str]:
    """Passes that serve no occurrence of a need of several parts with enough in all."""
    lost = told.situation.lost if told.situation is not None else frozenset()
    claiming = [one for one in passes if need.id in one.serves and one.id not in lost]
    enough: set[str] = set()
    for occurrence in _occurrences(need, told.scenario):
        parts: list[Interval] = []
        mine: set[str] = set()
        for one in claiming:
            for part in _of_a_part(one, need, occurrence, told.scenario):
                parts.append(part)
                mine.add(one.id)
        if _seconds_of(parts) >= need.minimum_s - 1.0 * len(parts):
            enough |= mine
    for one in claiming:
        if one.id not in enough:
            yield f"{one.id}: serves {need.id} with less than {need.minimum_s:.0f} s in all"


def _of_a_part(
    one: PlannedPass, need: ContactNeed, occurrence: Interval, scenario: Scenario
) -> Iterator[Interval]:
    start, end = max(one.start, occurrence.start), min(one.end, occurrence.end)
    if start < end:
        whole = Interval(Instant(start.tai_ns), Instant(end.tai_ns))
        attended = need.attended and scenario.planning.shifts
        for part in _attended(whole, scenario) if attended else (whole,):
            if part.seconds >= (need.split_minimum_s or 0.0) - 1.0:
                yield part


def _occurrences(need: ContactNeed, scenario: Scenario) -> Iterator[Interval]:
    window = need.window or scenario.span
    start, end = max(window.start, scenario.span.start), min(window.end, scenario.span.end)
    while start < end:
        until = end if need.every_s is None else min(end, start.plus_seconds(need.every_s))
        yield Interval(start, until)
        start = until


def _seconds_of(parts: Sequence[Interval]) -> float:
    """Seconds in which any of the parts holds."""
    seconds = 0.0
    until: Instant | None = None
    for part in sorted(parts, key=lambda one: (one.start, one.end)):
        start = part.start if until is None else max(until, part.start)
        seconds += max(0.0, part.end.seconds_since(start))
        until = part.end if until is None else max(until, part.end)
    return seconds


def _parts(one: PlannedPass, need: ContactNeed) -> list[Interval]:
    start, end = (Instant(one.start.tai_ns), Instant(one.end.tai_ns))
    if need.kind == "command":
        start, end = Instant(one.uplink_from.tai_ns), Instant(one.uplink_until.tai_ns)
    if need.window is not None:
        start, end = max(start, need.window.start), min(end, need.window.end)
    return [Interval(start, end)] if start < end else []


def _attended(part: Interval, scenario: Scenario) -> Iterator[Interval]:
    """The parts of an interval in which operators are on shift."""
    midnight = part.start.to_utc().replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(int(part.seconds // 86_400) + 2):
        dawn = Instant.from_utc(midnight).plus_seconds(86_400.0 * day)
        for shift in scenario.planning.shifts:
            start = max(part.start, dawn.plus_seconds(shift.start_s))
            end = min(part.end, dawn.plus_seconds(shift.end_s))
            if start < end:
                yield Interval(start, end)


def _too_often(plan: Plan, rules: PlanningRules) -> Iterator[str]:
    """More sessions of a craft on one day of TAI than its battery has power for."""
    days: dict[tuple[str, int], list[str]] = {}
    for one in plan.relay_sessions:
        days.setdefault((one.spacecraft, one.start.tai_ns // _DAY_NS), []).append(one.id)
    for (craft, _), ids in days.items():
        if len(ids) > rules.sessions_per_craft:
            yield f"{', '.join(ids)}: {craft} has power for {rules.sessions_per_craft} a day"
