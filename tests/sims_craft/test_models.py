"""Each model of nature against a number from its source."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from groundsys.mission.spacecraft.place_model import KeplerOrbit, LandingSite
from groundsys.values.instants import Instant
from sims.craft.computer.clock import OnBoardClock, crystal_drift
from sims.craft.nature.dust import Dust
from sims.craft.nature.mars import (
    Sun,
    local_solar_hours,
    sun_elevation_deg,
    sun_elevations_deg,
    sun_from_mars,
)
from sims.craft.nature.seasons import pressure_share, solar_longitude_deg
from sims.craft.nature.sunlight import surface_sunlight
from sims.craft.nature.surroundings import RADIUS_KM, in_shadow, place_km
from sims.craft.payload.seismometer import COMPONENTS, GroundMotion
from sims.craft.payload.weather import Weather
from sims.craft.platform.attitude import SLEW_S, Attitude
from sims.craft.platform.power import Battery, Cells
from sims.craft.platform.tank import Tank
from sims.craft.platform.thermal import Heater, ThermalNode

#: Mars24's worked example: https://www.giss.nasa.gov/tools/mars24/help/algorithm.html
_EXAMPLE_NS = Instant.from_utc_iso("2000-01-06T00:00:00Z").tai_ns
_EXAMPLE_LS_DEG = 277.18758
_EXAMPLE_DISTANCE_AU = 1.39358
_EXAMPLE_HOURS_AT_AIRY = 23.64847

_SITE = LandingSite("MARS", 4.5, 247.0, 4100.0)
_START_NS = Instant.from_utc_iso("2031-08-20T00:00:00Z").tai_ns
_HOUR_NS = 3_600_000_000_000


def test_sun_agrees_with_mars24() -> None:
    sun = sun_from_mars(_EXAMPLE_NS)
    airy = LandingSite("MARS", 0.0, 0.0, 0.0)
    declination_deg = math.degrees(math.asin(0.42565 * math.sin(math.radians(_EXAMPLE_LS_DEG))))
    hours = local_solar_hours(airy, sun, np.array([_EXAMPLE_NS]))[0]
    assert sun.distance_au == pytest.approx(_EXAMPLE_DISTANCE_AU, abs=2e-4)
    assert sun.declination_deg == pytest.approx(declination_deg, abs=0.02)
    assert hours == pytest.approx(_EXAMPLE_HOURS_AT_AIRY, abs=0.002)


def test_sun_is_overhead_at_the_subsolar_point_and_a_sol_later_again() -> None:
    sun = sun_from_mars(_EXAMPLE_NS)
    subsolar = LandingSite("MARS", sun.declination_deg, 360.0 - 174.726, 0.0)
    sol_ns = round(88_775.244e9)
    assert sun_elevation_deg(subsolar, sun, _EXAMPLE_NS) == pytest.approx(90.0, abs=0.1)
    later = sun_from_mars(_EXAMPLE_NS + sol_ns)
    assert sun_elevation_deg(subsolar, later, _EXAMPLE_NS + sol_ns) == pytest.approx(90.0, abs=0.4)


def test_polar_site_has_its_last_light_in_northern_autumn() -> None:
    polar = replace(_SITE, latitude_deg=81.5)
    times = _START_NS + np.arange(25) * _HOUR_NS
    elevations = sun_elevations_deg(polar, sun_from_mars(_START_NS), times)
    assert elevations.max() == pytest.approx(90.0 - 81.5 - 7.0, abs=0.4)


def test_orbit_has_the_period_of_keplers_third_law() -> None:
    orbit = KeplerOrbit("MARS", Instant(_START_NS), 6900.0, 0.005, 78.0, 40.0, 90.0, 0.0)
    period_s = 2.0 * math.pi * math.sqrt(6900.0**3 / 42_828.375816)
    begin = place_km(orbit, _START_NS)
    again = place_km(orbit, _START_NS + round(period_s * 1e9))
    assert period_s / 3600.0 == pytest.approx(4.83, abs=0.01)
    assert math.dist(begin, again) < 0.01
    assert math.hypot(*begin) == pytest.approx(6900.0 * (1.0 - 0.005))


def test_shadow_is_behind_mars_and_as_wide_as_it() -> None:
    sun, radius_km = (1.0, 0.0, 0.0), RADIUS_KM["MARS"]
    assert in_shadow((-6000.0, radius_km - 1.0, 0.0), sun, radius_km)
    assert not in_shadow((-6000.0, radius_km + 1.0, 0.0), sun, radius_km)
    assert not in_shadow((6000.0, 0.0, 0.0), sun, radius_km)


def test_irradiance_at_mars_mean_distance() -> None:
    # 586.2 W/m², NASA Mars fact sheet
    assert Sun((1.0, 0.0, 0.0), 1.524).irradiance_w_m2 == pytest.approx(586.2, rel=0.002)


@pytest.mark.parametrize(
    ("utc", "longitude"),
    [
        # published with the landings of Curiosity and InSight
        ("2012-08-06T05:17:00Z", 150.7),
        ("2018-11-26T19:53:00Z", 295.6),
    ],
)
def test_the_season_of_landings(utc: str, longitude: float) -> None:
    found = solar_longitude_deg(Instant.from_utc_iso(utc).tai_ns)
    assert found == pytest.approx(longitude, abs=0.15)


@pytest.mark.parametrize(("longitude", "pressure_hpa"), [(150.0, 6.8), (258.0, 9.0), (50.0, 8.0)])
def test_the_air_of_a_year_at_viking_1(longitude: float, pressure_hpa: float) -> None:
    # Tillman et al. 1993; the year's mean is 7.97 hPa
    assert 7.97 * pressure_share(longitude) == pytest.approx(pressure_hpa, abs=0.15)


def test_surface_sunlight_under_a_high_sun_and_at_night() -> None:
    # Appelbaum & Flood 1990: normalised net flux 0.78 to 0.88 at τ 0.5, Sun near the zenith, over
    # ground that keeps 0.9 of what arrives
    assert 0.78 < 0.9 * surface_sunlight(90.0, 0.5) < 0.88
    assert surface_sunlight(-1.0, 0.5) == 0.0
    assert surface_sunlight(10.0, 0.5) < 0.15
    assert surface_sunlight(90.0, 0.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("optical_depth", "watt_hours"),
    [(2.1, 345.0), (10.8, 22.0)],
)
def test_a_storm_takes_as_much_of_a_day_as_opportunity_lost(
    optical_depth: float, watt_hours: float
) -> None:
    # NASA/JPL, status of Opportunity, June 2018: 468 Wh a sol at τ 1.0, 345 at 2.1, 22 at 10.8
    def day(tau: float) -> float:
        hours = np.linspace(-12.0, 12.0, 289)
        return sum(surface_sunlight(90.0 - abs(15.0 * hour), tau) for hour in hours)

    assert day(optical_depth) / day(1.0) == pytest.approx(watt_hours / 468.0, rel=0.15)


def test_battery_balance() -> None:
    battery = Battery(1000.0, 500.0, 24.0, 33.0)
    modes = []
    # 3.52 A from 28.5 V: 0.25 W stay in 0.02 Ω; of what is charged, 4 %
    for hours, solar_w, charge_wh, heat_w in (
        (1.0, 0.0, 399.75, 0.248), (1.0, 200.0, 495.75, 4.0), (10.0, 200.0, 1e3, 0.0),
    ):  # fmt: skip
        battery.advance(3600.0 * hours, solar_w, 100.0, 20.0)
        assert battery.charge_wh == pytest.approx(charge_wh, abs=0.01)
        assert battery.heat_w == pytest.approx(heat_w, abs=0.01)
        modes.append(battery.mode)
    assert modes == ["DISCHARGING", "CHARGING", "FULL"]
    assert battery.voltage_v == pytest.approx(33.0)


@pytest.mark.parametrize(("temperature_c", "share"), [(20.0, 1.0), (-40.0, 0.6), (35.0, 1.0)])
def test_a_cold_battery_gives_the_share_that_was_measured(
    temperature_c: float, share: float
) -> None:
    """60 % at −40 °C of what it gives at room temperature (Cho et al. 2021); the rest stays."""
    battery = Battery(1000.0, 1000.0, 24.0, 33.0)
    given_wh = lost_wh = 0.0
    while not battery.is_empty:
        before_wh = battery.charge_wh
        battery.advance(60.0, 0.0, 10.0, temperature_c)
        given_wh += 10.0 / 60.0
        lost_wh += battery.heat_w / 60.0
        assert battery.charge_wh < before_wh
    assert battery.percent == 0.0
    assert given_wh + lost_wh == pytest.approx(1000.0 * share, abs=0.2)
    battery.advance(0.0, 0.0, 0.0, 20.0)
    assert battery.percent == pytest.approx(100.0 * (1.0 - share), abs=0.1)


def test_cells_in_the_cold_have_the_resistance_that_was_measured() -> None:
    """Of C-LiCoO2 cells, 60 kJ/mol: fifty times from 20 to −20 °C (1999)."""
    cells = Cells(resistance_ohm=0.02, activation_kj_mol=60.0)
    assert cells.resistance_at_ohm(20.0) == pytest.approx(0.02)
    assert cells.resistance_at_ohm(-20.0) / 0.02 == pytest.approx(50.0, rel=0.03)


def test_a_cold_battery_sags_and_heats_itself() -> None:
    warm, cold = (Battery(220.0, 110.0, 6.4, 8.3, Cells(), 0.0) for _ in range(2))
    warm.advance(60.0, 0.0, 20.0, 20.0)
    cold.advance(60.0, 0.0, 20.0, -25.0)
    for battery in (warm, cold):
        assert battery.voltage_v * battery.current_a == pytest.approx(-20.0)
        loss_wh = 110.0 - battery.charge_wh
        assert loss_wh == pytest.approx((20.0 + battery.heat_w) / 60.0)
    assert cold.voltage_v < warm.voltage_v - 0.3
    assert cold.heat_w > 5.0 * warm.heat_w
    assert cold.most_w == pytest.approx(7.35**2 / (4.0 * cold.resistance_ohm), rel=1e-3)


def test_below_what_insights_cells_were_qualified_for_none_is_charged() -> None:
    """−30 °C (Smart et al.): it keeps what it has."""
    battery = Battery(220.0, 110.0, 6.4, 8.3)
    battery.advance(3600.0, 30.0, 5.0, -30.5)
    assert (battery.charge_wh, battery.current_a, battery.heat_w) == (110.0, 0.0, 0.0)
    assert battery.mode == "TOO_COLD"
    battery.advance(3600.0, 30.0, 5.0, -29.5)
    assert battery.mode == "CHARGING"
    assert battery.charge_wh == pytest.approx(110.0 + 0.96 * 25.0)
    battery.advance(60.0, 0.0, 5.0, -40.0)
    assert battery.mode == "DISCHARGING"


def test_a_craft_states_other_cells_in_its_platform() -> None:
    platform = {"battery_wh": 100.0, "battery_empty_v": 6.4, "battery_full_v": 8.3,
                "battery_initial_percent": 50.0}  # fmt: skip
    usual = Battery.of(platform, 20.0)
    assert (usual.charge_wh, usual.percent) == (pytest.approx(50.0), pytest.approx(50.0))
    commercial = {**platform, "battery_no_charge_below_c": 0.0, "battery_held_per_k": 0.01}
    battery = Battery.of(commercial, -10.0)
    assert battery.is_too_cold
    assert battery.charge_wh == pytest.approx(30.0 + 0.5 * 70.0)


def test_thermal_node_settles_by_its_time_constant() -> None:
    node = ThermalNode(0.0, 1000.0, 2.0)
    node.advance(1000.0, -20.0, 60.0)
    settled_c = -20.0 + 60.0 / 2.0
    assert node.temperature_c == pytest.approx(settled_c * (1.0 - math.exp(-1.0)))
    in_steps = ThermalNode(0.0, 1000.0, 2.0)
    for _ in range(10):
        in_steps.advance(100.0, -20.0, 60.0)
    assert in_steps.temperature_c == pytest.approx(node.temperature_c)


def test_thermostat_keeps_its_two_points() -> None:
    heater = Heater(60.0, 10.0)
    assert heater.regulate(8.9) == 60.0
    assert heater.regulate(10.9) == 60.0
    assert heater.regulate(11.1) == 0.0
    assert heater.regulate(9.1) == 0.0
    heater.mode = "ON"
    assert heater.regulate(40.0) == 60.0


def test_attitude_turns_and_unloads_its_wheels() -> None:
    tank = Tank(62.4, 0.09, 22e5, 62.4, 18.0, 18.0)
    attitude = Attitude(1, "otv", tank)
    assert attitude.faces_earth(_START_NS)
    assert attitude.turn_to("SUN_POINTING", _START_NS) == SLEW_S
    assert not attitude.faces_earth(_START_NS + 10 * _HOUR_NS)
    attitude.turn_to("EARTH_POINTING", _START_NS)
    assert not attitude.faces_earth(_START_NS + 1)
    assert attitude.faces_earth(_START_NS + round(SLEW_S * 1e9))
    for _ in range(30):
        attitude.advance(86_400.0)
    assert all(abs(speed) < 5_500.0 for speed in attitude.wheels_rpm)
    assert 62.0 < tank.propellant_kg < 62.4


def test_clock_gains_what_its_drift_says() -> None:
    clock = OnBoardClock(epoch_ns=0, start_ns=10**18, offset_ns=-400_000_000, drift_ppt=2_000_000)
    day_ns = 86_400 * 10**9
    gained = clock.reading(10**18 + day_ns) - clock.reading(10**18) - day_ns
    assert gained == pytest.approx(172_800_000)
    for sclk_ns in (clock.reading(10**18 + 5), clock.reading(10**18 + day_ns) + 7):
        tai_ns = clock.when(sclk_ns)
        assert clock.reading(tai_ns) >= sclk_ns > clock.reading(tai_ns - 1)


def test_a_crystal_has_two_turning_points_about_26_degrees() -> None:
    """Bechmann's cubic: extreme at T_L and at 52 °C - T_L, 4 a3 d³ apart, odd about 26 °C."""
    for turnover_c in (-22.0, 18.0):
        d = 26.0 - turnover_c
        for extreme_c in (turnover_c, 26.0 + d):
            near = [crystal_drift(extreme_c + off, turnover_c) for off in (-0.01, 0.0, 0.01)]
            assert abs(near[2] - near[0]) < 1e-3 * abs(near[2] + near[0] - 2 * near[1])
        fall = crystal_drift(turnover_c, turnover_c) - crystal_drift(26.0 + d, turnover_c)
        assert fall == pytest.approx(4 * 109.5e-12 * d**3)
        middle = crystal_drift(26.0, turnover_c)
        colder, warmer = (crystal_drift(26.0 + off, turnover_c) for off in (-7.0, 7.0))
        assert colder - middle == pytest.approx(middle - warmer)


def test_a_clock_that_warms_goes_on_without_a_jump_and_knows_its_past() -> None:
    clock = OnBoardClock(0, 10**18, 5, 2_000_000, turnover_c=-12.0)
    second = 10**9
    clock.warm(10**18 + 1_000 * second, 1.0)
    drift = 2e-6 + crystal_drift(1.0, -12.0)
    at_ns = 10**18 + 1_000 * second
    assert clock.reading(at_ns) - clock.reading(at_ns - 1) in (1, 2)
    gained_ns = clock.reading(at_ns + 10**15) - clock.reading(at_ns) - 10**15
    assert gained_ns == pytest.approx(drift * 1e15, abs=1e3)  # the rate is kept to 1e-12
    for tai_ns in (at_ns - 500 * second, at_ns - 1, at_ns, at_ns + 500 * second):
        assert clock.when(clock.reading(tai_ns)) in (tai_ns, tai_ns - 1)


def test_a_clock_that_is_reset_shows_what_it_was_set_to() -> None:
    clock = OnBoardClock(0, 10**18, 0, 0)
    at_ns = 10**18 + 5_000
    clock.set(at_ns, 100)
    assert clock.resets == 1
    assert [clock.reading(at_ns + off) for off in (-1, 0, 7)] == [10**18 + 4_999, 100, 107]
    assert clock.when(130) == at_ns + 30
    assert clock.when(50) == at_ns
    clock.set(at_ns + 1_000, 9_000)  # it leaps over what it has not shown
    assert clock.when(5_000) == at_ns + 1_000


def test_weather_is_martian_and_runs_on_from_file_to_file() -> None:
    weather = Weather(1, "cube-polar", replace(_SITE, latitude_deg=81.5, altitude_m=-2600), Dust())
    times = _START_NS + np.arange(1440, dtype=np.int64) * 5_000_000_000
    one = weather.sample(times[:720], 1)
    two = weather.sample(times[720:], 2)
    whole = np.concatenate([one["pressure"], two["pressure"]])
    # 610 Pa at the datum, scale height 11.1 km: 771 Pa 2.6 km below it, of which the poles hold a
    # twentieth as northern autumn begins (7.5 hPa at Viking 1, of 7.97 on average)
    assert whole.mean() == pytest.approx(729.0, abs=15.0)
    assert abs(np.diff(whole)).max() < 0.5
    # the polar night has begun: little warmer than frost of carbon dioxide, and as humid as can be
    assert 149.0 < one["air_temperature"].mean() < 160.0
    assert one["relative_humidity"].min() == one["relative_humidity"].max() == 100.0
    assert 0.0 <= one["wind_direction"].min() <= one["wind_direction"].max() <= 360.0
    assert np.array_equal(one["pressure"], weather.sample(times[:720], 1)["pressure"])


def test_quake_rises_and_decays_above_the_noise() -> None:
    ground = GroundMotion(3, "cube-tharsis", _SITE)
    day = _START_NS // 86_400_000_000_000
    quake = max(ground.quakes(day), key=lambda one: one.amplitude_m_s)
    times = quake.arrival_ns + np.arange(-3000, 6000, dtype=np.int64) * 100_000_000
    motion = ground.sample(times, 1)
    assert set(motion) == set(COMPONENTS)
    quiet = motion["vertical"][:2900].std()
    loud = motion["north"][3000 + round(10 * quake.s_after_s) :].std()
    assert quiet < 2e-8
    assert loud > 2.0 * quiet
