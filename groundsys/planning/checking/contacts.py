"""Checking passes and relay sessions one by one: view, link, uplink, length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry, Listeners
from groundsys.geometry.conjunction import conjunction_zones
from groundsys.geometry.link import (
    attenuation_db,
    c_n0_dbhz,
    needed_c_n0_dbhz,
    noise_increase_db,
    proximity_c_n0_dbhz,
)
from groundsys.geometry.sight import TRANSMITTING
from groundsys.geometry.time_scales import NanosecondArray
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import ContactNeed
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.plan import PlannedPass, PlannedRelaySession, PlanningRules
from groundsys.planning.situation import Situation
from groundsys.values.instants import Instant, Interval

#: what rounding to whole seconds may take
_GRACE_S = 1.0
_GRACE_DB = 0.1


def findings_of_passes(
    passes: Sequence[PlannedPass],
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    rules: PlanningRules,
    needs: Mapping[str, ContactNeed],
    situation: Situation | None,
) -> Iterator[str]:
    """What is wrong with single passes."""
    booked = {
        one.id: one for one in (situation.booked.passes if situation and situation.booked else ())
    }
    margins_s = []
    for one in passes:
        antenna = mission.antennas[one.antenna]
        prepared = one.start.plus_seconds(-antenna.configuration_s)
        if prepared < scenario.span.start or (
            one.end.plus_seconds(antenna.teardown_s) > scenario.span.end
        ):
            yield f"{one.id}: with its configuration, outside the scenario"
        length_s = one.end.seconds_since(one.start)
        # what was booked for a need may be as long as that need allows, if it is served no more
        asking = {*one.serves, *(booked[one.id].serves if one.id in booked else ())}
        wanted = [needs[id] for id in sorted(asking) if id in needs]
        least_s = min(
            [rules.pass_minimum_s, *(need.split_minimum_s or need.minimum_s for need in wanted)]
        )
        if length_s < least_s - _GRACE_S:
            yield f"{one.id}: lasts {length_s:.0f} s, less than {least_s:.0f} s"
        extra_s = 2.0 * one.light_time_s + rules.uplink_margin_s + 60.0
        most_s = max([rules.pass_maximum_s, *(need.duration_s + extra_s for need in wanted)])
        if length_s > most_s + _GRACE_S:
            yield f"{one.id}: lasts {length_s:.0f} s, more than {most_s:.0f} s"
        margins_s.append(0.0 if one.id in booked else rules.view_margin_s - _GRACE_S)
    by_craft: dict[str, list[int]] = {}
    for number, one in enumerate(passes):
        by_craft.setdefault(one.spacecraft, []).append(number)
    for craft_id, numbers in by_craft.items():
        mine = [passes[number] for number in numbers]
        yield from _views(craft_id, mine, [margins_s[number] for number in numbers], geometry)
        yield from _uplinks(craft_id, mine, geometry)
        yield from _near_sun(craft_id, mine, geometry)
        yield from _links(craft_id, mine, mission, geometry, rules, situation)


def _views(
    craft_id: str, passes: Sequence[PlannedPass], margins_s: Sequence[float], geometry: Geometry
) -> Iterator[str]:
    """Whether the antenna sees the craft, minute by minute, in the pass and a margin around it."""
    times = [
        _between(
            one.start.plus_seconds(-margin_s),
            one.end.plus_seconds(margin_s),
            one.end.seconds_since(one.start) / 60.0,
        )
        for one, margin_s in zip(passes, margins_s, strict=True)
    ]
    counts = np.array([each.size for each in times])
    seen = geometry.visible_downlink(_listeners(passes, counts), craft_id, np.concatenate(times))
    always = np.logical_and.reduceat(seen, np.cumsum(counts) - counts).tolist()
    for one, visible in zip(passes, always, strict=True):
        if not visible:
            yield f"{one.id}: {one.antenna} does not see {craft_id} all the time"


def _uplinks(craft_id: str, passes: Sequence[PlannedPass], geometry: Geometry) -> Iterator[str]:
    """Whether what is transmitted arrives, and is answered, while the craft is tracked."""
    sending = []
    for one in passes:
        if not one.start <= one.uplink_from <= one.uplink_until <= one.end:
            yield f"{one.id}: uplink outside the pass"
        elif one.uplink_from < one.uplink_until:
            sending.append(one)
    if not sending:
        return
    sent = np.stack([_between(one.uplink_from, one.uplink_until, 10) for one in sending])
    each, once = _listeners(sending, sent.shape[1]), _listeners(sending, 1)
    arrives = geometry.visible_uplink(each, craft_id, sent.ravel()).reshape(sent.shape)
    up_s = geometry.uplink_light_time_s(once, craft_id, sent[:, -1])
    arrival = sent[:, -1] + np.round(up_s * 1e9).astype(np.int64)
    down_s = geometry.emission_light_time_s(once, craft_id, arrival)
    answered = arrival + np.round(down_s * 1e9).astype(np.int64)
    for number, one in enumerate(sending):
        if not arrives[number].all():
            yield f"{one.id}: what is transmitted would not arrive"
        if answered[number] > one.end.tai_ns:
            yield f"{one.id}: the answer to the last uplink comes after the pass"


def _near_sun(craft_id: str, passes: Sequence[PlannedPass], geometry: Geometry) -> Iterator[str]:
    """Whether anything is transmitted while the craft is too near to the Sun."""
    around = Interval(min(one.start for one in passes), max(one.end for one in passes))
    for zone in conjunction_zones(geometry, craft_id, around, TRANSMITTING):
        for one in passes if zone.kind == "forbidden" else ():
            first, last = max(one.uplink_from, zone.start), min(one.uplink_until, zone.end)
            if last.seconds_since(first) > _GRACE_S:
                yield f"{one.id}: transmits while {craft_id} stands too near to the Sun"


def _links(
    craft_id: str,
    passes: Sequence[PlannedPass],
    mission: Mission,
    geometry: Geometry,
    rules: PlanningRules,
    situation: Situation | None,
) -> Iterator[str]:
    """Whether the rate closes all the time, also in bad weather, and the volume is not too much."""
    radio = mission.spacecraft[craft_id].radios["x_band"]
    times = np.array([(one.start.tai_ns, one.end.tai_ns) for one in passes], dtype=np.int64)
    listeners = _listeners(passes, 2)
    light_s, elevation_deg = geometry.light_time_and_elevation(listeners, craft_id, times.ravel())
    air_db = np.zeros_like(elevation_deg)
    for number, id in enumerate(listeners.ids):
        antenna, its = mission.antennas[id], listeners.which == number
        if antenna.sky is not None:
            lost_db = attenuation_db(antenna.sky, elevation_deg[its])
            noise_db = noise_increase_db(antenna.radio, antenna.sky, elevation_deg[its])
            air_db[its] = lost_db + noise_db
    farthest = (light_s * SPEED_OF_LIGHT_KM_S).reshape(times.shape).max(axis=1).tolist()
    worst = air_db.reshape(times.shape).max(axis=1).tolist()
    weather = situation.weather if situation is not None else ()
    for one, farthest_km, worst_db in zip(passes, farthest, worst, strict=True):
        antenna = mission.antennas[one.antenna]
        loss_db = worst_db + sum(
            each.loss_db
            for each in weather
            if each.antenna == one.antenna
            and each.interval.start < one.end
            and one.start < each.interval.end
        )
        have_db = c_n0_dbhz(radio, antenna.radio, farthest_km) - loss_db
        need_db = needed_c_n0_dbhz(antenna.radio, one.rate_bps, rules.margin_db)
        if one.rate_bps > max(radio.rates_bps) or have_db < need_db - _GRACE_DB:
            yield f"{one.id}: {one.rate_bps:g} bit/s do not close at {one.antenna}"
        if one.volume_bits > one.rate_bps * one.end.seconds_since(one.start):
            yield f"{one.id}: brings more than its rate can"


def _listeners(passes: Sequence[PlannedPass], counts: int | NDArray[np.int64]) -> Listeners:
    """Each pass' antenna at so many instants, pass after pass."""
    ids = sorted({one.antenna for one in passes})
    numbers = {id: number for number, id in enumerate(ids)}
    return Listeners(ids, np.repeat([numbers[one.antenna] for one in passes], counts))


def findings_of_sessions(
    sessions: Sequence[PlannedRelaySession],
    passes: Sequence[PlannedPass],
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    rules: PlanningRules,
    situation: Situation | None,
) -> Iterator[str]:
    """What is wrong with relay sessions."""
    booked = (
        {one.id for one in situation.booked.relay_sessions}
        if situation is not None and situation.booked is not None
        else set()
    )
    seen: dict[str, tuple[float, float]] = {}  # lowest elevation, weakest C/N0
    for relay, craft in sorted({(one.relay, one.spacecraft) for one in sessions}):
        mine = [one for one in sessions if (one.relay, one.spacecraft) == (relay, craft)]
        times = np.stack([_between(one.start, max(one.start, one.end), 31) for one in mine])
        elevation, range_km = geometry.overflight(relay, craft, times.ravel())
        lowest = elevation.reshape(times.shape).min(axis=1).tolist()
        sender, receiver = (mission.spacecraft[id].radios["uhf"] for id in (craft, relay))
        c_n0 = proximity_c_n0_dbhz(sender, receiver, range_km, elevation)
        weakest = c_n0.reshape(times.shape).min(axis=1).tolist()
        for one, lowest_deg, have_db in zip(mine, lowest, weakest, strict=True):
            seen[one.id] = (lowest_deg, have_db)
    loaded, drained = _uplinks_and_ends(passes)
    for one in sessions:
        length_s = one.end.seconds_since(one.start)
        if not rules.session_minimum_s - _GRACE_S <= length_s <= rules.session_maximum_s:
            yield f"{one.id}: lasts {length_s:.0f} s"
            continue
        if one.start < scenario.span.start or one.end > min(scenario.quiet_from, scenario.span.end):
            yield f"{one.id}: outside the scenario's active part"
        lowest_deg, have_db = seen[one.id]
        if lowest_deg < geometry.elevation_mask_deg(one.spacecraft):
            yield f"{one.id}: {one.relay} is not above {one.spacecraft} all the time"
            continue
        receiver = mission.spacecraft[one.relay].radios["uhf"]
        if one.rate_bps > 0.0:
            need_db = needed_c_n0_dbhz(receiver, one.rate_bps, rules.margin_db)
            if have_db < need_db - _GRACE_DB:
                yield f"{one.id}: {one.rate_bps:g} bit/s do not close"
        load_s = 0.0 if one.id in booked else rules.load_s - _GRACE_S
        if one.relay not in loaded or loaded[one.relay].plus_seconds(load_s) > one.start:
            yield f"{one.id}: no earlier uplink can load it"
        if one.relay not in drained or drained[one.relay] <= one.end:
            yield f"{one.id}: no later pass brings its data home"
    for relay in {one.relay for one in sessions}:
        ordered = sorted((one for one in sessions if one.relay == relay), key=lambda one: one.start)
        for left, right in pairwise(ordered):
            rest_s = right.start.seconds_since(left.end)
            if rest_s < 0.0:
                yield f"{left.id}, {right.id}: two sessions on {relay} at once"
            elif rest_s < rules.session_gap_s:
                yield f"{left.id}, {right.id}: no {rules.session_gap_s:g} s between sessions"


def _uplinks_and_ends(
    passes: Sequence[PlannedPass],
) -> tuple[Mapping[str, Instant], Mapping[str, Instant]]:
    """When a craft can first hear something, and what it last sends is sent."""
    first: dict[str, Instant] = {}
    last: dict[str, Instant] = {}
    for one in passes:
        craft, sent = one.spacecraft, one.end.plus_seconds(-one.light_time_s)
        last[craft] = max(last.get(craft, sent), sent)
        if one.uplink_from < one.uplink_until:
            heard = one.uplink_from.plus_seconds(one.light_time_s)
            first[craft] = min(first.get(craft, heard), heard)
    return first, last


def _between(start: Instant, end: Instant, count: float) -> NanosecondArray:
    whole = max(2, int(count) + 1)
    return np.linspace(0, end.tai_ns - start.tai_ns, whole).astype(np.int64) + start.tai_ns
