"""Checking recorders: a simulation, minute by minute, of what a plan puts into them."""

from __future__ import annotations

from collections.abc import Iterator

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.planning.plan import Plan
from groundsys.planning.situation import Situation

_STEP_S = 60.0
#: what packets add to what they carry, at most
_PACKED = 1.1
#: beside what a planner counts: filling a recorder to its brim is no conflict
_GRACE = 1.02


def findings_of_recorders(
    plan: Plan, mission: Mission, scenario: Scenario, situation: Situation | None
) -> Iterator[str]:
    """Sessions that would bring a relay more than its recorder holds."""
    for relay in sorted({one.relay for one in plan.relay_sessions}):
        capacity = 8e6 * mission.spacecraft[relay].platform.get("recorder_mb", 1e9)
        at = _overfull(plan, mission, scenario, situation, relay, capacity)
        if at is not None:
            yield f"{at}: brings {relay} more than its recorder holds"


def _overfull(
    plan: Plan,
    mission: Mission,
    scenario: Scenario,
    situation: Situation | None,
    relay: str,
    capacity: float,
) -> str | None:
    """The session during which the recorder is too full for the first time."""
    stored = dict(situation.stored_bits) if situation is not None else {}
    start = max(scenario.span.start, situation.now) if stored and situation else scenario.span.start
    craft = [id for id in scenario.spacecraft if mission.spacecraft[id].relay == relay]
    waiting = {id: _aboard(stored, id) for id in (*craft, relay)}
    pace = {id: _bps(mission, mission.spacecraft[id]) for id in waiting}
    sessions = [one for one in plan.relay_sessions if one.relay == relay]
    passes = [one for one in plan.passes if one.spacecraft == relay]
    moments = sorted(
        [(one.start, 0, one) for one in sessions] + [(one.start, 1, one) for one in passes],
        key=lambda each: (each[0], each[1]),
    )
    clock, fill = start, waiting[relay]
    for moment, is_pass, contact in moments:
        if contact.end <= start:
            continue
        fill += pace[relay] * max(0.0, moment.seconds_since(clock))
        for id in craft:
            waiting[id] += pace[id] * max(0.0, moment.seconds_since(clock))
        clock = max(clock, moment)
        length_s = contact.end.seconds_since(contact.start)
        if is_pass:
            fill = max(0.0, fill - (contact.volume_bits or contact.rate_bps * length_s))
            continue
        carried = min(waiting[contact.spacecraft], contact.volume_bits or float("inf"))
        waiting[contact.spacecraft] -= carried
        before, fill = fill, fill + carried
        if fill > capacity * _GRACE >= before:
            return contact.id
    return None


def _aboard(stored: dict[tuple[str, str], float], craft: str) -> float:
    return _PACKED * sum(bits for (holder, _), bits in stored.items() if holder == craft)


def _bps(mission: Mission, craft: Spacecraft) -> float:
    """What a craft makes a second: its payloads' records, and its periodic packets."""
    rate = sum(
        (sum(field.bits for field in packet.fields) + 176) / packet.period_s
        for packet in craft.model.packets
        if packet.period_s
    )
    for payload in (mission.payloads[id] for id in craft.payloads if id in mission.payloads):
        rate += sum(field.bits for field in payload.record) / payload.sample_interval_s
    return rate
