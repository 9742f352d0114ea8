"""An antenna that turns takes its time: before a pass, through the keyhole, after a storm."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundsys.bus.exchange import Exchange, LocalCarrier
from groundsys.geometry import Geometry
from groundsys.geometry.slewing import slew_s
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.ground.drives import Drive
from groundsys.mission.model import Mission
from groundsys.station.front_end import AntennaFrontEnd
from groundsys.station.turning import standing_after, turning_s
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from groundsys.values.predicts import PointingPredict
from sims.space import Space
from sims.space.pointing import carrier_hz
from tests.geometry.missions import MISSION
from tests.sims_space.flying import ANTENNA, MIDDLE, scenario
from tests.station.one_antenna import Listener

#: of the DSN's 70 m
SLOW = Drive(0.25, 0.25)
CONFIGURATION_S = 1_200.0
ACQUISITION_S = MISSION.antennas[ANTENNA].acquisition_s


def mission(drive: Drive | None, **changes: Any) -> Mission:
    antenna = replace(
        MISSION.antennas[ANTENNA], drive=drive, configuration_s=CONFIGURATION_S, **changes
    )
    return replace(MISSION, antennas={**MISSION.antennas, ANTENNA: antenna})


def below_mars() -> tuple[float, float]:
    """Latitude and longitude at whose zenith the orbiter stands at MIDDLE."""
    antenna = MISSION.antennas[ANTENNA]
    at = np.array([MIDDLE.tai_ns], dtype=np.int64)
    azimuth, elevation = Geometry(MISSION).azimuth_elevation_deg(ANTENNA, "otv", at)
    south, west = np.radians(antenna.latitude_deg), np.radians(antenna.longitude_deg)
    away, course = np.radians(90.0 - float(elevation[0])), np.radians(float(azimuth[0]))
    latitude = np.arcsin(
        np.sin(south) * np.cos(away) + np.cos(south) * np.sin(away) * np.cos(course)
    )
    longitude = west + np.arctan2(
        np.sin(course) * np.sin(away) * np.cos(south),
        np.cos(away) - np.sin(south) * np.sin(latitude),
    )
    return float(np.degrees(latitude)), float(np.degrees(longitude))


def predict(flown: Mission, start: Instant, end: Instant) -> PointingPredict:
    """As the desks make it, every two minutes, from when the antenna begins to be configured."""
    first = start.plus_seconds(-CONFIGURATION_S - 60.0)
    count = int(end.seconds_since(first) / 120.0) + 2
    times = first.tai_ns + np.arange(count, dtype=np.int64) * 120_000_000_000
    geometry = Geometry(flown)
    azimuth, elevation = geometry.azimuth_elevation_deg(ANTENNA, "otv", times)
    carrier = [carrier_hz(geometry, ANTENNA, "otv", ns) for ns in times.tolist()]
    return PointingPredict(
        tuple(times.tolist()), tuple(azimuth.tolist()), tuple(elevation.tolist()), tuple(carrier)
    )


class Flight:
    """Space and one front end; the test speaks for the desks."""

    def __init__(self, flown: Mission, folder: Path, begin: Instant, **changes: Any) -> None:
        self.mission = flown
        self.desks, self.hub = Listener("desks"), Listener("hub")
        self.space = Space(flown, scenario(**changes), 1, folder)
        self.dish = AntennaFrontEnd(flown.antennas[ANTENNA], flown)
        nodes = [self.space, self.dish, self.desks, self.hub]
        self.exchange = Exchange(LocalCarrier(nodes), start=begin)
        early = begin.plus_seconds(-900.0)
        self.exchange.say(Message("otv", "space", "x_carrier", early, {"on": True}))

    def configure(self, pass_id: str, at: Instant, start: Instant, end: Instant) -> None:
        body = {
            "pass_id": pass_id, "spacecraft": "otv", "start_ns": start.tai_ns,
            "end_ns": end.tai_ns, "rate_bps": 64e3,
            "predict": predict(self.mission, start, end).to_body(),
        }  # fmt: skip
        self.exchange.say(Message("desks", self.dish.name, "configure", at, body))

    def run_until(self, until: Instant) -> None:
        self.exchange.run_until(until)
        self.space.close()

    def states(self) -> list[tuple[str, Instant]]:
        """The antenna's states and when each began."""
        told = [(b["state"], Instant(b["time_ns"])) for b in self.desks.bodies("antenna_status")]
        groups = itertools.groupby(told, key=lambda one: one[0])
        return [next(group) for _, group in groups]


def test_configuring_takes_as_long_as_the_dish_turns(tmp_path: Path) -> None:
    """A mount so slow that half a turn takes longer than all the rest of configuring."""
    crawling = Drive(azimuth_deg_s=0.1, elevation_deg_s=0.1)
    flown = mission(crawling)
    begin = MIDDLE.plus_seconds(-4_000.0)
    start, end = begin.plus_seconds(60.0), MIDDLE
    flight = Flight(flown, tmp_path, begin)
    flight.configure("p1", begin, start, end)
    flight.run_until(end.plus_seconds(30.0))
    [_, searching, *_] = flight.states()
    assert searching[0] == "searching"
    # where it stands is not known before its first pass: the farthest way
    assert searching[1].seconds_since(begin) == pytest.approx(1_800.0, abs=2.0)


def test_between_two_passes_it_turns_from_where_it_pointed() -> None:
    flown = mission(SLOW).antennas[ANTENNA]
    begin, end = MIDDLE.plus_seconds(-2_000.0), MIDDLE
    first = predict(mission(SLOW), begin, end)
    standing = standing_after(flown, first, end)
    assert standing is not None
    azimuth, elevation = Geometry(MISSION).azimuth_elevation_deg(
        ANTENNA, "otv", np.array([end.tai_ns], dtype=np.int64)
    )
    # straight between two points of a predict: an arc minute beside the sky's own bow
    assert (standing[0] % 360.0, standing[1]) == pytest.approx(
        (float(azimuth[0]) % 360.0, float(elevation[0])), abs=0.01
    )
    still = PointingPredict((end.tai_ns,), (standing[0] + 100.0,), (standing[1],), (8.4e9,))
    assert turning_s(flown, standing, still, end) == pytest.approx(400.0, abs=1.0)
    assert slew_s(SLOW, standing, (standing[0] + 100.0, standing[1])) == pytest.approx(400.0)
    # and what nobody knows is the farthest: half a turn
    assert turning_s(flown, None, still, end) == 720.0
    assert turning_s(flown, standing, None, end) == 720.0
    assert turning_s(replace(flown, drive=None), None, still, end) == 0.0


@pytest.mark.parametrize(("drive", "locks"), [(SLOW, 2), (None, 1)])
def test_a_pass_through_the_keyhole_loses_lock_while_the_antenna_cannot_follow(
    tmp_path: Path, drive: Drive | None, locks: int
) -> None:
    latitude_deg, longitude_deg = below_mars()
    flown = mission(drive, latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    start, end = MIDDLE.plus_seconds(-1_800.0), MIDDLE.plus_seconds(1_800.0)
    begin = start.plus_seconds(-CONFIGURATION_S)
    flight = Flight(flown, tmp_path, begin)
    flight.configure("p1", begin, start, end)
    flight.run_until(end.plus_seconds(30.0))
    states = flight.states()
    names = [name for name, _ in states]
    assert names.count("locked") == locks
    if drive is None:
        assert names == ["configuring", "searching", "locked", "idle"]
        return
    assert names == ["configuring", "searching", "locked", "lost", "searching", "locked", "idle"]
    lost, found, locked = states[3][1], states[4][1], states[5][1]
    # past the very zenith azimuth has half a turn to make at 0.25 °/s
    assert lost.seconds_since(MIDDLE) == pytest.approx(0.0, abs=30.0)
    assert 660.0 < found.seconds_since(lost) <= 720.0  # a little of it within the beam
    assert locked.seconds_since(found) == pytest.approx(ACQUISITION_S, abs=1.0)
    [reason] = [body["reason"] for body in flight.desks.bodies("not_acquired")]
    assert "beside the craft" in reason


def test_after_a_storm_it_comes_back_from_the_zenith(tmp_path: Path) -> None:
    start, end = MIDDLE.plus_seconds(-1_800.0), MIDDLE.plus_seconds(1_800.0)
    begin = start.plus_seconds(-CONFIGURATION_S)
    over = MIDDLE.plus_seconds(300.0)
    first = scenario().span.start
    stowed = {
        "fault": "wind_stow",
        "antenna": ANTENNA,
        "after_s": MIDDLE.seconds_since(first),
        "until_s": over.seconds_since(first),
    }
    found = {}
    for name, drive in (("at once", None), ("slow", SLOW)):
        flight = Flight(mission(drive), tmp_path / name, begin, faults=(stowed,))
        flight.configure("p1", begin, start, end)
        flight.run_until(end.plus_seconds(30.0))
        [*_, locked, _] = flight.states()
        assert locked[0] == "locked"
        found[name] = locked[1].seconds_since(over)
    _, elevation = Geometry(MISSION).azimuth_elevation_deg(
        ANTENNA, "otv", np.array([over.tai_ns], dtype=np.int64)
    )
    later_s = found["slow"] - found["at once"]
    assert later_s == pytest.approx((90.0 - float(elevation[0])) / 0.25, abs=10.0)


def test_an_antenna_without_drives_says_nothing_of_turning(tmp_path: Path) -> None:
    antenna: Antenna = mission(None).antennas[ANTENNA]
    space, desks = Listener("space"), Listener("desks")
    dish = AntennaFrontEnd(antenna, MISSION)
    exchange = Exchange(LocalCarrier([dish, space, desks, Listener("hub")]), start=MIDDLE)
    body = {
        "pass_id": "p1", "spacecraft": "otv", "start_ns": MIDDLE.tai_ns, "rate_bps": 64e3,
        "end_ns": MIDDLE.plus_seconds(3_000.0).tai_ns,
    }  # fmt: skip
    exchange.say(Message("desks", dish.name, "configure", MIDDLE, body))
    exchange.run_until(MIDDLE.plus_seconds(2_000.0))
    assert [message.kind for message in space.heard] == ["point"]
