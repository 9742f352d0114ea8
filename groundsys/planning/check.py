"""Checking a plan, whoever made it, from geometry alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import NanosecondArray, instants_ns
from groundsys.mission.model import Mission, Scenario
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.values.instants import Instant, Interval

#: the longest relay session: what a cube's battery gives
LONGEST_SESSION_S = 900.0


def check_plan(plan: Plan, mission: Mission, scenario: Scenario, geometry: Geometry) -> list[str]:
    """What is wrong with the plan, in words; empty if nothing is."""
    return [
        *_findings_of_passes(plan.passes, mission, scenario, geometry),
        *_conflicts(plan.passes, mission),
        *_findings_of_sessions(plan, scenario, geometry),
        *_drained(plan),
    ]


def _findings_of_passes(
    passes: Sequence[PlannedPass], mission: Mission, scenario: Scenario, geometry: Geometry
) -> Iterator[str]:
    for one in passes:
        if not one.start < one.end:
            yield f"{one.id}: ends before it starts"
            continue
        configured_from = one.start.plus_seconds(-mission.antennas[one.antenna].configuration_s)
        if configured_from < scenario.span.start or one.end > scenario.span.end:
            yield f"{one.id}: with its configuration, outside the scenario"
        if one.antenna not in scenario.antennas:
            yield f"{one.id}: antenna {one.antenna} is not the scenario's"
        if not _minutely(one.start, one.end, geometry, one).all():
            yield f"{one.id}: {one.antenna} does not see {one.spacecraft} all the time"
        if not one.start <= one.uplink_from <= one.uplink_until <= one.end:
            yield f"{one.id}: uplink outside the pass"
            continue
        sent = instants_ns(one.uplink_from, one.uplink_until)
        if not geometry.visible_uplink(one.antenna, one.spacecraft, sent).all():
            yield f"{one.id}: what is transmitted would not arrive"
        up_s = float(geometry.uplink_light_time_s(one.antenna, one.spacecraft, sent[1:])[0])
        arrival = instants_ns(one.uplink_until.plus_seconds(up_s))
        down_s = float(geometry.emission_light_time_s(one.antenna, one.spacecraft, arrival)[0])
        if one.uplink_until.plus_seconds(up_s + down_s) > one.end:
            yield f"{one.id}: the answer to the last uplink comes after the pass"


def _minutely(
    start: Instant, end: Instant, geometry: Geometry, one: PlannedPass
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    count = max(2, int(end.seconds_since(start) / 60.0) + 1)
    return np.asarray(
        geometry.visible_downlink(one.antenna, one.spacecraft, _between(start, end, count))
    )


def _conflicts(passes: Sequence[PlannedPass], mission: Mission) -> Iterator[str]:
    for left, right in combinations(sorted(passes, key=lambda one: one.start), 2):
        if left.spacecraft == right.spacecraft and right.start < left.end:
            yield f"{left.id}, {right.id}: two antennas on {left.spacecraft} at once"
        configuration_s = mission.antennas[right.antenna].configuration_s
        if left.antenna == right.antenna and right.start.plus_seconds(-configuration_s) < left.end:
            yield f"{left.id}, {right.id}: no time to configure {left.antenna}"


def _findings_of_sessions(plan: Plan, scenario: Scenario, geometry: Geometry) -> Iterator[str]:
    for one in plan.relay_sessions:
        length_s = one.end.seconds_since(one.start)
        if not 0.0 < length_s <= LONGEST_SESSION_S:
            yield f"{one.id}: lasts {length_s:.0f} s"
            continue
        if one.start < scenario.span.start or one.end > scenario.quiet_from:
            yield f"{one.id}: outside the scenario's active part"
        elevation, _ = geometry.overflight(
            one.relay, one.spacecraft, _between(one.start, one.end, 31)
        )
        if elevation.min() < geometry.elevation_mask_deg(one.spacecraft):
            yield f"{one.id}: {one.relay} is not above {one.spacecraft} all the time"
        if not any(_loads(one, planned) for planned in plan.passes):
            yield f"{one.id}: no earlier uplink can load it"
    for relay in {one.relay for one in plan.relay_sessions}:
        ordered = sorted(
            (one for one in plan.relay_sessions if one.relay == relay), key=lambda one: one.start
        )
        for left, right in pairwise(ordered):
            if Interval(left.start, left.end).overlaps(Interval(right.start, right.end)):
                yield f"{left.id}, {right.id}: two sessions on {relay} at once"


def _loads(session: PlannedRelaySession, planned: PlannedPass) -> bool:
    first_arrival = planned.uplink_from.plus_seconds(planned.light_time_s)
    return (
        planned.spacecraft == session.relay
        and planned.uplink_from < planned.uplink_until
        and first_arrival < session.start
    )


def _drained(plan: Plan) -> Iterator[str]:
    for one in plan.relay_sessions:
        later = [
            planned
            for planned in plan.passes
            if planned.spacecraft == one.relay
            and planned.end.plus_seconds(-planned.light_time_s) > one.end
        ]
        if not later:
            yield f"{one.id}: no later pass brings its data home"


def _between(start: Instant, end: Instant, count: int) -> NanosecondArray:
    return np.linspace(0, end.tai_ns - start.tai_ns, count).astype(np.int64) + start.tai_ns
