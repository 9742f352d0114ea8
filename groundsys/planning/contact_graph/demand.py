"""What craft make and customers wait for: files as they close, and the craft's own telemetry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundsys.entry.landing import callable_from
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.planning.contact_graph.contacts import Produce, Stream
from groundsys.planning.plan import PlanningRules
from groundsys.planning.situation import Situation

#: a file's header, and what packets and file delivery add to a file
_FILE_HEADER_BITS = 8 * 32
_PACKED = 1.04
#: a packet's headers, time and checksum, in bits (CCSDS 133.0-B, ECSS-E-ST-70-41C)
_PACKET_OVERHEAD_BITS = 8 * 22
#: even a craft without periodic packets reports events and its time; one that sends slowly says
#: less: no more than this share of its fastest rate
_LEAST_TELEMETRY_BPS, _LEAST_SHARE = 16.0, 0.01
#: telemetry counts as one item an hour
_TELEMETRY_STEP_S = 3600.0
#: a payload's logger takes its first record so long after the scenario's start
_FIRST_RECORD_AFTER_S = 30.0
_TELEMETRY_GOAL_S = 86_400.0
#: of data in time, what the longest wait in time costs
PROMPTNESS = 0.2


def lasting_worth(age_s: FloatArray, goal_s: FloatArray, half_value_s: float) -> FloatArray:
    """The share of its value that an item still has when it is home at this age.

    It falls a little until the goal, so that sooner is better, and by half in each `half_value_s`
    after it; what never comes home (infinite age) has none.
    """
    in_time = 1.0 - PROMPTNESS * np.clip(age_s / goal_s, 0.0, 1.0)
    late = np.maximum(age_s - goal_s, 0.0) / half_value_s
    return np.asarray(in_time * np.exp2(-late))


def file_bits(payload: Payload) -> float:
    """Bits that a whole file of the payload holds."""
    records = payload.file_interval_s / payload.sample_interval_s
    return _FILE_HEADER_BITS + records * sum(field.bits for field in payload.record)


def telemetry_bps(craft: Spacecraft) -> float:
    """Bits a second of the craft's periodic packets, estimated from their definitions."""
    rates = [
        (sum(field.bits for field in packet.fields) + _PACKET_OVERHEAD_BITS) / packet.period_s
        for packet in craft.model.packets
        if packet.period_s > 0.0
    ]
    fastest_bps = max((max(one.rates_bps, default=0.0) for one in craft.radios.values()), default=0)
    least_bps = min(_LEAST_TELEMETRY_BPS, _LEAST_SHARE * fastest_bps)
    return max(sum(rates), least_bps)


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Items of one stream, each measured between two neighbouring bounds and ready at the later."""

    stream: Stream
    bounds_s: FloatArray
    bits: FloatArray


def produce_of(
    mission: Mission, scenario: Scenario, craft_id: str, rules: PlanningRules, situation: Situation
) -> Produce:
    """All that is aboard or will be made within the scenario.

    A capsule makes nothing that counts before it has landed.  Where the situation says what is
    stored aboard now, that stands for all that was made before.
    """
    craft = mission.spacecraft[craft_id]
    batches = [_telemetry(craft, scenario)]
    batches += [
        _files(mission, scenario, craft_id, payload)
        for payload in craft.payloads
        if payload in mission.payloads
    ]
    landed = callable_from(craft)
    if landed is not None:
        landed_s = landed.seconds_since(scenario.span.start)
        batches = [_later(batch, landed_s) for batch in batches]
    if situation.stored_bits:
        now_s = situation.now.seconds_since(scenario.span.start)
        batches = [_later(batch, now_s) for batch in batches]
        batches += [
            _stored(mission, scenario, payload, craft_id, bits, now_s)
            for (holder, payload), bits in sorted(situation.stored_bits.items())
            if holder == craft_id and bits > 0.0
        ]
    rows = [_rows(mission, batch, number, rules) for number, batch in enumerate(batches)]
    table = np.concatenate(rows, axis=1)
    table = table[:, np.argsort(table[0], kind="stable")]
    ready, bits, worth, goal, stream, since, until = (table[row] for row in range(7))
    streams = tuple(batch.stream for batch in batches)
    return Produce(craft_id, ready, bits, worth, goal, stream, since, until, streams)


def _telemetry(craft: Spacecraft, scenario: Scenario) -> _Batch:
    quiet = min(scenario.quiet_from, scenario.span.end)
    quiet_s = max(0.0, quiet.seconds_since(scenario.span.start))
    bounds = np.append(np.arange(0.0, quiet_s, _TELEMETRY_STEP_S), quiet_s)
    return _Batch(Stream("", craft.id, ""), bounds, np.diff(bounds) * telemetry_bps(craft))


def _files(mission: Mission, scenario: Scenario, craft_id: str, payload_id: str) -> _Batch:
    payload = mission.payloads[payload_id]
    length_s = scenario.span.seconds
    bounds = np.arange(_FIRST_RECORD_AFTER_S, max(length_s, 31.0), payload.file_interval_s)
    bits = np.full(len(bounds) - 1, file_bits(payload))
    return _Batch(_stream(mission, scenario, craft_id, payload_id), bounds, bits)


def _later(batch: _Batch, now_s: float) -> _Batch:
    """Without what was ready before now."""
    first = int(np.searchsorted(batch.bounds_s[1:], now_s, side="right"))
    return _Batch(batch.stream, batch.bounds_s[first:], batch.bits[first:])


def _stored(
    mission: Mission, scenario: Scenario, payload: str, holder: str, bits: float, now_s: float
) -> _Batch:
    """What is aboard now as one item, taken to have been measured lately at the usual pace."""
    maker = next(
        (id for id in scenario.spacecraft if payload in mission.spacecraft[id].payloads),
        holder,
    )
    if payload in mission.payloads:
        each = mission.payloads[payload]
        pace_bps = file_bits(each) / each.file_interval_s
    else:
        pace_bps = telemetry_bps(mission.spacecraft[maker])
    stream = _stream(mission, scenario, maker, payload)
    return _Batch(stream, np.array([now_s - bits / pace_bps, now_s]), np.array([bits]))


def _stream(mission: Mission, scenario: Scenario, craft_id: str, payload: str) -> Stream:
    customers = (
        id for id in scenario.customers if payload and payload in mission.customers[id].payloads
    )
    return Stream(next(customers, ""), craft_id, payload)


def _rows(mission: Mission, batch: _Batch, number: int, rules: PlanningRules) -> FloatArray:
    """Ready, bits as sent, worth in time, goal, stream, measured from and until; a column each."""
    goal_s, priority = _TELEMETRY_GOAL_S, 1.0
    if batch.stream.customer:
        customer = mission.customers[batch.stream.customer]
        goal_s, priority = customer.latency_goal_s, customer.priority
    full = np.ones(len(batch.bits))
    return np.stack(
        [
            batch.bounds_s[1:],
            batch.bits * _PACKED,
            batch.bits / 8e6 * priority * rules.value_per_megabyte,
            goal_s * full,
            number * full,
            batch.bounds_s[:-1],
            batch.bounds_s[1:],
        ]
    )
