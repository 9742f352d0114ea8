"""Tracking data at the desks: kept, compared, and told where an orbit cannot be right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from groundsys.geometry import Geometry
from groundsys.geometry.round_trip import round_trip_s
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from tests.desks.conftest import MakeRoom
from tests.desks.test_clock_desk import tell_time

ANTENNA = "usuda-64"
TRANSMIT_HZ = 7.167e9
LIGHT_M_S = 299_792_458.0


def ranging(mission: Mission, geometry: Geometry, now: Instant, off_m: float) -> dict[str, Any]:
    """Three minutes of an OTV that is so much farther than `geometry` has it, receding faster."""
    craft, antenna = mission.spacecraft["otv"], mission.antennas[ANTENNA]
    received_ns = now.tai_ns + np.arange(4, dtype=np.int64) * 60 * 10**9
    delay_s = craft.transponder.delay_ns * 1e-9
    trip_s, _ = round_trip_s(geometry, ANTENNA, "otv", received_ns, delay_s)
    late_s = antenna.tracking.delay_ns * 1e-9 + 2 * off_m / LIGHT_M_S
    slower = np.diff(trip_s) / 60.0 + 2 * 0.005 / LIGHT_M_S  # it recedes by 5 mm/s more
    return {
        "spacecraft": "otv",
        "antenna": ANTENNA,
        "pass_id": "pass-01",
        "count_interval_s": 60.0,
        "transmit_hz": TRANSMIT_HZ,
        "points": [
            {
                "received_ns": int(received_ns[at]),
                "round_trip_s": float(trip_s[at] + late_s),
                "receive_hz": float(880 / 749 * TRANSMIT_HZ * (1.0 - slower[at - 1])),
            }
            for at in (1, 2, 3)
        ],
    }


@pytest.mark.parametrize(("off_m", "severity"), [(800.0, "info"), (40_000.0, "warning")])
def test_residuals_are_kept_and_told(
    make_room: MakeRoom, scenario: Scenario, geometry: Geometry, off_m: float, severity: str
) -> None:
    """Navigation states 2 km along track, so that 0.8 km surprise nobody and 40 km do."""
    room = make_room()
    now = scenario.span.start.plus_seconds(3_600.0)
    body = ranging(room.desks.room.mission, geometry, now, off_m)
    message = Message(f"antenna:{ANTENNA}", "desks", "tracking", now, body)
    room.desks.advance(now, [message, message])
    kept = room.store.tracking.of("pass-01")
    assert len(kept) == 3
    for point in kept:
        assert point.range_residual_m == pytest.approx(off_m, abs=0.1)
        assert point.doppler_residual_mm_s == pytest.approx(5.0, abs=0.2)
    told = [one for one in room.store.watch.recent_events(50) if one.source == "tracking"]
    assert {one.severity for one in told} == {severity}
    assert ("the orbit is wrong" in told[0].text) == (severity == "warning")


def test_ranging_puts_the_clock_right_where_the_orbit_is_wrong(
    make_room: MakeRoom, scenario: Scenario, geometry: Geometry
) -> None:
    """Light took 1 ms longer than foreseen: without ranging, the clock seems 1 ms behind."""
    room = make_room()
    off_m = 1e-3 * LIGHT_M_S
    hour = scenario.span.start.plus_seconds(3_600.0)
    # what the antenna receives left the craft 1 ms earlier than the orbit has it
    readings = [
        tell_time(room, geometry, hour.plus_seconds(300.0 * number), 0.25 - 1e-3)
        for number in range(6)
    ]
    epoch = room.desks.room.mission.spacecraft["otv"].sclk_epoch

    def error_s() -> float:
        history = room.desks.clocks.history("otv")
        assert history is not None
        seen = history.scet(readings[-1], room.desks.room.now).seconds_since(epoch)
        return float(seen - (readings[-1] / 1e9 - 0.25))

    assert error_s() == pytest.approx(1e-3, abs=2e-5)
    now = hour.plus_seconds(1_800.0)
    told = ranging(room.desks.room.mission, geometry, hour.plus_seconds(600.0), off_m)
    message = Message(f"antenna:{ANTENNA}", "desks", "tracking", now, told)
    room.desks.advance(now, [message])
    assert error_s() == pytest.approx(0.0, abs=2e-5)
    # an hour of ranging tells nothing of another day, nor of another antenna
    later = np.array([now.plus_seconds(86_400.0).tai_ns], dtype=np.int64)
    assert room.desks.tracking.farther_s("otv", ANTENNA, later) == 0.0
    assert room.desks.tracking.farther_s("otv", "dss-43", later) == 0.0
