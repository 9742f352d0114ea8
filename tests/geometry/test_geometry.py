"""Geometry's own promises: agreement among its parts, and errors that say what is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry import (
    Ephemeris,
    Geometry,
    Listeners,
    relay_windows,
    uplink_intervals,
    view_periods,
)
from groundsys.geometry.orbits import SecularOrbit, SurfaceSite
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import EarthReceiveTime, Instant
from tests.geometry.missions import DAY, MISSION, ORBIT, OTV, START, landed

HOURS = instants_ns(*(START.plus_seconds(3600.0 * hour) for hour in range(24)))


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    return Geometry(MISSION)


def test_a_signal_takes_the_same_time_from_either_end(geometry: Geometry) -> None:
    down_s = geometry.downlink_light_time_s("usuda-64", "otv", HOURS)
    emitted = HOURS - np.round(down_s * 1e9).astype(np.int64)
    again_s = geometry.emission_light_time_s("usuda-64", "otv", emitted)
    np.testing.assert_allclose(again_s, down_s, rtol=0.0, atol=1e-8)


def test_each_instant_may_have_its_own_antenna(geometry: Geometry) -> None:
    ids = sorted(MISSION.antennas)
    which = np.arange(HOURS.size) % len(ids)
    listeners = Listeners(ids, which)
    light_s, elevation_deg = geometry.light_time_and_elevation(listeners, "otv", HOURS)
    emission_s = geometry.emission_light_time_s(listeners, "otv", HOURS)
    down = geometry.visible_downlink(listeners, "otv", HOURS)
    up = geometry.visible_uplink(listeners, "otv", HOURS)
    assert down.any()
    assert not down.all()
    for number, id in enumerate(ids):
        its = which == number
        ns = HOURS[its]
        alone_s = geometry.downlink_light_time_s(id, "otv", ns)
        np.testing.assert_allclose(light_s[its], alone_s, rtol=0.0, atol=1e-12)
        alone_deg = geometry.elevation_deg(id, "otv", ns)
        np.testing.assert_allclose(elevation_deg[its], alone_deg, rtol=0.0, atol=1e-9)
        alone_s = geometry.emission_light_time_s(id, "otv", ns)
        np.testing.assert_allclose(emission_s[its], alone_s, rtol=0.0, atol=1e-12)
        assert (down[its] == geometry.visible_downlink(id, "otv", ns)).all()
        assert (up[its] == geometry.visible_uplink(id, "otv", ns)).all()


def test_up_and_down_differ_by_mars_motion_only(geometry: Geometry) -> None:
    up_s = geometry.uplink_light_time_s("usuda-64", "otv", HOURS)
    down_s = geometry.downlink_light_time_s("usuda-64", "otv", HOURS)
    assert 500.0 < down_s.min() < down_s.max() < 512.0
    assert np.abs(up_s - down_s).max() < 0.1


def test_view_periods_are_seen_and_nothing_else(geometry: Geometry) -> None:
    periods = view_periods(geometry, "usuda-64", "otv", DAY)
    assert all(isinstance(period.receive.start, EarthReceiveTime) for period in periods)
    for period in periods:
        inside = instants_ns(
            period.receive.start.plus_seconds(0.1), period.receive.end.plus_seconds(-0.1)
        )
        assert geometry.visible_downlink("usuda-64", "otv", inside).all()
        if period.receive.end < DAY.end:
            outside = instants_ns(period.receive.end.plus_seconds(0.1))
            assert not geometry.visible_downlink("usuda-64", "otv", outside).any()
        assert 10.0 < period.maximum_elevation_deg < 90.0


def test_uplink_view_leads_downlink_view_by_the_round_trip(geometry: Geometry) -> None:
    """Mars ends both: what is sent a round trip earlier meets the craft as it disappears."""
    down = view_periods(geometry, "usuda-64", "otv", DAY)
    up = uplink_intervals(geometry, "usuda-64", "otv", DAY)
    end = down[0].receive.end
    round_trip_s = 2.0 * geometry.downlink_light_time_s("usuda-64", "otv", instants_ns(end))[0]
    assert min(abs(end.seconds_since(one.end) - round_trip_s) for one in up) < 1.0


def test_overflights_start_and_end_at_the_mask(geometry: Geometry) -> None:
    for window in relay_windows(geometry, "otv", "cube-tharsis", DAY):
        ends = [end for end in (window.interval.start, window.interval.end)
                if DAY.start < end < DAY.end]  # fmt: skip
        elevation, distance = geometry.overflight("otv", "cube-tharsis", instants_ns(*ends))
        np.testing.assert_allclose(elevation, 15.0, atol=0.01)
        assert distance.min() > window.minimum_range_km


def test_an_orbit_keeps_its_size_and_closes_after_a_period() -> None:
    orbit = SecularOrbit(replace(ORBIT, eccentricity=0.2))
    tdb = tdb_seconds(HOURS)
    radius = np.linalg.norm(orbit.position_km(tdb), axis=0)
    assert radius.min() >= 6900.0 * 0.8 - 1e-6
    assert radius.max() <= 6900.0 * 1.2 + 1e-6
    period_s = 2.0 * np.pi / orbit.mean_anomaly_rate
    np.testing.assert_allclose(
        np.linalg.norm(orbit.position_km(tdb + period_s), axis=0), radius, atol=1e-4
    )


def test_a_site_turns_with_mars_and_keeps_its_height() -> None:
    site = SurfaceSite(LandingSite("MARS", 0.0, 0.0, 2000.0))
    tdb = tdb_seconds(HOURS)
    np.testing.assert_allclose(np.linalg.norm(site.position_km(tdb), axis=0), 3398.19, atol=1e-6)
    sidereal_day_s = 360.0 / 350.891982443297 * 86_400.0
    np.testing.assert_allclose(
        site.position_km(tdb + sidereal_day_s), site.position_km(tdb), atol=0.1
    )


def test_an_orbit_determination_replaces_the_orbit(geometry: Geometry) -> None:
    moved = Geometry(MISSION, {"otv": replace(ORBIT, mean_anomaly_deg=21.0)})
    one = geometry.downlink_light_time_s("usuda-64", "otv", HOURS)
    other = moved.downlink_light_time_s("usuda-64", "otv", HOURS)
    assert 1e-4 < np.abs(one - other).max() < 1e-3


def test_unknown_names_and_frames_are_refused(geometry: Geometry) -> None:
    with pytest.raises(DefinitionError, match="no antenna named 'kiruna'"):
        geometry.elevation_deg("kiruna", "otv", HOURS)
    with pytest.raises(DefinitionError, match="no craft with an orbit or a site named 'probe'"):
        geometry.elevation_deg("usuda-64", "probe", HOURS)
    with pytest.raises(DefinitionError, match="does not fly over itself"):
        geometry.overflight("otv", "otv", HOURS)
    with pytest.raises(DefinitionError, match="frame that geometry does not know"):
        SecularOrbit(replace(ORBIT, center="EARTH", frame="MARS_IAU_OF_EPOCH"))
    with pytest.raises(DefinitionError, match="neither an ellipse nor a hyperbola"):
        SecularOrbit(replace(ORBIT, eccentricity=1.2))
    with pytest.raises(DefinitionError, match="body that geometry does not know"):
        SurfaceSite(LandingSite("MOON", 0.0, 0.0, 0.0))


def test_a_time_without_earth_orientation_is_refused(geometry: Geometry) -> None:
    early = instants_ns(Instant.from_utc_iso("1995-01-01T00:00:00Z"))
    with pytest.raises(DefinitionError, match="orientation is not known"):
        geometry.elevation_deg("usuda-64", "otv", early)


def test_a_time_without_planets_is_refused() -> None:
    with pytest.raises(DefinitionError, match="where mars is, is not known"):
        Ephemeris.load().position_km("mars", np.array([1e12]))


def test_line_of_sight_between_craft_about_mars_and_earth() -> None:
    """Craft half around a body never see each other; a landed one sees what is above it."""
    about_earth = replace(ORBIT, center="EARTH", frame="ICRF", semi_major_axis_km=7000.0)
    geometry = Geometry(
        replace(
            MISSION,
            spacecraft={
                "otv": OTV,
                "near": replace(OTV, orbit=about_earth),
                "opposite": replace(OTV, orbit=replace(about_earth, mean_anomaly_deg=200.0)),
                "beside": replace(OTV, orbit=replace(about_earth, mean_anomaly_deg=30.0)),
                "east": landed("east", 0.0, 90.0),
                "west": landed("west", 0.0, -90.0),
            },
        )
    )
    assert not geometry.line_of_sight("east", "west", HOURS).any()
    assert not geometry.line_of_sight("near", "opposite", HOURS).any()
    assert geometry.line_of_sight("near", "beside", HOURS).all()
    minutes = instants_ns(*(START.plus_seconds(60.0 * minute) for minute in range(240)))
    seen = geometry.line_of_sight("otv", "east", minutes)
    elevation, _ = geometry.overflight("otv", "east", minutes)
    sure = np.abs(elevation) > 2.0  # from 1 km up the horizon is 1.4° lower
    np.testing.assert_array_equal(seen[sure], elevation[sure] > 0.0)
