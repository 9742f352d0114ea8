"""A quick-look's page: panels over one time axis, in UTC below and local mean solar time above.

Drawn by matplotlib's Agg without pyplot; the same page is the same bytes.  Every panel costs
milliseconds by its ticks and texts alone, so there are few of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundsys.products.scientific_libraries import figure_class

LINE_COLOURS = ("#1f5fa8", "#c8501e", "#3c8a3c", "#7a4fa3")
INK, PALE, GAP_COLOUR = "#222222", "#d9d9d9", "#b8b8b8"

_WIDTH_IN, _DPI = 9.2, 90
_LEFT_IN, _RIGHT_IN, _TOP_IN, _BOTTOM_IN, _BETWEEN_IN = 0.85, 1.3, 0.78, 0.42, 0.1
_SMALL, _USUAL, _LARGE = 7, 8, 10
#: steps between ticks in seconds: of a minute, an hour, a day
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600)
_MOST_TICKS = 9
#: more are narrower than a pixel or two
_MOST_COLUMNS = 480
_TEN = {0: "", -3: "10⁻³", -6: "10⁻⁶", -9: "10⁻⁹", -12: "10⁻¹²"}

Span = tuple[float, float]


class Page:
    """Panels from top to bottom over seconds of a UTC day, `span`; heights in inches."""

    def __init__(self, title: str, subtitle: str, heights_in: Sequence[float], span: Span) -> None:
        height = _TOP_IN + sum(heights_in) + _BETWEEN_IN * (len(heights_in) - 1) + _BOTTOM_IN
        self.figure = figure_class()(figsize=(_WIDTH_IN, height), dpi=_DPI)
        self.span = span
        self._height = height
        self.figure.text(
            _LEFT_IN / _WIDTH_IN, 1 - 0.18 / height, title, fontsize=_LARGE, color=INK, va="center",
            weight="bold",
        )  # fmt: skip
        self.figure.text(
            _LEFT_IN / _WIDTH_IN, 1 - 0.37 / height, subtitle, fontsize=_SMALL, color=INK,
            va="center",
        )  # fmt: skip
        self.panels = list(self._make_panels(heights_in))
        self._tick_utc()

    def _make_panels(self, heights_in: Sequence[float]) -> Iterator[Any]:
        top = self._height - _TOP_IN
        wide = _WIDTH_IN - _LEFT_IN - _RIGHT_IN
        for tall in heights_in:
            panel = self.figure.add_axes(
                (
                    _LEFT_IN / _WIDTH_IN, (top - tall) / self._height,
                    wide / _WIDTH_IN, tall / self._height,
                )
            )  # fmt: skip
            panel.set_xlim(self.span)
            panel.tick_params(labelsize=_SMALL, length=2, color=INK, labelcolor=INK)
            for side in ("top", "right"):
                panel.spines[side].set_visible(False)
            top -= tall + _BETWEEN_IN
            yield panel

    def _tick_utc(self) -> None:
        step = _step(self.span[1] - self.span[0])
        ticks = np.arange(np.ceil(self.span[0] / step) * step, self.span[1] + 1e-6, step)
        for panel in self.panels:
            panel.set_xticks(ticks, [])
            panel.grid(axis="x", color=PALE, linewidth=0.5)
        last = self.panels[-1]
        last.set_xticks(ticks, [_clock(tick, with_seconds=step < 60) for tick in ticks])
        last.set_xlabel("UTC (spacecraft event time)", fontsize=_USUAL, color=INK, labelpad=2)

    def tick_mars(self, first_sols: float, last_sols: float) -> None:
        """Local mean solar time on top: `first_sols` and `last_sols` at the span's ends."""
        first_s = first_sols % 1.0 * 86_400.0
        last_s = first_s + (last_sols - first_sols) * 86_400.0
        step = _step(last_s - first_s)
        panel = self.panels[0]
        across = panel.get_xaxis_transform()
        for tick in np.arange(np.ceil(first_s / step) * step, last_s + 1e-6, step):
            share = (tick - first_s) / (last_s - first_s)
            place = self.span[0] + share * (self.span[1] - self.span[0])
            panel.plot(
                (place, place), (1.0, 1.05), transform=across, color=INK, linewidth=0.6,
                clip_on=False,
            )  # fmt: skip
            panel.text(
                place, 1.07, _clock(tick, with_seconds=step < 60), transform=across,
                fontsize=_SMALL, color=INK, ha="center", va="bottom",
            )  # fmt: skip
        panel.text(
            1.01, 1.07, "LMST", transform=panel.transAxes, fontsize=_SMALL, color=INK, va="bottom"
        )

    def draw_lines(
        self,
        number: int,
        unit: str,
        lines: Sequence[tuple[str, NDArray[np.float64]]],
        seconds: NDArray[np.float64],
        trusted: NDArray[np.bool_],
    ) -> None:
        """Named lines into a panel, whose range is that of trusted values; a NaN breaks a line."""
        panel = self.panels[number]
        shown = np.concatenate([values[trusted & np.isfinite(values)] for _, values in lines])
        power = _power(float(np.abs(shown).max(initial=0.0)))
        panel.set_ylabel(f"{_TEN[power]} {unit}".strip(), fontsize=_USUAL, color=INK)
        panel.grid(axis="y", color=PALE, linewidth=0.5)
        panel.locator_params(axis="y", nbins=4)
        panel.ticklabel_format(axis="y", useOffset=False, style="plain")
        for place, (name, values) in enumerate(lines):
            colour = LINE_COLOURS[place % len(LINE_COLOURS)]
            panel.plot(seconds, values / 10.0**power, color=colour, linewidth=0.8)
            panel.text(
                1.01, 0.97 - 0.21 * place, name, transform=panel.transAxes, color=colour,
                fontsize=_SMALL, va="top",
            )  # fmt: skip
        if len(shown):
            low, high = float(shown.min()) / 10.0**power, float(shown.max()) / 10.0**power
            margin = 0.06 * (high - low) or 0.06 * abs(high) or 1.0
            panel.set_ylim(low - margin, high + margin)

    def shade(self, spans: Sequence[Span], colour: str) -> None:
        """Bands over all panels but the last."""
        if not spans:
            return
        least = (self.span[1] - self.span[0]) / _MOST_COLUMNS
        bars = [(first, max(last - first, least)) for first, last in spans]
        for panel in self.panels[:-1]:
            panel.broken_barh(
                bars, (0, 1), transform=panel.get_xaxis_transform(), color=colour, alpha=0.45,
                linewidth=0, zorder=0,
            )  # fmt: skip

    def draw_strip(
        self, name: str, ranks: NDArray[np.intp], colours: NDArray[np.uint8],
        legend: Sequence[tuple[str, str]],
    ) -> None:  # fmt: skip
        """The last panel: each record's rank as a colour (RGB), and beside it what they mean.

        Of records that share a column of pixels the highest rank is seen.
        """
        panel = self.panels[-1]
        columns = np.unique(np.linspace(0, len(ranks), _MOST_COLUMNS, False).astype(np.intp))
        shown = colours[np.maximum.reduceat(ranks, columns)]
        panel.imshow(
            shown[None, :, :], extent=(*self.span, 0.0, 1.0), aspect="auto",
            interpolation="nearest",
        )  # fmt: skip
        panel.set_yticks([])
        panel.set_ylabel(name, fontsize=_SMALL, color=INK, rotation=0, ha="right", va="center")
        for place, (told, colour) in enumerate(legend):
            panel.text(
                1.01, 1.0 - 0.33 * place, told, transform=panel.transAxes, color=colour,
                fontsize=_SMALL, va="top",
            )  # fmt: skip

    def draw_spectrogram(
        self, number: int, name: str, unit: str, pieces: Sequence[tuple[Span, NDArray[Any]]],
        highest_hz: float,
    ) -> None:  # fmt: skip
        """Pieces of power density in dB, frequency by row, each over its span of seconds."""
        panel = self.panels[number]
        panel.set_ylabel("Hz", fontsize=_USUAL, color=INK)
        panel.set_ylim(0.0, highest_hz)
        if pieces:
            every = np.concatenate([piece.ravel() for _, piece in pieces])
            low, high = (float(value) for value in np.percentile(every, (2, 99.5)))
            for span, piece in pieces:
                shown = panel.imshow(
                    piece, extent=(*span, 0.0, highest_hz), aspect="auto", origin="lower",
                    vmin=low, vmax=high, cmap="viridis", interpolation="nearest",
                )  # fmt: skip
            panel.set_xlim(self.span)
            box = panel.get_position()
            beside = self.figure.add_axes((box.x1 + 0.012, box.y0, 0.012, box.height))
            bar = self.figure.colorbar(shown, cax=beside)
            bar.ax.tick_params(labelsize=_SMALL, length=2)
            bar.set_label(f"{name}, dB of {unit}", fontsize=_SMALL, color=INK, labelpad=2)

    def png(self) -> bytes:
        """The page; without the library's version in it."""
        stream = BytesIO()
        self.figure.savefig(
            stream, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 4}
        )
        return stream.getvalue()


def _power(largest: float) -> int:
    """The thousands by which a panel's numbers are told, if they are very small."""
    if not 0.0 < largest < 1e-2:
        return 0
    return max(min(_TEN), 3 * int(np.floor(np.log10(largest) / 3)))


def _step(length_s: float) -> int:
    return next((step for step in _STEPS_S if length_s / step <= _MOST_TICKS), 86_400)


def _clock(seconds: float, *, with_seconds: bool) -> str:
    whole = round(seconds) % 86_400
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}"
    return f"{text}:{whole % 60:02d}" if with_seconds else text
