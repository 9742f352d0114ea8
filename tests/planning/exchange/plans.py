"""A plan by hand, small enough to read in a file."""

from __future__ import annotations

from groundsys.planning import Plan, PlannedPass, PlannedRelaySession
from groundsys.values.instants import EarthReceiveTime, SpacecraftEventTime, TransmitTime
from tests.geometry.missions import START


def receive_time(seconds: float) -> EarthReceiveTime:
    return EarthReceiveTime(START.plus_seconds(seconds).tai_ns)


def transmit_time(seconds: float) -> TransmitTime:
    return TransmitTime(START.plus_seconds(seconds).tai_ns)


def event_time(seconds: float) -> SpacecraftEventTime:
    return SpacecraftEventTime(START.plus_seconds(seconds).tai_ns)


PASS_01 = PlannedPass(
    id="pass-01",
    antenna="usuda-64",
    spacecraft="otv",
    start=receive_time(3600.123456789),
    end=receive_time(9000.5),
    uplink_from=transmit_time(3600.123456789),
    uplink_until=transmit_time(7900),
    light_time_s=506.0625,
    rate_bps=64_000.0,
    maximum_elevation_deg=71.25,
    serves=("health-1", "command-2"),
)
PASS_02 = PlannedPass(
    id="pass-02",
    antenna="malargue-35",
    spacecraft="otv",
    start=receive_time(20_000),
    end=receive_time(26_000),
    uplink_from=transmit_time(20_000),
    uplink_until=transmit_time(24_900),
    light_time_s=505.75,
    rate_bps=128_000.0,
    maximum_elevation_deg=33.0,
)
RELAY_01 = PlannedRelaySession(
    id="relay-01",
    relay="otv",
    spacecraft="cube-polar",
    start=event_time(12_000),
    end=event_time(12_900),
    rate_bps=32_000.0,
    maximum_elevation_deg=48.5,
    volume_bits=28_000_000.0,
)
PLAN = Plan("day", (PASS_01, PASS_02), (RELAY_01,))
