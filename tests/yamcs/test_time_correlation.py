"""Yamcs shows our clock solution, and dates no packet by it."""

from __future__ import annotations

import contextlib

import pytest

from groundsys.backend import Yamcs, YamcsServer
from groundsys.backend.session import Session
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, SpacecraftEventTime
from tests.yamcs.craft import Craft
from tests.yamcs.test_telemetry import newest_cursor

TICKS_PER_S = 1 << 24


def solution(craft: Craft, now: Instant, offset_s: float, drift_ppm: float) -> ClockSolution:
    sclk_ns = now.tai_ns - craft.spacecraft.sclk_epoch.tai_ns
    return ClockSolution(
        craft.spacecraft.id,
        sclk_ns,
        SpacecraftEventTime(now.plus_seconds(offset_s).tai_ns),
        1.0 + drift_ppm * 1e-6,
        1e-4,
        now,
    )


def test_what_yamcs_tells_of_the_clock_is_what_we_believe(
    yamcs: Yamcs, server: YamcsServer, otv: Craft, now: Instant
) -> None:
    told = solution(otv, now, -0.4, 2.0)
    yamcs.set_time_correlation(otv.spacecraft, told)
    with contextlib.closing(Session(server.url, server.credentials)) as session:
        status = session.get("/tco/otv/tco/status", "read what Yamcs tells of the clock")
    shown = status["coefficients"]
    at = Instant.from_utc_iso(shown["utc"]).plus_seconds(float(shown.get("offset", 0.0)))
    sclk_ns = round(int(shown["obt"]) * 1e9 / TICKS_PER_S)
    assert abs(at.tai_ns - told.scet(sclk_ns).tai_ns) < 1_000_000
    assert shown["gradient"] * TICKS_PER_S == pytest.approx(told.rate, abs=1e-12)


def test_a_packet_keeps_its_stamp_whatever_the_clock_is_believed_to_be(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    """Half of the archive's key is the stamp: were it made of coefficients, this would be two."""
    frames = otv.frames("REALTIME", [otv.packet("EPS", now.plus_seconds(-5))])
    cursor = newest_cursor(yamcs, otv)
    before = yamcs.count_packets(otv.spacecraft)
    for offset_s in (0.0, 3.0, -7.0):
        yamcs.set_time_correlation(otv.spacecraft, solution(otv, now, offset_s, 40.0))
        otv.send_and_wait(yamcs, frames)
    assert yamcs.count_packets(otv.spacecraft) == before + 1
    packets, _ = yamcs.packets_since(otv.spacecraft, cursor)
    [stamp] = {packet.generation for packet in packets}
    assert abs(stamp.seconds_since(now.plus_seconds(-5))) < 0.0015
