"""A body that turns: against numbers that others have found."""

from __future__ import annotations

import math

import pytest

from sims.craft.platform.rigid_body import RigidBody, along, between, turn_angle, turned

STILL = (1.0, 0.0, 0.0, 0.0)


def test_a_symmetric_top_nutates_at_the_rate_of_eulers_earth() -> None:
    """Goldstein, *Classical Mechanics*, §5.6: a rigid Earth, (C − A)/A = 1/305, would carry its
    axis of rotation about its axis of figure in 305 days, seen from itself."""
    day_s = 86_164.0
    scale = 400.0  # the equations hold at any pace: a day in 215 s
    spin = scale * 2.0 * math.pi / day_s
    wobble = 1e-6 * spin
    earth = RigidBody((305.0, 305.0, 306.0), STILL, (wobble, 0.0, spin))
    quarter_s = 305.0 * day_s / scale / 4.0
    earth.advance(quarter_s)
    x, y, z = earth.rate
    assert x == pytest.approx(0.0, abs=0.005 * wobble)
    assert y == pytest.approx(wobble, rel=0.005)
    assert z == pytest.approx(spin, rel=1e-12)


def test_a_body_that_turns_freely_keeps_its_momentum_and_its_energy() -> None:
    degree = math.radians(1.0)
    body = RigidBody((260.0, 210.0, 310.0), STILL, (1.4 * degree, -0.7 * degree, 0.9 * degree))
    momentum, energy = body.momentum, body.energy
    body.advance(3_600.0)
    assert body.energy == pytest.approx(energy, rel=1e-9)
    assert body.momentum == pytest.approx(momentum, rel=1e-9)


def test_a_turn_about_the_middle_axis_tips_over() -> None:
    """Dzhanibekov's: the intermediate axis is the unstable one (Goldstein §5.6)."""
    spin = math.radians(3.0)
    body = RigidBody((260.0, 210.0, 310.0), STILL, (spin, 1e-4, 0.0))
    least = spin
    for _ in range(120):
        body.advance(10.0)
        least = min(least, body.rate[0])
    assert least < -0.9 * spin


def test_a_constant_torque_against_the_rate_takes_momentum_as_time_goes() -> None:
    body = RigidBody((200.0, 200.0, 200.0), STILL, (0.05, 0.0, 0.0))
    body.advance(25.0, lambda rate: (-0.2, 0.0, 0.0))
    assert body.rate[0] == pytest.approx(0.05 - 0.2 * 25.0 / 200.0)
    # turned by the mean rate
    assert turn_angle(STILL, body.attitude) == pytest.approx(25.0 * (0.05 + body.rate[0]) / 2.0)


@pytest.mark.parametrize(
    ("x", "z"),
    [
        ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
        ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
        ((0.0, -0.6, 0.8), (0.0, 0.8, 0.6)),
        ((-0.8, 0.0, -0.6), (0.6, 0.0, -0.8)),
    ],
)
def test_a_body_stands_as_its_axes_say(
    x: tuple[float, float, float], z: tuple[float, float, float]
) -> None:
    q = along(x, z)
    assert turned(q, (1.0, 0.0, 0.0)) == pytest.approx(x, abs=1e-12)
    assert turned(q, (0.0, 0.0, 1.0)) == pytest.approx(z, abs=1e-12)


def test_half_of_a_turn_is_half_its_angle() -> None:
    end = along((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    assert math.degrees(turn_angle(STILL, end)) == pytest.approx(90.0)
    assert math.degrees(turn_angle(STILL, between(STILL, end, 0.5))) == pytest.approx(45.0)
    assert turn_angle(end, between(STILL, end, 1.0)) == pytest.approx(0.0, abs=1e-7)
