"""Quick-looks of a camera: the picture with its scale, its gaps and where the craft landed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from groundsys.products.made import Made
from groundsys.products.observation import Observation
from groundsys.products.payload_file import runs_of
from groundsys.products.picture import Picture, picture_of
from groundsys.products.quick_look_page import INK, page_png
from groundsys.products.quick_look_series import quick_look, uncertainty_text
from groundsys.products.quick_look_words import Words, draw_words
from groundsys.products.solar_time import clock_text

_DPI = 90
_WIDTH_IN, _HEIGHT_IN, _LEFT_IN, _TOP_IN, _ROOM_IN = 6.2, 6.4, 0.62, 0.86, 5.1
_MARK, _LOST = "#f4d03f", (0xB0, 0x3A, 0x2E)
#: pixels between ticks
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_MOST_TICKS = 9


def write_picture_quick_look(observation: Observation) -> list[Made]:
    """Draw the picture on a page; nothing if no line of it is there."""
    picture = picture_of(observation)
    if picture is None:
        return []
    page = draw_picture(observation, picture)
    return [quick_look(observation, picture.stem, page, picture.time, picture.time)]


def draw_picture(observation: Observation, picture: Picture) -> bytes:
    """The page as PNG; the same input gives the same bytes."""
    page = Image.new("RGB", (round(_WIDTH_IN * _DPI), round(_HEIGHT_IN * _DPI)), "white")
    lines, samples = picture.pixels.shape
    scale = _ROOM_IN * _DPI / max(lines, samples)
    left, top = round(_LEFT_IN * _DPI), round(_TOP_IN * _DPI)
    size = round(samples * scale), round(lines * scale)
    page.paste(_stretched(picture).resize(size, Image.Resampling.NEAREST), (left, top))
    draw = ImageDraw.Draw(page)
    draw.rectangle((left - 1, top - 1, left + size[0], top + size[1]), outline=INK)

    def place(line: float, column: float) -> tuple[float, float]:
        """Pixels of the page, of the middle of a pixel of the picture."""
        return left + (column + 0.5) * scale, top + (line + 0.5) * scale

    words = [
        Words(_LEFT_IN, _HEIGHT_IN - 0.22, observation.title, 10, INK, bold=True),
        *(
            Words(_LEFT_IN, _HEIGHT_IN - 0.42 - 0.14 * number, told, 7, INK)
            for number, told in enumerate(_captions(observation, picture))
        ),
    ]
    ground = observation.spacecraft.site is not None
    for name, count, is_across in (
        ("sample, west to east (pixel)" if ground else "sample (pixel)", samples, True),
        ("line, north to south (pixel)" if ground else "line (pixel)", lines, False),
    ):
        words += _ticks(draw, name, count, is_across, place, (left, top, *size))
    if picture.landing_place is not None:
        x, y = place(*picture.landing_place)
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), outline=_MARK)
        beside = y - 11 if y > top + 18 else y + 11
        told = (x + 13) / _DPI, _HEIGHT_IN - beside / _DPI
        words.append(Words(*told, "landing place", 7, _MARK))
    draw_words(page, words, _DPI)
    return page_png(page)


def _stretched(picture: Picture) -> Image.Image:
    """The pixels from black to white, without the extremes; lines that never came in red."""
    low, high = (
        float(value) for value in np.percentile(picture.pixels[picture.present], (0.5, 99.5))
    )
    share = np.clip((picture.pixels - low) / max(high - low, 1.0), 0.0, 1.0)
    colours = np.repeat(np.rint(255.0 * share).astype(np.uint8)[:, :, None], 3, axis=2)
    for first, last in runs_of(~picture.present):
        colours[first:last] = colours[first:last] // 2 + np.array(_LOST, np.uint8) // 2
    return Image.fromarray(colours)


def _ticks(
    draw: ImageDraw.ImageDraw,
    name: str,
    count: int,
    is_across: bool,
    place: Callable[[float, float], tuple[float, float]],
    box: tuple[int, int, int, int],
) -> list[Words]:
    """Draw an axis's ticks; its words are returned."""
    left, top, width, height = box
    middle = (left + width / 2) / _DPI, _HEIGHT_IN - (top + height / 2) / _DPI
    low = _HEIGHT_IN - (top + height) / _DPI
    words = []
    for tick in range(0, count, next(step for step in _STEPS if count / step <= _MOST_TICKS)):
        if is_across:
            x, _ = place(0, tick)
            draw.line((x, top + height, x, top + height + 4), INK)
            words.append(Words(x / _DPI, low - 0.12, str(tick), 7, INK, "center"))
        else:
            _, y = place(tick, 0)
            draw.line((left - 5, y, left - 1, y), INK)
            words.append(
                Words((left - 8) / _DPI, _HEIGHT_IN - y / _DPI, str(tick), 7, INK, "right")
            )
    if is_across:
        return [*words, Words(middle[0], low - 0.28, name, 8, INK, "center")]
    return [*words, Words(0.14, middle[1], name, 8, INK, "center", upright=True)]


def _captions(observation: Observation, picture: Picture) -> tuple[str, ...]:
    version = f"{observation.file_name}, version {observation.provenance.version}"
    return _when(observation, picture), _where(picture), version


def _when(observation: Observation, picture: Picture) -> str:
    told = [
        observation.spacecraft.name,
        f"{picture.time.utc_iso(3)} ± {uncertainty_text(picture.sigma_s)}",
    ]
    sols = observation.local_sols(np.array([picture.time.tai_ns]))
    if sols is not None:
        told.append(f"LMST {clock_text(float(sols[0]))}")
    return " · ".join(told)


def _where(picture: Picture) -> str:
    told = [f"{name.replace('_', ' ')} {value:.1f} {unit}" for name, unit, value in picture.told]
    lost = int((~picture.present).sum())
    white = int((picture.pixels == np.uint8(255)).sum())
    told.append(f"{lost} lines never came" if lost else "complete")
    if white:
        told.append(f"{white} pixels saturated")
    return " · ".join(told)
