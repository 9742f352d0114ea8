"""Irregular bodies as triaxial ellipsoids that turn, with J2: against SPICE, on published figures.

* (433) Eros: 17.0 × 5.5 × 5.5 km, pole and prime meridian of the IAU's working group (B. A.
  Archinal et al. 2018, table 6); GM of J. K. Miller et al., Icarus 155 (2002) 3.
* (101955) Bennu: pole and meridian of the OSIRIS-REx project's PCK, with its acceleration; GM and
  mean radius of D. S. Lauretta et al., Nature 568 (2019) 55; extents of the shape as published.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import spiceypy

from groundsys.geometry.central_bodies import CentralBodies, CentralBody, known_bodies
from groundsys.geometry.occultation import clearance_km, stands_between
from groundsys.geometry.orbits import SurfaceSite
from groundsys.geometry.rotations import rotate, rotate_back
from groundsys.geometry.solutions.orbiting import Orbiting
from groundsys.mission.celestial.body_model import Body, Rotation, SurfaceLimits
from groundsys.mission.spacecraft.place_model import LandingSite

_APOPHIS = known_bodies()["apophis"].definition
EROS = replace(
    _APOPHIS, id="eros", naif_id=2000433, gm_km3_s2=4.4628e-4, radii_km=(17.0, 5.5, 5.4),
    rotation=Rotation((11.35,), (17.22,), (326.07, 1639.38864745)),
    surface=SurfaceLimits(-3000.0, 3000.0),
)  # fmt: skip
BENNU = replace(
    _APOPHIS, id="bennu", naif_id=2101955, gm_km3_s2=4.892e-9, radii_km=(0.28237, 0.26805, 0.24925),
    rotation=Rotation((85.4567,), (-60.3574,), (135.8156, 2011.14645095, 1.815e-6)),
    surface=SurfaceLimits(-50.0, 50.0),
)  # fmt: skip
BOTH = pytest.mark.parametrize("definition", [EROS, BENNU], ids=lambda one: one.id)
TIMES = np.array([0.0, 6.3e8, 9.9e8])


def into_the_pool(body: Body) -> None:
    """SPICE's own constants of a body, as a PCK would state them."""
    number, rotation = body.naif_id, body.rotation
    for name, values in (
        ("RADII", body.radii_km),
        ("POLE_RA", rotation.pole_right_ascension_deg),
        ("POLE_DEC", rotation.pole_declination_deg),
        ("PM", rotation.prime_meridian_deg),
    ):
        padded = [*values, 0.0, 0.0][:3]
        spiceypy.pdpool(f"BODY{number}_{name}", padded)


@BOTH
def test_it_is_turned_as_spice_turns_it(definition: Body) -> None:
    into_the_pool(definition)
    turned = CentralBody(definition).body_fixed_rotation(TIMES)
    for number, time in enumerate(TIMES):
        spice = spiceypy.tipbod("J2000", definition.naif_id, float(time))
        # over 31 years of 2011°/d a float64 of degrees holds 3e-9 of them
        assert np.abs(turned[:, :, number] - spice).max() < 3e-8


def test_a_turn_takes_as_long_as_published() -> None:
    """Eros 5.27025 h; Bennu 4.296057 h at J2000, and 1.02 ± 0.15 s less a century.

    C. W. Hergenrother et al., Nature Communications 10 (2019) 1291, measured that from afar.
    """
    century = 36_525.0
    for definition, hours, lost_s, sigma_s in (
        (EROS, 5.27025, 0.0, 0.0),
        (BENNU, 4.296057, 1.02, 0.15),
    ):
        _, rate, *more = definition.rotation.prime_meridian_deg
        turns = [360.0 / (rate + 2.0 * sum(more) * days) * 24.0 for days in (0.0, century)]
        assert turns[0] == pytest.approx(hours, abs=1e-5)
        assert (turns[0] - turns[1]) * 3600.0 == pytest.approx(lost_s, abs=sigma_s)


@BOTH
def test_a_signal_passes_where_spice_finds_no_surface(definition: Body) -> None:
    """Rays from all round, near and past the limb, to a far station: `surfpt` tells the truth."""
    body = CentralBody(definition)
    draw, count = np.random.default_rng(5), 4000
    times = 9.8e8 + draw.uniform(0.0, 86_400.0, count)
    size = max(definition.radii_km)
    towards = draw.normal(size=(3, count))
    towards /= np.linalg.norm(towards, axis=0)
    aside = draw.normal(size=(3, count)) * size * 0.6
    start = aside - 5.0 * size * towards
    far = start + 1e4 * size * towards
    turn = body.turn(times)
    hidden = stands_between(body.ellipsoid, turn, start, far)
    fixed, ray = rotate(turn, start), rotate(turn, towards)
    meets = np.array(
        [
            _meets(place, direction, definition.radii_km)
            for place, direction in zip(fixed.T, ray.T, strict=True)
        ]
    )
    assert 0.2 < meets.mean() < 0.9
    assert (hidden == meets).all()
    # a sphere, or a body of revolution, would be wrong about many of them
    revolved = replace(definition, radii_km=(size, size, definition.radii_km[2]))
    other = CentralBody(revolved)
    assert (stands_between(other.ellipsoid, other.turn(times), start, far) != meets).mean() > 0.005


def _meets(place: np.ndarray, direction: np.ndarray, radii: tuple[float, ...]) -> bool:  # type: ignore[type-arg]
    try:
        return spiceypy.surfpt(place.copy(), direction.copy(), *radii) is not None
    except spiceypy.NotFoundError:
        return False


@BOTH
def test_the_limb_is_where_spice_draws_it(definition: Body) -> None:
    """Past points of `edlimb`'s ellipse, a ten-thousandth of the body outside and inside."""
    body = CentralBody(definition)
    at = np.array([9.85e8])
    turn = body.turn(at)
    view = np.array([3.0, -7.0, 4.0]) * max(definition.radii_km)
    limb = spiceypy.edlimb(*definition.radii_km, view)
    for angle in np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False):
        edge = limb.center + np.cos(angle) * limb.semi_major + np.sin(angle) * limb.semi_minor
        for share, hidden in ((1.0001, False), (0.9999, True)):
            ray = 100.0 * (edge * share - view)
            start = rotate_back(turn, view)
            found = clearance_km(body.ellipsoid, turn, start, rotate_back(turn, ray))
            assert (found[0] < 0.0) == hidden


@BOTH
def test_a_site_stands_as_high_as_spice_says(definition: Body) -> None:
    bodies = CentralBodies({definition.id: definition}, "")
    for latitude, longitude, altitude_m in (
        (0.0, 0.0, 0.0),
        (35.0, 250.0, 12.0),
        (-80.0, 10.0, -5),
    ):
        site = SurfaceSite(
            LandingSite(definition.id, latitude, longitude, altitude_m, 10.0), bodies
        )
        at = np.array([9.85e8])
        place, up = site.position_and_up(at)
        turn = bodies[definition.id].body_fixed_rotation(at)
        fixed = rotate(turn, place)[:, 0]
        nearest, height = spiceypy.nearpt(fixed, *definition.radii_km)
        assert height == pytest.approx(altitude_m / 1000.0, abs=1e-9)
        normal = spiceypy.surfnm(*definition.radii_km, nearest)
        assert rotate(turn, up)[:, 0] == pytest.approx(normal, abs=1e-9)
        assert spiceypy.reclat(nearest)[1:] == pytest.approx(
            (np.remainder(np.radians(longitude) + np.pi, 2 * np.pi) - np.pi, np.radians(latitude)),
            abs=1e-9,
        )


def test_an_orbit_about_a_small_body_keeps_its_energy_with_j2() -> None:
    """Of the potential with J2, over ten hours at 1.2 km: the Sun's tide alone is beside it."""
    known = known_bodies()
    body = known["apophis"]
    epoch, hours = 920_800_000.0, 10.0  # 2029-03-06: Earth is far
    speed = np.sqrt(body.gm_km3_s2 / 1.2)
    state = np.array([1.2, 0.0, 0.0, 0.0, 0.6 * speed, 0.8 * speed])
    times = epoch + np.linspace(0.0, hours * 3600.0, 40)
    place, motion = Orbiting("apophis", known, epoch, state, float(times[-1])).state(times)
    distance = np.linalg.norm(place, axis=0)
    sine = (place * body.pole(times)).sum(axis=0) / distance
    bulge = body.j2 * (body.gravity_radius_km / distance) ** 2 * (3.0 * sine**2 - 1.0) / 2.0
    energy = (motion**2).sum(axis=0) / 2.0 - body.gm_km3_s2 / distance * (1.0 - bulge)
    assert np.ptp(energy) < 1e-4 * abs(energy[0])
    assert np.ptp(bulge) > 5e-4  # which J2's own share is far above


def test_the_numbers_of_ryugu_are_those_published() -> None:
    """S. Watanabe et al. 2019, and JPL's mean motion and semi-major axis of solution #206."""
    body = known_bodies()["ryugu"]
    told = body.definition
    assert 360.0 / told.rotation.prime_meridian_deg[1] * 24.0 == pytest.approx(7.63262, abs=2e-5)
    assert told.radii_km[2] / told.radii_km[0] == pytest.approx(0.872, abs=0.007)
    # its density, which has to be that of the sphere of the same volume
    density = told.gm_km3_s2 * 1e9 / 6.6743e-11 / (4.0 / 3.0 * np.pi * 448.0**3)
    assert density == pytest.approx(1190.0, abs=20.0)
    solution = told.ephemeris.solution
    assert solution is not None
    au, day = 149_597_870.7, 86_400.0
    state = np.concatenate(
        [np.array(solution.position_au) * au, np.array(solution.velocity_au_d) * au / day]
    )
    gm = known_bodies()["sun"].gm_km3_s2
    elements = spiceypy.oscltx(state, 0.0, gm)
    assert elements[9] / au == pytest.approx(1.18967955809115, abs=1e-12)
    assert elements[1] == pytest.approx(0.1903011683594156, abs=1e-12)
    assert np.degrees(np.sqrt(gm / elements[9] ** 3)) * day == pytest.approx(0.759554734, abs=1e-8)
