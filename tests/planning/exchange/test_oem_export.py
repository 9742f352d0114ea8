"""Trajectories as OEM: an outside library reads them, and finds the craft where geometry has it."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.planning import Plan
from groundsys.planning.exchange.oem_export import oems_of
from groundsys.values.errors import PlanError
from groundsys.values.instants import Interval
from tests.geometry.missions import DAY, MISSION, START
from tests.planning.exchange.plans import PLAN

J2000 = np.datetime64("2000-01-01T12:00:00.000000000")


@cache
def the_geometry() -> Geometry:
    return Geometry(MISSION)


def read_outside(path: Path, text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy's own
        from oem import OrbitEphemerisMessage

        path.write_text(text)
        return OrbitEphemerisMessage.open(path)


def tdb_of(epoch: Any) -> float:
    return float((np.datetime64(epoch.isot) - J2000) / np.timedelta64(1, "ns")) / 1e9


def test_an_outside_reader_finds_every_state_where_the_craft_is(tmp_path: Path) -> None:
    text = write_oem(the_geometry(), "otv", DAY, START)
    (segment,) = read_outside(tmp_path / "otv.oem", text).segments
    metadata = segment.metadata
    assert metadata["CENTER_NAME"] == "MARS"
    assert metadata["REF_FRAME"] == "ICRF"
    assert metadata["TIME_SYSTEM"] == "TDB"
    states = [*segment.states]
    assert len(states) == 720
    tdb = np.array([tdb_of(state.epoch) for state in states])
    first, last = tdb_seconds(instants_ns(DAY.start, DAY.end))
    assert 0.0 <= tdb[0] - first < 120.0
    assert 0.0 <= last - tdb[-1] < 120.0
    trajectory = the_geometry().craft("otv").trajectory
    positions = np.array([state.position for state in states]).T
    velocities = np.array([state.velocity for state in states]).T
    np.testing.assert_allclose(positions, trajectory.position_km(tdb), rtol=0.0, atol=1e-8)
    np.testing.assert_allclose(velocities, trajectory.velocity_km_s(tdb), rtol=0.0, atol=1e-11)


def test_between_the_states_its_interpolation_is_good_to_a_millimetre(tmp_path: Path) -> None:
    span = Interval(START, START.plus_seconds(3 * 3600.0))
    message = read_outside(tmp_path / "otv.oem", write_oem(the_geometry(), "otv", span, START))
    (segment,) = message.segments
    trajectory = the_geometry().craft("otv").trajectory
    epochs = [state.epoch for state in segment.states]
    for number in range(5, 80, 9):
        middle = epochs[number] + (epochs[number + 1] - epochs[number]) / 2
        expected = trajectory.position_km(np.array([tdb_of(middle)]))[:, 0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # astropy's own
            found = segment(middle).position
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=1e-6)


def test_a_plan_gives_a_message_for_each_craft_that_moves() -> None:
    messages = oems_of(PLAN, the_geometry(), START)
    assert list(messages) == ["otv.oem"]
    assert "START_TIME = 2031-08-20T00:02:00.000\n" in messages["otv.oem"]


def test_nothing_to_write_is_refused() -> None:
    with pytest.raises(PlanError, match="cube-polar stands on mars"):
        write_oem(the_geometry(), "cube-polar", DAY, START)
    with pytest.raises(PlanError, match="too few states of otv"):
        write_oem(the_geometry(), "otv", Interval(START, START.plus_seconds(300.0)), START)
    with pytest.raises(PlanError, match="no trajectory to write"):
        oems_of(Plan("day", (), ()), the_geometry(), START)


class Known:
    """The trajectory of `otv`, as if a file had given it for a quarter of an hour only."""

    def __init__(self) -> None:
        self._whole = the_geometry().craft("otv").trajectory
        self.center = self._whole.center
        start = float(tdb_seconds(instants_ns(START))[0])
        self.tdb_span = (start + 60.0, start + 960.0)
        self.epoch_tdb_s = start

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        assert self.tdb_span[0] <= tdb_s.min() <= tdb_s.max() <= self.tdb_span[1]
        return self._whole.position_km(tdb_s)

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        return self._whole.velocity_km_s(tdb_s)


def test_the_span_is_cut_to_what_is_known_of_the_trajectory() -> None:
    geometry = Geometry(MISSION, trajectories={"otv": Known()})
    lines = write_oem(geometry, "otv", DAY, START).splitlines()
    states = [line for line in lines if line.startswith("2031-")]
    assert len(states) == 7
    assert f"START_TIME = {states[0].split()[0]}" in lines
    assert f"STOP_TIME = {states[-1].split()[0]}" in lines
