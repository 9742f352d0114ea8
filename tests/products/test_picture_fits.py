"""A camera's FITS opens in astropy with its checksums right."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy.io import fits

from groundsys.mission import load_mission
from groundsys.products.payload_file import HEADER
from groundsys.products.picture_fits import write_fits
from groundsys.products.provenance import Provenance
from groundsys.products.quality import MISSING, SATURATED
from groundsys.values.clock import ClockSolution
from tests.products.conftest import START_SCLK_NS, Observe
from tests.products.payload_files import payload_file
from tests.products.test_picture_png import camera_columns

_MISSION = load_mission()
_CAMERA, _SCOUT = _MISSION.payloads["scout-camera"], _MISSION.spacecraft["cube-scout"]


def test_astropy_finds_pixels_time_place_and_each_lines_quality(
    observe: Observe, clock: ClockSolution, provenance: Provenance
) -> None:
    columns = camera_columns(77)
    pixels = np.full((256, 256), 100, np.uint8)
    pixels[5, 9] = 255
    columns["pixels"] = [row.tobytes() for row in pixels]
    data = payload_file(_CAMERA, columns)
    length = (len(data) - HEADER.size) // 256
    span = (HEADER.size + 10 * length, HEADER.size + 12 * length)
    gap = replace(provenance, missing=(span,))
    (made,) = write_fits(observe(_CAMERA, data, spacecraft=_SCOUT, provenance=gap))
    with fits.open(io.BytesIO(made.octets), checksum=True) as file:
        file.verify("exception")
        picture, quality = file
        header = picture.header
        np.testing.assert_array_equal(picture.data[:10], pixels[:10])
        assert not picture.data[10:12].any()
        assert np.flatnonzero(quality.data == MISSING).tolist() == [10, 11]
        assert np.flatnonzero(quality.data & SATURATED).tolist() == [5]
        told = datetime.fromisoformat(header["DATE-OBS"]).replace(tzinfo=UTC)
        assert abs(told - clock.scet(START_SCLK_NS).to_utc()) <= timedelta(microseconds=1)
        assert header["TIMESYS"] == "UTC"
        assert header["TIMRDER"] == pytest.approx(0.02)
        assert (header["EAST"], header["NORTH"], header["ALTITUDE"]) == (12.34, -56.78, 10.0)
        assert (header["LANDLINE"], header["LANDCOL"], header["LINEMISS"]) == (77, 77, 2)


def test_the_same_input_gives_the_same_bytes(observe: Observe) -> None:
    data = payload_file(_CAMERA, camera_columns(3))
    observation = observe(_CAMERA, data, spacecraft=_SCOUT)
    first = write_fits(observation)[0].octets
    assert write_fits(observation)[0].octets == first


def test_a_picture_without_lines_makes_no_file(observe: Observe, provenance: Provenance) -> None:
    data = payload_file(_CAMERA, camera_columns(3))
    lost = replace(provenance, missing=((HEADER.size, len(data)),))
    assert write_fits(observe(_CAMERA, data, spacecraft=_SCOUT, provenance=lost)) == []
