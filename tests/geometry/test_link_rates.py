"""Rates as steps: contiguous, right on both sides of each step, silent where nothing closes."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry import Geometry, RateStep, conjunction_zones, rate_steps
from groundsys.geometry.link import attenuation_db, c_n0_dbhz, eb_n0_db, noise_increase_db
from groundsys.geometry.link_rates import steps_within
from groundsys.geometry.overflights import elevation_and_range
from groundsys.geometry.sight import TRANSMITTING
from groundsys.geometry.time_scales import FloatArray, instants_ns
from groundsys.mission.ground.antenna_model import Sky
from groundsys.mission.model import Mission
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import (
    EarthReceiveTime,
    Instant,
    Interval,
    SpacecraftEventTime,
    TransmitTime,
)
from tests.geometry.missions import DAY, MISSION, OTV, START, UHF, USUDA, X_BAND

#: 64 kbit/s close with 3 dB until the middle of the first week
TIGHT = replace(X_BAND, antenna_gain_dbi=38.8 - 2.0)
SKY = Sky(zenith_attenuation_db=0.045, spillover_k=8.07, spillover_decay_per_deg=0.077)
WEEK = Interval(START, START.plus_seconds(7 * 86_400.0))
SUMMER = Interval(
    Instant.from_utc_iso("2032-06-20T00:00:00Z"), Instant.from_utc_iso("2032-08-01T00:00:00Z")
)


def mission(sky: Sky | None = None, gain_dbi: float = TIGHT.antenna_gain_dbi) -> Mission:
    x_band = replace(TIGHT, antenna_gain_dbi=gain_dbi)
    return replace(
        MISSION,
        spacecraft={
            **MISSION.spacecraft,
            "otv": replace(OTV, radios={"x_band": x_band, "uhf": UHF}),
        },
        antennas={**MISSION.antennas, "usuda-64": replace(USUDA, sky=sky)},
    )


def rates_at(steps: tuple[RateStep, ...], ns: np.ndarray) -> FloatArray:
    starts = np.array([step.start.tai_ns for step in steps])
    rates = np.array([step.rate_bps for step in steps])
    return np.asarray(rates[np.searchsorted(starts, ns, side="right") - 1])


def assert_contiguous(steps: tuple[RateStep, ...], span: Interval) -> None:
    assert steps[0].start == span.start
    assert steps[-1].end == span.end
    for one, following in itertools.pairwise(steps):
        assert one.end == following.start
        assert one.start < one.end
        assert one.rate_bps != following.rate_bps


def test_a_downlink_steps_as_mars_recedes() -> None:
    geometry = Geometry(mission())
    steps = rate_steps(geometry, "otv", "usuda-64", WEEK)
    assert_contiguous(steps, WEEK)
    assert isinstance(steps[0].start, EarthReceiveTime)
    assert {step.rate_bps for step in steps} == {64_000.0, 32_000.0}
    grid = START.tai_ns + np.arange(300, 7 * 86_400, 600) * 1_000_000_000
    c_n0 = c_n0_dbhz(TIGHT, USUDA.radio, geometry.range_km("usuda-64", "otv", grid))
    closing = np.where(eb_n0_db(c_n0, 64_000.0) >= 6.5 + 3.0, 64_000.0, 32_000.0)
    edges = np.array([step.start.tai_ns for step in steps])
    apart = np.abs(grid[:, np.newaxis] - edges).min(axis=1) > 1_000_000_000
    np.testing.assert_array_equal(rates_at(steps, grid)[apart], closing[apart])


def test_with_a_sky_the_rate_follows_elevation() -> None:
    geometry = Geometry(mission(SKY, gain_dbi=37.45))
    steps = rate_steps(geometry, "otv", "usuda-64", DAY)
    assert_contiguous(steps, DAY)
    assert len(steps) >= 3
    for step in steps[1:]:
        ns = instants_ns(step.start)
        elevation = geometry.elevation_deg("usuda-64", "otv", ns)
        assert 5.0 < elevation[0] < 60.0
        c_n0 = c_n0_dbhz(
            replace(TIGHT, antenna_gain_dbi=37.45), USUDA.radio,
            geometry.range_km("usuda-64", "otv", ns),
        )  # fmt: skip
        c_n0 = (
            c_n0 - attenuation_db(SKY, elevation) - noise_increase_db(USUDA.radio, SKY, elevation)
        )
        assert c_n0[0] == pytest.approx(6.5 + 3.0 + 10.0 * np.log10(64_000.0), abs=1e-3)


def test_weather_takes_rates_away_and_too_much_of_it_all() -> None:
    geometry = Geometry(mission(gain_dbi=38.0))
    for loss_db, rate_bps in ((0.0, 64_000.0), (3.5, 32_000.0), (9.5, 8_000.0), (12.0, 0.0)):
        (step,) = rate_steps(geometry, "otv", "usuda-64", DAY, loss_db=loss_db)
        assert step.rate_bps == rate_bps
    (step,) = rate_steps(geometry, "otv", "usuda-64", DAY, margin_db=15.0)
    assert step.rate_bps == 0.0


def test_an_uplink_carries_the_command_rate_or_nothing() -> None:
    geometry = Geometry(mission())
    (step,) = rate_steps(geometry, "usuda-64", "otv", DAY)
    assert step.rate_bps == OTV.framing.uplink_rate_bps
    assert isinstance(step.start, TransmitTime)
    (step,) = rate_steps(geometry, "usuda-64", "otv", DAY, loss_db=60.0)
    assert step.rate_bps == 0.0


@pytest.mark.parametrize("ends", [("cube-polar", "otv"), ("otv", "cube-polar")])
def test_a_hop_between_craft_follows_distance_and_elevation(ends: tuple[str, str]) -> None:
    weak = replace(UHF, transmit_power_w=2.0)
    helix = replace(weak, elevation_pattern=((0.0, -6.0), (90.0, 0.0)))
    craft = {
        id: replace(one, radios={**one.radios, "uhf": weak if one.site is None else helix})
        for id, one in MISSION.spacecraft.items()
    }
    geometry = Geometry(replace(MISSION, spacecraft=craft))
    steps = rate_steps(geometry, *ends, DAY)
    assert_contiguous(steps, DAY)
    assert isinstance(steps[0].start, SpacecraftEventTime)
    grid = START.tai_ns + np.arange(5, 86_400, 10) * 1_000_000_000
    elevation, distance = elevation_and_range(geometry, "otv", "cube-polar", grid)
    # straight from -6 dB at the horizon and below it to 0 dB at the zenith
    c_n0 = c_n0_dbhz(weak, weak, distance) - 6.0 * (1.0 - np.clip(elevation, 0.0, 90.0) / 90.0)
    best = np.zeros(grid.size)
    for rate in UHF.rates_bps:
        best[eb_n0_db(c_n0, rate) >= 4.5 + 3.0] = rate
    assert {0.0, 8_000.0, 32_000.0} <= set(best)
    np.testing.assert_array_equal(rates_at(steps, grid), best)


def test_near_the_sun_links_lose_what_is_stated_and_then_fall_silent() -> None:
    geometry = Geometry(mission(gain_dbi=41.0))
    down = rate_steps(geometry, "otv", "usuda-64", SUMMER)
    assert_contiguous(down, SUMMER)
    degraded, forbidden, _ = conjunction_zones(geometry, "otv", SUMMER)
    before, within = (degraded.start.plus_seconds(side * 60.0) for side in (-1.0, 1.0))
    rates = rates_at(down, instants_ns(before, within))
    assert rates[1] < rates[0]
    (silence,) = (step for step in down if step.rate_bps == 0.0)
    assert (silence.start, silence.end) == (forbidden.start, forbidden.end)
    up = rate_steps(geometry, "usuda-64", "otv", SUMMER)
    assert [step.rate_bps for step in up] == [4000.0, 0.0, 4000.0]
    assert up[1].start == conjunction_zones(geometry, "otv", SUMMER, TRANSMITTING)[1].start


def test_steps_are_cut_to_an_interval() -> None:
    steps = rate_steps(Geometry(mission()), "otv", "usuda-64", WEEK)
    change = steps[1].start
    around = Interval(change.plus_seconds(-100.0), change.plus_seconds(200.0))
    first, second = steps_within(steps, around)
    assert (first.start, first.end, first.rate_bps) == (around.start, change, steps[0].rate_bps)
    assert (second.start, second.end) == (change, min(around.end, steps[1].end))
    assert steps_within(steps, Interval(WEEK.end, WEEK.end.plus_seconds(1.0))) == ()


def test_links_that_do_not_exist_are_refused() -> None:
    geometry = Geometry(MISSION)
    with pytest.raises(DefinitionError, match="no link leads from 'usuda-64' to 'malargue-35'"):
        rate_steps(geometry, "usuda-64", "malargue-35", DAY)
    with pytest.raises(DefinitionError, match="cube-polar has no x_band radio with data rates"):
        rate_steps(geometry, "cube-polar", "usuda-64", DAY)
    assert rate_steps(geometry, "otv", "usuda-64", Interval(START, START)) == ()
