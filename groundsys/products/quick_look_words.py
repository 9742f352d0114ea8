"""Words on a quick-look's page, drawn by Pillow over what matplotlib has drawn.

A page has some seventy words; matplotlib lays each out anew, which took half of a page's time.
The typeface is matplotlib's own (DejaVu Sans), so a page looks the same on every machine.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

Align = Literal["left", "center", "right"]

_ANCHORS: dict[Align, str] = {"left": "lm", "center": "mm", "right": "rm"}
_POINTS_AN_INCH = 72.0


@dataclass(frozen=True, slots=True)
class Words:
    """Words whose middle height, and the end or middle that `align` names, is at a place.

    The place is in inches from the page's lower left corner, the size in points; `upright` words
    read from bottom to top and are centred.
    """

    x: float
    y: float
    told: str
    size: float
    colour: str
    align: Align = "left"
    bold: bool = False
    upright: bool = False


def draw_words(page: Image.Image, words: Iterable[Words], dpi: float) -> None:
    """Draw words onto a page of so many pixels an inch."""
    draw = ImageDraw.Draw(page)
    for one in words:
        font = _font(one.bold, one.size * dpi / _POINTS_AN_INCH)
        at = one.x * dpi, page.height - one.y * dpi
        if one.upright:
            _draw_upright(page, one, at, font)
        else:
            anchor = _ANCHORS[one.align]
            draw.text(at, one.told, one.colour, font, anchor, align=one.align)


def _draw_upright(
    page: Image.Image, words: Words, at: tuple[float, float], font: ImageFont.FreeTypeFont
) -> None:
    left, top, right, bottom = ImageDraw.Draw(page).textbbox(
        (0, 0), words.told, font, "mm", align="center"
    )
    lying = Image.new("L", (round(right - left) + 2, round(bottom - top) + 2))
    middle = lying.width / 2, lying.height / 2
    ImageDraw.Draw(lying).text(middle, words.told, 255, font, "mm", align="center")
    standing = lying.transpose(Image.Transpose.ROTATE_90)
    corner = round(at[0] - standing.width / 2), round(at[1] - standing.height / 2)
    page.paste(words.colour, (*corner, corner[0] + standing.width, corner[1] + standing.height),
               standing)  # fmt: skip


@functools.cache
def _font(bold: bool, pixels: float) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    folder = Path(import_module("matplotlib").get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(folder / name, pixels)
