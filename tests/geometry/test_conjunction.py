"""The Sun's zones: in the right order, at their limits, for each way of the signal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.geometry import Geometry, conjunction_zones
from groundsys.geometry.conjunction import sun_earth_probe_deg
from groundsys.geometry.sight import RECEIVING, TRANSMITTING, Direction
from groundsys.geometry.time_scales import instants_ns
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.link_model import SolarConjunction
from groundsys.values.instants import EarthReceiveTime, Instant, Interval, TransmitTime
from tests.geometry.missions import DAY, MISSION, ORBIT, OTV

#: Mars passes behind the Sun on 2032-07-11
SUMMER = Interval(
    Instant.from_utc_iso("2032-06-20T00:00:00Z"), Instant.from_utc_iso("2032-08-01T00:00:00Z")
)


def with_limits(**limits: float) -> Mission:
    otv = replace(OTV, conjunction=SolarConjunction(**limits))
    return replace(MISSION, spacecraft={"otv": otv})


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    return Geometry(MISSION)


@pytest.mark.parametrize(
    ("direction", "forbidden_deg", "time"),
    [(RECEIVING, 1.0, EarthReceiveTime), (TRANSMITTING, 2.0, TransmitTime)],
)
def test_forbidden_lies_within_degraded_and_uplink_ends_earlier(
    geometry: Geometry, direction: Direction, forbidden_deg: float, time: type[Instant]
) -> None:
    zones = conjunction_zones(geometry, "otv", SUMMER, direction)
    assert [zone.kind for zone in zones] == ["degraded", "forbidden", "degraded"]
    assert zones[0].end == zones[1].start
    assert zones[1].end == zones[2].start
    assert all(type(zone.start) is type(zone.end) is time for zone in zones)
    outer = instants_ns(zones[0].start, zones[2].end)
    inner = instants_ns(zones[1].start, zones[1].end)
    for edges, limit in ((outer, 3.0), (inner, forbidden_deg)):
        angle = sun_earth_probe_deg(geometry, "otv", edges, direction)
        np.testing.assert_allclose(angle, limit, rtol=0.0, atol=1e-7)


def test_what_is_sent_passes_the_sun_a_light_time_after_what_is_received(
    geometry: Geometry,
) -> None:
    """Earth sends into the same line up to 2 × 21 min before it hears out of it."""
    down = conjunction_zones(geometry, "otv", SUMMER, RECEIVING)
    up = conjunction_zones(geometry, "otv", SUMMER, TRANSMITTING)
    assert 1800.0 < up[0].start.seconds_since(down[0].start) < 3600.0
    assert 1800.0 < up[2].end.seconds_since(down[2].end) < 3600.0


def test_limits_are_the_crafts_own() -> None:
    wide = Geometry(with_limits(degraded_below_deg=5.0, downlink_forbidden_below_deg=0.0))
    (zone,) = conjunction_zones(wide, "otv", SUMMER)
    assert zone.kind == "degraded"
    assert zone.end.seconds_since(zone.start) > 28 * 86_400.0
    only = Geometry(with_limits(degraded_below_deg=0.5, downlink_forbidden_below_deg=3.0))
    (zone,) = conjunction_zones(only, "otv", SUMMER)
    assert zone.kind == "forbidden"


def test_a_span_within_a_zone_is_cut_at_its_ends(geometry: Geometry) -> None:
    whole = conjunction_zones(geometry, "otv", SUMMER)[0]
    span = Interval(whole.start.plus_seconds(3600.0), whole.start.plus_seconds(90_000.0))
    (cut,) = conjunction_zones(geometry, "otv", span)
    assert (cut.start, cut.end, cut.kind) == (span.start, span.end, "degraded")


def test_far_from_the_sun_and_about_earth_there_is_none(geometry: Geometry) -> None:
    assert conjunction_zones(geometry, "otv", DAY) == ()
    near = replace(
        OTV, orbit=replace(ORBIT, center="EARTH", frame="ICRF", semi_major_axis_km=42_164.0)
    )
    about_earth = Geometry(replace(MISSION, spacecraft={"otv": near}))
    assert conjunction_zones(about_earth, "otv", SUMMER) == ()
    assert conjunction_zones(geometry, "otv", Interval(DAY.start, DAY.start)) == ()
