"""Guests of a cube: each logs by itself, its files are its own, and the truth says whose."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.keys import make_keys
from sims.craft.probe.lander import Lander

_GUEST = "boreum-magnetometer"


def fly(
    mission: Mission, scenario: Scenario, folder: Path, hours: float, *faults: dict[str, object]
) -> tuple[Lander, list[dict[str, object]]]:
    cube = replace(mission.spacecraft["cube-boreum"], guests=(_GUEST,))
    flown = replace(scenario, spacecraft=("otv", "cube-boreum"), faults=faults)
    make_keys(folder / "keys", [cube])
    lander = Lander(cube, mission, flown, 1, folder, folder / "keys")
    try:
        lander.board.agenda.run_until(lander.board.start_ns + round(hours * 3600e9))
    finally:
        lander.board.truth.close()
    lines = (folder / "cube-boreum.jsonl").read_text().splitlines()
    return lander, [one for one in map(json.loads, lines) if one["record"] == "file"]


def test_guest_and_host_close_their_files_at_their_own_boundaries(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    lander, files = fly(mission, scenario, tmp_path, 6.1)
    assert sorted((one["payload"], one["name"]) for one in files) == [
        (_GUEST, f"{_GUEST}-000001.dat"),
        (_GUEST, f"{_GUEST}-000002.dat"),
        ("boreum-weather", "boreum-weather-000001.dat"),
    ]
    cube = lander.board.craft
    transactions = sorted(lander.source._transactions)
    assert transactions == [1, Spacecraft.TRANSACTIONS + 1, Spacecraft.TRANSACTIONS + 2]
    assert [cube.payload_of(number) for number in transactions] == [
        *("boreum-weather", _GUEST, _GUEST),
    ]


def test_a_guest_goes_on_when_its_host_is_switched_off(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    cube = replace(mission.spacecraft["cube-boreum"], guests=(_GUEST,))
    make_keys(tmp_path / "keys", [cube])
    lander = Lander(cube, mission, scenario, 1, tmp_path, tmp_path / "keys")
    agenda = lander.board.agenda
    agenda.at(
        lander.board.start_ns + 60 * 10**9, lambda now_ns: lander.switch_payload(False, now_ns)
    )
    agenda.run_until(lander.board.start_ns + round(10 * 3600e9))
    lander.board.truth.close()
    carried = [cube.payload_of(number) for number in lander.source._transactions]
    assert carried.count("boreum-weather") == 1  # what it held when it went off
    assert carried.count(_GUEST) == 3


def test_a_clock_that_jumps_closes_a_guests_file_as_well(
    mission: Mission, scenario: Scenario, tmp_path: Path
) -> None:
    fault = {"fault": "clock_reset", "spacecraft": "cube-boreum", "after_s": 5_000}
    _, files = fly(mission, scenario, tmp_path, 8.0, fault)
    own = [one for one in files if one["payload"] == _GUEST]
    whole = 10_800 // 5
    assert own[0]["records"] == 994  # up to the jump: (5000 − 30) / 5
    assert [one["records"] for one in own[1:]] == [whole] * len(own[1:])
    assert len(own) == 3


def test_a_payload_of_an_unknown_place_is_the_first(mission: Mission) -> None:
    cube = mission.spacecraft["cube-polar"]
    assert cube.payloads == ("weather",)
    assert cube.payload_of(900_007) == cube.payload_of(5_000_000) == "weather"
    assert mission.spacecraft["otv"].payload_of(1) == ""
