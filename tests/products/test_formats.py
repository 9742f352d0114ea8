"""Which formats are made is data, and what a payload may choose can be made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.ccsds.records import record_length
from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.ground.product_formats import POSSIBLE_FORMATS, USUAL_FORMATS
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products import Provenance, build_products
from groundsys.products.formats import WRITERS
from groundsys.products.payload_file import HEADER, MAGIC
from groundsys.values.clock import ClockSolution
from tests.products.conftest import START_SCLK_NS
from tests.products.mission_files import CRAFT_OF
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
) -> None:
    made = build_products(
        *(replace(seismometer, formats=chosen), customer, spacecraft),
        *(payload_file(seismometer, seismometer_columns(20)), "s-1.dat", clock, provenance),
    )
    names = [one.name for one in made if one.level in ("L1", "QL")]
    endings = [_ENDINGS[name] for name in chosen] + [".station.xml"] * ("miniseed" in chosen)
    assert len(names) == len(endings)
    assert all(any(name.endswith(ending) for name in names) for ending in endings)


@pytest.mark.parametrize("octet", [0x00, 0xFF])
@pytest.mark.parametrize("name", sorted(CRAFT_OF))
def test_any_file_that_can_be_decoded_becomes_products_in_all_formats(
    name: str, octet: int, clock: ClockSolution, provenance: Provenance
) -> None:
    mission = load_mission()
    payload, craft = mission.payloads[name], mission.spacecraft[CRAFT_OF[name]]
    payload = replace(payload, formats=POSSIBLE_FORMATS[payload.kind])
    customer = next(one for one in mission.customers.values() if name in one.payloads)
    length = record_length(payload.record)
    interval_ns = round(payload.sample_interval_s * 1e9)
    for count, lost in ((0, 0), (1, 0), (1, 1), (3, 1), (300, 150)):
        number = payload.settings["number"]
        header = HEADER.pack(MAGIC, number, length, count, 1, START_SCLK_NS, interval_ns)
        data = header + bytes([octet]) * (count * length)
        gap = (HEADER.size, HEADER.size + lost * length)
        made = build_products(
            *(payload, customer, craft, data, "any-1.dat", clock),
            replace(provenance, missing=(gap,) if lost else ()),
        )
        assert len({one.name.lower() for one in made}) == len(made)
        told = {one.level for one in made}
        assert told == {"L0", "label", "manifest"} | ({"L1", "QL"} if count > lost else set())
