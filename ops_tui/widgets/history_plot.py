"""A parameter's history drawn with characters; the home of plotext."""

from __future__ import annotations

import time

from rich.text import Text
from textual.events import Resize
from textual.widgets import Static

from ops_tui.theme import GREY, TONE_COLOURS
from ops_tui.views.history import HistoryView
from ops_tui.views.telemetry import LEVEL_SIGNS
from ops_tui.widgets.phrase_text import phrase_text

#: lines beside the drawing: title and note
_WORDS = 2
_LOWEST = 5
#: wall seconds between two drawings of one curve that hardly changes
REDRAW_S = 5.0


class HistoryPlot(Static):
    """Title, curve with its limits, and what of it the curve does not show."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._view: HistoryView | None = None
        self._drawn: tuple[HistoryView, int, int] | None = None
        self._drawn_at = float("-inf")

    def show(self, view: HistoryView) -> None:
        """Draw a view; one that goes on from the last once it differs by a column, or in time.

        A drawing takes as long as everything else on the screen together: keys need not wait.
        """
        drawn = None if self._drawn is None else self._drawn[0]
        self._view = view
        if (
            drawn is None
            or view.title != drawn.title
            or not drawn.curves
            or not view.curves
            or len(view.curves) != len(drawn.curves)
            or abs(view.span_s - drawn.span_s) * self.content_size.width >= view.span_s
            or time.monotonic() - self._drawn_at >= REDRAW_S
        ):
            self._draw()

    def on_resize(self, _: Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        width, height = self.content_size
        if self._view is None or (self._view, width, height) == self._drawn:
            return
        self._drawn, self._drawn_at = (self._view, width, height), time.monotonic()
        title = phrase_text(self._view.title, bold=True)
        note = phrase_text(self._view.note)
        note.overflow = "ellipsis"
        lines = [Text.assemble(title, "   ", note, no_wrap=True, overflow="ellipsis")]
        if self._view.curves and height - _WORDS >= _LOWEST and width > 30:
            lines.append(_drawing(self._view, width, height - 1))
        self.update(Text("\n").join(lines), layout=False)


def _drawing(view: HistoryView, width: int, height: int) -> Text:
    # loaded with the first plot: a console that shows none starts sooner and is smaller
    import plotext

    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.canvas_color("default")
    plotext.axes_color("default")
    plotext.ticks_color(_rgb(GREY))
    plotext.xlim(0.0, view.span_s)
    plotext.ylim(view.low, view.high)
    plotext.xticks([at for at, _ in view.ticks], [text for _, text in view.ticks])
    plotext.yticks([at for at, _ in view.levels], [text for _, text in view.levels])
    for limit in view.limits:
        colour = _rgb(TONE_COLOURS[LEVEL_SIGNS[limit.level][1]])
        plotext.plot([0.0, view.span_s], [limit.value] * 2, marker="·", color=colour)
        plotext.text(limit.text, view.span_s * 0.99, limit.value, color=colour, alignment="right")
    for curve in view.curves:
        seconds, values = [at for at, _ in curve], [value for _, value in curve]
        draw = plotext.plot if len(curve) > 1 else plotext.scatter
        draw(seconds, values, marker="braille", color=_rgb(TONE_COLOURS["active"]))
    drawn = Text.from_ansi(plotext.build(), no_wrap=True)
    plotext.clear_figure()
    return drawn


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
