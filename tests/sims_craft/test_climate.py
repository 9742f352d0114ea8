"""Temperatures by season and latitude, against landers that were there and what they obey."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.mission import load_mission
from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.values.instants import Instant
from sims.craft.nature.climate import (
    Climate,
    climate_at,
    day_temperatures,
    frost_point_k,
    insolation,
)
from sims.craft.nature.mars import sun_elevations_deg, sun_from_mars
from sims.craft.nature.seasons import solar_longitude_deg

MISSION = load_mission()
ZERO_K = 273.15
SOL_NS = 88_775_244_000_000
STEFAN_BOLTZMANN = 5.670_374e-8


def site(latitude_deg: float, altitude_m: float) -> LandingSite:
    return LandingSite(
        body="MARS",
        latitude_deg=latitude_deg,
        longitude_deg=0.0,
        altitude_m=altitude_m,
        elevation_mask_deg=10.0,
    )


def day(date: str) -> int:
    return Instant.from_utc_iso(f"{date}T00:00:00Z").tai_ns


@pytest.mark.parametrize(
    ("lander", "place", "date", "ls_deg", "lowest_k", "highest_k", "mean_within", "swing_within"),
    [
        # S. L. Hess et al., Science 194, 1976, page 78: the first 20 sols
        ("Viking 1", site(22.3, -3600.0), "1976-07-31", 101.7, 187.2, 241.8, 3.0, 6.0),
        # the same, page 1352: early summer
        ("Viking 2", site(47.7, -4500.0), "1976-09-25", 127.0, 191.0, 241.0, 6.0, 6.0),
        # JPL, caption of the frost on 25 September 1977: over frost it swung by less
        ("Viking 2", site(47.7, -4500.0), "1977-09-25", 338.8, 160.0, 175.0, 8.0, 20.0),
        # Canadian Space Agency, averages of sols 1 to 63: −79 and −30 °C
        ("Phoenix", site(68.2, -4130.0), "2008-06-28", 91.0, 194.2, 243.2, 6.0, 7.0),
        # NASA, 19 February 2019: −95 and −17 °C
        ("InSight", site(4.5, -2600.0), "2019-02-17", 342.3, 178.2, 256.2, 5.0, 7.0),
        # NASA, PIA16913, August 2012 to February 2013: −70 and 0 °C, deep in Gale
        ("Curiosity", site(-4.6, -4500.0), "2012-11-25", 213.0, 203.2, 273.2, 15.0, 7.0),
    ],
)
def test_landers_found_such_days(
    lander: str,
    place: LandingSite,
    date: str,
    ls_deg: float,
    lowest_k: float,
    highest_k: float,
    mean_within: float,
    swing_within: float,
) -> None:
    assert solar_longitude_deg(day(date)) == pytest.approx(ls_deg, abs=2.0)
    climate = climate_at(place, day(date))
    middle_k, half_k = (lowest_k + highest_k) / 2.0, (highest_k - lowest_k) / 2.0
    assert climate.mean_c + ZERO_K == pytest.approx(middle_k, abs=mean_within), lander
    assert climate.swing_c == pytest.approx(half_k, abs=swing_within), lander


def test_where_carbon_dioxide_freezes() -> None:
    """148 K at 6.1 mbar; 151 K at Viking lander 2 (JPL), 4.5 km below the datum, in late winter."""
    assert frost_point_k(610.0) == pytest.approx(147.7, abs=0.1)
    frost_c = climate_at(site(47.7, -4500.0), day("1977-09-25")).frost_c
    assert frost_c + ZERO_K == pytest.approx(151.0, abs=1.0)


def test_the_polar_night_is_as_cold_as_frost_and_the_polar_day_is_not() -> None:
    """At 80° north: about 150 K by TES while the seasonal cap lies there, −47 °C at midsummer."""
    place = MISSION.spacecraft["cube-boreum"].site
    assert place is not None
    cold = climate_at(place, day("2031-12-17"))
    assert cold.mean_c + ZERO_K == pytest.approx(150.0, abs=2.0)
    assert cold.swing_c < 0.5
    warm = climate_at(place, day("2032-12-07"))
    assert warm.mean_c > cold.mean_c + 60.0


def test_nights_differ_by_season_at_every_site_of_the_network() -> None:
    """The legs of `surface-seasons`: Ls 196°, 270°, 0° and 90°."""
    scenario = MISSION.scenarios["surface-seasons"]
    legs = [leg.tai_ns for leg in scenario.legs]
    assert [solar_longitude_deg(leg + SOL_NS // 2) % 359.5 for leg in legs] == pytest.approx(
        [196.0, 270.0, 0.0, 90.0], abs=1.5
    )
    for id in scenario.spacecraft:
        place = MISSION.spacecraft[id].site
        if place is not None:
            nights_c = [climate_at(place, leg).at_hour(2.0) for leg in legs]
            # by how much: much in the far north, little near the equator
            assert max(nights_c) - min(nights_c) > (40.0 if place.latitude_deg > 60.0 else 4.0), id


def test_the_suns_mean_and_swing_are_those_of_its_way_through_the_day() -> None:
    """Against the elevation hour by hour, which another module works out."""
    for latitude in (-70.0, -20.0, 0.0, 35.0, 68.2, 85.0):
        for date in ("2031-08-20", "2031-12-17", "2032-05-23", "2032-12-07"):
            start = day(date)
            times = start + np.arange(960, dtype=np.int64) * (SOL_NS // 960)
            sun = sun_from_mars(start)
            sines = np.sin(np.radians(sun_elevations_deg(site(latitude, 0.0), sun, times)))
            flux = sun.irradiance_w_m2 * np.clip(sines, 0.0, None)
            waves = np.fft.rfft(flux) / len(flux)
            found = insolation(latitude, start)
            assert found.mean_w_m2 == pytest.approx(float(waves[0].real), abs=1.0)
            assert found.swing_w_m2 == pytest.approx(2.0 * abs(waves[1]), abs=1.5)


@given(mean_w_m2=st.floats(0.0, 320.0), share=st.floats(0.0, 1.6), frost_k=st.floats(140.0, 155.0))
def test_ground_sends_out_what_it_takes_in_or_lies_under_frost(
    mean_w_m2: float, share: float, frost_k: float
) -> None:
    mean_k, swing_k = day_temperatures(mean_w_m2, share * mean_w_m2, frost_k)
    hours = np.radians(np.arange(360.0))
    sent_out = float(STEFAN_BOLTZMANN * np.mean((mean_k + swing_k * np.cos(hours)) ** 4))
    taken = 0.75 * mean_w_m2
    if mean_k > frost_k:
        assert sent_out == pytest.approx(taken, rel=1e-3)
    else:
        assert sent_out >= taken * (1.0 - 1e-3)


def test_the_air_is_warmest_at_two_and_never_colder_than_frost() -> None:
    climate = Climate(mean_c=-110.0, swing_c=30.0, frost_c=-123.0)
    hours = np.arange(0.0, 24.0, 0.25)
    temperatures = climate.at(hours)
    assert hours[int(np.argmax(temperatures))] == 14.0
    assert temperatures.max() == pytest.approx(-80.0)
    assert temperatures.min() == -123.0
    assert temperatures.tolist() == pytest.approx([climate.at_hour(float(hour)) for hour in hours])
    assert not math.isnan(float(temperatures.sum()))
