"""Choosing relay sessions: around the highest elevation of each overflight, never two at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry import Geometry, RelayWindow, relay_windows
from groundsys.geometry.link import best_rate_bps
from groundsys.mission.model import Mission, Scenario
from groundsys.planning.plan import PlannedPass, PlannedRelaySession, PlanningRules
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime


@dataclass(frozen=True, slots=True)
class _Slot:
    window: RelayWindow
    interval: Interval


def choose_relay_sessions(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    passes: Sequence[PlannedPass],
    rules: PlanningRules,
    first_number: int = 1,
) -> tuple[PlannedRelaySession, ...]:
    """Sessions of all landed craft, each after a pass whose uplink can load it in time.

    None starts before the scenario does or ends after it has grown quiet.
    """
    windows: list[tuple[RelayWindow, Interval]] = []
    for craft_id in scenario.spacecraft:
        relay_id = mission.spacecraft[craft_id].relay
        if relay_id is None:
            continue
        loadable = _loadable_from(passes, relay_id, rules)
        if loadable is None:
            continue
        opens = max(loadable, scenario.span.start)
        if opens >= scenario.quiet_from:
            continue
        span = Interval(opens, scenario.quiet_from)
        found = [
            (window, window.interval)
            for window in relay_windows(geometry, relay_id, craft_id, span)
            if window.interval.seconds >= rules.session_minimum_s
        ]
        windows.extend(_spread(found, rules.sessions_per_craft))
    taken: list[_Slot] = []
    for window, interval in sorted(windows, key=lambda item: (item[1].seconds, item[1].start)):
        slot = _place(window, interval, [slot for slot in taken if slot.window.relay ==
                                         window.relay], rules)  # fmt: skip
        if slot is not None:
            taken.append(slot)
    taken.sort(key=lambda slot: slot.interval.start)
    return tuple(
        _session_of(mission, geometry, slot, f"relay-{number:02d}", rules)
        for number, slot in enumerate(taken, first_number)
    )


def _loadable_from(
    passes: Sequence[PlannedPass], relay_id: str, rules: PlanningRules
) -> Instant | None:
    arrivals = [
        one.uplink_from.plus_seconds(one.light_time_s + rules.load_s)
        for one in passes
        if one.spacecraft == relay_id and one.uplink_until > one.uplink_from
    ]
    return min(arrivals) if arrivals else None


def _spread(
    windows: Sequence[tuple[RelayWindow, Interval]], count: int
) -> list[tuple[RelayWindow, Interval]]:
    """At most `count` of `windows`, evenly over the day, the last among them."""
    if len(windows) <= count:
        return list(windows)
    chosen = np.unique(np.linspace(0, len(windows) - 1, count).round().astype(int))
    return [windows[int(number)] for number in chosen]


def _place(
    window: RelayWindow, interval: Interval, taken: Sequence[_Slot], rules: PlanningRules
) -> _Slot | None:
    """A session in the free part of the window that comes nearest its highest elevation."""
    best: _Slot | None = None
    best_distance_s = 0.0
    for free in _free_parts(interval, taken, rules.session_gap_s):
        length_s = min(rules.session_maximum_s, free.seconds)
        if length_s < rules.session_minimum_s:
            continue
        earliest = free.start
        latest = free.end.plus_seconds(-length_s)
        wanted = window.highest_at.plus_seconds(-length_s / 2.0)
        start = min(max(wanted, earliest), latest)
        distance_s = abs(start.seconds_since(wanted))
        if best is None or distance_s < best_distance_s:
            best = _Slot(window, Interval(start, start.plus_seconds(length_s)))
            best_distance_s = distance_s
    return best


def _free_parts(interval: Interval, taken: Sequence[_Slot], gap_s: float) -> list[Interval]:
    parts = [interval]
    for slot in taken:
        busy = Interval(
            slot.interval.start.plus_seconds(-gap_s), slot.interval.end.plus_seconds(gap_s)
        )
        remaining = []
        for part in parts:
            if not part.overlaps(busy):
                remaining.append(part)
                continue
            if part.start < busy.start:
                remaining.append(Interval(part.start, busy.start))
            if busy.end < part.end:
                remaining.append(Interval(busy.end, part.end))
        parts = remaining
    return parts


def _session_of(
    mission: Mission, geometry: Geometry, slot: _Slot, id: str, rules: PlanningRules
) -> PlannedRelaySession:
    relay, craft = slot.window.relay, slot.window.spacecraft
    # whole seconds: the relay's table holds them
    start_ns = -(-slot.interval.start.tai_ns // 1_000_000_000) * 1_000_000_000
    end_ns = slot.interval.end.tai_ns // 1_000_000_000 * 1_000_000_000
    samples = np.linspace(start_ns, end_ns, 31).astype(np.int64)
    elevation, distance = geometry.overflight(relay, craft, samples)
    return PlannedRelaySession(
        id=id,
        relay=relay,
        spacecraft=craft,
        start=SpacecraftEventTime(start_ns),
        end=SpacecraftEventTime(end_ns),
        rate_bps=best_rate_bps(
            mission.spacecraft[craft].radios["uhf"],
            mission.spacecraft[relay].radios["uhf"],
            float(distance.max()),
            rules.margin_db,
        ),
        maximum_elevation_deg=float(elevation.max()),
    )
