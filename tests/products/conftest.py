"""Two payloads, their customers and craft, small enough to read."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.link_model import Framing
from groundsys.mission.spacecraft.packet_model import Field, SpacecraftModel
from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.products import FrameRange, Provenance
from groundsys.products.observation import Observation
from groundsys.products.payload_file import decode_payload_file
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, SpacecraftEventTime

SCLK_EPOCH = Instant.from_utc_iso("2030-01-01T00:00:00Z")
DAY = Instant.from_utc_iso("2031-08-20T06:00:00Z")
START_SCLK_NS = DAY.tai_ns - SCLK_EPOCH.tai_ns


@pytest.fixture
def weather() -> Payload:
    return Payload(
        id="weather",
        name="Polar weather station",
        kind="weather",
        record=(
            Field("air_temperature", "int", 16, "K", "Air", polynomial=(210.0, 0.005)),
            Field("pressure", "uint", 24, "Pa", polynomial=(0.0, 0.0001)),
            Field("humidity", "float", 32, "%"),
            Field("mode", "enum", 8, enumeration={0: "IDLE", 1: "SAMPLING"}),
            Field("quality", "uint", 8),
        ),
        sample_interval_s=5.0,
        file_interval_s=3600.0,
        settings={"number": 1, "logical_source": "marscube_polar_wx"},
    )


@pytest.fixture
def seismometer() -> Payload:
    return Payload(
        id="seismometer",
        name="Tharsis seismometer",
        kind="seismometer",
        record=tuple(
            Field(name, "int", 24, "m/s", polynomial=(0.0, 5e-11))
            for name in ("vertical", "north", "east")
        ),
        sample_interval_s=0.1,
        file_interval_s=1800.0,
        settings={
            "number": 2,
            "network": "XM",
            "station": "THAR1",
            "location": "00",
            "channels": {
                "BHZ": {"field": "vertical", "azimuth_deg": 0.0, "dip_deg": -90.0},
                "BHN": {"field": "north", "azimuth_deg": 0.0, "dip_deg": 0.0},
                "BHE": {"field": "east", "azimuth_deg": 90.0, "dip_deg": 0.0},
            },
        },
    )


@pytest.fixture
def customer() -> Customer:
    return Customer("polar-weather", "Polar Weather Consortium", "data@example", ("weather",))


@pytest.fixture
def spacecraft() -> Spacecraft:
    return Spacecraft(
        id="cube-polar",
        name="Cube Polar",
        model=SpacecraftModel("cube", (), (), "1"),
        space_system="CUBE_POLAR",
        framing=Framing(0x1A2, 1024, 256, {"TELEMETRY": 0, "FILES": 1}, 0, "BD", 1000.0),
        entity_id=0x1A2,
        sclk_epoch=SCLK_EPOCH,
        relay="otv",
        orbit=None,
        site=LandingSite("MARS", 4.5, 245.0, 9800.0),
        radios={},
        payload="weather",
    )


@pytest.fixture
def clock() -> ClockSolution:
    """A clock 1.25 s behind that loses 2 µs a second."""
    return ClockSolution(
        spacecraft="cube-polar",
        sclk_ref_ns=START_SCLK_NS - 3_600_000_000_000,
        scet_ref=SpacecraftEventTime(DAY.tai_ns - 3_598_750_000_000),
        rate=1.000002,
        uncertainty_s=0.02,
        valid_from=DAY,
    )


@pytest.fixture
def provenance() -> Provenance:
    return Provenance(
        source_entity=0x1A2,
        destination_entity=1,
        transaction=7,
        completed=Instant.from_utc_iso("2031-08-20T09:12:00Z"),
        mdb_version="cube 1 (a1b2c3)",
        frames=(
            FrameRange(
                antenna="usuda-64",
                spacecraft="otv",
                virtual_channel=2,
                first_count=100,
                last_count=131,
                frames=32,
                first_ert=Instant.from_utc_iso("2031-08-20T09:00:00Z"),
                last_ert=Instant.from_utc_iso("2031-08-20T09:11:58.5Z"),
            ),
        ),
    )


class Observe:
    """Makes an `Observation` of a payload's file; by keyword it takes what is not usual."""

    def __init__(self, **usual: Any) -> None:
        self._usual = usual

    def __call__(self, payload: Payload, data: bytes, **unusual: Any) -> Observation:
        told = {**self._usual, **unusual}
        file = decode_payload_file(payload, data, told["provenance"].missing)
        return Observation(payload=payload, file=file, **told)


@pytest.fixture
def observe(
    customer: Customer, spacecraft: Spacecraft, clock: ClockSolution, provenance: Provenance
) -> Observe:
    return Observe(
        customer=customer,
        spacecraft=spacecraft,
        clock=clock,
        provenance=provenance,
        file_name="payload-000012.dat",
        software_version="1.2.3",
    )
