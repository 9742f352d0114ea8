"""A quick-look's page: panels over one time axis, in UTC below and local mean solar time above.

Drawn by matplotlib's Agg without pyplot; the same page is the same bytes.  All panels are drawn
into one pair of axes that measures the page in inches: axes of their own, with their ticks, take
three times as long.  Words are Pillow's (`quick_look_words`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from groundsys.products.quick_look_words import Align, Words, draw_words
from groundsys.products.scientific_libraries import figure_class

LINE_COLOURS = ("#1f5fa8", "#c8501e", "#3c8a3c", "#7a4fa3")
INK, PALE, GAP_COLOUR = "#222222", "#d9d9d9", "#b8b8b8"

_DPI = 90
_WIDTH_IN, _LEFT_IN, _RIGHT_IN = 9.2, 0.85, 1.3
_TOP_IN, _BOTTOM_IN, _BETWEEN_IN = 0.78, 0.42, 0.1
_SMALL, _USUAL, _LARGE = 7, 8, 10
#: steps between ticks in seconds: of a minute, an hour, a day
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600)
_MOST_TICKS = 9
#: more are narrower than a pixel or two
_MOST_COLUMNS = 480
_TEN = {0: "", -3: "10⁻³", -6: "10⁻⁶", -9: "10⁻⁹", -12: "10⁻¹²"}

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Panel:
    """Where a panel is on the page, in inches from the bottom."""

    bottom: float
    top: float

    def scaled(self, values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
        """Inches of values; those beyond the range lie on its edge."""
        share = np.clip((values - low) / (high - low), 0.0, 1.0)
        return self.bottom + share * (self.top - self.bottom)


class Page:
    """Panels from top to bottom over seconds of a UTC day, `span`; heights in inches."""

    def __init__(self, title: str, subtitle: str, heights_in: Sequence[float], span: Span) -> None:
        height = _TOP_IN + sum(heights_in) + _BETWEEN_IN * (len(heights_in) - 1) + _BOTTOM_IN
        self.span = span
        self._figure = figure_class()(figsize=(_WIDTH_IN, height), dpi=_DPI)
        self._axes = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_axis_off()
        self._size = _WIDTH_IN, height
        self._right = _WIDTH_IN - _RIGHT_IN
        self._panels: list[_Panel] = []
        self._words: list[Words] = []
        top = height - _TOP_IN
        for tall in heights_in:
            self._panels.append(_Panel(top - tall, top))
            top -= tall + _BETWEEN_IN
        self._write(_LEFT_IN, height - 0.18, title, size=_LARGE, bold=True)
        self._write(_LEFT_IN, height - 0.37, subtitle)
        frames = [
            [(_LEFT_IN, one.top), (_LEFT_IN, one.bottom), (self._right, one.bottom)]
            for one in self._panels
        ]
        self._rule(frames, INK, 0.8, 3)
        self._tick_utc()

    @cached_property
    def _collections(self) -> Any:
        return import_module("matplotlib.collections")

    def _across(self, seconds: NDArray[np.float64] | float) -> Any:
        """Inches of a time."""
        first, last = self.span
        return _LEFT_IN + (seconds - first) / (last - first) * (self._right - _LEFT_IN)

    def _write(
        self, x: float, y: float, told: str, *, size: float = _SMALL, colour: str = INK,
        align: Align = "left", bold: bool = False, upright: bool = False,
    ) -> None:  # fmt: skip
        self._words.append(Words(x, y, told, size, colour, align, bold, upright))

    def _rule(self, lines: Sequence[Any], colour: str, width: float, order: float) -> None:
        self._axes.add_collection(
            self._collections.LineCollection(
                lines, colors=colour, linewidths=width, zorder=order, capstyle="butt"
            ),
            autolim=False,
        )

    def _tick_utc(self) -> None:
        step = _step(self.span[1] - self.span[0])
        ticks = np.arange(np.ceil(self.span[0] / step) * step, self.span[1] + 1e-6, step)
        places = [float(self._across(tick)) for tick in ticks]
        grid = [((x, one.bottom), (x, one.top)) for x in places for one in self._panels]
        self._rule(grid, PALE, 0.5, 0.5)
        low = self._panels[-1].bottom
        self._rule([((x, low), (x, low - 0.04)) for x in places], INK, 0.6, 3)
        for tick, x in zip(ticks, places, strict=True):
            self._write(x, low - 0.12, _clock(tick, with_seconds=step < 60), align="center")
        middle = (_LEFT_IN + self._right) / 2
        self._write(middle, low - 0.28, "UTC (spacecraft event time)", size=_USUAL, align="center")

    def tick_sols(self, first_sols: float, last_sols: float) -> None:
        """Local mean solar time on top: `first_sols` and `last_sols` at the span's ends."""
        first_s = first_sols % 1.0 * 86_400.0
        last_s = first_s + (last_sols - first_sols) * 86_400.0
        step = _step(last_s - first_s)
        high = self._panels[0].top
        ticks = np.arange(np.ceil(first_s / step) * step, last_s + 1e-6, step)
        shares = (ticks - first_s) / (last_s - first_s)
        places = [float(_LEFT_IN + share * (self._right - _LEFT_IN)) for share in shares]
        self._rule([((x, high), (x, high + 0.04)) for x in places], INK, 0.6, 3)
        for tick, x in zip(ticks, places, strict=True):
            self._write(x, high + 0.11, _clock(tick, with_seconds=step < 60), align="center")
        self._write(self._right + 0.08, high + 0.11, "LMST")

    def draw_lines(
        self,
        number: int,
        unit: str,
        lines: Sequence[tuple[str, NDArray[np.float64]]],
        seconds: NDArray[np.float64],
        trusted: NDArray[np.bool_],
    ) -> None:
        """Named lines into a panel, whose range is that of trusted values; a NaN breaks a line."""
        panel = self._panels[number]
        shown = np.concatenate([values[trusted & np.isfinite(values)] for _, values in lines])
        power = _power(float(np.abs(shown).max(initial=0.0)))
        low, high = _range(shown)
        self._label(panel, f"{_TEN[power]} {unit}".strip(), low / 10.0**power, high / 10.0**power)
        across = self._across(seconds)
        for place, (name, values) in enumerate(lines):
            colour = LINE_COLOURS[place % len(LINE_COLOURS)]
            # a direction that passes north is no jump from one end to the other
            style = {"linestyle": "none", "marker": ".", "markersize": 1.8} if unit == "deg" else {}
            self._axes.plot(
                across, panel.scaled(values, low, high), color=colour, linewidth=0.8,
                scalex=False, scaley=False, **style,
            )  # fmt: skip
            self._write(self._right + 0.08, panel.top - 0.07 - 0.16 * place, name, colour=colour)

    def _label(self, panel: _Panel, unit: str, low: float, high: float) -> None:
        """Unit and ticks of a panel's values."""
        middle = (panel.bottom + panel.top) / 2
        self._write(0.3, middle, unit, size=_USUAL, align="center", upright=True)
        locator = import_module("matplotlib.ticker").MaxNLocator(4, steps=(1, 2, 2.5, 5, 10))
        ticks = [tick for tick in locator.tick_values(low, high) if low <= tick <= high]
        decimals = _decimals(ticks)
        places = [float(panel.scaled(np.array(tick), low, high)) for tick in ticks]
        self._rule([((_LEFT_IN, y), (self._right, y)) for y in places], PALE, 0.5, 0.5)
        self._rule([((_LEFT_IN, y), (_LEFT_IN - 0.04, y)) for y in places], INK, 0.6, 3)
        for tick, y in zip(ticks, places, strict=True):
            told = f"{tick:.{decimals}f}".replace("-", "−")
            self._write(_LEFT_IN - 0.08, y, told, align="right")

    def shade(self, spans: Sequence[Span], colour: str) -> None:
        """Bands over all panels but the last, wide enough to be seen."""
        least = (self.span[1] - self.span[0]) / _MOST_COLUMNS
        bands = [
            [(x, one.bottom), (after, one.bottom), (after, one.top), (x, one.top)]
            for first, last in spans
            for x, after in [self._across(np.array((first, max(last, first + least))))]
            for one in self._panels[:-1]
        ]
        if bands:
            self._axes.add_collection(
                self._collections.PolyCollection(
                    bands, facecolors=colour, alpha=0.45, linewidths=0, zorder=1
                ),
                autolim=False,
            )

    def draw_strip(
        self, name: str, ranks: NDArray[np.intp], colours: NDArray[np.uint8],
        legend: Sequence[tuple[str, str]],
    ) -> None:  # fmt: skip
        """The last panel: each record's rank as a colour (RGB), and beside it what they mean.

        Of records that share a column of pixels the highest rank is seen.
        """
        panel = self._panels[-1]
        columns = np.unique(np.linspace(0, len(ranks), _MOST_COLUMNS, False).astype(np.intp))
        shown = colours[np.maximum.reduceat(ranks, columns)][None, :, :]
        self._place_image(shown, self.span, panel)
        self._write(_LEFT_IN - 0.08, (panel.bottom + panel.top) / 2, name, align="right")
        for place, (told, colour) in enumerate(legend):
            height = panel.top - 0.05 - 0.13 * place
            self._write(self._right + 0.08, height, told, colour=colour)

    def draw_spectrogram(
        self, number: int, name: str, unit: str, pieces: Sequence[tuple[Span, NDArray[Any]]],
        highest_hz: float,
    ) -> None:  # fmt: skip
        """Pieces of power density in dB, frequency by row, each over its span of seconds."""
        panel = self._panels[number]
        self._label(panel, "Hz", 0.0, highest_hz)
        if not pieces:
            return
        every = np.concatenate([piece.ravel() for _, piece in pieces])
        low, high = (float(value) for value in np.percentile(every, (2, 99.5)))
        for span, piece in pieces:
            self._place_image(piece, span, panel, vmin=low, vmax=high, cmap="viridis")
        left = self._right + 0.1
        bar = np.linspace(low, high, 64)[:, None]
        self._place(bar, (left, left + 0.12), panel, vmin=low, vmax=high, cmap="viridis")
        for value, y in ((high, panel.top - 0.05), (low, panel.bottom + 0.05)):
            self._write(left + 0.18, y, f"{value:.0f}".replace("-", "−"))
        middle = (panel.bottom + panel.top) / 2
        told = f"{name}\ndB of {unit}"
        self._write(left + 0.32, middle, told, align="center", upright=True)

    def _place_image(self, image: Any, span: Span, panel: _Panel, **scale: Any) -> None:
        first, last = self._across(np.array(span))
        self._place(image, (float(first), float(last)), panel, **scale)

    def _place(self, image: Any, across: Span, panel: _Panel, **scale: Any) -> None:
        self._axes.imshow(
            image, extent=(*across, panel.bottom, panel.top), aspect="auto", origin="lower",
            interpolation="nearest", zorder=0.4, **scale,
        )  # fmt: skip

    def png(self) -> bytes:
        """The page; the same page is the same bytes."""
        self._axes.set_xlim(0.0, self._size[0])
        self._axes.set_ylim(0.0, self._size[1])
        canvas = import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(self._figure)
        canvas.draw()
        page = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
        draw_words(page, self._words, _DPI)
        return page_png(page)


def page_png(page: Image.Image) -> bytes:
    """A page as PNG: the same page is the same bytes."""
    stream = BytesIO()
    page.save(stream, format="png", compress_level=1)
    return stream.getvalue()


def _range(values: NDArray[np.float64]) -> Span:
    """Least and greatest value, and a little more to either side."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 0.06 * abs(high) or 1.0
    return low - margin, high + margin


def _power(largest: float) -> int:
    """The thousands by which a panel's numbers are told, if they are very small."""
    if not 0.0 < largest < 1e-2:
        return 0
    return max(min(_TEN), 3 * int(np.floor(np.log10(largest) / 3)))


def _decimals(ticks: Sequence[float]) -> int:
    """Digits after the point that tell the ticks apart."""
    if len(ticks) < 2:
        return 2
    step = ticks[1] - ticks[0]
    return next((digits for digits in range(9) if abs(round(step, digits) - step) < 1e-3 * step), 9)


def _step(length_s: float) -> int:
    return next((step for step in _STEPS_S if length_s / step <= _MOST_TICKS), 86_400)


def _clock(seconds: float, *, with_seconds: bool) -> str:
    whole = round(seconds) % 86_400
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}"
    return f"{text}:{whole % 60:02d}" if with_seconds else text
