"""Passes and relay sessions: their state in words, and a strip that shows the day at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant
from ops_tui.picture import Picture, Snapshot
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    count_text,
    day_text,
    minute_text,
    volume_text,
)

#: the strip shows a day, of which this much is past
STRIP_HOURS = 24
STRIP_PAST = timedelta(hours=6)

#: state or verdict → (sign, tone); the sign also draws the strip
_SIGNS: dict[str, tuple[str, Tone]] = {
    "planned": ("·", "quiet"),
    "configuring": ("◌", "notice"),
    "searching": ("◎", "notice"),
    "loading": ("◌", "notice"),
    "loaded": ("◍", "quiet"),
    "open": ("▶", "active"),
    "locked": ("▶", "active"),
    "closed": ("■", "quiet"),
    "executed": ("✔", "good"),
    "degraded": ("◐", "caution"),
    "missed": ("✖", "bad"),
}


#: states of what has not begun
_AHEAD = frozenset({"planned", "loading", "loaded"})


@dataclass(frozen=True, slots=True)
class PassRow:
    """One pass or relay session as a row of the table."""

    id: str
    day: str
    span: str
    path: str
    state: Phrase
    frames: Phrase
    volume: Phrase


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the strip, in columns: from `start` up to but without `end`."""

    start: int
    end: int
    sign: str
    tone: Tone
    is_planned: bool


@dataclass(frozen=True, slots=True)
class StripLine:
    """One antenna or relayed craft, and its bars."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The Gantt strip: `ticks` are (column, text); `now` is the column of the mission clock."""

    columns: int
    ticks: tuple[tuple[int, str], ...]
    now: int
    lines: tuple[StripLine, ...]


def pass_rows(picture: Picture) -> tuple[PassRow, ...]:
    """Passes and relay sessions together, by their start."""
    items = [*_passes(picture), *_sessions(picture)]
    items.sort(key=lambda item: (item[1]["start_ns"], str(item[1]["id"])))
    return tuple(_row(path, item) for path, item in items)


def current_row(picture: Picture) -> str | None:
    """The id of the pass or session under way, else of the next one, else of the last."""
    now_ns = picture.clock.get("now_ns")
    items = [item for _, item in (*_passes(picture), *_sessions(picture))]
    if not items or now_ns is None:
        return None
    ahead = [item for item in items if item["end_ns"] > now_ns]
    if ahead:
        return str(min(ahead, key=lambda item: (item["start_ns"], str(item["id"])))["id"])
    return str(max(items, key=lambda item: (item["start_ns"], str(item["id"])))["id"])


def strip_labels(picture: Picture) -> tuple[str, ...]:
    """The names of the strip's lines: antennas, then relayed craft."""
    return tuple(label for label, _ in _lanes(picture))


def strip_view(picture: Picture, columns: int) -> Strip | None:
    """The strip over `columns` columns; None while the mission clock is unknown."""
    now = picture.now
    if now is None or columns < 1:
        return None
    begin = now.to_utc().replace(minute=0, second=0, microsecond=0) - STRIP_PAST
    start_ns = Instant.from_utc(begin).tai_ns
    column_ns = STRIP_HOURS * 3600 * NANOSECONDS_PER_SECOND / columns

    def column(instant_ns: int) -> float:
        return (instant_ns - start_ns) / column_ns

    return Strip(
        columns=columns,
        ticks=_ticks(begin, column, columns),
        now=floor(column(now.tai_ns)),
        lines=tuple(
            StripLine(label, _bars(items, column, columns)) for label, items in _lanes(picture)
        ),
    )


def _passes(picture: Picture) -> Iterable[tuple[str, Snapshot]]:
    for item in picture.passes.get("passes", ()):
        yield f"{item['antenna']} → {item['spacecraft']}", item


def _sessions(picture: Picture) -> Iterable[tuple[str, Snapshot]]:
    for item in picture.passes.get("relay_sessions", ()):
        yield f"relay ⇄ {item['spacecraft']}", item


def _row(path: str, item: Snapshot) -> PassRow:
    frames, volume = item.get("frames"), item.get("bytes")
    return PassRow(
        id=str(item["id"]),
        day=day_text(item["start_ns"]),
        span=f"{minute_text(item['start_ns'])}–{minute_text(item['end_ns'])}",
        path=path,
        state=_state(item),
        frames=Phrase(count_text(frames), right=True),
        volume=Phrase(UNKNOWN if volume is None else volume_text(volume), right=True),
    )


def _state(item: Snapshot) -> Phrase:
    """The verdict once there is one, else the state."""
    word = str(item.get("verdict") or item.get("state") or UNKNOWN)
    sign, tone = _SIGNS.get(word, ("?", "plain"))
    return Phrase(f"{sign} {word}", tone)


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
    items: Iterable[Snapshot], column: Callable[[int], float], columns: int
) -> tuple[Bar, ...]:
    bars = []
    for item in sorted(items, key=lambda item: item["start_ns"]):
        start, end = floor(column(item["start_ns"])), ceil(column(item["end_ns"]))
        if end <= 0 or start >= columns:
            continue
        start = max(0, start)
        word = str(item.get("verdict") or item.get("state") or "")
        sign, tone = _SIGNS.get(word, ("?", "plain"))
        end = min(columns, max(end, start + 1))
        bars.append(Bar(start, end, sign, tone, word in _AHEAD))
    return tuple(bars)


def _ticks(
    start: datetime, column: Callable[[int], float], columns: int
) -> tuple[tuple[int, str], ...]:
    """Every third hour of UTC that finds room for its text."""
    ticks = []
    for hours in range(0, STRIP_HOURS + 1):
        moment = start + timedelta(hours=hours)
        at = floor(column(Instant.from_utc(moment).tai_ns))
        if moment.hour % 3 == 0 and at + 5 <= columns:
            ticks.append((at, f"{moment:%H:%M}"))
    return tuple(ticks)
