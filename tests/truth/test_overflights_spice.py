"""Overflights and orbits against NAIF's SPICE: ends within 0.05 s, from the same positions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry import Geometry, relay_windows
from groundsys.geometry.orbits import SecularOrbit, SurfaceSite
from groundsys.geometry.overflights import farthest_km
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.spacecraft.place_model import KeplerOrbit, TrajectoryFile
from groundsys.values.instants import Interval
from tests.geometry.missions import MISSION, ORBIT, OTV, START, UHF, USUDA, landed
from tests.truth.spice_scene import ORBITER, et_of, spice_scene, write_fixed

WEEK = Interval(START, START.plus_seconds(7 * 86_400.0))
LOW = replace(ORBIT, semi_major_axis_km=3800.0, eccentricity=0.01, inclination_deg=93.0)
HIGHER = replace(ORBIT, semi_major_axis_km=4300.0, inclination_deg=60.0, raan_deg=100.0)
RIDGE = ((0.0, 5.0), (60.0, 30.0), (120.0, 8.0), (200.0, 40.0), (280.0, 15.0))

CUBE, CUBE_CODE = "FLYING-CUBE", -418
SITE, SITE_CODE, SITE_FRAME = "SITE", 499_901, 1_499_901
#: 8 kbit/s close up to 2913 km
WEAK = replace(UHF, transmit_power_w=0.2)

PLAIN = landed("plain", 81.5, 248.0)
assert PLAIN.site is not None
RIDGED = replace(PLAIN, id="ridged", site=replace(PLAIN.site, horizon=RIDGE))
MISSION_OF_THREE = replace(
    MISSION,
    spacecraft={
        "otv": replace(OTV, orbit=LOW),
        "plain": PLAIN,
        "ridged": RIDGED,
        "flying": replace(OTV, id="flying", relay="otv", orbit=HIGHER, radios={"uhf": WEAK}),
    },
)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """SPICE with the week's orbiters and the site; the path of the cube's own SPK kernel."""
    folder = tmp_path_factory.mktemp("spice")
    with spice_scene(folder, [USUDA], SecularOrbit(LOW), WEEK):
        first, last = et_of(WEEK.start) - 3600.0, et_of(WEEK.end) + 3600.0
        path = folder / "cube.bsp"
        handle = spice.spkopn(str(path), "cube", 0)
        _write_states(handle, SecularOrbit(HIGHER), first, last)
        site = SurfaceSite(PLAIN.site) if PLAIN.site else None
        assert site is not None
        write_fixed(handle, SITE_CODE, 499, "IAU_MARS", _site_km(), first, last)
        spice.spkcls(handle)
        spice.furnsh(str(path))
        spice.boddef(CUBE, CUBE_CODE)
        spice.boddef(SITE, SITE_CODE)
        spice.lmpool(_site_frame())
        yield path


def _write_states(handle: int, orbit: SecularOrbit, first: float, last: float) -> None:
    epochs = np.arange(first, last, 60.0)
    states = np.concatenate([orbit.position_km(epochs), orbit.velocity_km_s(epochs)]).T
    spice.spkw13(
        handle, CUBE_CODE, 499, "J2000", epochs[0], epochs[-1], "cube", 7, epochs.size,
        np.ascontiguousarray(states), epochs,
    )  # fmt: skip


def _site_km() -> FloatArray:
    """From the planetocentric place by SPICE's own ellipsoid."""
    assert PLAIN.site is not None
    direction = spice.latrec(
        1.0, np.radians(PLAIN.site.longitude_deg), np.radians(PLAIN.site.latitude_deg)
    )
    radii = spice.bodvcd(499, "RADII", 3)[1]
    surface = direction / np.linalg.norm(direction / radii)
    return np.asarray(surface + spice.surfnm(*radii, surface) * PLAIN.site.altitude_m / 1000.0)


def _site_frame() -> list[str]:
    radii = spice.bodvcd(499, "RADII", 3)[1]
    flattening = (radii[0] - radii[2]) / radii[0]
    longitude, latitude, _ = np.degrees(spice.recgeo(_site_km(), radii[0], flattening))
    return [
        f"FRAME_{SITE}_TOPO = {SITE_FRAME}",
        f"FRAME_{SITE_FRAME}_NAME = '{SITE}_TOPO'",
        f"FRAME_{SITE_FRAME}_CLASS = 4",
        f"FRAME_{SITE_FRAME}_CLASS_ID = {SITE_FRAME}",
        f"FRAME_{SITE_FRAME}_CENTER = {SITE_CODE}",
        f"TKFRAME_{SITE_FRAME}_RELATIVE = 'IAU_MARS'",
        f"TKFRAME_{SITE_FRAME}_SPEC = 'ANGLES'",
        f"TKFRAME_{SITE_FRAME}_UNITS = 'DEGREES'",
        f"TKFRAME_{SITE_FRAME}_AXES = ( 3, 2, 3 )",
        f"TKFRAME_{SITE_FRAME}_ANGLES = ( {-longitude}, {latitude - 90.0}, 180.0 )",
    ]


def _confined(span: Interval) -> Any:
    window = spice.cell_double(2)
    spice.wninsd(et_of(span.start), et_of(span.end), window)
    return window


def _ends(window: Any) -> FloatArray:
    return np.array([spice.wnfetd(window, number) for number in range(spice.wncard(window))])


def _ours(geometry: Geometry, cube_id: str) -> FloatArray:
    return np.array(
        [
            (et_of(one.interval.start), et_of(one.interval.end))
            for one in relay_windows(geometry, "otv", cube_id, WEEK)
        ]
    )


@pytest.mark.usefixtures("kernel")
def test_overflights_of_a_site_are_those_that_gfposc_finds() -> None:
    result = spice.cell_double(2000)
    spice.gfposc(
        ORBITER, f"{SITE}_TOPO", "NONE", SITE, "LATITUDINAL", "LATITUDE", ">",
        np.radians(15.0), 0.0, 60.0, 1000, _confined(WEEK), result,
    )  # fmt: skip
    ours, theirs = _ours(Geometry(MISSION_OF_THREE), "plain"), _ends(result)
    assert ours.shape == theirs.shape
    assert len(ours) > 50
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=0.05)


@pytest.mark.usefixtures("kernel")
def test_overflights_past_a_ridge_end_where_spice_sees_it() -> None:
    azimuths, masks = zip(*RIDGE, (360.0, RIDGE[0][1]), strict=True)

    def above_deg(et: float) -> float:
        place, _ = spice.spkpos(ORBITER, et, f"{SITE}_TOPO", "NONE", SITE)
        _, longitude, latitude = spice.reclat(place)
        mask = max(float(np.interp(np.degrees(-longitude) % 360.0, azimuths, masks)), 15.0)
        return float(np.degrees(latitude)) - mask

    ours = _ours(Geometry(MISSION_OF_THREE), "ridged")
    first, last = et_of(WEEK.start), et_of(WEEK.end)
    for start, end in ours:
        if start > first:
            assert above_deg(start - 0.05) < 0.0 < above_deg(start + 0.05)
        if end < last:
            assert above_deg(end - 0.05) > 0.0 > above_deg(end + 0.05)
    grid = np.arange(first, last, 30.0)
    number = np.searchsorted(ours[:, 0], grid, side="right") - 1
    told = (number >= 0) & (grid < ours[number, 1])
    near = np.abs(grid[:, np.newaxis] - ours.ravel()).min(axis=1) < 0.05
    seen = np.array([above_deg(et) >= 0.0 for et in grid])
    assert not ((told != seen) & ~near).any()


@pytest.mark.parametrize("source", ["elements", "kernel"])
def test_craft_in_orbit_hear_each_other_when_gfoclt_and_gfdist_say(
    kernel: Path, source: str
) -> None:
    mission = MISSION_OF_THREE
    flying = mission.spacecraft["flying"]
    if source == "kernel":
        flying = replace(
            flying, orbit=None, trajectory=TrajectoryFile("spk", kernel.name, CUBE_CODE)
        )
        mission = replace(
            mission, root=str(kernel.parent), spacecraft={**mission.spacecraft, "flying": flying}
        )
    hidden, near = spice.cell_double(2000), spice.cell_double(2000)
    spice.gfoclt(
        "ANY", "MARS", "ELLIPSOID", "IAU_MARS", CUBE, "POINT", " ", "NONE", ORBITER, 120.0,
        _confined(WEEK), hidden,
    )  # fmt: skip
    spice.gfdist(
        CUBE, "NONE", ORBITER, "<", farthest_km(mission.spacecraft["otv"], flying), 0.0, 120.0,
        1000, _confined(WEEK), near,
    )  # fmt: skip
    ours, theirs = _ours(Geometry(mission), "flying"), _ends(spice.wndifd(near, hidden))
    assert ours.shape == theirs.shape
    assert len(ours) > 30
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=0.05)


@pytest.mark.parametrize(
    ("center", "axis_km", "gm", "j2", "radius_km"),
    [
        ("EARTH", 7078.0, 398600.435507, 1.08262617e-3, 6378.1363),
        ("SUN", 1.7e8, 132712440041.279419, 0.0, 1.0),
    ],
)
def test_orbits_about_earth_and_sun_are_spices_conics(
    center: str, axis_km: float, gm: float, j2: float, radius_km: float
) -> None:
    orbit: KeplerOrbit = replace(
        ORBIT, center=center, frame="ICRF", semi_major_axis_km=axis_km, eccentricity=0.02
    )
    trajectory = SecularOrbit(orbit)
    times = trajectory.epoch_tdb_s + np.linspace(-2e6, 2e6, 100)
    places, motions = trajectory.position_km(times), trajectory.velocity_km_s(times)
    e, i = orbit.eccentricity, np.radians(orbit.inclination_deg)
    n = np.sqrt(gm / axis_km**3)
    k = 0.75 * n * j2 * (radius_km / (axis_km * (1 - e * e))) ** 2  # Vallado, 9-38 to 9-42
    for number, time in enumerate(times):
        elapsed = time - trajectory.epoch_tdb_s
        mean = np.radians(orbit.mean_anomaly_deg) + elapsed * (
            n + k * np.sqrt(1 - e * e) * (2 - 3 * np.sin(i) ** 2)
        )
        state = spice.conics(
            [
                axis_km * (1 - e), e, i,
                np.radians(orbit.raan_deg) - 2 * k * np.cos(i) * elapsed,
                np.radians(orbit.argument_of_periapsis_deg)
                + k * (4 - 5 * np.sin(i) ** 2) * elapsed,
                mean, time, gm,
            ],
            time,
        )  # fmt: skip
        np.testing.assert_allclose(places[:, number], state[:3], rtol=0.0, atol=axis_km * 1e-9)
        # conics leaves out what the drifting axes add
        np.testing.assert_allclose(motions[:, number], state[3:], rtol=0.0, atol=0.02)
