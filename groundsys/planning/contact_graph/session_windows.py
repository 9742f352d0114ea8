"""From overflights and proximity links to windows in which relay sessions may lie."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from groundsys.entry.landing import callable_from
from groundsys.geometry import Geometry, RelayWindow, relay_windows
from groundsys.geometry.link import proximity_c_n0_dbhz
from groundsys.geometry.navigation import timing_sigmas_s
from groundsys.geometry.time_scales import instants_ns
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.contact_graph.candidates import SIGMAS
from groundsys.planning.contact_graph.contacts import SessionWindow
from groundsys.planning.contact_graph.link_grid import even_grid, levels
from groundsys.planning.contact_graph.volumes import PROXIMITY_SHARE, closing_rates_bps
from groundsys.planning.plan import PlanningRules
from groundsys.planning.tracks import Span
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Interval, SpacecraftEventTime

#: range is looked at this often, between which the farther end counts
_STEP_S = 30.0
#: the link between craft
PROXIMITY = "uhf"


def session_windows(
    mission: Mission, scenario: Scenario, geometry: Geometry, craft_id: str, rules: PlanningRules
) -> tuple[SessionWindow, ...]:
    """Overflights of the craft's relay before the scenario grows quiet, each at its best rate.

    A capsule that is still to enter has none before it has landed.

    That is the one of those that close for a session of the shortest length at least which
    brings most; a window is as long as it closes.
    """
    relay_id = mission.spacecraft[craft_id].relay
    if relay_id is None:
        return ()
    epoch, quiet = scenario.span.start, min(scenario.quiet_from, scenario.span.end)
    begin = max(epoch, callable_from(mission.spacecraft[craft_id]) or epoch)
    if quiet <= begin:
        return ()
    overflights = [
        piece
        for window in relay_windows(geometry, relay_id, craft_id, Interval(begin, quiet))
        for piece in _pieces(window, rules.session_stretch_s)
    ]
    if not overflights:
        return ()
    starts_ns = instants_ns(*(one.interval.start for one in overflights))
    ends_ns = instants_ns(*(one.interval.end for one in overflights))
    sigma_s = timing_sigmas_s(geometry, relay_id, starts_ns)
    first_s = np.ceil((starts_ns - epoch.tai_ns) / NANOSECONDS_PER_SECOND + SIGMAS * sigma_s)
    last_s = np.floor((ends_ns - epoch.tai_ns) / NANOSECONDS_PER_SECOND - SIGMAS * sigma_s)
    long = np.flatnonzero(last_s - first_s >= rules.session_minimum_s)
    if not long.size:
        return ()
    first_s, last_s = first_s[long], last_s[long]
    counts = np.maximum(2, ((last_s - first_s) / _STEP_S).astype(np.int64) + 1)
    grid = even_grid(first_s, last_s, counts)
    ns = (grid.seconds * NANOSECONDS_PER_SECOND).astype(np.int64) + epoch.tai_ns
    elevation_deg, range_km = geometry.overflight(relay_id, craft_id, ns)
    sender = mission.spacecraft[craft_id].radios[PROXIMITY]
    receiver = mission.spacecraft[relay_id].radios[PROXIMITY]
    c_n0 = proximity_c_n0_dbhz(sender, receiver, range_km, elevation_deg)
    rates = closing_rates_bps(sender, receiver, np.minimum(c_n0[1:], c_n0[:-1]), rules.margin_db)
    best: dict[int, tuple[float, Span, float]] = {}
    for view, start, end, rate in levels(rates, grid, rules.session_minimum_s):
        bits = min(end - start, rules.session_maximum_s) * rate
        if view not in best or bits > best[view][0]:
            best[view] = (bits, Span(start, end), rate)
    return tuple(
        SessionWindow(
            relay=relay_id,
            spacecraft=craft_id,
            tracking=tracking,
            highest=round(overflights[number].highest_at.seconds_since(epoch)),
            rate_bps=rate,
            data_bps=rate * PROXIMITY_SHARE,
            sigma_s=float(sigma_s[number]),
        )
        for number, (_, tracking, rate) in (
            (int(long[view]), chosen) for view, chosen in best.items()
        )
    )


def _pieces(window: RelayWindow, longest_s: float) -> list[RelayWindow]:
    """The window in equal parts that are not longer; its highest point goes to the nearest end."""
    start, whole_s = window.interval.start, window.interval.seconds
    count = max(1, math.ceil(whole_s / longest_s - 1e-9))
    if count == 1:
        return [window]
    found = []
    for number in range(count):
        begin, end = (
            SpacecraftEventTime(start.plus_seconds(whole_s * part / count).tai_ns)
            for part in (number, number + 1)
        )
        highest = SpacecraftEventTime(min(max(window.highest_at.tai_ns, begin.tai_ns), end.tai_ns))
        found.append(replace(window, interval=Interval(begin, end), highest_at=highest))
    return found
