"""A camera's file becomes a picture that anybody can look at."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from groundsys.mission import load_mission
from groundsys.products import Provenance, build_products
from groundsys.values.clock import ClockSolution
from tests.products.payload_files import payload_file
from tests.products.written import written

_MISSION = load_mission()
_PAYLOAD = _MISSION.payloads["scout-camera"]
_CRAFT = _MISSION.spacecraft["cube-scout"]


def camera_columns(landing: int) -> dict[str, object]:
    pixels = np.random.default_rng(1).integers(0, 256, (256, 256), np.uint8)
    return {
        "line": np.arange(256),
        "east": np.full(256, 1234),
        "north": np.full(256, -5678),
        "altitude": np.full(256, 1000),
        "landing_line": np.full(256, landing),
        "landing_column": np.full(256, landing),
        "pixels": [row.tobytes() for row in pixels],
    }


@pytest.fixture
def made(clock: ClockSolution, provenance: Provenance, tmp_path: Path) -> tuple[Path, bytes]:
    data = payload_file(_PAYLOAD, camera_columns(77))
    customer = _MISSION.customers["pathfinder-works"]
    files = build_products(
        _PAYLOAD, customer, _CRAFT, data, "scout-camera-000012.dat", clock, provenance
    )
    assert [one.level for one in files][:4] == ["L0", "L1", "L1", "QL"]
    assert files[1].media_type == "image/png"
    return written(files[1], tmp_path), data


def test_the_picture_is_what_the_camera_saw(made: tuple[Path, bytes]) -> None:
    path, data = made
    picture = np.asarray(Image.open(path))
    assert picture.shape == (256, 256)
    rows = np.frombuffer(data[32:], np.uint8).reshape(256, -1)
    assert (picture == rows[:, -256:]).all()


def test_it_tells_when_and_where(made: tuple[Path, bytes]) -> None:
    text = Image.open(made[0]).text  # type: ignore[attr-defined]
    assert text["Creation Time"].startswith("2031-08-20T0")
    assert (text["east (m)"], text["north (m)"]) == ("12.34", "-56.78")
    assert text["Landing place (line, column)"] == "77, 77"


def test_lines_that_never_came_are_black(clock: ClockSolution, provenance: Provenance) -> None:
    from dataclasses import replace

    data = payload_file(_PAYLOAD, camera_columns(0xFFFF))
    length = (len(data) - 32) // 256
    gap = replace(provenance, missing=((32 + 10 * length, 32 + 12 * length),))
    customer = _MISSION.customers["pathfinder-works"]
    files = build_products(_PAYLOAD, customer, _CRAFT, data, "scout-camera-000012.dat", clock, gap)
    picture = Image.open(io.BytesIO(files[1].octets))
    assert not np.asarray(picture)[10:12].any()
    assert np.asarray(picture)[12:].any()
    text = picture.text  # type: ignore[attr-defined]
    assert text["Lines missing"] == "2"
    assert "Landing place (line, column)" not in text
