"""A weather station's netCDF is CF, and xarray finds in it what was measured."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Payload
from groundsys.products.instrument_netcdf import write_netcdf
from groundsys.products.payload_file import HEADER
from groundsys.products.provenance import Provenance
from groundsys.products.quality import QUALITY_FLAGS
from groundsys.values.clock import ClockSolution
from tests.products.conftest import START_SCLK_NS, Observe
from tests.products.mission_files import file_of
from tests.products.payload_files import payload_file, weather_columns
from tests.products.written import written

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import xarray


def test_xarray_decodes_times_units_and_what_is_missing(
    observe: Observe,
    weather: Payload,
    clock: ClockSolution,
    provenance: Provenance,
    tmp_path: Path,
) -> None:
    columns = weather_columns(50)
    columns["humidity"][3] = np.nan
    gap = replace(provenance, missing=((HEADER.size + 11 * 10, HEADER.size + 11 * 12),))
    data = payload_file(weather, columns)
    (made,) = write_netcdf(observe(weather, data, provenance=gap))
    kept = np.r_[0:10, 12:50]
    with xarray.open_dataset(written(made, tmp_path), decode_timedelta=False) as read:
        times = read.time.values
        for place, index in ((0, 0), (9, 9), (10, 12), (47, 49)):
            scet = clock.scet(START_SCLK_NS + index * 5_000_000_000).to_utc()
            expected = np.datetime64(scet.replace(tzinfo=None), "us")
            assert abs(times[place] - expected) <= np.timedelta64(1, "us")
        temperature = 210.0 + 0.005 * columns["air_temperature"][kept]
        np.testing.assert_allclose(read.air_temperature, temperature, rtol=1e-6)
        assert read.air_temperature.attrs["units"] == "K"
        assert read.air_temperature.attrs["standard_name"] == "air_temperature"
        assert np.isnan(read.humidity.values[3])
        assert np.isfinite(np.delete(read.humidity.values, 3)).all()
        assert (read.time_uncertainty == np.float32(0.02)).all()
        flags = dict(
            zip(
                read.quality_flags.attrs["flag_meanings"].split(),
                read.quality_flags.attrs["flag_masks"].tolist(),
                strict=True,
            )
        )
        assert flags == {name: bit for bit, (name, _) in QUALITY_FLAGS.items()}
        assert read.quality_flags.values[3] & flags["invalid"]
        assert read.quality_flags.values[10] & flags["gap_before"]
        assert not read.quality_flags.values[11] & flags["gap_before"]
        assert float(read.longitude) == 245.0
        assert read.attrs["product_version"] == "1"


@pytest.mark.parametrize(("name", "craft"), [("weather", "cube-polar"), ("kiso-mag", "cube-kiso")])
def test_the_compliance_checker_finds_nothing_against_cf(
    name: str, craft: str, observe: Observe, tmp_path: Path
) -> None:
    mission = load_mission()
    payload, carrier = mission.payloads[name], mission.spacecraft[craft]
    observation = observe(payload, file_of(payload, carrier), spacecraft=carrier)
    (made,) = write_netcdf(observation)
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("compliance-checker")), "--test", "cf:1.11"),
            *("--format", "json", "--output", str(report), str(written(made, tmp_path))),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert report.is_file(), done.stderr
    found = json.loads(report.read_text())["cf:1.11"]
    told = [
        message
        for priority in ("high", "medium", "low")
        for check in found[f"{priority}_priorities"]
        for message in check["msgs"]
    ]
    assert told == []
    assert found["possible_points"] > 100


def test_the_same_input_gives_the_same_bytes(observe: Observe, weather: Payload) -> None:
    data = payload_file(weather, weather_columns(20))
    first = write_netcdf(observe(weather, data))[0].octets
    assert write_netcdf(observe(weather, data))[0].octets == first
