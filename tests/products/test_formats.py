"""Which formats are made is data, and what a payload may choose can be made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.mission import load_mission
from groundsys.mission.model import Customer, Payload, Spacecraft
from groundsys.mission.product_formats import POSSIBLE_FORMATS, USUAL_FORMATS
from groundsys.products import Provenance, build_products
from groundsys.products.formats import WRITERS
from groundsys.values.clock import ClockSolution
from tests.products.payload_files import payload_file, seismometer_columns

_ENDINGS = {
    "cdf": ".cdf",
    "netcdf": ".nc",
    "csv": ".csv",
    "parquet": ".parquet",
    "miniseed": ".mseed",
    "quick-look": ".ql.png",
}


def test_every_possible_format_has_a_writer_and_the_usual_are_possible() -> None:
    assert {kind: set(writers) for kind, writers in WRITERS.items()} == {
        kind: set(formats) for kind, formats in POSSIBLE_FORMATS.items()
    }
    for kind, formats in USUAL_FORMATS.items():
        assert set(formats) <= set(POSSIBLE_FORMATS[kind])


def test_payloads_that_choose_nothing_have_their_kinds_usual_formats() -> None:
    payloads = load_mission().payloads
    assert payloads["boreum-weather"].formats == USUAL_FORMATS["weather"]
    assert payloads["weather"].formats == ("cdf", "netcdf", "csv", "parquet", "quick-look")


@pytest.mark.parametrize("chosen", [("csv",), ("parquet", "cdf"), tuple(_ENDINGS)])
def test_a_payload_has_what_it_chose_and_nothing_else(
    chosen: tuple[str, ...],
    seismometer: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    clock: ClockSolution,
    provenance: Provenance,
    tmp_path: Path,
) -> None:
    made = build_products(
        *(replace(seismometer, formats=chosen), customer, spacecraft),
        *(payload_file(seismometer, seismometer_columns(20)), "s-1.dat", clock, provenance),
        tmp_path,
    )
    names = [one.name for one in made if one.level in ("L1", "QL")]
    endings = [_ENDINGS[name] for name in chosen] + [".station.xml"] * ("miniseed" in chosen)
    assert len(names) == len(endings)
    assert all(any(name.endswith(ending) for name in names) for ending in endings)
