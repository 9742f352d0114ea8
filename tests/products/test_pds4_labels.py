"""Labels hold by PDS4's own rules, and its own reader finds through them what was measured."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import pytest
from PIL import Image

from groundsys.mission import load_mission
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.products import Provenance, build_products
from groundsys.products.payload_file import HEADER
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant
from tests.products.mission_files import CRAFT_OF, file_of
from tests.products.pds4_rules import findings, needs_rules
from tests.products.written import Written, all_written

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import pds4_tools

_MISSION = load_mission()
_EVERY = sorted(CRAFT_OF)
Build = Callable[..., dict[str, Written]]


@pytest.fixture
def build(provenance: Provenance, tmp_path: Path) -> Build:
    """Builds the products of a payload that flies; by their names' endings."""

    def build(name: str, data: bytes | None = None, **changes: Any) -> dict[str, Written]:
        payload = _MISSION.payloads[name]
        craft = _MISSION.spacecraft[CRAFT_OF[name]]
        made = build_products(
            payload,
            next(one for one in _MISSION.customers.values() if name in one.payloads),
            craft,
            file_of(payload, craft) if data is None else data,
            f"{name}-000012.dat",
            ClockSolution.nominal(craft.id, craft.sclk_epoch, uncertainty_s=0.02),
            replace(provenance, **changes),
        )
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        return {one.name.partition(".")[2]: one for one in all_written(made, folder)}

    return build


def _read(label: Written) -> Any:
    return pds4_tools.read(str(label.path), quiet=True, lazy_load=False)


def _numbers(records: Any, field: Field) -> Any:
    """Values of a field; pds4_tools hands out packed bits as octets, without zeros at the end."""
    if field.bits != 24:
        return np.asarray(records[field.name], float)
    bits = records[field.name].meta_data["Packed_Data_Fields"]["Field_Bit"]
    whole = [
        int.from_bytes(octets.ljust(3, b"\0"), "big", signed=bits["data_type"].startswith("Sig"))
        for octets in records[field.name].tolist()
    ]
    return np.array(whole) * float(bits["scaling_factor"]) + float(bits["value_offset"])


@needs_rules
@pytest.mark.parametrize("name", _EVERY)
def test_every_label_holds_by_schema_and_schematron(name: str, build: Build) -> None:
    payload = _MISSION.payloads[name]
    gap = (HEADER.size + 20, HEADER.size + 2000)
    labels = [one for one in build(name, missing=(gap,)).values() if one.product.level == "label"]
    assert len(labels) >= 2, payload.formats
    assert {one.name: findings(one.path) for one in labels} == {one.name: [] for one in labels}


@needs_rules
def test_the_rules_find_what_is_wrong(build: Build, tmp_path: Path) -> None:
    label = build("weather")["dat.xml"]
    text = label.path.read_text()
    wrong = tmp_path / "wrong.xml"
    wrong.write_text(text.replace("<processing_level>Raw<", "<processing_level>Cooked<"))
    assert any("processing_level" in finding for finding in findings(wrong))
    wrong.write_text(text.replace("<records>1</records>", ""))
    assert any("records" in finding for finding in findings(wrong))


@pytest.mark.parametrize("name", ["weather", "seismometer", "magnetometer"])
def test_a_label_of_level_0_reads_the_records_that_the_payload_made(
    name: str, build: Build
) -> None:
    payload, craft = _MISSION.payloads[name], _MISSION.spacecraft[CRAFT_OF[name]]
    columns: dict[str, Any] = {}
    data = file_of(payload, craft, columns)
    header, records = _read(build(name, data)["dat.xml"])
    assert header["magic"].tolist() == ["GSP1"]
    assert header["record_count"].tolist() == [len(records.data)]
    assert header["sample_interval"].tolist() == [round(payload.sample_interval_s * 1e9)]
    for field in payload.record:
        offset, scale = field.polynomial or (0.0, 1.0)
        np.testing.assert_allclose(
            _numbers(records, field),
            offset + scale * np.asarray(columns[field.name], float),
            rtol=1e-9,
            err_msg=field.name,
        )


@pytest.mark.parametrize("name", ["weather", "magnetometer"])
def test_a_label_of_a_table_reads_calibrated_values_with_times(name: str, build: Build) -> None:
    payload, craft = _MISSION.payloads[name], _MISSION.spacecraft[CRAFT_OF[name]]
    columns: dict[str, Any] = {}
    data = file_of(payload, craft, columns)
    (table,) = (one for one in _read(build(name, data)["csv.xml"]) if one.is_table())
    assert len(table.data) == len(columns["quality"])
    assert table["time_utc"][0] == "2031-08-20T06:00:00.000000000Z"
    assert table["time_uncertainty"][0] == pytest.approx(0.02)
    for field in payload.record:
        offset, scale = field.polynomial or (0.0, 1.0)
        expected = offset + scale * np.asarray(columns[field.name], float)
        np.testing.assert_allclose(table[field.name], expected, rtol=1e-6, err_msg=field.name)


@pytest.mark.parametrize("name", ["weather", "magnetometer"])
def test_a_label_of_a_cdf_reads_what_a_cdf_reader_reads(name: str, build: Build) -> None:
    made = build(name)
    cdf = cdflib.CDF(made["cdf"].path)
    arrays = [one for one in _read(made["cdf.xml"]) if one.is_array()]
    assert {one.id for one in arrays} == set(cdf.cdf_info().zVariables)
    for array in arrays:
        np.testing.assert_array_equal(array.data, cdf.varget(array.id), err_msg=array.id)


def test_a_label_of_a_picture_reads_its_pixels(build: Build) -> None:
    made = build("scout-camera")
    picture = next(one for one in _read(made["fits.xml"]) if one.id == "Picture")
    quality = next(one for one in _read(made["fits.xml"]) if one.id == "Quality")
    np.testing.assert_array_equal(picture.data, np.asarray(Image.open(made["png"].path)))
    assert quality.data.shape == (256,)
    records = next(one for one in _read(made["dat.xml"]) if one.id == "Records")
    np.testing.assert_array_equal(records.data["pixels, pixels"], picture.data)


def test_versions_share_an_identifier_and_have_labels_of_their_own(build: Build) -> None:
    first, second = (
        next(
            one
            for one in build("weather", version=version).values()
            if one.product.level == "label"
        )
        for version in (1, 2)
    )
    assert (first.name, second.name) == ("weather-000012.dat.xml", "weather-000012-v2.dat.xml")
    assert "<version_id>2.0</version_id>" in second.path.read_text()
    identifier = "<logical_identifier>urn:jaxa:darts:polar-weather:cube-polar:weather-000012.dat<"
    assert identifier in first.path.read_text()
    assert identifier in second.path.read_text()


def test_what_pds4_has_no_words_for_is_told_in_the_manifest(build: Build) -> None:
    import json

    manifest = json.loads(build("weather")["manifest.json"].path.read_text())
    told = manifest["without_pds4_label"]
    assert {Path(name).suffix for name in told} == {".nc", ".parquet"}
    assert "netCDF" in told[next(name for name in told if name.endswith(".nc"))]


def test_a_file_whose_name_pds4_cannot_hold_has_no_label(build: Build) -> None:
    from groundsys.products.level_0 import describe_level_0
    from groundsys.products.observation import Observation
    from groundsys.products.payload_file import decode_payload_file

    payload, craft = _MISSION.payloads["weather"], _MISSION.spacecraft["cube-polar"]
    observation = Observation(
        payload=payload,
        customer=_MISSION.customers["polar-weather"],
        spacecraft=craft,
        file=decode_payload_file(payload, file_of(payload, craft)),
        file_name="x",
        clock=ClockSolution.nominal(craft.id, craft.sclk_epoch),
        provenance=Provenance(1, 2, 3, Instant.from_utc_iso("2031-08-20T09:12:00Z"), "1"),
        software_version="1",
    )
    assert describe_level_0(observation, "no name.dat") == "PDS4 allows no file name 'no name.dat'"
    assert not isinstance(describe_level_0(observation, "a-name.dat"), str)
