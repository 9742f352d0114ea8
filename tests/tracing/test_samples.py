"""The record behind a sample is the one that an outside reader finds in the product."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import pytest
from PIL import Image

from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products import ProductFile, Provenance, build_products
from groundsys.tracing import TracedSample, locate_sample
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import ProductError
from tests.products.conftest import *  # noqa: F403
from tests.products.conftest import START_SCLK_NS
from tests.products.payload_files import payload_file, seismometer_columns, weather_columns
from tests.products.test_picture_png import camera_columns
from tests.products.written import all_written

with warnings.catch_warnings():
    # obspy 1.5.1 asks importlib.metadata in the way that Python 3.10 deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import obspy


class Build:
    """One product set, and the samples in it."""

    def __init__(
        self, payload: Payload, data: bytes, made: list[ProductFile], folder: Path
    ) -> None:
        self.payload, self.data, self.made = payload, data, all_written(made, folder)
        [manifest] = [one for one in made if one.level == "manifest"]
        self.manifest: dict[str, Any] = json.loads(manifest.octets)

    def paths(self, suffix: str, level: str = "L1") -> list[Path]:
        return [
            one.path
            for one in self.made
            if one.product.level == level and one.path.suffix == suffix
        ]

    def trace(self, path: Path, sample: int) -> TracedSample:
        return locate_sample(self.payload, self.data, self.manifest, path.name, sample)


@pytest.fixture
def build(
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
    tmp_path: Path,
) -> Any:
    def make(payload: Payload, data: bytes, craft: Spacecraft = spacecraft) -> Build:
        name = f"{payload.id}-000012.dat"
        made = build_products(payload, customer, craft, data, name, clock, provenance)
        return Build(payload, data, made, tmp_path)

    return make


def raw_at(traced: TracedSample, data: bytes) -> bytes:
    return data[traced.begins : traced.ends]


def test_a_record_of_a_cdf_is_found_also_beyond_midnight(build: Any, weather: Payload) -> None:
    start = START_SCLK_NS + (18 * 3600 - 60) * 10**9
    data = payload_file(weather, weather_columns(24), start_sclk_ns=start)
    made = build(weather, data)
    paths = made.paths(".cdf")
    assert len(paths) == 2  # ISTP: a file a day
    begins = []
    for path in paths:
        cdf = cdflib.CDF(path)
        for sample in range(len(cdf.varget("Epoch"))):
            traced = made.trace(path, sample)
            values = {one.name: one for one in traced.values}
            assert values["pressure"].value == pytest.approx(cdf.varget("pressure")[sample])
            assert values["mode"].raw == cdf.varget("mode")[sample]
            assert traced.sclk_ns == cdf.varget("sclk")[sample]
            begins.append(traced.begins)
    assert begins == list(range(32, len(data), (len(data) - 32) // 24))
    with pytest.raises(ProductError, match="has no sample"):
        made.trace(paths[0], 24)


def test_a_sample_of_miniseed_is_found(build: Any, seismometer: Payload) -> None:
    made = build(seismometer, payload_file(seismometer, seismometer_columns(900)))
    [path] = made.paths(".mseed")
    stream = obspy.read(str(path))
    [vertical] = stream.select(channel="BHZ")
    for sample in (0, 1, 613, 899):
        traced = made.trace(path, sample)
        assert traced.values[0].raw == vertical.data[sample]
        octets = raw_at(traced, made.data)
        assert int.from_bytes(octets[:3], "big", signed=True) == vertical.data[sample]
        time = vertical.stats.starttime + sample * vertical.stats.delta
        assert traced.scet.to_utc().timestamp() == pytest.approx(time.timestamp, abs=1e-2)
    with pytest.raises(ProductError, match="has no sample -1"):
        made.trace(path, -1)
    [station] = made.paths(".xml")
    with pytest.raises(ProductError, match="holds no samples") as refused:
        made.trace(station, 0)
    assert path.name in refused.value.remedy


def test_a_pixel_is_found(build: Any) -> None:
    mission = load_mission()
    payload, craft = mission.payloads["scout-camera"], mission.spacecraft["cube-scout"]
    made = build(payload, payload_file(payload, camera_columns(9)), craft)
    path = next(one for one in made.paths(".png"))
    picture = np.asarray(Image.open(path))
    for line, column in ((0, 0), (17, 3), (255, 255)):
        traced = made.trace(path, line * 256 + column)
        assert (traced.record, traced.ends - traced.begins) == (line, 1)
        assert raw_at(traced, made.data)[0] == picture[line, column]
    with pytest.raises(ProductError, match=r"0 to 65535"):
        made.trace(path, 1 << 16)


def test_a_record_of_level_0_is_itself(build: Any, weather: Payload) -> None:
    made = build(weather, payload_file(weather, weather_columns(5)))
    [path] = made.paths(".dat", "L0")
    traced = [made.trace(path, sample) for sample in range(5)]
    assert b"".join(raw_at(one, made.data) for one in traced) == made.data[32:]


def test_of_a_file_with_a_gap_samples_are_those_that_came(
    weather: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
    tmp_path: Path,
) -> None:
    data = payload_file(weather, weather_columns(10))
    length = (len(data) - 32) // 10
    gap = replace(provenance, missing=((32 + 3 * length, 32 + 5 * length - 1),))
    made = Build(
        weather,
        data,
        build_products(weather, customer, spacecraft, data, "w-000001.dat", clock, gap),
        tmp_path,
    )
    [path] = made.paths(".cdf")
    assert [made.trace(path, sample).record for sample in range(8)] == [0, 1, 2, 5, 6, 7, 8, 9]
