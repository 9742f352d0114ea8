"""From geometry and links to windows in which passes and relay sessions may lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from groundsys.geometry import Geometry, ViewPeriod, all_view_periods, relay_windows
from groundsys.geometry.conjunction import conjunction_zones
from groundsys.geometry.link import attenuation_db, noise_increase_db
from groundsys.geometry.navigation import timing_sigma_s
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.model import Mission, Scenario
from groundsys.planning.contact_graph.contacts import PassWindow, SessionWindow
from groundsys.planning.contact_graph.volumes import (
    PROXIMITY_SHARE,
    closing_rates_bps,
    data_share,
    silence_s,
)
from groundsys.planning.plan import PlanningRules
from groundsys.planning.situation import Situation
from groundsys.planning.tracks import Span
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, Interval

#: range and elevation are looked at this often, between which the worse end counts
_LINK_STEP_S = 900.0
_SESSION_STEP_S = 30.0
#: a window keeps so many sigma of navigation from the predicted ends
_SIGMAS = 3.0
#: links: of a craft to Earth, and between craft
DOWNLINK, PROXIMITY = "x_band", "uhf"


def pass_windows(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    quick: Geometry,
    craft_id: str,
    rules: PlanningRules,
    situation: Situation,
    shortest_s: float,
) -> tuple[PassWindow, ...]:
    """Windows of one craft at the scenario's antennas, by antenna and start.

    A stretch in which several rates close in turn makes a window for each: the whole at the
    lowest, its better parts at theirs.  `quick` is the geometry tabulated over the scenario.
    """
    if DOWNLINK not in mission.spacecraft[craft_id].radios:
        return ()
    span = scenario.span
    sigmas = [0.0, 0.0]
    if mission.spacecraft[craft_id].site is None:
        sigmas = [timing_sigma_s(geometry, craft_id, at) for at in (span.start, span.end)]
    zones = conjunction_zones(geometry, craft_id, span)
    degraded_db = mission.spacecraft[craft_id].conjunction.degraded_loss_db
    losses = [
        (_second(zone.start, span.start), _second(zone.end, span.start),
         degraded_db if zone.kind == "degraded" else np.inf)
        for zone in zones
    ]  # fmt: skip
    periods = all_view_periods(geometry, scenario.antennas, craft_id, span)
    found: list[PassWindow] = []
    for antenna_id in scenario.antennas:
        weather = [
            (_second(one.interval.start, span.start), _second(one.interval.end, span.start),
             one.loss_db)
            for one in situation.weather
            if one.antenna == antenna_id
        ]  # fmt: skip
        found.extend(
            _windows_of(
                mission, quick, antenna_id, craft_id, periods[antenna_id], span, rules,
                [*losses, *weather], sigmas, shortest_s,
            )
        )  # fmt: skip
    return tuple(found)


def _windows_of(
    mission: Mission,
    geometry: Geometry,
    antenna_id: str,
    craft_id: str,
    periods: Sequence[ViewPeriod],
    span: Interval,
    rules: PlanningRules,
    losses: Sequence[tuple[float, float, float]],
    sigmas: Sequence[float],
    shortest_s: float,
) -> Iterator[PassWindow]:
    antenna, craft = mission.antennas[antenna_id], mission.spacecraft[craft_id]
    share = data_share(craft.framing)
    grids: list[FloatArray] = []
    wideness: list[float] = []
    for period in periods:
        start, end = _ends(period.receive, span.start)
        sigma_s = float(np.interp((start + end) / 2.0, (0.0, span.seconds), sigmas))
        margin_s = rules.view_margin_s + _SIGMAS * sigma_s
        first, last = np.ceil(start + margin_s), np.floor(end - margin_s)
        if last - first < shortest_s:
            continue
        count = int(np.ceil((last - first) / _LINK_STEP_S)) + 1
        edges = [edge for loss in losses for edge in loss[:2] if first < edge < last]
        grids.append(np.unique([*np.round(np.linspace(first, last, count)), *np.round(edges)]))
        wideness.append(sigma_s)
    if not grids:
        return
    seconds = np.concatenate(grids)
    ns = (seconds * NANOSECONDS_PER_SECOND).astype(np.int64) + span.start.tai_ns
    light_s = geometry.downlink_light_time_s(antenna_id, craft_id, ns)
    loss_db = np.zeros_like(seconds)
    if antenna.sky is not None:
        elevation = geometry.elevation_deg(antenna_id, craft_id, ns)
        loss_db = noise_increase_db(antenna.radio, antenna.sky, elevation)
        loss_db = loss_db + attenuation_db(antenna.sky, elevation)
    at = 0
    for grid, sigma_s in zip(grids, wideness, strict=True):
        part = slice(at, at + len(grid))
        at += len(grid)
        worse_s = np.maximum(light_s[part][1:], light_s[part][:-1])
        lost_db = np.maximum(loss_db[part][1:], loss_db[part][:-1]) + _lost_db(grid, losses)
        effective_km = worse_s * 299_792.458 * 10.0 ** (np.minimum(lost_db, 400.0) / 20.0)
        rates = closing_rates_bps(
            craft.radios[DOWNLINK], antenna.radio, effective_km, rules.margin_db
        )
        light_time_s = float(light_s[part].mean())
        for first, last, rate in _levels(rates):
            tracking = Span(int(grid[first]), int(grid[last]))
            if tracking.seconds >= shortest_s:
                yield PassWindow(
                    antenna=antenna_id,
                    spacecraft=craft_id,
                    tracking=tracking,
                    rate_bps=rate,
                    data_bps=rate * share,
                    silence_s=silence_s(antenna.acquisition_s, light_time_s),
                    setup_s=round(antenna.configuration_s),
                    teardown_s=round(antenna.teardown_s),
                    light_time_s=light_time_s,
                    sigma_s=sigma_s,
                )


def _lost_db(grid: FloatArray, losses: Iterable[tuple[float, float, float]]) -> FloatArray:
    """What is lost in each piece of a grid that breaks at the losses' ends."""
    middles = (grid[1:] + grid[:-1]) / 2.0
    lost = np.zeros_like(middles)
    for start, end, loss_db in losses:
        lost = lost + np.where((start <= middles) & (middles < end), loss_db, 0.0)
    return lost


def _levels(rates: FloatArray) -> Iterator[tuple[int, int, float]]:
    """The longest runs of pieces that reach a rate, with that rate; each run once, at its best."""
    seen: set[tuple[int, int]] = set()
    for rate in sorted({float(rate) for rate in rates if rate > 0.0}, reverse=True):
        holds = np.concatenate([[False], rates >= rate, [False]])
        changes = np.flatnonzero(holds[1:] != holds[:-1])
        for first, last in zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True):
            if (first, last) not in seen:
                seen.add((first, last))
                yield first, last, rate


def session_windows(
    mission: Mission, scenario: Scenario, geometry: Geometry, craft_id: str, rules: PlanningRules
) -> tuple[SessionWindow, ...]:
    """Overflights of the craft's relay before the scenario grows quiet, each at its best rate.

    The rate closes in a session of the shortest length around the highest elevation; a window is
    as long as that rate closes.
    """
    relay_id = mission.spacecraft[craft_id].relay
    if relay_id is None:
        return ()
    span = scenario.span
    quiet = min(scenario.quiet_from, span.end)
    if quiet <= span.start:
        return ()
    cube, relay = mission.spacecraft[craft_id], mission.spacecraft[relay_id]
    found = []
    for window in relay_windows(geometry, relay_id, craft_id, Interval(span.start, quiet)):
        sigma_s = timing_sigma_s(geometry, relay_id, window.interval.start)
        margin_s = _SIGMAS * sigma_s
        start, end = _ends(window.interval, span.start)
        first, last = int(np.ceil(start + margin_s)), int(np.floor(end - margin_s))
        if last - first < rules.session_minimum_s:
            continue
        count = max(2, int((last - first) / _SESSION_STEP_S) + 1)
        grid = np.round(np.linspace(first, last, count))
        ns = (grid * NANOSECONDS_PER_SECOND).astype(np.int64) + span.start.tai_ns
        _, range_km = geometry.overflight(relay_id, craft_id, ns)
        rates = closing_rates_bps(
            cube.radios[PROXIMITY],
            relay.radios[PROXIMITY],
            np.maximum(range_km[1:], range_km[:-1]),
            rules.margin_db,
        )
        best: SessionWindow | None = None
        most_bits = 0.0
        for begin, over, rate in _levels(rates):
            tracking = Span(int(grid[begin]), int(grid[over]))
            bits = min(tracking.seconds, rules.session_maximum_s) * rate
            if tracking.seconds < rules.session_minimum_s or bits <= most_bits:
                continue
            most_bits = bits
            best = SessionWindow(
                relay=relay_id,
                spacecraft=craft_id,
                tracking=tracking,
                highest=round(_second(window.highest_at, span.start)),
                rate_bps=rate,
                data_bps=rate * PROXIMITY_SHARE,
                sigma_s=sigma_s,
            )
        if best is not None:
            found.append(best)
    return tuple(found)


def _ends(interval: Interval, epoch: Instant) -> tuple[float, float]:
    return _second(interval.start, epoch), _second(interval.end, epoch)


def _second(instant: Instant, epoch: Instant) -> float:
    return instant.seconds_since(epoch)
