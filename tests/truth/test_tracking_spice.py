"""Tracking data in a CCSDS TDM against SPICE: its light times, from the message's own numbers.

Nothing of ours but the craft's positions goes into what SPICE expects: DE440, Earth's orientation,
the antenna's place and the scale of time are its own.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.tracking import write_tdm_kvn
from groundsys.values.instants import Interval
from tests.sims_space.flying import ANTENNA, fly
from tests.sims_space.test_tracking import ALL, END, MISSION, measured, space
from tests.tracking.reading import read_kvn
from tests.truth.spice_scene import ORBITER, spice_scene

#: SPICE's TDB is up to 0.05 ms off ours: at 20 km/s 1 m of the way, up and down
RANGE_M = 2.0
#: of which nearly nothing changes within a minute; times are good to 0.2 µs, which are 4 mm
DOPPLER_MM_S = 0.15


def round_trip_s(et: float, station: str, delay_s: float) -> float:
    _, down = spice.spkpos(ORBITER, et, "J2000", "CN", station)
    before = float(down) + delay_s
    _, up = spice.spkpos(station, et - before, "J2000", "CN", ORBITER)
    return before + float(up)


def test_range_and_doppler_are_what_spice_expects(tmp_path: Path) -> None:
    quiet = {"fault": "clean_air"}
    points = measured(fly(space(tmp_path, faults=(quiet,)), ALL, END))
    message = read_kvn(write_tdm_kvn(MISSION, points, END))
    [segment] = message.segments
    told = segment.metadata
    assert told["RANGE_UNITS"] == "s"
    assert (told["TIMETAG_REF"], told["INTEGRATION_REF"]) == ("RECEIVE", "END")
    interval_s = float(told["INTEGRATION_INTERVAL"])
    ratio = float(told["TURNAROUND_NUMERATOR"]) / float(told["TURNAROUND_DENOMINATOR"])
    transponder_s = float(told["TRANSMIT_DELAY_2"]) + float(told["RECEIVE_DELAY_2"])
    station_s = float(told["RECEIVE_DELAY_1"])
    assert (transponder_s, station_s) == (1.25e-6, 3.02e-6)
    [(_, transmit_hz)] = segment.data["TRANSMIT_FREQ_1"]
    antenna = MISSION.antennas[ANTENNA]
    trajectory = Geometry(MISSION).craft("otv").trajectory
    span = Interval(points[0].received.plus_seconds(-7200.0), points[-1].received)
    with spice_scene(tmp_path, [antenna], trajectory, span):
        station = ANTENNA.upper()
        for epoch, trip_s in segment.data["RANGE"]:
            expected_s = round_trip_s(spice.str2et(epoch), station, transponder_s) + station_s
            assert (trip_s - expected_s) / 2 * SPEED_OF_LIGHT_KM_S * 1e3 == pytest.approx(
                0.0, abs=RANGE_M
            )
        errors = []
        for epoch, receive_hz in segment.data["RECEIVE_FREQ_1"]:
            et = spice.str2et(epoch)
            start_s, end_s = (
                round_trip_s(at, station, transponder_s) for at in (et - interval_s, et)
            )
            expected_hz = ratio * transmit_hz * (1.0 - (end_s - start_s) / interval_s)
            lower = (expected_hz - receive_hz) / (ratio * transmit_hz)
            errors.append(lower / 2 * SPEED_OF_LIGHT_KM_S * 1e6)
        assert np.abs(errors).max() < DOPPLER_MM_S
    assert len(errors) == len(points) > 90
