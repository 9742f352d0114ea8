"""`groundsys custody` of a run that has ended, for people and for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.mission import load_scenario
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.store import (
    AccessRecord,
    DeliveryRecord,
    FileRecord,
    ProductRecord,
    Store,
    StoredEvent,
)
from groundsys.values.instants import Instant

POLAR = "polar-weather"


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """Two hours of `short`: one file is fetched, the next has come in part."""
    mission, scenario = load_scenario("short")
    run = RunDirectory(tmp_path / "data" / "a-run")
    run.create()
    run.write_facts({"pid": 0, "mission_db": str(mission.root), "scenario": "short"})
    point_current_at(run, tmp_path / "data")
    start = scenario.span.start
    entity = mission.spacecraft["cube-polar"].entity_id

    def at(minutes: float) -> Instant:
        return start.plus_seconds(60.0 * minutes)

    with Store(run.store) as store:
        store.catalogue.put_file(
            FileRecord(
                *(f"{entity}:2", "cube-polar", entity, 1, 2, "weather-000002.dat", 15_872, 5_000),
                *("open", at(130), at(131)),
            )
        )
        home = FileRecord(
            *(f"{entity}:1", "cube-polar", entity, 1, 1, "weather-000001.dat", 15_872, 15_872),
            *("complete", at(100), at(110)),
            completed_at=at(110),
            delivered_at=at(112),
            left_at=at(99),
            relayed_at=at(99),
            received_at=at(110),
            antenna="dss-25",
            measured_from=start,
            measured_until=at(60),
        )
        product = ProductRecord(
            *("p-1", POLAR, "cube-polar", "weather", home.id, "weather-000001.dat", "L0"),
            *("application/octet-stream", 15_872, "", f"{POLAR}/cube-polar/x", at(112)),
        )
        delivery = DeliveryRecord(
            home.id, POLAR, "cube-polar", home.name, at(112), 1, 15_872, 15_872
        )
        store.catalogue.deliver(home, delivery, [product])
        store.catalogue.record_access(AccessRecord(POLAR, "p-1", at(115), 15_872, True))
        store.watch.add_event(StoredEvent(at(135), "", "info", "test", "the end"))
    return run


def custody(run: RunDirectory, *arguments: str) -> Result:
    where = ("--data", str(run.path.parent))
    return CliRunner().invoke(main, ["custody", *arguments, *where], env={"COLUMNS": "160"})


def test_it_is_told_hop_by_hop(run: RunDirectory) -> None:
    told = json.loads(custody(run, "--customer", POLAR, "--json").output)
    assert set(told["customers"]) == {POLAR}
    mine = told["customers"][POLAR]
    assert mine["places"]["fetched"] == {"files": 1, "octets": 15_872}
    assert mine["places"]["archived"] == {"files": 0, "octets": 5_000}
    assert mine["places"]["relay"] == {"files": 1, "octets": 10_872}
    parts = mine["latency_s"]["split"]
    assert sum(parts.values()) == pytest.approx(52 * 60.0)
    assert parts["us"] == 120.0
    assert parts["light_time"] == pytest.approx(505.0, abs=2.0)  # 151 million km that day
    assert mine["service_level"]["state"] == "met"
    fetched, coming = mine["files"]
    assert fetched["hops"]["fetched"]["actual_ns"] - fetched["hops"]["published"]["actual_ns"] == (
        180 * 10**9
    )
    assert coming["hops"]["published"]["actual_ns"] is None


def test_people_see_totals_and_what_is_on_its_way(run: RunDirectory) -> None:
    answer = custody(run)
    assert answer.exit_code == 0, answer.output
    assert "relay 10.9 kB, archived 5.0 kB" in answer.output
    assert "weather-000002.dat" in answer.output
    assert "weather-000001.dat" not in answer.output
    assert "tharsis-seismo" in answer.output
    assert "geometry" in answer.output


def test_a_customer_that_does_not_fly_is_refused_with_those_that_do(run: RunDirectory) -> None:
    answer = custody(run, "--customer", "kiso-space")
    assert answer.exit_code == 2
    assert "polar-weather, tharsis-seismo" in answer.output
