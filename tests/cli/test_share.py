"""`groundsys share`: what each partner has been given, and what of it it has fetched."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from groundsys.cli import main
from groundsys.mission import load_mission
from groundsys.rehearsal.run_directory import RunDirectory, point_current_at
from groundsys.store import AccessRecord, ProductRecord, Store
from groundsys.values.instants import Instant

PARTNER, CUSTOMER = "esa-escort-desk", "bredius-lab"
NOON = Instant.from_utc_iso("2029-04-13T16:00:00Z")


def product(id: str, file: str, key: str, payload: str, version: int, at: Instant) -> ProductRecord:
    return ProductRecord(
        *(id, PARTNER, "apophis-otv", payload, f"{PARTNER}:{file}", key.rpartition("/")[2]),
        *("message", "text/plain", 100, "", f"{PARTNER}/{key}", at),
        version=version,
    )


def make_run(folder: Path, scenario: str) -> RunDirectory:
    run = RunDirectory(folder / "data" / "a-run")
    run.create()
    run.write_facts({"pid": 1, "mission_db": str(load_mission().root), "scenario": scenario})
    point_current_at(run, folder / "data")
    later = NOON.plus_seconds(3600.0)
    copied = (f"{CUSTOMER}/apophis-probe-2/a.dat", "apophis-2-mag")
    with Store(run.store) as store:
        store.catalogue.put_products(
            [
                product("s-1", "schedule:x", "apophis-otv/s.xml", "", 1, NOON),
                product("s-2", "schedule:x", "apophis-otv/s-v2.xml", "", 2, later),
                product("p-1", "463:1", *copied, 1, later),
            ]
        )
        store.catalogue.record_access(
            AccessRecord(PARTNER, "s-1", NOON.plus_seconds(60.0), 100, True),
            AccessRecord(PARTNER, "p-1", later, 40, False),  # it was cut off
        )
    return run


def share(run: RunDirectory, *arguments: str) -> str:
    where = ("share", "--data", str(run.path.parent), *arguments)
    answer = CliRunner().invoke(main, where, env={"COLUMNS": "160"})
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_versions_and_fetches_are_told_by_message_and_by_customer(tmp_path: Path) -> None:
    run = make_run(tmp_path, "apophis-flyby")
    schedule, products = json.loads(share(run, "--json"))[PARTNER]
    assert (schedule["of"], schedule["version"], schedule["files"]) == ("x", 2, 2)
    assert (schedule["told"], schedule["fetched"]) == (
        "2029-04-13T17:00:00Z",
        "2029-04-13T16:01:00Z",
    )
    assert (products["of"], products["octets"], products["fetched"]) == (CUSTOMER, 100, "")
    assert "not yet" in share(run)


def test_a_scenario_without_partners_says_so(tmp_path: Path) -> None:
    assert "names no partners" in share(make_run(tmp_path, "quickstart"))
