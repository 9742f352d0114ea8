"""Passes and relay sessions: the strip above, the table below."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize
from textual.widgets import Static

from ops_tui.picture import Picture
from ops_tui.theme import BACKGROUND, FOREGROUND, GREY, TONE_COLOURS
from ops_tui.views.passes import Strip, StripLine, current_row, pass_rows, strip_view
from ops_tui.views.phrases import Phrase, Tone
from ops_tui.widgets.phrase_text import tone_style
from ops_tui.widgets.rows_table import Row, RowsTable

LABEL_COLUMNS = 14


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
        strip = strip_view(self._picture, self.content_size.width - LABEL_COLUMNS)
        self.update(Text("no mission clock yet", GREY) if strip is None else _drawn(strip))


class PassesPane(Vertical):
    """The strip, and every pass and session as a row."""

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
        )

    def show(self, picture: Picture) -> None:
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


def _drawn(strip: Strip) -> Text:
    lines = [_ticks(strip), *(_line(line, strip) for line in strip.lines)]
    return Text("\n").join(lines)


def _ticks(strip: Strip) -> Text:
    text = Text("UTC".ljust(LABEL_COLUMNS), GREY)
    for column, tick in strip.ticks:
        text.pad_right(max(0, LABEL_COLUMNS + column - len(text)))
        text.append(tick, GREY)
    return text


def _line(line: StripLine, strip: Strip) -> Text:
    cells: list[tuple[str, Tone]] = [("·", "quiet")] * strip.columns
    for bar in line.bars:
        cells[bar.start : bar.end] = [("▒" if bar.is_planned else "█", bar.tone)] * (
            bar.end - bar.start
        )
    text = Text(line.label[: LABEL_COLUMNS - 1].ljust(LABEL_COLUMNS), "bold", no_wrap=True)
    for column, (glyph, tone) in enumerate(cells):
        if column == strip.now:
            ground = BACKGROUND if glyph == "·" else TONE_COLOURS[tone]
            text.append("┃", f"bold {FOREGROUND} on {ground}")
        else:
            text.append(glyph, tone_style(tone))
    return text
