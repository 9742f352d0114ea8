"""A parameter's history as a plot: the curve, its gaps, the limits, and the ticks of its axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from groundsys.locales import time_zone, tr
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from ops_tui.picture import Snapshot
from ops_tui.views.catalogue import Parameter
from ops_tui.views.phrases import Phrase, day_text, minute_text, rough_duration_text
from ops_tui.views.telemetry import LEVEL_SIGNS, value_text

#: what a plot may reach back, in seconds
SPANS_S = (600.0, 3600.0, 6 * 3600.0, 86_400.0, 7 * 86_400.0, 30 * 86_400.0, 365 * 86_400.0)
USUAL_SPAN = 2
#: a curve is broken where nothing came for so many times its usual step
_GAP_STEPS = 4.0
#: limits are drawn so far beyond the values, as a share of their range
_REACH = 0.5
_TICKS = 5


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit as a line across the plot."""

    value: float
    text: str
    level: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    """What is drawn: `curves` of (seconds since the span began, value), each without a gap."""

    title: Phrase
    note: Phrase
    curves: tuple[tuple[tuple[float, float], ...], ...] = ()
    limits: tuple[LimitLine, ...] = ()
    span_s: float = 0.0
    low: float = 0.0
    high: float = 1.0
    ticks: tuple[tuple[float, str], ...] = ()
    levels: tuple[tuple[float, str], ...] = ()


def history_view(
    craft: str,
    parameter: Parameter,
    answer: Snapshot | None,
    recent: Sequence[tuple[int, float]] = (),
    trouble: str = "",
) -> HistoryView:
    """The plot of an answer to `telemetry_history`, with what has come since."""
    title = Phrase(f"{craft}  {parameter.name}  {parameter.unit}".rstrip())
    if trouble:
        return HistoryView(title, Phrase(tr("no history: {trouble}", trouble=trouble), "caution"))
    if answer is None:
        return HistoryView(title, Phrase(tr("asking the archive …"), "quiet"))
    from_ns, until_ns = answer["from_ns"], answer["until_ns"]
    points = [(first, last, low, high) for first, last, low, high, _ in answer["points"]]
    newest = points[-1][1] if points else from_ns
    points += [(at, at, value, value) for at, value in recent if at > newest and at >= from_ns]
    until_ns = max(until_ns, points[-1][1] if points else until_ns)
    span_s = (until_ns - from_ns) / NANOSECONDS_PER_SECOND
    until = f"{minute_text(until_ns).removesuffix(time_zone().mark)} {time_zone().name}"
    reach = tr("{span} to {time}", span=rough_duration_text(span_s), time=until)
    if not points:
        return HistoryView(title, Phrase(tr("{reach}: nothing is archived", reach=reach), "quiet"))
    least, greatest = min(one[2] for one in points), max(one[3] for one in points)
    limits = _limit_lines(parameter)
    drawn, low, high = _within_reach(limits, least, greatest)
    beyond = [one.text for one in limits if one not in drawn]
    extremes = f"{least:.4g} … {greatest:.4g}"
    note = "   ".join([reach, extremes, *beyond])
    return HistoryView(
        title=title,
        note=Phrase(note, "quiet"),
        curves=_curves(points, from_ns, parameter.cadence_s),
        limits=drawn,
        span_s=span_s,
        low=low,
        high=high,
        ticks=_ticks(from_ns, span_s),
        levels=_round_levels(low, high),
    )


def _limit_lines(parameter: Parameter) -> tuple[LimitLine, ...]:
    lines = []
    for limit in parameter.limits:
        sign, _ = LEVEL_SIGNS.get(limit.level, ("▲", "bad"))
        for value, comparison in ((limit.minimum, "<"), (limit.maximum, ">")):
            if value is not None:
                text = f"{sign} {limit.level} {comparison} {value_text(float(value))}"
                lines.append(LimitLine(value, text, limit.level))
    return tuple(lines)


def _within_reach(
    limits: Sequence[LimitLine], least: float, greatest: float
) -> tuple[tuple[LimitLine, ...], float, float]:
    """Limits near enough to be drawn, and from where to where the axis goes with them."""
    width = greatest - least or abs(greatest) * 0.1 or 1.0
    low, high = least - _REACH * width, greatest + _REACH * width
    drawn = tuple(one for one in limits if low <= one.value <= high)
    edges = [least, greatest, *(one.value for one in drawn)]
    margin = 0.05 * width
    return drawn, min(edges) - margin, max(edges) + margin


def _curves(
    points: Sequence[tuple[int, int, float, float]], from_ns: int, cadence_s: float
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Each point's least and greatest in turn, so that the curve shows the whole breadth."""
    steps = sorted(after[0] - before[1] for before, after in pairwise(points))
    usual_s = steps[len(steps) // 2] / NANOSECONDS_PER_SECOND if steps else 0.0
    gap_s = _GAP_STEPS * max(usual_s, cadence_s)
    curves: list[list[tuple[float, float]]] = []
    before_s = None
    for first, last, low, high in points:
        start_s, end_s = ((at - from_ns) / NANOSECONDS_PER_SECOND for at in (first, last))
        if before_s is None or start_s - before_s > gap_s:
            curves.append([])
        curves[-1].append((start_s, low))
        if (end_s, high) != (start_s, low):
            curves[-1].append((end_s, high))
        before_s = end_s
    return tuple(tuple(one) for one in curves)


def _round_levels(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Round values on the axis, 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(one for one in (1.0, 2.0, 5.0, 10.0) if one * power >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    levels = [number * step for number in range(first, last + 1)]
    return tuple((one, f"{one:.6g}") for one in levels)


def _ticks(from_ns: int, span_s: float) -> tuple[tuple[float, str], ...]:
    text = minute_text if span_s <= 2 * 86_400.0 else day_text
    moments = [span_s * (number + 0.5) / _TICKS for number in range(_TICKS)]
    return tuple((at, text(Instant(from_ns).plus_seconds(at).tai_ns)) for at in moments)
