"""What a Gantt chart shows, as values: rows of antennas and craft, windows behind, bars before.

Antennas' rows are in receive times at the station, craft's rows in spacecraft event times; all
are drawn as UTC on one axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from groundsys.geometry import Geometry, all_view_periods, relay_windows
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import Shift
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.planning.situation import Outage, Situation, Weather
from groundsys.values.instants import Instant, Interval

BarKind = Literal["pass", "session"]
ObstacleKind = Literal["maintenance", "outage", "weather"]


@dataclass(frozen=True, slots=True)
class Bar:
    """Booked time: a pass or a relay session; `uplink` is the part that transmits."""

    id: str
    kind: BarKind
    spacecraft: str
    interval: Interval
    uplink: Interval | None
    rate_bps: float


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A stretch in which an antenna is closed, or its link weak."""

    kind: ObstacleKind
    interval: Interval
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One antenna or one craft that is heard through a relay."""

    id: str
    name: str
    kind: Literal["antenna", "craft"]
    #: when something could be received, or said to the craft
    windows: tuple[Interval, ...]
    bars: tuple[Bar, ...]
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def booked_s(self) -> float:
        return sum(bar.interval.seconds for bar in self.bars)

    def lanes(self) -> tuple[tuple[Bar, ...], ...]:
        """Its bars in as few lines as they need; more than one if craft share a beam."""
        lanes: list[list[Bar]] = [[]]
        for bar in sorted(self.bars, key=lambda bar: (bar.interval.start, bar.id)):
            for lane in lanes:
                if not lane or lane[-1].interval.end <= bar.interval.start:
                    lane.append(bar)
                    break
            else:
                lanes.append([bar])
        return tuple(tuple(lane) for lane in lanes)


@dataclass(frozen=True, slots=True)
class Chart:
    """A plan's part within `span`, ready to be drawn."""

    title: str
    span: Interval
    rows: tuple[Row, ...]
    #: craft in the order of their colours
    spacecraft: tuple[str, ...]
    shifts: tuple[Shift, ...] = ()
    now: Instant | None = None


def chart_of(
    plan: Plan,
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    span: Interval,
    *,
    title: str,
    situation: Situation | None = None,
    now: Instant | None = None,
) -> Chart:
    """The chart of `plan` within `span`, with every antenna of the scenario or of the plan."""
    craft_ids = tuple(scenario.spacecraft)
    direct = [id for id in craft_ids if mission.spacecraft[id].relay is None]
    antenna_ids = [
        *scenario.antennas,
        *sorted({one.antenna for one in plan.passes} - set(scenario.antennas)),
    ]
    seen = _seen(geometry, antenna_ids, direct, span)
    outages = situation.outages if situation is not None else ()
    weather = situation.weather if situation is not None else ()
    rows = [
        Row(
            id=antenna_id,
            name=mission.antennas[antenna_id].name,
            kind="antenna",
            windows=seen[antenna_id],
            bars=_within(
                span, (_pass_bar(one) for one in plan.passes if one.antenna == antenna_id)
            ),
            obstacles=_obstacles(scenario, antenna_id, outages, weather, span),
        )
        for antenna_id in antenna_ids
    ]
    for craft_id in craft_ids:
        relay_id = mission.spacecraft[craft_id].relay
        if relay_id is None:
            continue
        sessions = [one for one in plan.relay_sessions if one.spacecraft == craft_id]
        rows.append(
            Row(
                id=craft_id,
                name=mission.spacecraft[craft_id].name,
                kind="craft",
                windows=_overflights(geometry, mission, relay_id, craft_id, span),
                bars=_within(span, map(_session_bar, sessions)),
            )
        )
    return Chart(title, span, tuple(rows), craft_ids, scenario.planning.shifts, now)


def days_of(span: Interval, days: int) -> tuple[Interval, ...]:
    """`span` cut into parts of so many days, each beginning at the span's own time of day."""
    parts = []
    start = span.start
    while start < span.end:
        end = min(start + timedelta(days=days), span.end)
        parts.append(Interval(start, end))
        start = end
    return tuple(parts)


def _pass_bar(one: PlannedPass) -> Bar:
    uplink = (
        Interval(one.uplink_from, one.uplink_until) if one.uplink_from < one.uplink_until else None
    )
    return Bar(one.id, "pass", one.spacecraft, Interval(one.start, one.end), uplink, one.rate_bps)


def _session_bar(one: PlannedRelaySession) -> Bar:
    interval = Interval(one.start, one.end)
    return Bar(one.id, "session", one.spacecraft, interval, interval, one.rate_bps)


def _within(span: Interval, bars: Iterable[Bar]) -> tuple[Bar, ...]:
    return tuple(
        sorted(
            (bar for bar in bars if bar.interval.overlaps(span)),
            key=lambda bar: (bar.interval.start, bar.id),
        )
    )


def _seen(
    geometry: Geometry, antenna_ids: Sequence[str], craft_ids: Sequence[str], span: Interval
) -> dict[str, tuple[Interval, ...]]:
    """When each antenna sees any of the craft."""
    found: dict[str, list[Interval]] = {antenna_id: [] for antenna_id in antenna_ids}
    for craft_id in craft_ids:
        for antenna_id, periods in all_view_periods(geometry, antenna_ids, craft_id, span).items():
            found[antenna_id].extend(period.receive for period in periods)
    return {antenna_id: _union(intervals) for antenna_id, intervals in found.items()}


def _overflights(
    geometry: Geometry, mission: Mission, relay_id: str, craft_id: str, span: Interval
) -> tuple[Interval, ...]:
    if not mission.spacecraft[craft_id].is_cube:
        return ()
    windows = relay_windows(geometry, relay_id, craft_id, span)
    return tuple(window.interval for window in windows)


def _union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for one in sorted(intervals):
        if joined and one.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return tuple(joined)


def _obstacles(
    scenario: Scenario,
    antenna_id: str,
    outages: Sequence[Outage],
    weather: Sequence[Weather],
    span: Interval,
) -> tuple[Obstacle, ...]:
    found = [
        *(
            Obstacle("maintenance", one.interval, "maintenance")
            for one in scenario.planning.maintenance
            if one.antenna == antenna_id
        ),
        *(
            Obstacle("outage", one.interval, "out of order")
            for one in outages
            if one.antenna == antenna_id
        ),
        *(
            Obstacle("weather", one.interval, f"weather costs {one.loss_db:g} dB")
            for one in weather
            if one.antenna == antenna_id
        ),
    ]
    return tuple(one for one in found if one.interval.overlaps(span))
