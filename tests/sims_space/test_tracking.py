"""What antennas measure of the carrier sent back, against what was foreseen."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.mission.ground.antenna_model import Radiometrics
from groundsys.mission.spacecraft.link_model import Transponder
from groundsys.tracking import compare, residuals_of
from groundsys.values.instants import EarthReceiveTime
from groundsys.values.tracking import TrackingPoint
from sims.space import Space
from sims.truth import perturbed, station_delay_error_ns
from tests.geometry import missions
from tests.sims_space.flying import ANTENNA, MIDDLE, fly, from_antenna, from_craft, scenario

#: with the delays that real stations and transponders have
MISSION = replace(
    missions.MISSION,
    antennas={
        **missions.MISSION.antennas,
        ANTENNA: replace(missions.MISSION.antennas[ANTENNA], tracking=Radiometrics(delay_ns=3020)),
    },
    spacecraft={
        **missions.MISSION.spacecraft,
        "otv": replace(missions.MISSION.spacecraft["otv"], transponder=Transponder(delay_ns=1250)),
    },
)

#: light takes some 510 s then; the uplink is on for two hours
CARRIER = from_craft("x_carrier", MIDDLE.plus_seconds(-7_000.0), on=True)
POINT = from_antenna("point", MIDDLE.plus_seconds(-3_000.0), spacecraft="otv")
UP = from_antenna("x_up_carrier", MIDDLE.plus_seconds(-2_990.0), spacecraft="otv", on=True)
DOWN = from_antenna("x_up_carrier", MIDDLE.plus_seconds(4_000.0), spacecraft="otv", on=False)
AWAY = from_antenna("point", MIDDLE.plus_seconds(6_000.0), spacecraft=None)
ALL = [CARRIER, POINT, UP, DOWN, AWAY]
END = MIDDLE.plus_seconds(6_010.0)


def space(folder: Path, truth: dict[str, float] | None = None, **changes: Any) -> Space:
    return Space(MISSION, scenario(truth, **changes), 1, folder)


def measured(said: list[Any]) -> list[TrackingPoint]:
    [body] = [message.body for message in said if message.kind == "x_tracking"]
    return [
        TrackingPoint(
            *("otv", ANTENNA, "pass-01", EarthReceiveTime(received_ns)),
            *(body["count_interval_s"], body["transmit_hz"], receive_hz, trip_s),
        )
        for received_ns, receive_hz, trip_s in zip(
            body["received_ns"], body["receive_hz"], body["round_trip_s"], strict=True
        )
    ]


def test_residuals_against_the_truth_are_the_stated_noise_and_delay(tmp_path: Path) -> None:
    truth = {"station_delay_ns": 300.0}
    points = compare(Geometry(MISSION), measured(fly(space(tmp_path, truth), ALL, END)))
    assert len(points) > 90
    tracking = MISSION.antennas[ANTENNA].tracking
    late_s = station_delay_error_ns(1, ANTENNA, truth) * 1e-9
    bias_m = late_s / 2.0 * SPEED_OF_LIGHT_KM_S * 1e3
    assert abs(bias_m) > 10.0
    range_m = np.array([one.range_residual_m for one in points]) - bias_m
    doppler = np.array([one.doppler_residual_mm_s for one in points])
    for noise, sigma in ((range_m, tracking.range_noise_m), (doppler, tracking.doppler_noise_mm_s)):
        assert sigma > 0
        assert abs(noise.mean()) < 4.0 * sigma / np.sqrt(len(noise))
        assert noise.std() == pytest.approx(sigma, rel=0.25)
    # a craft in orbit comes and goes: the frequency moves by far more than its noise
    received_hz = [one.receive_hz for one in points]
    assert max(received_hz) - min(received_hz) > 10_000.0


def test_a_wrong_orbit_shows(tmp_path: Path) -> None:
    """The orbit that is believed is off by the scenario's seeded errors: kilometres, and m/s."""
    sizes = {"orbit_along_track_km": 2.0, "orbit_cross_track_km": 1.0, "orbit_radial_km": 0.2}
    believed = Geometry(perturbed(MISSION, 7, sizes))
    points = measured(fly(space(tmp_path), ALL, END))
    [right] = residuals_of(compare(Geometry(MISSION), points))
    [wrong] = residuals_of(compare(believed, points))
    assert right.range_rms_m < 2.0 < 200.0 < wrong.range_rms_m < 20_000.0
    assert right.doppler_rms_mm_s < 0.2 < 100.0 < wrong.doppler_rms_mm_s


def test_only_the_own_carrier_sent_back_is_measured(tmp_path: Path) -> None:
    points = measured(fly(space(tmp_path), ALL, END))
    first_ns = points[0].received.tai_ns - round((points[0].round_trip_s + 60.0) * 1e9)
    assert UP.time.tai_ns <= first_ns < UP.time.tai_ns + 60 * 10**9
    last_ns = points[-1].received.tai_ns - round(points[-1].round_trip_s * 1e9)
    assert DOWN.time.tai_ns - 60 * 10**9 < last_ns < DOWN.time.tai_ns
    said = fly(space(tmp_path / "one way"), [CARRIER, POINT, AWAY], END)
    assert not [message for message in said if message.kind == "x_tracking"]


def test_what_the_craft_does_not_send_back_is_not_measured(tmp_path: Path) -> None:
    silent = from_craft("x_carrier", MIDDLE, on=False)
    again = from_craft("x_carrier", MIDDLE.plus_seconds(1_000.0), on=True)
    points = measured(fly(space(tmp_path), [*ALL, silent, again], END))
    apart_s = [after.received.seconds_since(before.received) for before, after in pairwise(points)]
    assert sorted(apart_s)[-1] > 1_000.0
    assert set(apart_s) == {60.0, max(apart_s)}
