"""The link budget against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry.link import (
    attenuation_db,
    beam_width_deg,
    best_rate_bps,
    bit_error_rate,
    c_n0_dbhz,
    eb_n0_db,
    free_space_loss_db,
    greatest_range_km,
    noise_increase_db,
    pattern_db,
    proximity_c_n0_dbhz,
)
from groundsys.mission import load_mission
from groundsys.mission.ground.antenna_model import Sky
from groundsys.values.errors import DefinitionError
from tests.geometry.missions import GROUND_RADIO, UHF, X_BAND


def test_free_space_loss_of_one_astronomical_unit_at_x_band() -> None:
    # 20·log10(1.495979e8 km) + 20·log10(8420 MHz) + 32.4478 = 163.498 + 78.506 + 32.448
    assert free_space_loss_db(8420.0, 1.495979e8) == pytest.approx(274.452, abs=0.001)


def test_carrier_to_noise_by_hand() -> None:
    # 13.979 + 38.8 − 1 − 274.452 + 72 − 0.3 + 228.599 − 17.782
    assert c_n0_dbhz(X_BAND, GROUND_RADIO, 1.495979e8) == pytest.approx(59.845, abs=0.002)
    assert eb_n0_db(59.845, 64_000.0) == pytest.approx(11.783, abs=0.001)


@pytest.mark.parametrize(("eb_n0", "rate"), [(4.323, 1e-2), (6.789, 1e-3), (9.588, 1e-5)])
def test_uncoded_bpsk_error_rates(eb_n0: float, rate: float) -> None:
    assert bit_error_rate(eb_n0) == pytest.approx(rate, rel=0.01)


def test_the_best_rate_is_the_highest_that_closes_with_margin() -> None:
    # at 1 au 59.845 dBHz: 64 kbit/s leaves 5.3 dB over the required 6.5 dB, 128 kbit/s 2.3 dB
    assert best_rate_bps(X_BAND, GROUND_RADIO, 1.495979e8, 3.0) == 64_000.0
    assert best_rate_bps(X_BAND, GROUND_RADIO, 1.495979e8, 2.0) == 128_000.0
    assert best_rate_bps(X_BAND, GROUND_RADIO, 1e10, 3.0) == 8_000.0
    with pytest.raises(DefinitionError, match="without data rates"):
        best_rate_bps(replace(X_BAND, rates_bps=()), GROUND_RADIO, 1e8)


def test_a_landers_helix_has_the_pattern_of_a_cardioid() -> None:
    """Kilgus 1975: the field is (1 + sin ε) / 2; its directivity is 3, of which 0.8 dB are lost."""
    landed = [one for one in load_mission().spacecraft.values() if one.site and not one.entry]
    assert landed
    elevation_deg = np.linspace(-90.0, 90.0, 3601)
    sine = np.sin(np.radians(elevation_deg))
    power = ((1.0 + sine) / 2.0) ** 2
    directivity = 2.0 / np.trapezoid(power, sine)
    assert directivity == pytest.approx(3.0, rel=1e-5)
    above = elevation_deg >= 0.0
    for craft in landed:
        uhf = craft.radios["uhf"]
        assert uhf.antenna_gain_dbi == pytest.approx(10.0 * np.log10(directivity) - 0.8, abs=0.05)
        np.testing.assert_allclose(
            pattern_db(uhf, elevation_deg[above]), 10.0 * np.log10(power[above]), atol=0.15
        )


def test_a_proximity_link_follows_the_pattern_of_either_end() -> None:
    helix = replace(UHF, elevation_pattern=((0.0, -6.0), (30.0, -2.5), (90.0, 0.0)))
    elevations = np.array([-5.0, 15.0, 30.0, 90.0])
    ranges = np.array([3900.0, 3600.0, 3000.0, 2200.0])
    even = c_n0_dbhz(UHF, UHF, ranges)
    for ends in ((helix, UHF), (UHF, helix)):
        strength = proximity_c_n0_dbhz(*ends, ranges, elevations)
        np.testing.assert_allclose(strength - even, [-6.0, -4.25, -2.5, 0.0])
        assert proximity_c_n0_dbhz(*ends, 3600.0, 15.0) == pytest.approx(strength[1])
    np.testing.assert_array_equal(proximity_c_n0_dbhz(UHF, UHF, ranges, elevations), even)


def test_budgets_take_many_ranges_at_once() -> None:
    ranges = np.array([1e8, 1.495979e8, 3e8])
    np.testing.assert_allclose(
        c_n0_dbhz(X_BAND, GROUND_RADIO, ranges),
        [c_n0_dbhz(X_BAND, GROUND_RADIO, float(one)) for one in ranges],
        rtol=1e-12,
    )


def test_the_greatest_range_is_where_a_rate_just_closes() -> None:
    # 64 kbit/s leaves 5.283 dB at 1 au, 2.283 dB more than wanted: 10^(2.283 / 20) = 1.3006 au
    range_km = greatest_range_km(X_BAND, GROUND_RADIO, 64_000.0, 3.0)
    assert range_km == pytest.approx(1.3006 * 1.495979e8, rel=1e-3)
    assert best_rate_bps(X_BAND, GROUND_RADIO, range_km * 0.999) == 64_000.0
    assert best_rate_bps(X_BAND, GROUND_RADIO, range_km * 1.001) == 32_000.0


def test_the_air_and_the_ground_make_low_elevations_worse() -> None:
    """By hand, as in the file of DSS-63: T1 11.45 K, T2 8.07 K, a 0.077, zenith 0.045 dB."""
    sky = Sky(0.045, 8.07, 0.077)
    radio = replace(GROUND_RADIO, system_noise_k=20.4)
    elevations = np.array([10.0, 30.0, 90.0])
    # 0.045 / sin
    np.testing.assert_allclose(attenuation_db(sky, elevations), [0.2591, 0.09, 0.045], atol=1e-4)
    # air 267.5 (1 − 1/L): 15.49, 5.49, 2.76 K; ground 3.74, 0.80, 0.01 K
    noise_k = 20.4 + np.array([15.49 + 3.74, 6.29, 2.77]) - 6.29
    np.testing.assert_allclose(
        noise_increase_db(radio, sky, elevations), 10.0 * np.log10(noise_k / 20.4), atol=2e-3
    )


def test_a_big_dish_has_the_beam_that_its_owner_states() -> None:
    """DSN 810-005, module 101: the 70 m antenna's half-power beamwidth at X-band is 0.032°; its rim
    is lit more than most, so that 70° λ/D is a tenth wide of it."""
    assert beam_width_deg(70.0, 8_420.0) == pytest.approx(0.032, rel=0.15)
    assert beam_width_deg(35.0, 8_420.0) == pytest.approx(2.0 * beam_width_deg(70.0, 8_420.0))
