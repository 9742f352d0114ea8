"""Stations by time: a line an antenna or relayed craft, a bar a contact, and what is in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor

from groundsys.locales import time_zone
from ops_tui.picture import Picture, Snapshot
from ops_tui.views.contacts import HOUR_NS, SIGNS, Window, conflicts, word_of
from ops_tui.views.phrases import Tone

#: states of what has not begun
_AHEAD = frozenset({"planned", "loading", "loaded"})


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a line, in columns: from `start` up to but without `end`."""

    start: int
    end: int
    sign: str
    tone: Tone
    is_planned: bool
    label: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One antenna or relayed craft, its bars, and what closes or weakens it meanwhile."""

    label: str
    bars: tuple[Bar, ...]
    #: (start, end, sign) in columns
    obstacles: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Stations by time: `ticks` are (column, text); `now` is the column of the mission clock."""

    columns: int
    ticks: tuple[tuple[int, str], ...]
    now: int
    lines: tuple[ChartLine, ...]
    #: lines that found no room
    left_out: int


def chart_labels(picture: Picture) -> tuple[str, ...]:
    """The names of the chart's lines: antennas, then relayed craft."""
    return tuple(label for label, _ in _lanes(picture))


def chart_view(
    picture: Picture, window: Window, columns: int, lines: int, selected: str | None = None
) -> Chart | None:
    """The chart over `columns` columns and at most `lines` lines; None while time is unknown.

    Lines without anything in the window are left out first; that of the selected contact never.
    """
    now = picture.now
    if now is None or columns < 1:
        return None
    start_ns = window.start_ns(now)
    column_ns = window.hours * HOUR_NS / columns

    def column(instant_ns: int) -> float:
        return (instant_ns - start_ns) / column_ns

    clashing = conflicts(picture)
    every = [
        ChartLine(
            label,
            _bars(items, column, columns, selected, clashing),
            _in_the_way(picture, label, column, columns),
        )
        for label, items in _lanes(picture)
    ]
    shown = _with_room(every, lines)
    return Chart(
        columns=columns,
        ticks=_ticks(start_ns, window.hours, column, columns),
        now=floor(column(now.tai_ns)),
        lines=shown,
        left_out=len(every) - len(shown),
    )


def _with_room(lines: Sequence[ChartLine], room: int) -> tuple[ChartLine, ...]:
    if len(lines) <= room:
        return tuple(lines)

    def rank(line: ChartLine) -> int:
        if any(bar.is_selected for bar in line.bars):
            return 0
        return 1 if line.bars else 2

    kept = sorted(range(len(lines)), key=lambda number: (rank(lines[number]), number))[:room]
    return tuple(lines[number] for number in sorted(kept))


def _lanes(picture: Picture) -> Sequence[tuple[str, list[Snapshot]]]:
    lanes: dict[str, list[Snapshot]] = {}
    for item in picture.passes.get("passes", ()):
        lanes.setdefault(str(item["antenna"]), []).append(item)
    sessions: dict[str, list[Snapshot]] = {}
    for item in picture.passes.get("relay_sessions", ()):
        sessions.setdefault(str(item["spacecraft"]), []).append(item)
    relayed = [(f"⇄ {craft}", items) for craft, items in sorted(sessions.items())]
    return [*sorted(lanes.items()), *relayed]


def _bars(
    items: Iterable[Snapshot],
    column: Callable[[int], float],
    columns: int,
    selected: str | None,
    clashing: Mapping[str, str],
) -> tuple[Bar, ...]:
    bars = []
    for item in sorted(items, key=lambda item: int(item["start_ns"])):
        start, end = floor(column(item["start_ns"])), ceil(column(item["end_ns"]))
        if end <= 0 or start >= columns:
            continue
        start = max(0, start)
        word = word_of(item)
        sign, tone = SIGNS.get(word, ("?", "plain"))
        if item["id"] in clashing:
            sign, tone = "!", "bad"
        end = min(columns, max(end, start + 1))
        # on a relayed craft's own line its name says nothing
        label = str(item["spacecraft"]) if "antenna" in item else ""
        chosen = item["id"] == selected
        bars.append(Bar(start, end, sign, tone, word in _AHEAD, label, chosen))
    return tuple(bars)


def _in_the_way(
    picture: Picture, antenna: str, column: Callable[[int], float], columns: int
) -> tuple[tuple[int, int, str], ...]:
    found = []
    for topic, sign in (("weather", "≈"), ("outages", "╳")):
        for one in picture.plan.get(topic, ()):
            start = max(0, floor(column(one["start_ns"])))
            end = min(columns, ceil(column(one["end_ns"])))
            if one["antenna"] == antenna and end > start:
                found.append((start, end, sign))
    return tuple(found)


def _ticks(
    start_ns: int, hours: int, column: Callable[[int], float], columns: int
) -> tuple[tuple[int, str], ...]:
    """Whole hours, or days on a long chart, as many as find room for their text."""
    by_day = hours > 72
    step = (
        24
        if by_day
        else next(one for one in (1, 3, 6, 12, 24) if one * columns >= 7 * hours or one == 24)
    )
    start = time_zone().moment(start_ns)
    ticks: list[tuple[int, str]] = []
    free_from = 0
    for passed in range(hours + 1):
        moment = start + timedelta(hours=passed)
        at = floor(column(start_ns + passed * HOUR_NS))
        text = f"{moment:%m-%d}" if by_day or (step == 24) else f"{moment:%H:%M}"
        if moment.hour % step == 0 and at >= free_from and at + len(text) <= columns:
            ticks.append((at, text))
            free_from = at + len(text) + 1
    return tuple(ticks)
