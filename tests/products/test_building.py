from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products import Provenance, build_products
from groundsys.products.payload_file import HEADER
from groundsys.products.time_tags import scet_tai_ns, unix_ns
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant
from tests.products.conftest import START_SCLK_NS
from tests.products.payload_files import payload_file, seismometer_columns, weather_columns


def test_a_product_set_holds_the_bytes_as_received_and_a_manifest_that_proves_it(
    weather: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
) -> None:
    data = payload_file(weather, weather_columns(12))
    products = build_products(
        weather, customer, spacecraft, data, "weather-000012.dat", clock, provenance
    )
    assert [p.level for p in products] == [
        "L0",
        "L1",
        "L1",
        "QL",
        "label",
        "label",
        "label",
        "manifest",
    ]
    assert products[0].octets == data
    for product in products:
        content = product.octets
        assert product.sha256 == hashlib.sha256(content).hexdigest()
        assert product.size == len(content)
    manifest = json.loads(products[-1].octets)
    assert [entry["sha256"] for entry in manifest["files"]] == [p.sha256 for p in products[:-1]]
    assert [*manifest["without_pds4_label"]] == [p.name for p in products if ".nc" in p.name]
    assert manifest["time"]["start_utc"] == clock.scet(START_SCLK_NS).utc_iso(6)
    assert manifest["time"]["uncertainty_s"] == 0.02
    assert manifest["time"]["records"] == 12
    assert manifest["gaps"] == []
    assert manifest["mdb_version"] == "cube 1 (a1b2c3)"
    assert manifest["source"]["cfdp"]["transaction"] == 7
    (frames,) = manifest["source"]["frames"]
    assert (frames["antenna"], frames["first_count"], frames["last_count"]) == (
        "usuda-64",
        100,
        131,
    )
    assert frames["first_ert_utc"] == "2031-08-20T09:00:00.000000Z"


def test_the_manifest_tells_each_gap_in_bytes_and_in_time(
    seismometer: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
) -> None:
    data = payload_file(seismometer, seismometer_columns(100))
    with_gap = replace(provenance, missing=((HEADER.size + 90, HEADER.size + 180),))
    *_, product = build_products(
        seismometer, customer, spacecraft, data, "seismometer-000001.dat", clock, with_gap
    )
    manifest = json.loads(product.octets)
    (gap,) = manifest["gaps"]
    assert (gap["records"], gap["first_byte"], gap["last_byte"]) == (10, 122, 211)
    assert gap["start_utc"] == clock.scet(START_SCLK_NS + 1_000_000_000).utc_iso(6)
    assert manifest["bytes_missing"] == [[122, 212]]
    assert manifest["time"]["records_present"] == 90


def test_an_undecodable_file_still_reaches_its_customer(
    weather: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
) -> None:
    data = payload_file(weather, weather_columns(3))[:-4]
    products = build_products(
        weather, customer, spacecraft, data, "weather-000013.dat", clock, provenance
    )
    assert [p.level for p in products] == ["L0", "manifest"]
    manifest = json.loads(products[-1].octets)
    assert "not as long as its header says" in manifest["level_1_refused"]


@pytest.mark.parametrize("rate", [1.0, 0.9999875, 1.000002])
def test_vectorised_times_are_the_clock_solutions(clock: ClockSolution, rate: float) -> None:
    solution = replace(clock, rate=rate)
    sclk_ns = START_SCLK_NS + np.arange(0, 10**13, 10**11 + 7, dtype=np.int64)
    expected = [solution.scet(int(value)).tai_ns for value in sclk_ns]
    assert scet_tai_ns(solution, sclk_ns).tolist() == expected


def test_utc_counts_without_leap_seconds_on_both_sides_of_one() -> None:
    before = Instant.from_utc_iso("2016-12-31T23:59:58Z")
    after = Instant.from_utc_iso("2017-01-01T00:00:01Z")
    counted = unix_ns(np.array([before.tai_ns, after.tai_ns], np.int64))
    assert counted.tolist() == [1483228798 * 10**9, 1483228801 * 10**9]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has files of memory")
def test_nothing_in_clear_is_ever_written(
    weather: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even for a moment: once the CDF's skeleton is known, no temporary file can be made."""
    data = payload_file(weather, weather_columns(720))
    arguments = (weather, customer, spacecraft, data, "weather-000012.dat", clock, provenance)
    first = build_products(*arguments)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    monkeypatch.chdir(tmp_path)
    assert build_products(*arguments) == first
    assert list(tmp_path.iterdir()) == []


def test_importing_the_cdf_library_leaves_no_trace_and_warns_of_nothing(tmp_path: Path) -> None:
    program = (
        "from groundsys.products.scientific_libraries import cdf_library, figure_class\n"
        "with cdf_library() as pycdf: assert pycdf.istp\n"
        "figure = figure_class()()\n"
        "figure.text(0, 0, 'drawn')\n"
        "figure.canvas.draw()\n"
    )
    environment = {
        name: value for name, value in os.environ.items() if name not in ("SPACEPY", "MPLCONFIGDIR")
    }
    home = tmp_path / "home"
    temporary = tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**environment, "HOME": str(home), "TMPDIR": str(temporary), "XDG_CONFIG_HOME": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(home.rglob("*")) == []
    assert list(temporary.rglob("*")) == []


@pytest.mark.parametrize("kind", ["weather", "seismometer"])
def test_two_files_of_the_same_seconds_have_no_product_name_in_common(
    kind: str,
    request: pytest.FixtureRequest,
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
) -> None:
    payload: Payload = request.getfixturevalue(kind)
    columns = weather_columns(9) if kind == "weather" else seismometer_columns(9)
    built = []
    for transaction, taken in ((7, ()), (8, None)):
        names = frozenset(one.name.lower() for one in built) if taken is None else taken
        built += build_products(
            *(payload, customer, spacecraft, payload_file(payload, columns), "w-000012.dat"),
            *(clock, replace(provenance, transaction=transaction)),
            names,
        )
    names = [one.name for one in built]
    assert len({name.lower() for name in names}) == len(names)
    second = built[len(built) // 2 :]
    assert all("-t8." in one.name for one in second)
    listed = json.loads(second[-1].octets)["files"]
    assert [entry["name"] for entry in listed] == [one.name for one in second[:-1]]
