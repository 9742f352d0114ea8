"""What Doppler makes of a burn out of sight, against burns that gave less than was planned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry import Geometry
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.round_trip import round_trip_s
from groundsys.mission import load_scenario
from groundsys.tracking import BurnEstimate, ToldBurn, compare, estimate_burn
from groundsys.values.instants import EarthReceiveTime
from groundsys.values.tracking import TrackingPoint
from sims.space.planned_burn import Foreseen, through_burn

MISSION, SCENARIO = load_scenario("orbit-insertion")
OTV = MISSION.spacecraft["otv"]
assert OTV.orbit is not None
ORBIT = OTV.orbit
(BURN,) = (one.burn for one in SCENARIO.solutions if one.burn is not None)
SIZE_M_S = float(np.linalg.norm(BURN.delta_v_m_s))
ANTENNA = "dss-43"
TRANSMIT_HZ = 7.167e9
#: a light time and 32 minutes after ignition: out from behind Mars
FIRST_S = 625.0 + 1_920.0
#: of a point, both ways, one sigma
NOISE = 2.0 * 1e-4 / 299_792_458.0


def flown(*, thrust: float = 1.0, share: float = 1.0) -> Foreseen:
    """The burn by an engine of less thrust, or one that is cut off after a share of the Δv."""
    thrusts = {
        name: OTV.platform[name] * thrust
        for name in ("engine_low_thrust_n", "engine_high_thrust_n")
    }
    craft = replace(OTV, platform={**OTV.platform, **thrusts})
    x, y, z = (part * share for part in BURN.delta_v_m_s)
    return through_burn(craft, ORBIT, replace(BURN, delta_v_m_s=(x, y, z)))


def measured(truth: Geometry, *, first_s: float = FIRST_S) -> list[TrackingPoint]:
    """Half an hour of two-way points."""
    edges = BURN.ignition.plus_seconds(first_s).tai_ns + np.arange(31, dtype=np.int64) * 60 * 10**9
    trip_s, _ = round_trip_s(truth, ANTENNA, "otv", edges, OTV.transponder.delay_ns * 1e-9)
    noise = np.random.default_rng(7).normal(0.0, NOISE, 30)
    receive_hz = OTV.transponder.ratio * TRANSMIT_HZ * (1.0 - np.diff(trip_s) / 60.0 - noise)
    return [
        TrackingPoint(
            "otv", ANTENNA, "pass-01", EarthReceiveTime(int(edges[at + 1])), 60.0, TRANSMIT_HZ,
            float(receive_hz[at]), float(trip_s[at + 1]),
        )
        for at in range(30)
    ]  # fmt: skip


def estimate(
    true: Foreseen | None, *, given: float = 1.0, first_s: float = FIRST_S
) -> BurnEstimate | None:
    """By the trajectory that was told: with the burn as planned, or without any."""
    planned = through_burn(OTV, ORBIT, BURN)
    geometry = Geometry(MISSION)
    coasting = SecularOrbit(ORBIT)
    told = geometry.with_trajectory("otv", planned.path if given else coasting)
    truth = geometry.with_trajectory("otv", true.path if true else coasting)
    burn = ToldBurn(planned.burn, BURN.delta_v_m_s, BURN.time_limit_s, planned.mass_share, given)
    return estimate_burn(told, compare(told, measured(truth, first_s=first_s)), burn)


def test_a_burn_as_planned_lacks_nothing() -> None:
    found = estimate(flown())
    assert found is not None
    assert found.missing_m_s == pytest.approx(0.0, abs=0.5)
    assert found.residual_m_s < 0.01


@pytest.mark.parametrize("thrust", [0.88, 0.85, 0.8])
def test_a_weak_engine_is_told_with_what_is_missing(thrust: float) -> None:
    """The rocket equation: what 695 N of that share give 860 kg in 1600 s at 315 s."""
    burnt_kg = 695.0 * thrust / (9.80665 * 315.0) * BURN.time_limit_s
    given_m_s = 9.80665 * 315.0 * np.log(860.0 / (860.0 - burnt_kg))
    missing_m_s = SIZE_M_S - given_m_s
    assert missing_m_s > 30.0
    found = estimate(flown(thrust=thrust))
    assert found is not None
    assert found.way == "weak"
    assert found.missing_m_s == pytest.approx(missing_m_s, rel=0.02)


@pytest.mark.parametrize("share", [0.95, 0.8])
def test_a_burn_cut_off_is_told_apart_from_a_weak_one(share: float) -> None:
    found = estimate(flown(share=share))
    assert found is not None
    assert found.way == "cut off"
    assert found.missing_m_s == pytest.approx((1.0 - share) * SIZE_M_S, rel=0.02)


def test_no_burn_is_told_by_the_trajectory_without_it() -> None:
    found = estimate(None, given=0.0)
    assert found is not None
    assert found.missing_m_s == pytest.approx(SIZE_M_S, rel=0.01)


@pytest.mark.parametrize("first_s", [-4_000.0, 14 * 3600.0])
def test_what_was_measured_before_the_burn_was_over_or_long_after_tells_nothing(
    first_s: float,
) -> None:
    assert estimate(flown(thrust=0.85), first_s=first_s) is None
