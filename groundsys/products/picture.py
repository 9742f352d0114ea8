"""A camera's file as a picture: what its writers have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.products.naming import versioned
from groundsys.products.observation import Observation
from groundsys.products.payload_file import engineering_values
from groundsys.products.quality import MISSING, SATURATED
from groundsys.values.instants import SpacecraftEventTime

#: of pictures that no landing followed
_NO_PLACE = 0xFFFF
#: what lines tell of the picture itself
_OF_PICTURE = ("line", "landing_line", "landing_column", "pixels")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Grey levels line by line, the northernmost first, from west to east.

    `present` and `quality` are of each line (a saturated line has a white pixel); `told` is
    name, unit and value of where the craft thinks it was, or where it looked.
    """

    stem: str
    time: SpacecraftEventTime
    sigma_s: float
    pixels: NDArray[np.uint8]
    present: NDArray[np.bool_]
    quality: NDArray[np.int16]
    told: tuple[tuple[str, str, float], ...]
    landing_place: tuple[int, int] | None


def picture_of(observation: Observation) -> Picture | None:
    """The picture of a camera's file, or None if no line of it came."""
    file = observation.file
    present = np.flatnonzero(file.present)
    if not len(present):
        return None
    first = present[0]
    pixels = np.where(file.present[:, None], file.raw["pixels"], np.uint8(0))
    white = (pixels == np.uint8(255)).any(axis=1)
    place = tuple(
        int(file.raw[name][first]) if name in file.raw else _NO_PLACE
        for name in ("landing_line", "landing_column")
    )
    time = observation.start
    name = f"{observation.source}_{time.to_utc():%Y%m%d%H%M%S}"
    return Picture(
        stem=versioned(name, observation.provenance.version),
        time=time,
        sigma_s=float(observation.sigma_s[0]),
        pixels=pixels,
        present=file.present,
        quality=np.where(
            file.present, observation.quality | np.where(white, SATURATED, 0), MISSING
        ).astype(np.int16),
        told=tuple(
            (field.name, field.unit, float(engineering_values(field, file.raw[field.name])[first]))
            for field in observation.payload.record
            if field.name not in _OF_PICTURE
        ),
        landing_place=None if _NO_PLACE in place else (place[0], place[1]),
    )
