"""Level 1 of a camera: the picture as PNG, 8 bits of grey, with what is known of it as text.

A record is a line of the picture, northernmost first; lines that never came are black.  Keys of the
text: when (UTC, by event time) and how well that is known, quality, where the craft thinks it
was or where it looked, and the pixel that the craft chose to land on, if it did.
PNG: ISO/IEC 15948:2004.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from groundsys.products.made import Made
from groundsys.products.observation import Observation
from groundsys.products.pds4_structures import Contents, encoded
from groundsys.products.picture import Picture, picture_of

MEDIA_TYPE = "image/png"


def write_png(observation: Observation) -> list[Made]:
    """Write the picture; nothing if no line of it is there."""
    picture = picture_of(observation)
    if picture is None:
        return []
    sink = io.BytesIO()
    Image.fromarray(picture.pixels).save(
        sink, "PNG", pnginfo=_told(observation, picture), optimize=False, compress_level=6
    )
    contents = Contents(
        title=f"{observation.title}, to look at",
        product_class="Product_Browse",
        processing_level="Partially Processed",
        start=picture.time,
        stop=picture.time,
        structures=(encoded("Image", len(sink.getvalue()), "PNG"),),
    )
    name = observation.free_name(picture.stem, ".png")
    return [Made(name, sink.getvalue(), "L1", MEDIA_TYPE, contents)]


def _told(observation: Observation, picture: Picture) -> PngInfo:
    text = PngInfo()
    text.add_text("Title", observation.title)
    text.add_text("Source", observation.spacecraft.name)
    text.add_text("Creation Time", picture.time.utc_iso(3))
    text.add_text("Time uncertainty (s)", f"{picture.sigma_s:.6f}")
    text.add_text("Quality flags", str(int(np.bitwise_or.reduce(picture.quality))))
    text.add_text("Lines missing", str(int((~picture.present).sum())))
    for name, unit, value in picture.told:
        text.add_text(f"{name} ({unit})", f"{value:.2f}")
    if picture.landing_place is not None:
        line, column = picture.landing_place
        text.add_text("Landing place (line, column)", f"{line}, {column}")
    return text
