"""The chart of stations by time, the mission clock as a line through all."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.events import Resize
from textual.widgets import Static

from groundsys.locales import time_zone, tr
from ops_tui.picture import Picture
from ops_tui.theme import BACKGROUND, FOREGROUND, GREY, TONE_COLOURS
from ops_tui.views.contact_chart import Chart, ChartLine, chart_labels, chart_view
from ops_tui.views.contacts import Window

#: the last glyph of a label keeps its distance from the chart
_LABEL_GAP = 2
#: lines of the terminal for the chart, at most this share
_SHARE = 0.36
_FEWEST_LINES = 4


class ContactChart(Static):
    """One line an antenna or relayed craft; a bar starts with its sign, the selected is framed."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._picture, self._window = Picture(), Window()
        self._selected: str | None = None

    def show(self, picture: Picture, window: Window, selected: str | None) -> None:
        self._picture, self._window, self._selected = picture, window, selected
        self._draw()

    def on_resize(self, _: Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        labels = chart_labels(self._picture)
        label_columns = max(map(cell_len, labels), default=0) + _LABEL_GAP
        lines = max(_FEWEST_LINES, int(self.app.size.height * _SHARE) - 1)
        columns = self.content_size.width - label_columns
        chart = chart_view(self._picture, self._window, columns, lines, self._selected)
        if chart is None:
            self.update(Text(tr("no mission clock yet"), GREY))
        else:
            self.update(_drawn(chart, label_columns))


def _drawn(chart: Chart, label_columns: int) -> Text:
    ticks = Text(
        tr("+{left_out} more", left_out=chart.left_out) if chart.left_out else time_zone().name,
        GREY,
    )
    for column, tick in chart.ticks:
        ticks.pad_right(label_columns + column - ticks.cell_len)
        ticks.append(tick, GREY)
    lines = [_line(line, chart, label_columns) for line in chart.lines]
    return Text("\n").join([ticks, *lines])


def _line(line: ChartLine, chart: Chart, label_columns: int) -> Text:
    cells = [("·", TONE_COLOURS["quiet"])] * chart.columns
    for start, end, sign in line.obstacles:
        cells[start:end] = [(sign, TONE_COLOURS["caution"])] * (end - start)
    for bar in line.bars:
        colour = TONE_COLOURS[bar.tone]
        style = f"bold {colour}" if bar.is_planned else f"bold {BACKGROUND} on {colour}"
        fill = "▒" if bar.is_planned else " "
        width = bar.end - bar.start
        inside = bar.sign if bar.sign != "·" else ""
        if width > len(inside) + len(bar.label) + 1:
            inside += bar.label
        inside = inside.ljust(width, fill)
        if bar.is_selected:
            inside = f"[{inside[: width - 2]}]" if width > 2 else "◆" * width
            style = f"bold {FOREGROUND} on #1f4e79" if bar.is_planned else style
        cells[bar.start : bar.end] = [(glyph, style) for glyph in inside]
    if 0 <= chart.now < chart.columns:
        under = cells[chart.now][1]
        ground = under[under.index("on ") :] if "on " in under else f"on {BACKGROUND}"
        cells[chart.now] = ("┃", f"bold {FOREGROUND} {ground}")
    is_selected = any(bar.is_selected for bar in line.bars)
    label = f"›{line.label}" if is_selected else line.label
    text = Text(label.ljust(label_columns), "bold", no_wrap=True)
    for glyph, style in cells:
        text.append(glyph, style)
    return text
