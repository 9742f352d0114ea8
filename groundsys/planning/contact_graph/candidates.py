"""From geometry and links to windows in which passes may lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry, Listeners
from groundsys.geometry.conjunction import conjunction_zones, transmission_intervals
from groundsys.geometry.link import attenuation_db, c_n0_dbhz, noise_increase_db
from groundsys.geometry.navigation import timing_sigma_s
from groundsys.geometry.sight import RECEIVING
from groundsys.geometry.time_scales import FloatArray
from groundsys.geometry.windows import find_windows
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.contact_graph.contacts import PassWindow
from groundsys.planning.contact_graph.link_grid import (
    IntegerArray,
    LinkGrid,
    even_grid,
    levels,
    with_edges,
)
from groundsys.planning.contact_graph.volumes import closing_rates_bps, data_share, silence_s
from groundsys.planning.plan import PlanningRules
from groundsys.planning.situation import Situation
from groundsys.planning.tracks import Span
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant

#: range and elevation are looked at this often, between which the worse end counts
_LINK_STEP_S = 900.0
#: a window keeps so many sigma of navigation from the predicted ends
SIGMAS = 3.0
#: the link of a craft to Earth
DOWNLINK = "x_band"


@dataclass(frozen=True, slots=True, eq=False)
class _Losses:
    """Stretches (n,) in which a link loses more, and at which antenna: -1 at every one."""

    station: IntegerArray
    start_s: FloatArray
    end_s: FloatArray
    loss_db: FloatArray


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
    craft = mission.spacecraft[craft_id]
    if DOWNLINK not in craft.radios:
        return ()
    antennas = [mission.antennas[id] for id in scenario.antennas]
    station, start_s, end_s = _views(scenario, quick, craft_id)
    sigmas = [0.0, 0.0]
    if craft.site is None:
        ends = (scenario.span.start, scenario.span.end)
        sigmas = [timing_sigma_s(geometry, craft_id, at) for at in ends]
    sigma_s = np.interp((start_s + end_s) / 2.0, (0.0, scenario.span.seconds), sigmas)
    margin_s = rules.view_margin_s + SIGMAS * sigma_s
    first_s, last_s = np.ceil(start_s + margin_s), np.floor(end_s - margin_s)
    long = last_s - first_s >= shortest_s
    station, sigma_s = station[long], sigma_s[long]
    if not station.size:
        return ()
    losses = _losses(mission, scenario, quick, craft_id, situation)
    grid = _grid(station, first_s[long], last_s[long], losses)
    light_s, rates = _links(mission, scenario, quick, craft_id, rules, station, grid, losses)
    mean_s = grid.means(light_s).tolist()
    share = data_share(craft.framing)
    stations, wideness = station.tolist(), sigma_s.tolist()
    sending = [
        Span(
            int(np.ceil(_second(one.start, scenario.span.start))),
            int(_second(one.end, scenario.span.start)),
        )
        for one in transmission_intervals(quick, craft_id, scenario.span)
    ]
    found = []
    for view, start, end, rate in levels(rates, grid, shortest_s):
        antenna = antennas[stations[view]]
        found.append(
            PassWindow(
                antenna=antenna.id,
                spacecraft=craft_id,
                tracking=Span(start, end),
                rate_bps=rate,
                data_bps=rate * share,
                silence_s=silence_s(antenna.acquisition_s, mean_s[view]),
                setup_s=round(antenna.configuration_s),
                teardown_s=round(antenna.teardown_s),
                light_time_s=mean_s[view],
                sigma_s=wideness[view],
                sending=_longest_of(sending, Span(start, end)),
            )
        )
    return tuple(found)


def _longest_of(sending: Sequence[Span], tracking: Span) -> Span:
    """The longest part of a window in which something may be transmitted; empty if there is none.

    Near the Sun nothing may for days, so that a window of some hours has one such part at most.
    """
    parts = [Span(max(one.start, tracking.start), min(one.end, tracking.end)) for one in sending]
    nothing = Span(tracking.start, tracking.start)
    return max((nothing, *parts), key=lambda one: one.seconds)


def _views(
    scenario: Scenario, geometry: Geometry, craft_id: str
) -> tuple[IntegerArray, FloatArray, FloatArray]:
    """View periods by antenna's number, start and end (n,), in seconds of the scenario."""
    found = find_windows(geometry, scenario.antennas, craft_id, scenario.span, RECEIVING)
    views = [found[id] for id in scenario.antennas]
    epoch_ns = scenario.span.start.tai_ns
    return (
        np.repeat(np.arange(len(views)), [one.start_ns.size for one in views]),
        (np.concatenate([one.start_ns for one in views]) - epoch_ns) / NANOSECONDS_PER_SECOND,
        (np.concatenate([one.end_ns for one in views]) - epoch_ns) / NANOSECONDS_PER_SECOND,
    )


def _losses(
    mission: Mission, scenario: Scenario, geometry: Geometry, craft_id: str, situation: Situation
) -> _Losses:
    """The Sun's, and the weather's."""
    numbers = {id: number for number, id in enumerate(scenario.antennas)}
    degraded_db = mission.spacecraft[craft_id].conjunction.degraded_loss_db
    rows: list[tuple[int, Instant, Instant, float]] = [
        (-1, zone.start, zone.end, degraded_db if zone.kind == "degraded" else np.inf)
        for zone in conjunction_zones(geometry, craft_id, scenario.span)
    ]
    rows += [
        (numbers[one.antenna], one.interval.start, one.interval.end, one.loss_db)
        for one in situation.weather
        if one.antenna in numbers
    ]
    epoch = scenario.span.start
    return _Losses(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([_second(row[1], epoch) for row in rows], dtype=np.float64),
        np.array([_second(row[2], epoch) for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype=np.float64),
    )


def _grid(
    station: IntegerArray, first_s: FloatArray, last_s: FloatArray, losses: _Losses
) -> LinkGrid:
    """From each view's first second to its last, also where what it loses changes."""
    counts = np.ceil((last_s - first_s) / _LINK_STEP_S).astype(np.int64) + 1
    grid = even_grid(first_s, last_s, counts)
    for at, *ends_s, _ in _rows(losses):
        for edge_s in ends_s:
            inside = (first_s < edge_s) & (edge_s < last_s) & ((station == at) | (at < 0))
            views = np.flatnonzero(inside)
            grid = with_edges(grid, views, np.full(views.size, edge_s))
    return grid


def _links(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    craft_id: str,
    rules: PlanningRules,
    station: IntegerArray,
    grid: LinkGrid,
    losses: _Losses,
) -> tuple[FloatArray, FloatArray]:
    """Light time at the grid's instants (n,), and the rate that closes from each to the next.

    The rate is 0 from a view's last instant to the next view's first.
    """
    radio = mission.spacecraft[craft_id].radios[DOWNLINK]
    which = station[grid.view]
    ns = (grid.seconds * NANOSECONDS_PER_SECOND).astype(np.int64) + scenario.span.start.tai_ns
    listeners = Listeners(scenario.antennas, which)
    light_s, elevation_deg = geometry.light_time_and_elevation(listeners, craft_id, ns)
    middles_s = (grid.seconds[1:] + grid.seconds[:-1]) / 2.0
    worse_s = np.maximum(light_s[1:], light_s[:-1])
    air_db = np.zeros_like(light_s)
    rates = np.zeros(middles_s.size)
    for number in np.unique(which).tolist():
        antenna, its = mission.antennas[scenario.antennas[number]], which == number
        if antenna.sky is not None:
            noise_db = noise_increase_db(antenna.radio, antenna.sky, elevation_deg[its])
            air_db[its] = noise_db + attenuation_db(antenna.sky, elevation_deg[its])
        pieces = np.flatnonzero(grid.within & its[1:])
        lost_db = np.maximum(air_db[pieces + 1], air_db[pieces])
        for at, start_s, end_s, loss_db in _rows(losses):
            if at in (-1, number):
                inside = (start_s <= middles_s[pieces]) & (middles_s[pieces] < end_s)
                lost_db = lost_db + np.where(inside, loss_db, 0.0)
        range_km = worse_s[pieces] * SPEED_OF_LIGHT_KM_S
        have_db = c_n0_dbhz(radio, antenna.radio, range_km) - lost_db
        rates[pieces] = closing_rates_bps(radio, antenna.radio, have_db, rules.margin_db)
    return light_s, rates


def _rows(losses: _Losses) -> Iterator[tuple[int, float, float, float]]:
    return zip(
        losses.station.tolist(),
        losses.start_s.tolist(),
        losses.end_s.tolist(),
        losses.loss_db.tolist(),
        strict=True,
    )


def _second(instant: Instant, epoch: Instant) -> float:
    return instant.seconds_since(epoch)
