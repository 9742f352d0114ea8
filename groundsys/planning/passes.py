"""Choosing passes: the last one first, then from the start on, varying the antennas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry import Geometry, ViewPeriod, view_periods
from groundsys.geometry.link import best_rate_bps
from groundsys.geometry.time_scales import instants_ns
from groundsys.mission.model import Mission, Scenario
from groundsys.planning.plan import PlannedPass, PlanningRules
from groundsys.values.errors import PlanError
from groundsys.values.instants import EarthReceiveTime, Instant, TransmitTime


@dataclass(frozen=True, slots=True)
class Booking:
    """A view period's part that a pass takes."""

    period: ViewPeriod
    start: Instant
    end: Instant

    @property
    def seconds(self) -> float:
        return self.end.seconds_since(self.start)


def choose_passes(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    craft_id: str,
    rules: PlanningRules,
    first_number: int = 1,
) -> tuple[PlannedPass, ...]:
    """Passes of one craft, one antenna at a time; `PlanError` if there is no view period at all."""
    periods = [
        period
        for antenna_id in scenario.antennas
        for period in view_periods(geometry, antenna_id, craft_id, scenario.span)
    ]
    rates_bps = {
        id: _rate_bps(mission, geometry, id, craft_id, scenario.span.start, rules)
        for id in scenario.antennas
    }
    last = _last_booking(mission, scenario, periods, rates_bps, rules)
    if last is None:
        raise PlanError(
            f"no antenna sees {craft_id} long enough for a pass",
            expected=f"a view period of at least {rules.pass_minimum_s:.0f} s",
            found=f"{len(periods)} shorter ones" if periods else "none",
            remedy="add an antenna to the scenario or lengthen it",
        )
    bookings: list[Booking] = []
    free_from: Instant = scenario.span.start
    used: Counter[str] = Counter()
    _count(used, mission, last)
    while True:
        chosen = _next_booking(
            mission, scenario, periods, rates_bps, rules, bookings, used, free_from, last
        )
        if chosen is None:
            break
        bookings.append(chosen)
        _count(used, mission, chosen)
        free_from = chosen.end.plus_seconds(rules.pass_gap_s)
    return tuple(
        _pass_of(mission, geometry, booking, f"pass-{number:02d}", rules)
        for number, booking in enumerate([*bookings, last], first_number)
    )


def _last_booking(
    mission: Mission,
    scenario: Scenario,
    periods: Sequence[ViewPeriod],
    rates_bps: Mapping[str, float],
    rules: PlanningRules,
) -> Booking | None:
    """The pass that reaches nearest the scenario's end, so that recorders drain."""
    latest = scenario.span.end.plus_seconds(-rules.closing_s)
    candidates = []
    for period in periods:
        end = min(latest, period.receive.end.plus_seconds(-rules.view_margin_s))
        start = max(
            _can_start(mission, scenario, period, rules),
            end.plus_seconds(-rules.pass_maximum_s),
        )
        if end.seconds_since(start) >= rules.pass_minimum_s:
            candidates.append(Booking(period, start, end))
    if not candidates:
        return None
    closest = max(booking.end for booking in candidates)
    near_enough = [booking for booking in candidates if closest.seconds_since(booking.end) <= 60.0]
    return max(
        near_enough,
        key=lambda booking: (
            booking.seconds * rates_bps[booking.period.antenna],
            booking.period.antenna,
        ),
    )


def _next_booking(
    mission: Mission,
    scenario: Scenario,
    periods: Sequence[ViewPeriod],
    rates_bps: Mapping[str, float],
    rules: PlanningRules,
    bookings: Sequence[Booking],
    used: Counter[str],
    free_from: Instant,
    last: Booking,
) -> Booking | None:
    candidates = []
    for period in periods:
        start = max(free_from, _can_start(mission, scenario, period, rules))
        configuration_s = mission.antennas[period.antenna].configuration_s
        until = last.start.plus_seconds(-rules.pass_gap_s)
        if period.antenna == last.period.antenna:
            until = min(until, last.start.plus_seconds(-configuration_s))
        for earlier in bookings:
            if earlier.period.antenna == period.antenna:
                start = max(start, earlier.end.plus_seconds(configuration_s))
        end = min(
            until,
            period.receive.end.plus_seconds(-rules.view_margin_s),
            start.plus_seconds(rules.pass_maximum_s),
        )
        if end.seconds_since(start) >= rules.pass_minimum_s:
            candidates.append(Booking(period, start, end))
    if not candidates:
        return None
    soonest = min(booking.start for booking in candidates)
    near_enough = [
        booking for booking in candidates if booking.start.seconds_since(soonest) <= rules.variety_s
    ]
    return min(
        near_enough,
        key=lambda booking: (
            used[booking.period.antenna],
            used[mission.antennas[booking.period.antenna].complex],
            -booking.seconds * rates_bps[booking.period.antenna],
            booking.start,
            booking.period.antenna,
        ),
    )


def _count(used: Counter[str], mission: Mission, booking: Booking) -> None:
    antenna_id = booking.period.antenna
    used.update([antenna_id, mission.antennas[antenna_id].complex])


def _rate_bps(
    mission: Mission,
    geometry: Geometry,
    antenna_id: str,
    craft_id: str,
    at: Instant,
    rules: PlanningRules,
) -> float:
    range_km = geometry.range_km(antenna_id, craft_id, instants_ns(at))
    return best_rate_bps(
        mission.spacecraft[craft_id].radios["x_band"],
        mission.antennas[antenna_id].radio,
        float(range_km[0]),
        rules.margin_db,
    )


def _can_start(
    mission: Mission, scenario: Scenario, period: ViewPeriod, rules: PlanningRules
) -> Instant:
    configured = scenario.span.start.plus_seconds(mission.antennas[period.antenna].configuration_s)
    in_view = period.receive.start.plus_seconds(rules.view_margin_s)
    return max(configured, in_view)


def _pass_of(
    mission: Mission, geometry: Geometry, booking: Booking, id: str, rules: PlanningRules
) -> PlannedPass:
    antenna, craft = (
        mission.antennas[booking.period.antenna],
        mission.spacecraft[booking.period.spacecraft],
    )
    samples = np.linspace(booking.start.tai_ns, booking.end.tai_ns, 61).astype(np.int64)
    down = geometry.downlink_light_time_s(antenna.id, craft.id, samples)
    elevation = geometry.elevation_deg(antenna.id, craft.id, samples)
    last_up = geometry.uplink_light_time_s(
        antenna.id, craft.id, instants_ns(booking.end.plus_seconds(-2.0 * float(down[-1])))
    )
    round_trip_s = float(down[-1] + last_up[0])
    until = booking.end.plus_seconds(-round_trip_s - rules.uplink_margin_s)
    return PlannedPass(
        id=id,
        antenna=antenna.id,
        spacecraft=craft.id,
        start=EarthReceiveTime(booking.start.tai_ns),
        end=EarthReceiveTime(booking.end.tai_ns),
        uplink_from=TransmitTime(booking.start.tai_ns),
        uplink_until=TransmitTime(until.tai_ns),
        light_time_s=float(down[30]),
        rate_bps=_rate_bps(mission, geometry, antenna.id, craft.id, booking.end, rules),
        maximum_elevation_deg=float(elevation.max()),
    )
