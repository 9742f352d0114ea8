"""Level 1 of a camera: the picture as PNG, 8 bits of grey, with what is known of it as text.

A record is a line of the picture, northernmost first; lines that never came are black.  Keys of the
text: when (UTC, by event time), where and how high by the craft's own odometry, and the pixel that
the craft chose to land on, if it did.  PNG: ISO/IEC 15948:2004.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from groundsys.mission.model import Payload, Spacecraft
from groundsys.products.naming import free_stem, versioned
from groundsys.products.payload_file import PayloadFile, engineering_values
from groundsys.products.provenance import Provenance
from groundsys.values.clock import ClockSolution

#: of pictures that no landing followed
_NO_PLACE = 0xFFFF
_TOLD = ("east", "north", "altitude")


def write_picture(
    payload: Payload,
    spacecraft: Spacecraft,
    file: PayloadFile,
    clock: ClockSolution,
    folder: Path,
    provenance: Provenance,
    taken: Collection[str] = (),
) -> list[Path]:
    """Write the picture into `folder`; nothing if no line of it is there."""
    present = np.flatnonzero(file.present)
    if not len(present):
        return []
    pixels = np.where(file.present[:, None], file.raw["pixels"], np.uint8(0))
    time = clock.scet(file.header.start_sclk_ns)
    text = PngInfo()
    text.add_text("Title", str(payload.settings.get("title", payload.name)))
    text.add_text("Source", spacecraft.name)
    text.add_text("Creation Time", time.utc_iso(3))
    text.add_text("Lines missing", str(len(pixels) - len(present)))
    for field in payload.record:
        if field.name in _TOLD:
            value = float(engineering_values(field, file.raw[field.name])[present[0]])
            text.add_text(f"{field.name} ({field.unit})", f"{value:.2f}")
    line, column = (int(file.raw[f"landing_{way}"][present[0]]) for way in ("line", "column"))
    if _NO_PLACE not in (line, column):
        text.add_text("Landing place (line, column)", f"{line}, {column}")
    source = str(payload.settings.get("logical_source", f"{spacecraft.id}_l1_{payload.id}"))
    stem = versioned(f"{source}_{time.to_utc():%Y%m%d%H%M%S}", provenance.version)
    path = folder / f"{free_stem(stem, '.png', taken, provenance.transaction)}.png"
    Image.fromarray(pixels).save(path, "PNG", pnginfo=text, optimize=False, compress_level=6)
    return [path]
