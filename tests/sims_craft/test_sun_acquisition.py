"""From the launcher to the Sun: rates damped, panels unfolded, the way found; and antennas."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from groundsys.mission import load_mission
from groundsys.mission.spacecraft.link_model import LowGain
from sims.craft.nature.planets import Vector
from sims.craft.platform.sun_acquisition import Build, SunAcquisition
from sims.craft.radio.antennas import Antennas, gain_dbi

OTV = load_mission().spacecraft["otv"]
BUILD = Build.of(OTV.platform)
SUN: Vector = (0.6, -0.8, 0.0)
EARTH: Vector = (0.0, 0.8, 0.6)
SECOND_NS = 1_000_000_000
PATCH = LowGain(gain_dbi=6.0, width_deg=90.0, back_dbi=-15.0)


def leaving(
    build: Build = BUILD,
    *,
    seed: int = 1,
    fails: Callable[[int], bool] = lambda ns: False,
    drawn: list[float] | None = None,
) -> SunAcquisition:
    draw = (drawn if drawn is not None else []).append
    return SunAcquisition(
        build, "otv", seed, 60 * SECOND_NS, 0.7, fails=fails, draw_propellant=draw
    )


def fly(one: SunAcquisition, until_s: float, *, from_s: float = 0.0) -> dict[str, float]:
    """When each phase began, in steps of two seconds."""
    began: dict[str, float] = {}
    for step in range(int(from_s / 2.0), int(until_s / 2.0)):
        one.advance(2 * step * SECOND_NS, 2.0, SUN, EARTH)
        began.setdefault(one.phase, 2.0 * step + 2.0)
    return began


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_craft_finds_the_sun_by_itself(seed: int) -> None:
    one = leaving(seed=seed)
    began = fly(one, 3_000.0)
    assert list(began) == ["STANDBY", "RATE_DAMPING", "SUN_ACQUISITION", "SUN_POINTING"]
    assert began["RATE_DAMPING"] == 60.0
    assert began["SUN_ACQUISITION"] > 60.0 + BUILD.damping_after_s
    assert one.off_sun_deg(SUN) == pytest.approx(0.0, abs=1e-4)
    assert one.panel_share(SUN) == pytest.approx(1.0)
    # the dishes are as near to Earth as panels to the Sun allow
    apart_deg = math.degrees(math.acos(sum(a * b for a, b in zip(SUN, EARTH, strict=True))))
    assert one.off_earth_deg(EARTH) == pytest.approx(abs(apart_deg - 90.0), abs=1e-3)


def test_rates_are_damped_in_the_time_that_momentum_over_torque_takes() -> None:
    """Of a round body; what is left below 0.1°/s takes as long again at a torque that fades."""
    round_body = replace(BUILD, inertia_kg_m2=(250.0, 250.0, 250.0))
    drawn: list[float] = []
    one = leaving(round_body, drawn=drawn)
    fly(one, 660.0)
    spin = math.sqrt(sum(rate**2 for rate in one.rate_rad_s))
    began = fly(one, 1_500.0, from_s=660.0)
    near_rest = math.radians(0.1)
    expected_s = 250.0 * (spin - near_rest) / 0.2 + 250.0 * near_rest / 0.2 * math.log(2.0)
    assert began["SUN_ACQUISITION"] - 660.0 == pytest.approx(expected_s, abs=3.0)
    # 6.2 g of hydrazine take 12 N·m·s (as for unloading a wheel)
    momentum = 250.0 * spin
    assert sum(drawn) == pytest.approx(0.0062 * momentum / 12.0, rel=0.25)


def test_a_craft_that_damps_nothing_tumbles_until_it_does() -> None:
    one = leaving(fails=lambda ns: ns < 7_200 * SECOND_NS)
    began = fly(one, 7_100.0)
    assert list(began)[-1] == "RATE_DAMPING"
    assert "SUN_POINTING" in fly(one, 9_000.0, from_s=7_100.0)


def test_folded_panels_that_tumble_give_a_fraction_of_what_they_would() -> None:
    """Of a body that turns every way a quarter is to the Sun, and of that a fifth is not folded."""
    shares = []
    for seed in range(40):
        one = leaving(seed=seed, fails=lambda ns: True)
        for step in range(60):
            one.advance(30 * step * SECOND_NS, 30.0, SUN, EARTH)
            if step > 2:
                shares.append(one.panel_share(SUN))
    assert sum(shares) / len(shares) == pytest.approx(0.25 * BUILD.panel_folded_share, rel=0.15)


def test_power_follows_the_cosine_of_the_suns_angle() -> None:
    """Wertz & Larson: at 60° half of it."""
    one = leaving()
    fly(one, 3_000.0)
    away: Vector = (
        0.6 * 0.5 + 0.8 * math.sin(math.radians(60.0)),
        -0.8 * 0.5 + 0.6 * math.sin(math.radians(60.0)),
        0.0,
    )
    assert one.off_sun_deg(away) == pytest.approx(60.0, abs=1e-6)
    assert one.panel_share(away) == pytest.approx(0.5)


def test_a_low_gain_antenna_has_half_its_power_at_half_its_width() -> None:
    """ITU-R S.672-4: 3 dB at ψ₋₃; and Balanis (2-26): 41 253 / 90² is 7.1 dB, less some loss."""
    assert gain_dbi(PATCH, 0.0) == 6.0
    assert gain_dbi(PATCH, 45.0) == pytest.approx(3.0)
    assert gain_dbi(PATCH, 90.0) == pytest.approx(-6.0)
    assert gain_dbi(PATCH, 180.0) == -15.0
    directivity_db = 10.0 * math.log10(41_253.0 / 90.0**2)
    assert directivity_db == pytest.approx(7.07, abs=0.01)
    assert 0.5 < directivity_db - PATCH.gain_dbi < 1.5
    assert OTV.radios["x_band"].low_gain == PATCH


def test_a_craft_changes_to_its_dish_for_good_once_it_is_on_earth() -> None:
    faces, off_deg = [False], [45.0]
    antennas = Antennas(
        OTV.radios["x_band"], faces_earth=lambda ns: faces[0], off_earth_deg=lambda ns: off_deg[0]
    )
    assert antennas.gain_db(0) is None  # a craft in cruise, turned away: nothing is heard
    antennas.uses_low_gain = True
    assert antennas.gain_db(0) == pytest.approx(3.0 - 41.5)
    faces[0] = True
    assert antennas.gain_db(0) == 0.0
    faces[0] = False
    assert antennas.gain_db(0) is None
