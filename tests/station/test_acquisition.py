"""A predict decides whether an antenna acquires: the front end and space, each has its part."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.geometry import Geometry
from groundsys.geometry.link import beam_width_deg
from groundsys.mission.ground.antenna_model import Acquisition
from groundsys.planning.exchange.predicts import predict
from groundsys.planning.plan import PlannedPass
from groundsys.station.acquisition import why_not_acquired
from groundsys.station.front_end import AntennaFrontEnd
from groundsys.station.search import search_for
from groundsys.values.instants import EarthReceiveTime, TransmitTime
from groundsys.values.messages import Message
from groundsys.values.predicts import PointingPredict
from sims.space import Space
from sims.space.pointing import pointing_loss_db
from sims.truth import perturbed
from tests.geometry.missions import MISSION
from tests.sims_space.flying import ANTENNA, MIDDLE, scenario
from tests.station.one_antenna import Listener

START, END = MIDDLE.plus_seconds(-1_800.0), MIDDLE.plus_seconds(1_800.0)
#: full width at half power of 64 m at 8.42 GHz
WIDTH_DEG = beam_width_deg(64.0, 8420.0)


def told(believed: Geometry = Geometry(MISSION)) -> PointingPredict:  # noqa: B008
    one = PlannedPass(
        *("p1", ANTENNA, "otv"),
        start=EarthReceiveTime(START.plus_seconds(-1_000.0).tai_ns),
        end=EarthReceiveTime(END.tai_ns),
        uplink_from=TransmitTime(END.tai_ns),
        uplink_until=TransmitTime(END.tai_ns),
        light_time_s=510.0,
        rate_bps=64e3,
        maximum_elevation_deg=50.0,
        volume_bits=1e6,
        sigma_s=0.1,
    )
    table = predict(one, MISSION, believed, 120.0).receive
    return PointingPredict(
        tuple(table.receive_ns.tolist()),
        tuple(table.azimuth_deg.tolist()),
        tuple(table.elevation_deg.tolist()),
        tuple(table.one_way_hz.tolist()),
    )


def fly(folder: Path, predicted: PointingPredict) -> tuple[list[str], list[str]]:
    """The antenna's states in a pass of an hour, and why it did not acquire."""
    node = Space(MISSION, scenario(), 1, folder)
    dish = AntennaFrontEnd(MISSION.antennas[ANTENNA], MISSION)
    desks, hub = Listener("desks"), Listener("hub")
    begin = START.plus_seconds(-930.0)
    exchange = Exchange(LocalCarrier([node, dish, desks, hub]), start=begin)
    exchange.say(Message("otv", "space", "x_carrier", begin.plus_seconds(-900.0), {"on": True}))
    body: dict[str, Any] = {
        "pass_id": "p1",
        "spacecraft": "otv",
        "start_ns": START.tai_ns,
        "end_ns": END.tai_ns,
        "rate_bps": 64e3,
        "predict": predicted.to_body(),
    }
    exchange.say(Message("desks", dish.name, "configure", begin, body))
    exchange.run_until(END.plus_seconds(60.0))
    node.close()
    states = [body["state"] for body in desks.bodies("antenna_status")]
    return (
        [state for state, _ in itertools.groupby(states)],
        [str(body["reason"]) for body in desks.bodies("not_acquired")],
    )


def loss_db(predicted: PointingPredict, ns: int) -> float:
    looks = predicted.directions(np.array([ns], dtype=np.int64))[:, 0]
    return pointing_loss_db(Geometry(MISSION), ANTENNA, "otv", looks, ns)


def beside(predicted: PointingPredict, widths: float) -> PointingPredict:
    """The predict, too high by so many beam widths."""
    raised = tuple(one + widths * WIDTH_DEG for one in predicted.elevation_deg)
    return replace(predicted, elevation_deg=raised)


@pytest.mark.parametrize("widths", [0.0, 0.2, 0.5])
def test_a_predict_that_is_a_little_off_acquires(tmp_path: Path, widths: float) -> None:
    states, reasons = fly(tmp_path, beside(told(), widths))
    assert states == ["configuring", "searching", "locked", "idle"]
    assert reasons == []


@pytest.mark.parametrize("widths", [3.0, 20.0])
def test_a_predict_that_is_several_beam_widths_off_does_not(tmp_path: Path, widths: float) -> None:
    states, reasons = fly(tmp_path, beside(told(), widths))
    assert states == ["configuring", "searching", "idle"]
    [reason] = reasons
    assert "beside the craft" in reason


@pytest.mark.parametrize(("off_hz", "locked"), [(15e3, True), (-15e3, True), (25e3, False)])
def test_a_carrier_is_found_within_the_search_window_alone(
    tmp_path: Path, off_hz: float, locked: bool
) -> None:
    predicted = told()
    carrier = tuple(one + off_hz for one in predicted.carrier_hz)
    states, reasons = fly(tmp_path, replace(predicted, carrier_hz=carrier))
    assert ("locked" in states) == locked
    assert bool(reasons) != locked


def test_the_seeded_errors_of_the_scenarios_keep_no_antenna_from_acquiring() -> None:
    """Kilometres in 2 au, metres a second: a thousandth of a beam, hertz out of kilohertz."""
    sizes = {"orbit_along_track_km": 2.0, "orbit_cross_track_km": 1.0, "orbit_radial_km": 0.2}
    right = told()
    for seed in range(20):
        believed = told(Geometry(perturbed(MISSION, seed, sizes)))
        off_hz = np.array(believed.carrier_hz) - np.array(right.carrier_hz)
        assert np.abs(off_hz).max() < 0.05 * Acquisition().search_hz
        ns = MIDDLE.tai_ns
        assert loss_db(believed, ns) < 0.01


def test_half_a_beam_width_off_half_the_power_is_lost() -> None:
    """By the definition of the width; and 64 m at X-band have a beam of 0.039°."""
    assert pytest.approx(0.039, abs=0.001) == WIDTH_DEG
    off = beside(told(), 0.5)
    assert loss_db(off, MIDDLE.tai_ns) == pytest.approx(3.0, abs=0.1)


def test_an_antenna_without_a_predict_is_limited_by_strength_alone() -> None:
    limits = Acquisition(search_hz=10.0, threshold_dbhz=30.0)
    signal = {"c_n0_dbhz": 31.0, "carrier_hz": 8.4e9}
    search = search_for(None, WIDTH_DEG, limits)
    assert why_not_acquired(signal, None, limits, search, MIDDLE) == ""
    weak = {**signal, "c_n0_dbhz": 29.0}
    assert "29 dBHz" in why_not_acquired(weak, None, limits, search, MIDDLE)
