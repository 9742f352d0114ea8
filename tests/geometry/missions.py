"""A small mission built by hand: two antennas, an orbiter about Mars and two landed cubes."""

from __future__ import annotations

from dataclasses import replace

from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.link_model import Framing, Radio
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.mission.spacecraft.place_model import KeplerOrbit, LandingSite
from groundsys.values.instants import Instant, Interval

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
END = Instant.from_utc_iso("2031-08-21T00:00:00Z")
DAY = Interval(START, END)

GROUND_RADIO = Radio(
    frequency_mhz=7167.0,
    transmit_power_w=10_000.0,
    antenna_gain_dbi=72.0,
    system_noise_k=60.0,
    losses_db=0.3,
    required_eb_n0_db=6.5,
    rates_bps=(8_000.0, 16_000.0, 32_000.0, 64_000.0, 128_000.0),
)
X_BAND = Radio(
    frequency_mhz=8420.0,
    transmit_power_w=25.0,
    antenna_gain_dbi=38.8,
    system_noise_k=450.0,
    losses_db=1.0,
    required_eb_n0_db=9.6,
    rates_bps=(8_000.0, 16_000.0, 32_000.0, 64_000.0, 128_000.0),
)
UHF = Radio(
    frequency_mhz=437.1,
    transmit_power_w=10.0,
    antenna_gain_dbi=4.0,
    system_noise_k=450.0,
    losses_db=1.0,
    required_eb_n0_db=4.5,
    rates_bps=(8_000.0, 32_000.0, 64_000.0, 128_000.0),
)

USUDA = Antenna(
    id="usuda-64",
    name="Usuda 64 m",
    complex="Usuda",
    agency="JAXA",
    latitude_deg=36.1324044,
    longitude_deg=138.3627655,
    altitude_m=1532.8,
    diameter_m=64.0,
    elevation_mask_deg=10.0,
    radio=GROUND_RADIO,
    configuration_s=900.0,
)
MALARGUE = replace(
    USUDA,
    id="malargue-35",
    name="Malargüe 35 m",
    complex="Malargüe",
    agency="ESA",
    latitude_deg=-35.7759704,
    longitude_deg=-69.3981777,
    altitude_m=1571.8,
    diameter_m=35.0,
)

ORBIT = KeplerOrbit(
    center="MARS",
    epoch=START,
    semi_major_axis_km=6900.0,
    eccentricity=0.05,
    inclination_deg=78.0,
    raan_deg=40.0,
    argument_of_periapsis_deg=90.0,
    mean_anomaly_deg=20.0,
)

_MODEL = SpacecraftModel(id="model", packets=(), commands=(), version="1")
_FRAMING = Framing(
    spacecraft_id=0x1A1,
    tm_frame_length=1115,
    tc_frame_length=1024,
    virtual_channels={"REALTIME": 0},
    tc_virtual_channel=0,
    uplink_mode="AD",
    uplink_rate_bps=4000.0,
)

OTV = Spacecraft(
    id="otv",
    name="Orbital transfer vehicle",
    model=_MODEL,
    space_system="OTV",
    framing=_FRAMING,
    entity_id=417,
    sclk_epoch=Instant.from_utc_iso("2030-01-01T00:00:00Z"),
    relay=None,
    orbit=ORBIT,
    site=None,
    radios={"x_band": X_BAND, "uhf": UHF},
    payload=None,
)


def landed(id: str, latitude_deg: float, longitude_deg: float) -> Spacecraft:
    """A cube landed at the given place."""
    return replace(
        OTV,
        id=id,
        name=id,
        space_system=id.upper().replace("-", "_"),
        relay="otv",
        orbit=None,
        site=LandingSite("MARS", latitude_deg, longitude_deg, 1000.0, 15.0),
        radios={"uhf": UHF},
    )


SCENARIO = Scenario(
    id="day",
    title="A day",
    description="",
    span=DAY,
    cut_off=START.plus_seconds(19 * 3600),
    quiet_from=START.plus_seconds(22 * 3600),
    spacecraft=("otv", "cube-polar", "cube-tharsis"),
    antennas=("usuda-64", "malargue-35"),
    customers=(),
    commands=(),
    truth={},
    criteria={},
)

MISSION = Mission(
    root="",
    spacecraft={
        "otv": OTV,
        "cube-polar": landed("cube-polar", 81.5, 248.0),
        "cube-tharsis": landed("cube-tharsis", 4.5, 247.0),
    },
    antennas={"usuda-64": USUDA, "malargue-35": MALARGUE},
    payloads={},
    customers={},
    scenarios={"day": SCENARIO},
)
