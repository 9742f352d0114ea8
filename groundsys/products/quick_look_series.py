"""Quick-looks: a plot a day of an instrument's Level 1, to see at a glance what has come.

Grey bands are gaps, coloured ones samples of which something is to be known; the strip below tells
what.  A seismometer's first channel is shown as a spectrogram as well (P. D. Welch, IEEE Trans.
Audio Electroacoust. AU-15, 1967: Hann windows that overlap by half).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.products.calibrated_columns import FILL_REAL4, Column
from groundsys.products.made import Made
from groundsys.products.observation import Observation, Series
from groundsys.products.payload_file import runs_of
from groundsys.products.pds4_structures import Contents, encoded
from groundsys.products.quality import (
    CLOCK_NOMINAL,
    INVALID,
    OUT_OF_RANGE,
    QUALITY_FLAGS,
    SATURATED,
    TIME_UNCERTAIN,
    is_measured,
)
from groundsys.products.quick_look_page import GAP_COLOUR, INK, Page, Span
from groundsys.products.time_tags import NANOSECONDS_PER_DAY, unix_ns
from groundsys.values.instants import Instant

MEDIA_TYPE = "image/png"
#: gravest last: it is what the strip shows
_FLAG_COLOURS = {
    CLOCK_NOMINAL: "#c9a227",
    TIME_UNCERTAIN: "#c9a227",
    OUT_OF_RANGE: "#e07b39",
    SATURATED: "#c62828",
    INVALID: "#7b1fa2",
}
_NOMINAL_COLOUR = "#4c956c"
#: by rank: nominal, each flag, a gap
_COLOURS = np.array(
    [
        [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        for colour in (_NOMINAL_COLOUR, *_FLAG_COLOURS.values(), GAP_COLOUR)
    ],
    np.uint8,
)
#: of these a band over the panels tells: they are of single samples
_BANDS = (OUT_OF_RANGE, SATURATED, INVALID)
_PANEL_IN, _SPECTROGRAM_IN, _STRIP_IN = 0.85, 1.7, 0.36
_WINDOW = 256


@dataclass(frozen=True, slots=True, eq=False)
class _Day:
    """All records of a UTC day, come or not: seconds of the day, and which came."""

    index: NDArray[np.intp]
    seconds: NDArray[np.float64]
    present: NDArray[np.bool_]
    interval_s: float

    @property
    def span(self) -> Span:
        half = self.interval_s / 2
        return float(self.seconds[0] - half), float(self.seconds[-1] + half)

    def spans(self, chosen: NDArray[np.bool_]) -> list[Span]:
        """Where the chosen records are, in seconds."""
        half = self.interval_s / 2
        return [
            (float(self.seconds[first] - half), float(self.seconds[last - 1] + half))
            for first, last in runs_of(chosen)
        ]


def write_series_quick_look(observation: Observation) -> list[Made]:
    """Draw one page a UTC day."""
    made = []
    for series in observation.series:
        stem, page = observation.series_stem(series), draw_series(observation, series)
        made.append(quick_look(observation, stem, page, series.start, series.end))
    return made


def quick_look(
    observation: Observation, stem: str, page: bytes, start: Instant, stop: Instant
) -> Made:
    """A page (PNG) as a product, called after the one that it shows."""
    contents = Contents(
        title=f"{observation.title}, quick-look",
        product_class="Product_Browse",
        processing_level="Calibrated",
        start=start,
        stop=stop,
        structures=(encoded("Image", len(page), "PNG"),),
    )
    return Made(observation.free_name(f"{stem}.ql", ".png"), page, "QL", MEDIA_TYPE, contents)


def draw_series(observation: Observation, series: Series) -> bytes:
    """The page of one day as PNG; the same input gives the same bytes."""
    day = _day_of(observation, series)
    groups = _groups(observation, series.columns)
    seismic = observation.payload.kind == "seismometer"
    heights = [_PANEL_IN] * len(groups) + [_SPECTROGRAM_IN] * seismic + [_STRIP_IN]
    page = Page(_title(observation, series), _subtitle(observation, series, day), heights, day.span)
    _tick_sols(page, observation, series, day)
    at = np.searchsorted(day.index, series.index)
    quality = observation.quality[day.index]
    trusted = quality & sum(_BANDS) == 0
    for number, columns in enumerate(groups):
        lines = [
            (column.field.name.replace("_", " "), _spread(column, at, day)) for column in columns
        ]
        page.draw_lines(number, columns[0].field.unit, lines, day.seconds, trusted)
    if seismic and groups:
        _draw_spectrogram(page, len(groups), groups[0][0], at, day)
    page.shade(day.spans(~day.present), GAP_COLOUR)
    for bit in _BANDS:
        page.shade(day.spans(day.present & (quality & bit > 0)), _FLAG_COLOURS[bit])
    ranks = _ranks(quality, day.present)
    page.draw_strip("quality", ranks, _COLOURS, _legend(quality, day.present))
    return page.png()


def _day_of(observation: Observation, series: Series) -> _Day:
    utc_ns = unix_ns(observation.tai_ns)
    midnight = int(series.utc_ns[0]) // NANOSECONDS_PER_DAY * NANOSECONDS_PER_DAY
    index = np.flatnonzero(utc_ns // NANOSECONDS_PER_DAY * NANOSECONDS_PER_DAY == midnight)
    return _Day(
        index=index,
        seconds=(utc_ns[index] - midnight) / 1e9,
        present=observation.file.present[index],
        interval_s=observation.file.header.sample_interval_ns / 1e9,
    )


def _groups(observation: Observation, columns: Sequence[Column]) -> list[list[Column]]:
    """Measured columns, a group a panel: a weather station's of one unit share one."""
    groups: dict[str, list[Column]] = {}
    for column in columns:
        field = column.field
        if is_measured(field):
            shared = observation.payload.kind == "weather" and field.unit
            groups.setdefault(field.unit if shared else field.name, []).append(column)
    return list(groups.values())


def _title(observation: Observation, series: Series) -> str:
    return f"{observation.title} – {series.start.to_utc():%Y-%m-%d}"


def _subtitle(observation: Observation, series: Series, day: _Day) -> str:
    lost = int((~day.present).sum())
    return " · ".join(
        (
            observation.spacecraft.name,
            f"{len(series.index)} samples every {day.interval_s:g} s",
            f"{lost} never came" if lost else "complete",
            f"time ± {uncertainty_text(float(series.sigma_s.max()))}",
            f"{observation.file_name}, version {observation.provenance.version}",
        )
    )


def uncertainty_text(sigma_s: float) -> str:
    """One standard deviation of a time, for people."""
    return f"{sigma_s:.3g} s (1σ)" if sigma_s >= 1.0 else f"{sigma_s * 1e3:.3g} ms (1σ)"


def _tick_sols(page: Page, observation: Observation, series: Series, day: _Day) -> None:
    offset_s = day.seconds[0] - page.span[0], day.seconds[-1] - page.span[1]
    ends = observation.tai_ns[day.index[[0, -1]]] - np.rint(np.array(offset_s) * 1e9).astype(
        np.int64
    )
    sols = observation.local_sols(ends)
    if sols is not None:
        page.tick_sols(float(sols[0]), float(sols[1]))


def _spread(column: Column, at: NDArray[np.intp], day: _Day) -> NDArray[np.float64]:
    """A column over all records of the day: NaN where there is none."""
    values = np.full(len(day.index), np.nan)
    values[at] = np.where(column.values == FILL_REAL4, np.nan, column.values)
    return values


def _draw_spectrogram(
    page: Page, number: int, column: Column, at: NDArray[np.intp], day: _Day
) -> None:
    values = _spread(column, at, day)
    rate_hz = 1.0 / day.interval_s
    pieces = [
        (
            (float(day.seconds[first]), float(day.seconds[last - 1])),
            spectrogram_db(values[first:last], rate_hz),
        )
        for first, last in runs_of(np.isfinite(values))
        if last - first >= _WINDOW
    ]
    name, unit = column.field.name.replace("_", " "), column.field.unit
    page.draw_spectrogram(number, name, f"({unit})²/Hz", pieces, rate_hz / 2)


def spectrogram_db(values: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """One-sided power density in dB of (unit)²/Hz: frequency by row, windows by column."""
    windows = np.lib.stride_tricks.sliding_window_view(values, _WINDOW)[:: _WINDOW // 2]
    hann = np.hanning(_WINDOW + 1)[:-1]
    spectra = np.fft.rfft((windows - windows.mean(axis=1, keepdims=True)) * hann, axis=1)
    density = 2.0 * np.abs(spectra) ** 2 / (rate_hz * np.sum(hann**2))
    density[:, [0, -1]] /= 2.0
    return 10.0 * np.log10(np.maximum(density.T, 1e-30))


def _ranks(quality: NDArray[np.int16], present: NDArray[np.bool_]) -> NDArray[np.intp]:
    """What each record's colour tells: 0 nominal, then the flags, the gravest last, then a gap."""
    ranks = np.zeros(len(quality), np.intp)
    for rank, bit in enumerate(_FLAG_COLOURS, 1):
        ranks[quality & bit > 0] = rank
    ranks[~present] = len(_FLAG_COLOURS) + 1
    return ranks


def _legend(quality: NDArray[np.int16], present: NDArray[np.bool_]) -> list[tuple[str, str]]:
    """The gravest that there is, and whether anything was lost."""
    told = [("nominal", _NOMINAL_COLOUR)]
    for bit, colour in _FLAG_COLOURS.items():
        count = int((quality[present] & bit > 0).sum())
        if count:
            name = QUALITY_FLAGS[bit][0].replace("_", " ")
            told.append((f"{name}: {count}", colour))
    lost = int((~present).sum())
    if lost:
        told.append((f"never came: {lost}", INK))
    return told[1:][-3:] or told
