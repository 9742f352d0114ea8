"""Level 1 of a camera as FITS: the picture, and each line's quality, to measure in.

The first image has the grey levels as the craft sent them, northernmost line first (NAXIS2 counts
lines); `QUALITY` has the bits of each line.  Reference: FITS 4.0 (IAU FWG 2018), section 9 for
time: UTC at the craft, TIMRDER is one standard deviation.
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from groundsys.products.made import Made
from groundsys.products.observation import Observation
from groundsys.products.pds4_structures import Contents, column_array, header, image
from groundsys.products.picture import Picture, picture_of
from groundsys.products.quality import QUALITY_FLAGS, quality_legend

MEDIA_TYPE = "image/fits"
#: headers and data fill whole blocks of so many octets
_BLOCK = 2880
#: by what lines tell of the picture: FITS key, of eight letters, and comment
_KEYS = {
    "east": ("EAST", "by odometry, from the first landing"),
    "north": ("NORTH", "by odometry, from the first landing"),
    "altitude": ("ALTITUDE", "by odometry, from the first landing"),
    "right_ascension": ("RA_PNT", "of the boresight, ICRF"),
    "declination": ("DEC_PNT", "of the boresight, ICRF"),
    "twist": ("PA_PNT", "about the boresight"),
}


def write_fits(observation: Observation) -> list[Made]:
    """Write the picture; nothing if no line of it is there."""
    picture = picture_of(observation)
    if picture is None:
        return []
    fits = import_module("astropy.io.fits")
    file = fits.HDUList(
        [
            fits.PrimaryHDU(picture.pixels, header=fits.Header(_cards(observation, picture))),
            fits.ImageHDU(picture.quality.astype(">i2"), name="QUALITY"),
        ]
    )
    for bit, (name, meaning) in QUALITY_FLAGS.items():
        file[1].header[f"BIT{bit}"] = (name, meaning[:40])
    for part in file:  # with the time of making, the same bytes would not come out again
        part.add_checksum(when=observation.provenance.completed.utc_iso(0))
    sink = io.BytesIO()
    file.writeto(sink)
    contents = Contents(
        title=f"{observation.title}, Level 1",
        product_class="Product_Observational",
        processing_level="Partially Processed",
        start=picture.time,
        stop=picture.time,
        structures=_structures(file, picture),
    )
    name = observation.free_name(picture.stem, ".fits")
    return [Made(name, sink.getvalue(), "L1", MEDIA_TYPE, contents)]


def _cards(observation: Observation, picture: Picture) -> list[tuple[Any, ...]]:
    """Key, value and comment of the first image's header."""
    provenance, craft = observation.provenance, observation.spacecraft
    target = str(observation.payload.settings.get("target", ""))
    body = craft.site.body.capitalize() if craft.site else target.capitalize()
    where = [
        (_KEYS[name][0], round(value, 7), f"[{unit}] {_KEYS[name][1]}")
        for name, unit, value in picture.told
        if name in _KEYS
    ]
    place = picture.landing_place
    return [
        ("DATE", provenance.completed.utc_iso(0)[:-1], "when the file was complete (UTC)"),
        ("DATE-OBS", picture.time.utc_iso(6)[:-1], "spacecraft event time"),
        ("TIMESYS", "UTC"),
        ("TREFPOS", "CUSTOM", "time is at the craft"),
        ("TIMRDER", picture.sigma_s, "[s] one standard deviation of DATE-OBS"),
        ("TELESCOP", craft.name),
        ("INSTRUME", observation.payload.name),
        ("OBJECT", body),
        ("OBSERVER", observation.customer.name),
        ("ORIGIN", f"groundsys {observation.software_version}"),
        ("FILENAME", observation.file_name, "payload file"),
        ("VERSION", provenance.version, "of the product"),
        ("MDBVERS", provenance.mdb_version, "definitions"),
        ("BUNIT", "count"),
        ("LINEMISS", int((~picture.present).sum()), "lines that never came"),
        *where,
        *((("LANDLINE", place[0]), ("LANDCOL", place[1])) if place else ()),
    ]


def _structures(file: Any, picture: Picture) -> tuple[Any, ...]:
    lines, samples = picture.pixels.shape
    first, second = (len(part.header.tostring()) for part in file)
    after = first + -(-picture.pixels.size // _BLOCK) * _BLOCK
    return (
        header("Header", 0, first, "FITS 4.0"),
        image("Picture", first, lines, samples, "Grey levels, northernmost line first."),
        header("Header of quality", after, second, "FITS 4.0"),
        column_array(
            "Quality",
            after + second,
            lines,
            "SignedMSB2",
            "",
            f"Each line's bits: {quality_legend()}",
        ),
    )
