"""The Gantt chart as SVG: places in percent of the span, so that zooming only makes it wider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from html import escape

import numpy as np

from groundsys.planning.gantt.chart import Bar, Chart, Obstacle, Row
from groundsys.planning.gantt.curves import Curve, Panel
from groundsys.values.instants import Instant, Interval

AXIS_HEIGHT = 44
ANTENNA_HEIGHT = 44
CRAFT_HEIGHT = 36
PANEL_HEIGHT = 84
GAP = 14
_BAR_HEIGHT = 20
_PANEL_MARGIN = 8
_TICK_HOURS = (1, 3, 6, 12)
COLOURS = 8


class Drawing:
    """Lays out rows and panels below one another, and draws names and plot as two SVGs."""

    def __init__(
        self,
        chart: Chart,
        elevations: Mapping[str, Curve],
        panels: Sequence[Panel],
        facts: Mapping[str, str],
    ) -> None:
        """`facts` are what a bar's tip says, by the bar's id."""
        self._chart = chart
        self._elevations = elevations
        self._panels = panels
        self._facts = facts
        customers = {
            curve.of
            for panel in panels
            for curve in panel.curves
            if curve.of not in chart.spacecraft
        }
        self._colours = {
            id: number % COLOURS
            for number, id in enumerate([*chart.spacecraft, *sorted(customers)])
        }
        self._tops: list[float] = []
        top: float = AXIS_HEIGHT
        for before, row in zip((None, *chart.rows), chart.rows, strict=False):
            if before is not None and before.kind != row.kind:
                top += GAP
            self._tops.append(top)
            top += row_height(row)
        self._panel_tops = []
        for _ in panels:
            top += GAP
            self._panel_tops.append(top)
            top += PANEL_HEIGHT
        self.height = top + GAP

    def names(self) -> str:
        """What stands at the left: rows' names and panels' axes."""
        parts = []
        for row, top in zip(self._chart.rows, self._tops, strict=True):
            booked = f"{row.booked_s / 3600.0:.1f} h" if row.bars else "free"
            parts.append(
                f'<text class="name" x="0" y="{top + 18:g}">{escape(row.id)}</text>'
                f'<text class="note" x="0" y="{top + 33:g}">{booked}</text>'
            )
        for panel, top in zip(self._panels, self._panel_tops, strict=True):
            parts.append(
                f'<text class="name" x="0" y="{top + 20:g}">{escape(panel.title)}</text>'
                f'<text class="note" x="0" y="{top + 36:g}">{escape(panel.unit)}</text>'
            )
            for value, at in ((panel.high, _PANEL_MARGIN), (panel.low, PANEL_HEIGHT)):
                parts.append(
                    f'<text class="scale" x="100%" y="{top + at + 4:g}">{_number(value)}</text>'
                )
            named = [curve for curve in panel.curves if len(panel.curves) > 1]
            for number, curve in enumerate(named[:3]):
                parts.append(
                    f'<text class="key c{self._colours[curve.of]}" x="0" '
                    f'y="{top + 50 + 13 * number:g}">{escape(curve.name)}</text>'
                )
        return (
            f'<svg class="names" height="{self.height:g}" aria-hidden="true">{"".join(parts)}</svg>'
        )

    def plot(self) -> str:
        """Everything along the time axis."""
        label = f"{self._chart.title}: antennas and craft over time; the tables below say the same"
        return (
            f'<svg class="plot" id="plot" height="{self.height:g}" role="group" '
            f'aria-label="{escape(label)}">'
            + "".join(self._nights())
            + "".join(self._ticks())
            + "".join(
                "".join(self._row(row, top))
                for row, top in zip(self._chart.rows, self._tops, strict=True)
            )
            + "".join(
                "".join(self._panel(panel, top))
                for panel, top in zip(self._panels, self._panel_tops, strict=True)
            )
            + "".join(self._now())
            + f'<line id="cursor" y1="{AXIS_HEIGHT}" y2="{self.height:g}" visibility="hidden"/>'
            "</svg>"
        )

    def legend(self) -> str:
        """What colours and patterns mean, as HTML."""
        shown = {bar.spacecraft for row in self._chart.rows for bar in row.bars}
        entries = [
            f'<span><i class="swatch c{self._colours[id]}"></i>{escape(id)}</span>'
            for id in self._chart.spacecraft
            if id in shown
        ]
        entries += [
            '<span><i class="swatch both"></i>receiving and transmitting</span>',
            '<span><i class="swatch receive"></i>receiving</span>',
            '<span><i class="swatch window"></i>in view, by elevation</span>',
        ]
        kinds = {one.kind for row in self._chart.rows for one in row.obstacles}
        entries += [f'<span><i class="swatch {kind}"></i>{kind}</span>' for kind in sorted(kinds)]
        return "".join(entries)

    # --- axis ------------------------------------------------------------------------------------

    def _nights(self) -> Iterator[str]:
        """The nights of UTC, 18 to 06."""
        day = self._chart.span.start.to_utc().replace(hour=0, minute=0, second=0, microsecond=0)
        day -= timedelta(days=1)
        while Instant.from_utc(day) < self._chart.span.end:
            night = Interval(
                Instant.from_utc(day + timedelta(hours=18)),
                Instant.from_utc(day + timedelta(hours=30)),
            )
            if night.overlaps(self._chart.span):
                x, width = self._place(night)
                yield (
                    f'<rect class="night" x="{x}" y="{AXIS_HEIGHT - 6}" width="{width}" '
                    f'height="{self.height - AXIS_HEIGHT + 6:g}"/>'
                )
            day += timedelta(days=1)

    def _ticks(self) -> Iterator[str]:
        at = self._chart.span.start.to_utc().replace(minute=0, second=0, microsecond=0)
        first = True
        while (instant := Instant.from_utc(at)) <= self._chart.span.end:
            if instant >= self._chart.span.start:
                x = self._x(instant)
                level = max((step for step in _TICK_HOURS if at.hour % step == 0), default=1)
                if at.hour == 0 or first:
                    date = f"{at:%a} {at.day} {at:%b %Y}"
                    yield (
                        f'<text class="date" x="{x}" dx="4" y="14" '
                        f'data-short="{at.day} {at:%b}">{date}</text>'
                    )
                kind = "midnight" if at.hour == 0 else f"h{level}"
                yield (
                    f'<g class="tick {kind}"><line x1="{x}" x2="{x}" y1="{AXIS_HEIGHT - 10}" '
                    f'y2="{self.height:g}"/><text x="{x}" dx="3" y="{AXIS_HEIGHT - 12}">'
                    f"{at:%H}</text></g>"
                )
                first = False
            at += timedelta(hours=1)

    def _now(self) -> Iterator[str]:
        now = self._chart.now
        if now is not None and self._chart.span.contains(now):
            x = self._x(now)
            yield (
                f'<g class="now"><line x1="{x}" x2="{x}" y1="{AXIS_HEIGHT - 6}" '
                f'y2="{self.height:g}"/><text x="{x}" dx="3" y="{AXIS_HEIGHT + 4}">now</text></g>'
            )

    # --- rows ------------------------------------------------------------------------------------

    def _row(self, row: Row, top: float) -> Iterator[str]:
        height = row_height(row)
        yield (
            f'<line class="floor" x1="0" x2="100%" y1="{top + height:g}" y2="{top + height:g}"/>'
        )
        curve = self._elevations.get(row.id)
        if curve is not None:
            yield _area(curve, self._chart.span, 90.0, top, height)
        for window in row.windows:
            x, width = self._place(window)
            yield (
                f'<rect class="window" x="{x}" y="{top + height - 4:g}" width="{width}" '
                'height="3"/>'
            )
        for obstacle in row.obstacles:
            yield self._obstacle(obstacle, top, height)
        for number, lane in enumerate(row.lanes()):
            for bar in lane:
                yield self._bar(bar, top + height - 5 - _BAR_HEIGHT * (number + 1) - 2 * number)

    def _obstacle(self, one: Obstacle, top: float, height: float) -> str:
        x, width = self._place(one.interval)
        return (
            f'<svg class="obstacle {one.kind}" x="{x}" y="{top + 2:g}" width="{width}" '
            f'height="{height - 4:g}" tabindex="0" role="img"><title>{escape(one.text)}\n'
            f'{times(one.interval)}</title><rect width="100%" height="100%"/></svg>'
        )

    def _bar(self, bar: Bar, top: float) -> str:
        x, width = self._place(bar.interval)
        uplink = ""
        if bar.uplink is not None and bar.kind == "pass":
            offset = bar.uplink.start.seconds_since(bar.interval.start) / bar.interval.seconds
            share = bar.uplink.seconds / bar.interval.seconds
            uplink = (
                f'<rect class="uplink" x="{offset * 100:.2f}%" width="{share * 100:.2f}%" '
                'height="100%"/>'
            )
        label = bar.id if bar.kind == "pass" else bar.id.rpartition("-")[2]
        colour = f"c{self._colours[bar.spacecraft]}"
        return (
            f'<svg class="bar {bar.kind} {colour}" id="bar-{escape(bar.id)}" '
            f'x="{x}" y="{top:g}" width="{width}" height="{_BAR_HEIGHT}" tabindex="0" role="img">'
            f"<title>{escape(self._facts.get(bar.id, bar.id))}</title>"
            f'<rect class="booked" width="100%" height="100%"/>{uplink}'
            f'<text x="5" y="14" data-short="{escape(bar.id.rpartition("-")[2])}">{escape(label)}'
            "</text></svg>"
        )

    # --- panels ----------------------------------------------------------------------------------

    def _panel(self, panel: Panel, top: float) -> Iterator[str]:
        inner = PANEL_HEIGHT - _PANEL_MARGIN
        for y in (top + _PANEL_MARGIN, top + PANEL_HEIGHT):
            yield f'<line class="floor" x1="0" x2="100%" y1="{y:g}" y2="{y:g}"/>'
        for kind, zone in panel.zones:
            x, width = self._place(zone)
            yield (
                f'<rect class="zone {kind}" x="{x}" y="{top + _PANEL_MARGIN:g}" width="{width}" '
                f'height="{inner:g}"><title>{kind}: near the Sun</title></rect>'
            )
        for curve in panel.curves:
            shares = (curve.values - panel.low) / (panel.high - panel.low)
            path = _path(curve, self._chart.span, shares, inner)
            yield (
                f'<svg class="curve c{self._colours[curve.of]}" x="0" y="{top + _PANEL_MARGIN:g}" '
                f'width="100%" height="{inner:g}" viewBox="0 0 1000 {inner:g}" '
                f'preserveAspectRatio="none"><path d="{path}"/></svg>'
            )

    # --- places ----------------------------------------------------------------------------------

    def _x(self, instant: Instant) -> str:
        share = instant.seconds_since(self._chart.span.start) / self._chart.span.seconds
        return f"{min(max(share, 0.0), 1.0) * 100:.4f}%"

    def _place(self, interval: Interval) -> tuple[str, str]:
        span = self._chart.span
        start, end = max(interval.start, span.start), min(interval.end, span.end)
        return self._x(start), f"{end.seconds_since(start) / span.seconds * 100:.4f}%"


def row_height(row: Row) -> float:
    """Pixels; a row in which craft share a beam is higher."""
    height = ANTENNA_HEIGHT if row.kind == "antenna" else CRAFT_HEIGHT
    return height + (_BAR_HEIGHT + 2) * (len(row.lanes()) - 1)


def times(interval: Interval) -> str:
    """Start and end in UTC for a tip."""
    return f"{interval.start.utc_iso(0)} … {interval.end.utc_iso(0)}"


def _area(curve: Curve, span: Interval, high: float, top: float, height: float) -> str:
    path = _path(curve, span, curve.values / high, height - 4)
    return (
        f'<svg class="elevation" x="0" y="{top:g}" width="100%" height="{height - 4:g}" '
        f'viewBox="0 0 1000 {height - 4:g}" preserveAspectRatio="none">'
        f'<path d="{path}V{height - 4:g}H0Z"/></svg>'
    )


def _path(curve: Curve, span: Interval, shares: np.ndarray[tuple[int], np.dtype[np.float64]],
          height: float) -> str:  # fmt: skip
    """A line through shares of the height, left to right over 1000 units; flat parts are short."""
    x = curve.times_s / span.seconds * 1000.0
    y = (1.0 - shares) * height
    if curve.steps:
        pieces = [f"M{x[0]:.2f},{y[0]:.1f}"]
        pieces += [f"H{at:.2f}V{value:.1f}" for at, value in zip(x[1:], y[1:], strict=True)]
        return "".join(pieces)
    flat = np.zeros(len(y), dtype=bool)
    flat[1:-1] = (y[1:-1] == y[:-2]) & (y[1:-1] == y[2:])
    points = " ".join(f"{at:.2f},{value:.1f}" for at, value in zip(x[~flat], y[~flat], strict=True))
    return f"M{points.replace(' ', ' L', 1)}"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
