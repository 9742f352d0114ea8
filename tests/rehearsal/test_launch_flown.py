"""The first hours after separation, flown for real; `make campaign`: each fault fails its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundsys.mission import default_mission_db
from groundsys.store import Store
from tests.rehearsal.faulty_flights import Flown, rehearse

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("journeys"),
]

#: in this truth the craft is four beam widths beside the predict of the antenna that sees it first
SEED = 6


def fly(folder: Path, *options: str) -> Flown:
    return rehearse(folder, *options, scenario="launch-short", seed=SEED, patience_s=600.0)


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flown]:
    folder = tmp_path_factory.mktemp("launch")
    yield fly(folder)
    shutil.rmtree(folder)


def test_every_criterion_holds(flown: Flown) -> None:
    assert flown.failed == set(), flown.output
    assert flown.exit_code == 0
    names = {one["name"] for one in flown.report["criteria"]}
    assert names >= {
        "first_acquisition[otv]", "first_antenna[otv]", "sun_pointed[otv]",
        "battery_above_threshold[otv]", "procedure[post-launch-acquisition@otv]",
        "procedure[cruise-check-out@otv]", "packets_archived[otv]",
    }  # fmt: skip


def test_the_craft_was_found_beside_its_predict_by_a_search(flown: Flown) -> None:
    with Store(flown.run / "store.sqlite", read_only=True) as store:
        told = [one.text for one in store.watch.recent_events(500) if "has found otv" in one.text]
    assert any("malargue-35" in one and " at place 1 of" not in one for one in told), told


def test_it_tumbled_found_the_sun_and_was_turned_to_earth(flown: Flown) -> None:
    modes = [one["mode"] for one in flown.report["departures"]["otv"]["attitude"]]
    assert modes == ["RATE_DAMPING", "SUN_ACQUISITION", "SUN_POINTING", "EARTH_POINTING"]


def test_a_deaf_antenna_leaves_the_first_acquisition_to_another(tmp_path: Path) -> None:
    flown = fly(tmp_path, "--inject", "deaf_antenna,antenna=malargue-35")
    assert flown.failed >= {"first_acquisition[otv]", "first_antenna[otv]"}, flown.output


def test_a_craft_that_damps_no_rates_finds_no_sun_and_runs_out_of_power(tmp_path: Path) -> None:
    flown = fly(tmp_path, "--inject", "tumbling,spacecraft=otv")
    expected = {
        "sun_pointed[otv]",
        "battery_above_threshold[otv]",
        "procedure[post-launch-acquisition@otv]",
        "procedure[cruise-check-out@otv]",
    }
    assert flown.failed >= expected, flown.output


def test_a_craft_far_from_where_the_launcher_promised_is_not_found_in_time(tmp_path: Path) -> None:
    """Ten times the error along the track that anybody has reckoned with."""
    root = tmp_path / "mission_db"
    shutil.copytree(default_mission_db(), root)
    shutil.copytree(default_mission_db().parent / "procedures", tmp_path / "procedures")
    path = root / "scenarios" / "launch-short.yaml"
    text = path.read_text(encoding="utf-8")
    assert "orbit_along_track_km: 8.0" in text
    path.write_text(text.replace("orbit_along_track_km: 8.0", "orbit_along_track_km: 80.0"))
    flown = fly(tmp_path, "--mission-db", str(root))
    assert "first_acquisition[otv]" in flown.failed, flown.output
