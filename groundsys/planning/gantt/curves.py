"""What is drawn along the time axis beside bars: elevation, light time, rates, data on its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.conjunction import conjunction_zones, sun_earth_probe_deg
from groundsys.geometry.time_scales import FloatArray, NanosecondArray
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.gantt.chart import Chart
from groundsys.planning.situation import Homecoming
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, Interval

_ASTRONOMICAL_UNIT_KM = 149_597_870.7
#: what belongs to no customer
CRAFT_TELEMETRY = "craft telemetry"
_MOST_SAMPLES = 1500
_FINEST_STEP_S = 120.0
_ROUND_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over time; `steps` holds each value until the next time.

    `of` names the craft or customer whose colour it has; `times_s` count from the chart's start.
    """

    name: str
    of: str
    times_s: FloatArray
    values: FloatArray
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves with one axis, from `low` to `high` in `unit`."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    low: float
    high: float
    #: (how bad, when): stretches to be shaded
    zones: tuple[tuple[str, Interval], ...] = ()


def elevation_curves(
    chart: Chart, mission: Mission, scenario: Scenario, geometry: Geometry
) -> dict[str, Curve]:
    """Elevation (deg) over each row: of a craft at the antenna, of the relay at the craft's site.

    Below the horizon it is 0.
    """
    speakers = _speakers(mission, scenario)
    curves = {}
    for row in chart.rows:
        if row.kind == "antenna" and speakers:
            seconds, ns = _samples(chart.span)
            degrees = geometry.elevation_deg(row.id, speakers[0], ns)
        elif row.kind == "craft" and mission.spacecraft[row.id].site is not None:
            seconds, ns = _samples(chart.span, finest_s=60.0, most=4000)
            relay_id = str(mission.spacecraft[row.id].relay)
            degrees = geometry.overflight(relay_id, row.id, ns)[0]
        else:
            continue
        curves[row.id] = Curve(row.id, row.id, seconds, np.maximum(degrees, 0.0))
    return curves


def panels_of(
    chart: Chart,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    homecomings: Sequence[Homecoming],
) -> tuple[Panel, ...]:
    """Booked data rates, data waiting aboard, data home, light time, distance, Sun."""
    return tuple(
        panel
        for panel in (
            _rates(chart, "antenna", "Rate to Earth"),
            _rates(chart, "craft", "Relay rate"),
            _waiting(chart.span, homecomings),
            _home(chart.span, homecomings),
            *_distances(chart, mission, scenario, geometry),
        )
        if panel.curves
    )


def _rates(chart: Chart, kind: str, title: str) -> Panel:
    """Rates of what is booked, kbit/s, as steps."""
    changes: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in chart.rows:
        if row.kind != kind:
            continue
        for bar in row.bars:
            start_s, end_s = _within(chart.span, bar.interval)
            changes[bar.spacecraft] += [(start_s, bar.rate_bps), (end_s, -bar.rate_bps)]
    curves = tuple(
        Curve(craft_id, craft_id, *_cumulative(changes[craft_id], chart.span, 1e-3), steps=True)
        for craft_id in chart.spacecraft
        if craft_id in changes
    )
    return Panel(title, "kbit/s", curves, 0.0, _round_up(_highest(curves)))


def _waiting(span: Interval, homecomings: Sequence[Homecoming]) -> Panel:
    """Measured and not home yet, whoever carries it: megabytes by customer."""
    curves = []
    for customer, ones in _by_customer(homecomings).items():
        times = np.unique(
            np.concatenate(
                [_samples(span)[0], *(np.array(_moments(span, one)) for one in ones)]
            ).clip(0.0, span.seconds)
        )
        waiting = np.zeros_like(times)
        for one in ones:
            start_s = one.measured.start.seconds_since(span.start)
            share = np.clip((times - start_s) / max(one.measured.seconds, 1e-9), 0.0, 1.0)
            if one.home_at is not None:
                share[times >= one.home_at.seconds_since(span.start)] = 0.0
            waiting += share * one.bits / 8e6
        curves.append(Curve(customer, customer, times, waiting))
    return Panel("Waiting aboard", "MB", tuple(curves), 0.0, _round_up(_highest(curves)))


def _home(span: Interval, homecomings: Sequence[Homecoming]) -> Panel:
    """Home so far: megabytes by customer, as steps."""
    curves = []
    for customer, ones in _by_customer(homecomings).items():
        changes = [
            (max(0.0, one.home_at.seconds_since(span.start)), one.bits)
            for one in ones
            if one.home_at is not None and one.home_at < span.end
        ]
        times, values = _cumulative(changes, span, 1.0 / 8e6)
        curves.append(Curve(customer, customer, times, values, steps=True))
    return Panel("Data home", "MB", tuple(curves), 0.0, _round_up(_highest(curves)))


def _distances(
    chart: Chart, mission: Mission, scenario: Scenario, geometry: Geometry
) -> tuple[Panel, ...]:
    speakers = _speakers(mission, scenario)
    antennas = [row.id for row in chart.rows if row.kind == "antenna"]
    if not speakers or not antennas:
        return ()
    seconds, ns = _samples(chart.span, finest_s=600.0)
    light_s = geometry.downlink_light_time_s(antennas[0], speakers[0], ns)
    minutes = Curve("one way", speakers[0], seconds, light_s / 60.0)
    distance = light_s * SPEED_OF_LIGHT_KM_S / _ASTRONOMICAL_UNIT_KM
    au = Curve("distance", speakers[0], seconds, distance)
    return (
        Panel("Light time", "min", (minutes,), *_around(minutes.values)),
        Panel("Distance", "au", (au,), *_around(au.values)),
        _near_the_sun(chart.span, geometry, speakers[0]),
    )


def _near_the_sun(span: Interval, geometry: Geometry, craft_id: str) -> Panel:
    """The Sun–Earth–probe angle, and when the link suffers or ends for it."""
    seconds, ns = _samples(span, finest_s=1800.0)
    angle = Curve("angle", craft_id, seconds, sun_earth_probe_deg(geometry, craft_id, ns))
    zones = tuple(
        (zone.kind, Interval(zone.start, zone.end))
        for zone in conjunction_zones(geometry, craft_id, span)
    )
    return Panel("Sun–Earth–probe", "degrees", (angle,), *_around(angle.values), zones)


def _speakers(mission: Mission, scenario: Scenario) -> list[str]:
    return [id for id in scenario.spacecraft if mission.spacecraft[id].relay is None]


def _by_customer(homecomings: Sequence[Homecoming]) -> Mapping[str, list[Homecoming]]:
    found: dict[str, list[Homecoming]] = defaultdict(list)
    for one in homecomings:
        found[one.customer or CRAFT_TELEMETRY].append(one)
    return dict(sorted(found.items()))


def _moments(span: Interval, one: Homecoming) -> list[float]:
    """Where the line of what waits has a corner; just before it falls, too."""
    moments: list[Instant] = [one.measured.start, one.measured.end]
    seconds = [moment.seconds_since(span.start) for moment in moments]
    if one.home_at is not None:
        home_s = one.home_at.seconds_since(span.start)
        seconds += [home_s - 1.0, home_s]
    return seconds


def _samples(
    span: Interval, *, finest_s: float = _FINEST_STEP_S, most: int = _MOST_SAMPLES
) -> tuple[FloatArray, NanosecondArray]:
    count = int(np.clip(span.seconds / finest_s, 2, most)) + 1
    seconds = np.linspace(0.0, span.seconds, count)
    ns = span.start.tai_ns + (seconds * NANOSECONDS_PER_SECOND).astype(np.int64)
    return seconds, ns


def _within(span: Interval, interval: Interval) -> tuple[float, float]:
    return (
        max(0.0, interval.start.seconds_since(span.start)),
        min(span.seconds, interval.end.seconds_since(span.start)),
    )


def _cumulative(
    changes: Sequence[tuple[float, float]], span: Interval, factor: float
) -> tuple[FloatArray, FloatArray]:
    ordered = sorted(changes)
    times = np.array([0.0, *(time for time, _ in ordered), span.seconds])
    values = np.cumsum([0.0, *(change for _, change in ordered), 0.0]) * factor
    return times, values


def _highest(curves: Sequence[Curve]) -> float:
    return max((float(curve.values.max()) for curve in curves), default=0.0)


def _round_up(value: float) -> float:
    """The next round number."""
    if value <= 0.0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in _ROUND_STEPS if value <= step * power))


def _around(values: FloatArray) -> tuple[float, float]:
    """An axis that shows how values change, but not mere noise."""
    low, high = float(values.min()), float(values.max())
    margin = max((high - low) * 0.15, abs(high) * 0.005)
    return low - margin, high + margin
