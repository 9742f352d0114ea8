"""A capsule let go on its approach: where the definitions bring it, and what its finders tell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundsys.entry.bearings import crossing_of
from groundsys.entry.falling import offset_km
from groundsys.mission import load_mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.parting import springs_m_s
from sims.space.air import Air
from sims.space.record import SpaceRecord
from sims.space.recovery import RecoveryTeam

STAGE, CAPSULE = "ryugu-stage", "return-capsule"
#: as the scenario plans it, and as the stage's definition says
CORRECTED = Instant.from_utc_iso("2033-12-02T00:15:00Z")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[SpaceRecord]:
    record = SpaceRecord(tmp_path)
    yield record
    record.close()


def scenario_with(*faults: Mapping[str, Any], **truth: float) -> Scenario:
    planned = load_mission().scenarios["sample-home"]
    return replace(planned, truth=truth, faults=faults)


def fly(
    record: SpaceRecord, tmp_path: Path, scenario: Scenario, share: float = 1.0
) -> tuple[dict[str, Any], list[Message]]:
    """What space records of the arrival, and what the recovery team tells, in order."""
    mission = load_mission()
    mission = replace(mission, spacecraft={**mission.spacecraft, **scenario.craft})
    said: list[Message] = []
    air = Air(mission, scenario, 1, record, said.append)
    correction = scenario.procedures[0].parameters
    air.push(STAGE, CORRECTED, [correction[f"delta_v_{axis}"] for axis in "xyz"])
    capsule = mission.spacecraft[CAPSULE]
    assert capsule.release is not None
    at = Instant.from_utc_iso("2033-12-03T05:30:00Z")
    springs = springs_m_s(capsule.release, CAPSULE, 1, scenario.truth, share)
    air.part(STAGE, CAPSULE, at, springs, 16.0 / 496.0)
    RecoveryTeam(air, scenario).follow(CAPSULE)
    air.agenda.run_until(scenario.span.end.tai_ns)
    record.flush()
    lines = map(json.loads, (tmp_path / "space.jsonl").read_text().splitlines())
    (arrival,) = (one for one in lines if one["record"] == "arrival")
    return arrival, [one for one in said if one.kind == "recovery"]


def test_as_planned_it_lands_in_the_middle_of_its_zone(record: SpaceRecord, tmp_path: Path) -> None:
    arrival, _ = fly(record, tmp_path, scenario_with())
    assert arrival["flight_path_deg"] == pytest.approx(-12.0, abs=0.03)
    assert arrival["speed_m_s"] == pytest.approx(11_978.0, abs=5.0)
    off = offset_km(-31.0, 136.6, arrival["latitude_deg"], arrival["longitude_deg"])
    assert np.hypot(*off) < 8.0
    entry = Instant.from_utc_iso("2033-12-03T17:19:33Z")
    assert Instant(arrival["interface_ns"]).seconds_since(entry) == pytest.approx(0.0, abs=20.0)
    assert arrival["lost"] is None


def test_weak_springs_make_it_shallower_by_more_than_is_foretold(
    record: SpaceRecord, tmp_path: Path
) -> None:
    """0.18 m/s less across a way of 12 h: 8 km of 17 390 km of B-plane, or 0.12°."""
    arrival, _ = fly(record, tmp_path, scenario_with(), share=0.4)
    assert arrival["flight_path_deg"] == pytest.approx(-11.88, abs=0.04)


def test_the_team_hears_finds_and_takes_it_over(record: SpaceRecord, tmp_path: Path) -> None:
    arrival, told = fly(record, tmp_path, scenario_with())
    kinds = [one.body.get("event", one.body["kind"]) for one in told]
    assert kinds == ["beacon_heard", "bearings", "found", "landed", "recovered", "received"]
    assert [one.time for one in told] == sorted(one.time for one in told)
    capsule = load_mission().spacecraft[CAPSULE].arrival
    assert capsule is not None
    crossing = crossing_of(capsule, told[1].body["bearings_deg"])
    assert crossing is not None
    there = (arrival["latitude_deg"], arrival["longitude_deg"])
    assert np.hypot(*offset_km(crossing.latitude_deg, crossing.longitude_deg, *there)) < 4.0


@pytest.mark.parametrize("fault", ["dead_beacon", "shut_parachute"])
def test_without_a_beacon_it_is_not_found_that_night(
    fault: str, record: SpaceRecord, tmp_path: Path
) -> None:
    arrival, told = fly(record, tmp_path, scenario_with({"fault": fault, "spacecraft": CAPSULE}))
    assert told == []
    assert (arrival["lost"] == "hit_too_hard") == (fault == "shut_parachute")


def test_a_lost_receipt_is_a_gap(record: SpaceRecord, tmp_path: Path) -> None:
    _, told = fly(record, tmp_path, scenario_with({"fault": "lost_receipt"}))
    assert [one.body["event"] for one in told if one.body["kind"] == "custody"] == [
        "landed", "received",
    ]  # fmt: skip
