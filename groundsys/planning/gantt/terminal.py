"""The Gantt chart in a terminal: one line an antenna, half a character the finest step.

It reads without colours too: what is booked is solid, what could be is a thin line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rich.text import Text

from groundsys.planning.gantt.chart import Bar, Chart, Row, days_of
from groundsys.values.instants import Instant, Interval

#: colours of craft, in their order; told apart by most colour-blind eyes
CRAFT_COLOURS = ("cyan", "yellow", "magenta", "green", "bright_blue", "bright_red")

#: a cell should not be longer, lest a pass vanish in it
_LONGEST_CELL_S = 7200.0
_DAYS_IN_A_STRIP = (28, 14, 7, 4, 3, 2, 1)
_HOUR_STEPS = (1, 2, 3, 4, 6, 12)
_HOURS_COLUMN = 8
_HOURS_SHOWN_FROM_WIDTH = 100

#: what is in the left and in the right half of a cell → its sign
_EMPTY, _WINDOW, _RECEIVING, _BOTH = 0, 1, 2, 3
_BLOCKS = {
    (_BOTH, _BOTH): "█",
    (_BOTH, _RECEIVING): "▙",
    (_RECEIVING, _BOTH): "▟",
    (_RECEIVING, _RECEIVING): "▄",
    (_BOTH, _EMPTY): "▌",
    (_EMPTY, _BOTH): "▐",
    (_RECEIVING, _EMPTY): "▖",
    (_EMPTY, _RECEIVING): "▗",
}
_LINES = {
    (_WINDOW, _WINDOW): "─",
    (_WINDOW, _EMPTY): "╴",
    (_EMPTY, _WINDOW): "╶",
    (_EMPTY, _EMPTY): " ",
}
_OBSTACLES = {
    "maintenance": ("╳", "bright_black"),
    "outage": ("╳", "bold red"),
    "weather": ("≈", "yellow"),
}
_WINDOW_STYLE = "bright_black"
_NOW_STYLE = "bold bright_red"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps a strip of time onto cells."""

    interval: Interval
    cells: int
    cell_s: float

    def half(self, instant: Instant) -> int:
        """The nearest border between half cells."""
        return round(instant.seconds_since(self.interval.start) / self.cell_s * 2.0)

    def cell(self, instant: Instant) -> int:
        return int(instant.seconds_since(self.interval.start) // self.cell_s)

    def halves(self, interval: Interval) -> range:
        """The half cells that an interval takes within the strip: at least one if it is in it."""
        if not interval.overlaps(self.interval):
            return range(0)
        last = 2 * self.cells
        first = max(0, min(self.half(interval.start), last - 1))
        return range(first, max(first + 1, min(self.half(interval.end), last)))

    def middle(self, cell: int) -> Instant:
        return self.interval.start.plus_seconds((cell + 0.5) * self.cell_s)


def terminal_gantt(chart: Chart, width: int) -> Text:
    """The chart in lines of at most `width` characters; a long span is cut into strips."""
    label_width = max(8, *(len(row.id) for row in chart.rows)) + 2
    with_hours = width >= _HOURS_SHOWN_FROM_WIDTH
    cells = max(24, width - label_width - (_HOURS_COLUMN if with_hours else 0))
    strips = days_of(chart.span, _days_in_a_strip(chart.span, cells))
    cell_s = strips[0].seconds / cells
    lines: list[Text] = []
    for strip in strips:
        count = min(cells, max(1, round(strip.seconds / cell_s)))
        scale = _Scale(strip, count, cell_s)
        lines.extend(_strip_lines(chart, scale, label_width, with_hours))
        lines.append(Text())
    lines.extend(_legend(chart, width))
    return Text("\n").join(_trimmed(lines))


def _days_in_a_strip(span: Interval, cells: int) -> int:
    days = span.seconds / 86_400.0
    for count in _DAYS_IN_A_STRIP:
        if min(count, days) * 86_400.0 / cells <= _LONGEST_CELL_S:
            return count
    return 1


def _trimmed(lines: Sequence[Text]) -> Iterator[Text]:
    for line in lines:
        line.rstrip()
        yield line


def _strip_lines(chart: Chart, scale: _Scale, label_width: int, with_hours: bool) -> Iterator[Text]:
    margin = " " * label_width
    yield Text(margin) + _dates(scale)
    yield Text("UTC".ljust(label_width), "dim") + _hours(scale)
    yield Text(margin) + _daylight(scale, _now_cell(chart, scale))
    if chart.shifts:
        yield Text("on shift".ljust(label_width), "dim") + _shift_line(chart, scale)
    kind = chart.rows[0].kind if chart.rows else "antenna"
    for row in chart.rows:
        if row.kind != kind:
            yield Text(margin) + _rule(scale)
            kind = row.kind
        for number, lane in enumerate(row.lanes()):
            line = Text((row.id if number == 0 else "").ljust(label_width))
            line.append_text(_row_line(chart, row, lane, scale))
            if with_hours and number == 0:
                line.append_text(_booked(row, scale))
            yield line


def _row_line(chart: Chart, row: Row, lane: Sequence[Bar], scale: _Scale) -> Text:
    halves = [_EMPTY] * (2 * scale.cells)
    owner: list[str] = [""] * (2 * scale.cells)
    signs = [""] * scale.cells
    sign_styles = [""] * scale.cells
    for window in row.windows:
        for half in scale.halves(window):
            halves[half] = _WINDOW
    for obstacle in row.obstacles:
        sign, style = _OBSTACLES[obstacle.kind]
        for half in scale.halves(obstacle.interval):
            signs[half // 2], sign_styles[half // 2] = sign, style
    for bar in lane:
        for half in scale.halves(bar.interval):
            halves[half], owner[half] = _RECEIVING, bar.spacecraft
        if bar.uplink is not None:
            taken = scale.halves(bar.interval)
            for half in scale.halves(bar.uplink):
                if half in taken:
                    halves[half] = _BOTH
    line = Text()
    now_cell = _now_cell(chart, scale)
    for cell in range(scale.cells):
        left, right = halves[2 * cell], halves[2 * cell + 1]
        craft = owner[2 * cell] or owner[2 * cell + 1]
        if craft:
            line.append(_BLOCKS[_solid(left), _solid(right)], craft_colour(chart, craft))
        elif signs[cell]:
            line.append(signs[cell], sign_styles[cell])
        elif cell == now_cell:
            line.append("│", _NOW_STYLE)
        else:
            line.append(_LINES[left, right], _WINDOW_STYLE)
    for bar in lane:
        line = _labelled(line, chart, bar, scale, halves)
    return line


def _solid(half: int) -> int:
    return half if half in (_RECEIVING, _BOTH) else _EMPTY


def craft_colour(chart: Chart, craft_id: str) -> str:
    """The colour of a craft's bars."""
    order = chart.spacecraft.index(craft_id) if craft_id in chart.spacecraft else 0
    return CRAFT_COLOURS[order % len(CRAFT_COLOURS)]


def _labelled(line: Text, chart: Chart, bar: Bar, scale: _Scale, halves: Sequence[int]) -> Text:
    """The line with the bar's name written into its part that transmits, as long as it fits."""
    taken = scale.halves(bar.interval)
    full = [
        cell
        for cell in range(taken.start // 2, (taken.stop + 1) // 2)
        if halves[2 * cell] == halves[2 * cell + 1] == _BOTH
        and 2 * cell in taken
        and 2 * cell + 1 in taken
    ]
    if not full:
        return line
    rate = f"{bar.rate_bps / 1000.0:g}k"
    number = bar.id.rpartition("-")[2]
    for text in (f"{bar.id} {rate}", bar.id, number):
        if len(text) <= len(full) - (0 if text is number else 1):
            at = full[0] + (len(full) - len(text)) // 2
            style = f"bold black on {craft_colour(chart, bar.spacecraft)}"
            return line[:at] + Text(text, style) + line[at + len(text) :]
    return line


# --- axis ------------------------------------------------------------------------------------


def _dates(scale: _Scale) -> Text:
    signs = [" "] * scale.cells
    first = scale.interval.start
    midnights = [first, *(at for at in _every_hours(scale, 24) if at > first)]
    free_from = 0
    for number, at in enumerate(midnights):
        ends = midnights[number + 1] if number + 1 < len(midnights) else scale.interval.end
        room = scale.half(ends) // 2 - scale.cell(at)
        utc = at.to_utc()
        for text in (f"{utc:%a %d %b %Y}", f"{utc:%a %d %b}", f"{utc:%d %b}", f"{utc:%d}"):
            if len(text) < room and scale.cell(at) >= free_from:
                signs[scale.cell(at) : scale.cell(at) + len(text)] = text
                free_from = scale.cell(at) + len(text) + 1
                break
    return Text("".join(signs)[: scale.cells], "bold")


def _hours(scale: _Scale) -> Text:
    per_hour = 3600.0 / scale.cell_s
    step = next((step for step in _HOUR_STEPS if step * per_hour >= 4.0), 24)
    signs = [" "] * scale.cells
    for at in _every_hours(scale, step):
        cell = scale.half(at) // 2
        if cell + 2 <= scale.cells:
            signs[cell : cell + 2] = f"{at.to_utc():%H}"
    return Text("".join(signs), "dim")


def _daylight(scale: _Scale, now_cell: int) -> Text:
    """Day (06 to 18) and night of UTC, a mark at each midnight, and one where it is now."""
    line = Text()
    midnights = {scale.half(at) // 2 for at in _every_hours(scale, 24)}
    for cell in range(scale.cells):
        day = 6 <= scale.middle(cell).to_utc().hour < 18
        if cell == now_cell:
            line.append("▼", _NOW_STYLE)
        elif cell in midnights:
            line.append("┼", "dim")
        else:
            line.append("━" if day else "┄", "yellow" if day else "blue")
    return line


def _rule(scale: _Scale) -> Text:
    midnights = {scale.half(at) // 2 for at in _every_hours(scale, 24)}
    return Text("".join("┼" if cell in midnights else "┄" for cell in range(scale.cells)), "dim")


def _shift_line(chart: Chart, scale: _Scale) -> Text:
    signs = []
    for cell in range(scale.cells):
        utc = scale.middle(cell).to_utc()
        second = utc.hour * 3600.0 + utc.minute * 60.0 + utc.second
        manned = any(shift.start_s <= second < shift.end_s for shift in chart.shifts)
        signs.append("▂" if manned else " ")
    return Text("".join(signs), "green")


def _every_hours(scale: _Scale, hours: int) -> Iterator[Instant]:
    """The full hours within the strip that are multiples of `hours` from midnight."""
    at = scale.interval.start.to_utc().replace(minute=0, second=0, microsecond=0)
    at = at.replace(hour=at.hour - at.hour % hours) if hours < 24 else at.replace(hour=0)
    while (instant := Instant.from_utc(at)) < scale.interval.end:
        if instant >= scale.interval.start:
            yield instant
        at += timedelta(hours=hours)


def _now_cell(chart: Chart, scale: _Scale) -> int:
    if chart.now is None or not scale.interval.contains(chart.now):
        return -1
    return min(scale.cell(chart.now), scale.cells - 1)


def _booked(row: Row, scale: _Scale) -> Text:
    """Hours that are booked in this strip."""
    seconds = sum(
        max(
            0.0,
            min(bar.interval.end, scale.interval.end).seconds_since(
                max(bar.interval.start, scale.interval.start)
            ),
        )
        for bar in row.bars
    )
    return Text(f"{seconds / 3600.0:6.1f} h" if seconds else "     –  ", "dim")


def _legend(chart: Chart, width: int) -> Iterator[Text]:
    parts = [
        Text("█ receiving and transmitting"),
        Text("▄ receiving"),
        Text("─ in view", _WINDOW_STYLE),
    ]
    kinds = {obstacle.kind for row in chart.rows for obstacle in row.obstacles}
    if kinds & {"maintenance", "outage"}:
        parts.append(Text("╳ closed", "red"))
    if "weather" in kinds:
        parts.append(Text("≈ weather", "yellow"))
    if chart.now is not None and chart.span.contains(chart.now):
        parts.append(Text("▼ now", _NOW_STYLE))
    shown = {bar.spacecraft for row in chart.rows for bar in row.bars}
    parts.extend(
        Text(f"■ {craft_id}", craft_colour(chart, craft_id))
        for craft_id in chart.spacecraft
        if craft_id in shown
    )
    line = Text()
    for part in parts:
        if line.cell_len and line.cell_len + 3 + part.cell_len > width:
            yield line
            line = Text()
        line = line + Text("   " if line.cell_len else "") + part
    yield line
