from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cdflib
import numpy as np
import pytest

from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products import Provenance, build_products
from groundsys.products.cdf_places import cdf_layout
from groundsys.products.payload_file import HEADER
from groundsys.products.quality import GAP_BEFORE, SATURATED
from groundsys.products.scientific_libraries import cdf_library
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import DiskFullError, ProductError
from groundsys.values.instants import Instant
from tests.products.conftest import START_SCLK_NS
from tests.products.payload_files import payload_file, weather_columns
from tests.products.written import Written, all_written


@pytest.fixture
def build(
    weather: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
    tmp_path: Path,
):
    def build(data: bytes, provenance: Provenance = provenance) -> list[Written]:
        made = build_products(
            weather, customer, spacecraft, data, "weather-000012.dat", clock, provenance
        )
        return all_written(made, tmp_path)

    return build


@pytest.mark.parametrize("status", ["CDF_CREATE_ERROR", "CDF_WRITE_ERROR", "CDF_CLOSE_ERROR"])
def test_a_full_disk_is_told_although_the_library_hides_it(status: str) -> None:
    """What it says where every `write` fails with EFBIG is CDF_CLOSE_ERROR."""
    told = pytest.raises(DiskFullError, match="CDF file cannot be written")
    with told, cdf_library() as pycdf:
        raise pycdf.CDFError(getattr(pycdf.const, status))


def test_its_other_errors_are_its_own() -> None:
    with cdf_library() as known:
        other = pytest.raises(known.CDFError, match="BAD_CDF_ID")
    with other, cdf_library() as pycdf:
        raise pycdf.CDFError(pycdf.const.BAD_CDF_ID)


def _cdf_files(files: list[Written]) -> list[Path]:
    return [one.path for one in files if one.product.media_type == "application/x-cdf"]


def _istp_findings(path: Path) -> list[str]:
    with cdf_library() as pycdf, pycdf.CDF(str(path)) as cdf:
        of_variables = [
            finding for name in cdf for finding in pycdf.istp.VariableChecks.all(cdf[name])
        ]
        return of_variables + list(pycdf.istp.FileChecks.all(cdf))


def test_every_sample_tells_its_uncertainty_and_quality(
    build, weather: Payload, provenance: Provenance
) -> None:
    columns = weather_columns(20)
    columns["air_temperature"][:] = 0
    columns["pressure"][:] = 5
    columns["air_temperature"][3] = (1 << 15) - 1
    gap = replace(provenance, missing=((HEADER.size + 11 * 10, HEADER.size + 11 * 12),))
    (path,) = _cdf_files(build(payload_file(weather, columns), gap))
    cdf = cdflib.CDF(path)
    flags = cdf.varget("quality_flags")
    assert np.flatnonzero(flags & SATURATED).tolist() == [3]
    assert np.flatnonzero(flags & GAP_BEFORE).tolist() == [10]
    assert np.count_nonzero(flags) == 2
    assert "4 gap_before" in cdf.varattsget("quality_flags")["VAR_NOTES"]
    np.testing.assert_allclose(cdf.varget("epoch_uncertainty"), 0.02, rtol=1e-6)


def test_an_independent_reader_finds_calibrated_values_and_event_times(
    build, weather: Payload, clock: ClockSolution
) -> None:
    columns = weather_columns(50)
    (path,) = _cdf_files(build(payload_file(weather, columns)))
    cdf = cdflib.CDF(path)
    np.testing.assert_allclose(
        cdf.varget("air_temperature"), 210.0 + 0.005 * columns["air_temperature"], rtol=1e-6
    )
    np.testing.assert_allclose(cdf.varget("pressure"), 0.0001 * columns["pressure"], rtol=1e-6)
    np.testing.assert_array_equal(cdf.varget("humidity"), columns["humidity"])
    np.testing.assert_array_equal(cdf.varget("quality"), columns["quality"])
    for index in (0, 49):
        sclk_ns = START_SCLK_NS + index * 5_000_000_000
        tai_s = clock.scet(sclk_ns).to_utc().timestamp()
        read = cdflib.cdfepoch.unixtime(cdf.varget("Epoch")[index])
        assert float(np.squeeze(read)) == pytest.approx(tai_s, abs=2e-6)
    assert cdf.varattsget("pressure")["UNITS"] == "Pa"
    assert cdf.varattsget("mode")["VAR_NOTES"] == "0 = IDLE; 1 = SAMPLING"
    assert path.name.startswith("marscube_polar_wx_20310820060")


def test_istp_checks_find_nothing(build, weather: Payload) -> None:
    columns = weather_columns(200)
    columns["air_temperature"][:2] = (-(1 << 15), (1 << 15) - 1)
    columns["pressure"][:2] = (0, (1 << 24) - 1)
    columns["quality"][:2] = (0, 255)
    columns["humidity"][:3] = (np.nan, np.inf, 3e38)
    (path,) = _cdf_files(build(payload_file(weather, columns)))
    assert _istp_findings(path) == []
    humidity = cdflib.CDF(path).varget("humidity")
    assert (humidity[:3] == np.float32(-1e31)).all()


def test_a_file_over_midnight_becomes_one_cdf_a_day(build, weather: Payload) -> None:
    before_midnight = Instant.from_utc_iso("2031-08-20T23:59:00Z")
    start = START_SCLK_NS + (
        before_midnight.tai_ns - Instant.from_utc_iso("2031-08-20T06:00:00Z").tai_ns
    )
    data = payload_file(weather, weather_columns(24), start_sclk_ns=start)
    paths = _cdf_files(build(data))
    assert [path.name[18:26] for path in paths] == ["20310820", "20310821"]
    assert [_istp_findings(path) for path in paths] == [[], []]
    assert sum(len(cdflib.CDF(path).varget("Epoch")) for path in paths) == 24


def test_missing_records_are_a_gap_in_epoch(
    build, weather: Payload, provenance: Provenance
) -> None:
    length = 11
    span = (HEADER.size + 4 * length, HEADER.size + 7 * length)
    data = bytearray(payload_file(weather, weather_columns(10)))
    data[span[0] : span[1]] = bytes(span[1] - span[0])
    with_gap = Provenance(
        provenance.source_entity,
        provenance.destination_entity,
        provenance.transaction,
        provenance.completed,
        provenance.mdb_version,
        missing=(span,),
    )
    (path,) = _cdf_files(build(bytes(data), with_gap))
    steps = np.diff(cdflib.CDF(path).varget("Epoch"))
    assert (steps > 6e9).nonzero()[0].tolist() == [3]
    assert len(steps) == 6
    assert _istp_findings(path) == []


def test_the_same_input_gives_the_same_bytes(build, weather: Payload) -> None:
    data = payload_file(weather, weather_columns(20))
    first = build(data)
    second = build(data)
    assert [one.product for one in first] == [one.product for one in second]


def test_a_magnetometers_field_reads_back_in_nanotesla(
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
    tmp_path: Path,
) -> None:
    magnetometer = load_mission().payloads["magnetometer"]
    draw = np.random.default_rng(3)
    columns = {
        **{
            name: draw.integers(-(1 << 23), 1 << 23, 40) for name in ("b_north", "b_east", "b_down")
        },
        "sensor_temperature": draw.integers(0, 1_000, 40),
        "quality": np.zeros(40, int),
    }
    data = payload_file(magnetometer, columns)
    products = build_products(
        magnetometer, customer, spacecraft, data, "m-1.dat", clock, provenance
    )
    (path,) = _cdf_files(all_written(products, tmp_path))
    assert _istp_findings(path) == []
    cdf = cdflib.CDF(path)
    for name in ("b_north", "b_east", "b_down"):
        np.testing.assert_allclose(cdf.varget(name), 0.001 * columns[name], rtol=1e-6)
        assert cdf.varattsget(name)["UNITS"] == "nT"
    assert cdf.globalattsget()["Instrument_type"] == ["Magnetic Fields (space)"]


def test_a_damaged_cdf_has_no_layout(build, weather: Payload) -> None:
    (path,) = _cdf_files(build(payload_file(weather, weather_columns(5))))
    data = path.read_bytes()
    assert cdf_layout(data).offsets.keys() == set(cdflib.CDF(path).cdf_info().zVariables)
    with pytest.raises(ProductError, match="not an uncompressed CDF 3"):
        cdf_layout(b"\0" + data[1:])
    kind_at = cdf_layout(data).offsets["pressure"] - 4
    with pytest.raises(ProductError, match="'pressure' are not in one block"):
        cdf_layout(data[:kind_at] + b"\0\0\0\x0d" + data[kind_at + 4 :])
