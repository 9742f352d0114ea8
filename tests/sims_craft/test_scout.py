"""A drone hops once a sol, keeps its pictures as files, and stays down in dust or without power."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.ccsds.records import decode_records
from groundsys.mission import load_mission
from groundsys.mission.spacecraft.keys import make_keys
from groundsys.values.instants import SOL_S
from sims.craft.payload.payload_files import HEADER
from sims.craft.probe.lander import Lander

_MISSION = load_mission()
_SCENARIO = _MISSION.scenarios["surface-network"]
_PAYLOAD = _MISSION.payloads["scout-camera"]

Begin = Callable[..., Lander]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """The drone at its beginning, with these faults."""
    begun: list[Lander] = []

    def lander(*faults: Mapping[str, Any]) -> Lander:
        craft = _MISSION.spacecraft["cube-scout"]
        make_keys(tmp_path / "keys", [craft])
        scenario = replace(_SCENARIO, faults=faults)
        begun.append(Lander(craft, _MISSION, scenario, 1, tmp_path, tmp_path / "keys"))
        return begun[-1]

    yield lander
    for one in begun:
        one.board.truth.close()


def live(lander: Lander, sols: float) -> None:
    lander.board.agenda.run_until(_SCENARIO.span.start.plus_seconds(sols * SOL_S).tai_ns)


def records(folder: Path, kind: str) -> list[dict[str, Any]]:
    lines = map(json.loads, (folder / "cube-scout.jsonl").read_text().splitlines())
    return [line for line in lines if line["record"] == kind]


def test_two_sols_two_hops_two_safe_landings(begin: Begin, tmp_path: Path) -> None:
    drone = begin()
    live(drone, 2.05)
    drone.board.truth.flush()
    files, landings = records(tmp_path, "file"), records(tmp_path, "landing")
    assert len(files) == 2 * _PAYLOAD.settings["pictures_per_hop"]
    assert drone.source.files_waiting == len(files)
    assert 0.9e6 < sum(one["size"] for one in files) / 2 < 1.2e6
    assert [one["safe"] for one in landings] == [True, True]
    # it has gone where it was sent, and is a little wrong about where that is
    way = ((one["east_m"] ** 2 + one["north_m"] ** 2) ** 0.5 for one in landings)
    assert [round(one / _PAYLOAD.settings["hop_m"]) for one in way] == [1, 2]
    last = landings[-1]
    wrong_m = abs(last["east_m"] - last["believed_east_m"])
    assert 0.0 < wrong_m < 20.0


def test_a_picture_tells_of_itself(begin: Begin) -> None:
    drone = begin()
    kept: list[bytes] = []
    drone.source.add_file = lambda number, name, data: kept.append(data)  # type: ignore[method-assign]
    live(drone, 1.05)
    lines = [decode_records(_PAYLOAD.record, one[HEADER.size :]) for one in kept]
    assert lines[0]["pixels"].shape == (256, 256)
    assert 90 < lines[0]["pixels"].mean() < 130
    assert lines[0]["line"].tolist() == list(range(256))
    # only the last is a picture of where it lands
    assert [one["landing_line"][0] < 256 for one in lines] == [False] * 14 + [True]
    assert lines[14]["east"][0] > lines[0]["east"][0]


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "dust_storm", "rise_sols": 0.01, "optical_depth": 3.0},
        {"fault": "sensor_stuck", "parameter": "eps_battery_charge"},
    ],
)
def test_in_a_storm_it_stays_on_the_ground(
    begin: Begin, tmp_path: Path, fault: Mapping[str, Any]
) -> None:
    drone = begin(fault)
    live(drone, 1.05)
    drone.board.truth.flush()
    (hop,) = records(tmp_path, "hop")
    assert hop["flown"] is (fault["fault"] != "dust_storm")


def test_flying_costs_what_the_rotor_takes(begin: Begin, tmp_path: Path) -> None:
    drone = begin()
    before_hop = None
    for minute in range(int(1.05 * SOL_S / 60.0)):
        percent = drone.platform.battery.percent
        charge_wh = drone.platform.battery.charge_wh
        drone.board.agenda.run_until(_SCENARIO.span.start.plus_seconds(60.0 * (minute + 1)).tai_ns)
        drone.settle(drone.board.agenda.now_ns)
        if drone.platform.battery.percent < percent - 5.0:
            before_hop = charge_wh, drone.platform.battery.charge_wh
    assert before_hop is not None
    spent_wh = before_hop[0] - before_hop[1]
    # some 730 W for a minute
    assert spent_wh == pytest.approx(13.0, rel=0.3)
