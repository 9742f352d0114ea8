"""Passes and relay sessions: the strip above, the table below."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Static

from ops_tui.feed import Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.picture import Picture
from ops_tui.theme import BACKGROUND, FOREGROUND, GREY, TONE_COLOURS
from ops_tui.views.passes import Strip, StripLine, current_row, pass_rows, strip_labels, strip_view
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.rows_table import Row, RowsTable

#: the last glyph of a label keeps its distance from the strip
LABEL_GAP = 2


class GanttStrip(Static):
    """A day on one line an antenna or relayed craft, the mission clock as a line through all."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._picture = Picture()

    def show(self, picture: Picture) -> None:
        self._picture = picture
        self._draw()

    def on_resize(self, _: Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        labels = strip_labels(self._picture)
        label_columns = max(map(cell_len, labels), default=0) + LABEL_GAP
        strip = strip_view(self._picture, self.content_size.width - label_columns)
        if strip is None:
            self.update(Text("no mission clock yet", GREY))
        else:
            self.update(_drawn(strip, label_columns))


class PassesPane(ConsolePane):
    """The strip, and every pass and session as a row."""

    NAME = "passes"
    TITLE = SHORT_TITLE = "Passes"
    PURPOSE = "Passes and relay sessions, with their verdicts"
    FOCUS = "#passes-table"

    def compose(self) -> ComposeResult:
        yield GanttStrip(id="strip")
        yield RowsTable(
            "Day",
            "UTC",
            "Path",
            "State",
            Phrase("Frames", right=True),
            Phrase("Bytes", right=True),
            id="passes-table",
            stretch=2,
        )

    def show(self, report: Report) -> None:
        picture = report.picture
        self.query_one(GanttStrip).show(picture)
        table = self.query_one(RowsTable)
        is_first = table.selected_key is None
        table.show(
            [
                Row(row.id, (row.day, row.span, row.path, row.state, row.frames, row.volume))
                for row in pass_rows(picture)
            ]
        )
        current = current_row(picture)
        if is_first and current is not None:
            table.select(current)


def _drawn(strip: Strip, label_columns: int) -> Text:
    ticks = Text("UTC", GREY)
    for column, tick in strip.ticks:
        ticks.pad_right(label_columns + column - len(ticks))
        ticks.append(tick, GREY)
    lines = [_line(line, strip, label_columns) for line in strip.lines]
    return Text("\n").join([ticks, *lines])


def _line(line: StripLine, strip: Strip, label_columns: int) -> Text:
    """A bar starts with its sign, so that its colour never stands alone."""
    cells = [("·", TONE_COLOURS["quiet"])] * strip.columns
    for bar in line.bars:
        colour = TONE_COLOURS[bar.tone]
        for column in range(bar.start, bar.end):
            cells[column] = ("▒", colour) if bar.is_planned else (" ", f"on {colour}")
        if not bar.is_planned:
            cells[bar.start] = (bar.sign, f"bold {BACKGROUND} on {colour}")
    if 0 <= strip.now < strip.columns:
        under = cells[strip.now][1]
        ground = under[under.index("on ") :] if "on " in under else f"on {BACKGROUND}"
        cells[strip.now] = ("┃", f"bold {FOREGROUND} {ground}")
    text = Text(line.label.ljust(label_columns), "bold", no_wrap=True)
    for glyph, style in cells:
        text.append(glyph, style)
    return text
