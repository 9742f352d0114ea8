"""How uncertain ends of windows are, against windows of craft that truly fly elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry import Geometry, relay_windows, view_periods
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.navigation import (
    DisplacedTrajectory,
    overflight_sigmas_s,
    sky_sigma,
    timing_sigma_s,
    track_sigma,
    view_sigmas_s,
)
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.celestial.body_model import FigureSigmas
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.place_model import Navigation
from groundsys.values.instants import Instant
from groundsys.values.predicts import unit_vectors
from tests.geometry.missions import DAY, MISSION, OTV, START

SIZES = {"along_track_km": 2.0, "cross_track_km": 1.0, "radial_km": 0.2}


def known_within(**sizes: float) -> Mission:
    craft = {**MISSION.spacecraft, "otv": replace(OTV, navigation=Navigation(**sizes))}
    return replace(MISSION, spacecraft=craft)


def displaced(geometry: Geometry, *lengths_km: float) -> Geometry:
    trajectory = geometry.craft("otv").trajectory
    return geometry.with_trajectory("otv", DisplacedTrajectory(trajectory, *lengths_km))


def test_displacements_are_along_across_and_outwards() -> None:
    trajectory = Geometry(MISSION).craft("otv").trajectory
    times = tdb_seconds(instants_ns(START, START.plus_seconds(5000.0)))
    position, velocity = trajectory.position_km(times), trajectory.velocity_km_s(times)
    for number, direction in enumerate((velocity, np.cross(position, velocity, axis=0), position)):
        lengths = [0.0, 0.0, 0.0]
        lengths[number] = 3.0
        moved = DisplacedTrajectory(trajectory, *lengths).position_km(times) - position
        np.testing.assert_allclose(np.linalg.norm(moved, axis=0), 3.0, rtol=1e-9)
        cosine = (moved * direction).sum(axis=0) / np.linalg.norm(direction, axis=0) / 3.0
        assert (cosine > 0.99).all()


def test_along_the_track_it_grows_with_every_day_from_the_epoch() -> None:
    sizes = {**SIZES, "along_track_growth_km_per_day": 0.5}
    geometry = Geometry(known_within(**sizes))
    days = (-2.0, 0.0, 4.0)
    sigma = track_sigma(geometry, "otv", instants_ns(*(START.plus_seconds(86_400.0 * one)
                                                      for one in days)))  # fmt: skip
    np.testing.assert_allclose(sigma.along_km, [3.0, 2.0, 4.0], rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(sigma.cross_km, 1.0)
    np.testing.assert_allclose(sigma.radial_km, 0.2)
    speed = np.linalg.norm(
        geometry.craft("otv").trajectory.velocity_km_s(tdb_seconds(instants_ns(START)))
    )
    assert timing_sigma_s(geometry, "otv", START) == pytest.approx(2.0 / speed, rel=1e-9)


def root_sum_of_squares(geometry: Geometry, ends_of: object) -> np.ndarray:
    """By finding the windows again with each displacement flown for real."""
    assert callable(ends_of)
    here = ends_of(geometry)
    total = np.zeros(len(here))
    for lengths in ((2.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.2)):
        there = ends_of(displaced(geometry, *lengths))
        total += (
            np.array([one.seconds_since(two) for one, two in zip(here, there, strict=True)]) ** 2
        )
    return np.sqrt(total)


def test_ends_of_overflights_move_as_flown() -> None:
    geometry = Geometry(known_within(**SIZES))

    def ends_of(changed: Geometry) -> list[Instant]:
        return [
            end
            for window in relay_windows(changed, "otv", "cube-polar", DAY)
            for end in (window.interval.start, window.interval.end)
            if DAY.start < end < DAY.end
        ]

    sigmas = overflight_sigmas_s(geometry, "otv", "cube-polar", ends_of(geometry))
    np.testing.assert_allclose(sigmas, root_sum_of_squares(geometry, ends_of), rtol=0.02)
    assert min(sigmas) > 0.3


def test_ends_of_view_periods_move_as_flown() -> None:
    """Occultations by the craft's own motion; rise and set, which Earth's turn makes, hardly."""
    geometry = Geometry(known_within(**SIZES))

    def ends_of(changed: Geometry) -> list[Instant]:
        return [
            end
            for period in view_periods(changed, "usuda-64", "otv", DAY)
            for end in (period.receive.start, period.receive.end)
            if DAY.start < end < DAY.end
        ]

    ends = ends_of(geometry)
    sigmas = np.array(view_sigmas_s(geometry, "usuda-64", "otv", ends))
    flown = root_sum_of_squares(geometry, ends_of)
    rising = geometry.mask_excess_deg("usuda-64", "otv", instants_ns(*ends)) < 1e-3
    assert rising.any()
    assert not rising.all()
    assert sigmas[rising].max() < 0.01
    assert flown[rising].max() < 0.01
    np.testing.assert_allclose(sigmas[~rising], flown[~rising], rtol=0.02)
    assert (sigmas[~rising] > 0.3).all()


def test_what_is_known_exactly_leaves_nothing_uncertain() -> None:
    geometry = Geometry(MISSION)
    assert view_sigmas_s(geometry, "usuda-64", "otv", [START.plus_seconds(7200.0)]) == (0.0,)
    assert overflight_sigmas_s(geometry, "otv", "cube-polar", []) == ()


def test_the_sky_of_an_antenna_is_as_uncertain_as_craft_that_fly_elsewhere_show() -> None:
    """Against draws of the three displacements: root mean square of angle and range rate."""
    sizes = {"along_track_km": 900.0, "cross_track_km": 400.0, "radial_km": 500.0}
    geometry = Geometry(known_within(**sizes))
    at = START.plus_seconds(9_000.0).tai_ns
    sigma_deg, sigma_km_s = sky_sigma(geometry, "usuda-64", "otv", at)
    around = np.array([at - 10 * 10**9, at, at + 10 * 10**9])

    def look(one: Geometry) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], float]:
        azimuth, elevation = one.azimuth_elevation_deg("usuda-64", "otv", around[1:2])
        before, _, after = one.range_km("usuda-64", "otv", around)
        return unit_vectors(azimuth, elevation)[:, 0], float(after - before) / 20.0

    direction, rate = look(geometry)
    draws = np.random.default_rng(3).standard_normal((400, 3)) * list(sizes.values())
    seen = [look(displaced(geometry, *lengths)) for lengths in draws]
    angles = np.degrees([np.linalg.norm(np.cross(direction, there)) for there, _ in seen])
    assert np.sqrt(np.mean(angles**2)) == pytest.approx(sigma_deg, rel=0.08)
    assert np.std([its - rate for _, its in seen]) == pytest.approx(sigma_km_s, rel=0.08)
    assert sky_sigma(Geometry(known_within()), "usuda-64", "otv", at) == (0.0, 0.0)


def test_ends_behind_a_body_are_as_uncertain_as_its_size() -> None:
    """Against view periods past a body that is a kilometre larger in all directions."""
    known = {id: one.definition for id, one in known_bodies().items()}
    radii = known["mars"].radii_km
    unsure = replace(known["mars"], one_sigma=FigureSigmas(radii_km=(1.0, 1.0, 1.0)))
    larger = replace(known["mars"], radii_km=tuple(one + 1.0 for one in radii))
    was, now = (
        Geometry(replace(MISSION, bodies={**known, "mars": body})) for body in (unsure, larger)
    )
    before, after = (view_periods(one, "usuda-64", "otv", DAY)[1].receive for one in (was, now))
    sigmas = view_sigmas_s(was, "usuda-64", "otv", (before.start, before.end))
    moved = after.start.seconds_since(before.start), before.end.seconds_since(after.end)
    assert min(moved) > 0.1
    assert sigmas == pytest.approx(moved, rel=0.05)
    assert view_sigmas_s(now, "usuda-64", "otv", (after.start,)) == (0.0,)
