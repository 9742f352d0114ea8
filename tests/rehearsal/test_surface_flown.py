"""Two sols of a network on the surface, flown: as they should go, and with what breaks them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.rehearsal.faulty_flights import Flown, rehearse

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(900), pytest.mark.xdist_group("journeys")]

SHORT = "surface-network-short"
PATIENCE_S = 600.0
#: a site that does nothing it is told, a gauge that is stuck, a drone in a storm
SPOILT = (
    "fail_commands,spacecraft=cube-vastitas",
    "sensor_stuck,spacecraft=cube-ascraeus,parameter=eps_battery_charge",
    "dust_storm,spacecraft=cube-scout,rise_sols=0.01",
)


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("surface")
    return rehearse(folder, scenario=SHORT, seed=1, patience_s=PATIENCE_S)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("spoilt")
    injected = [part for fault in SPOILT for part in ("--inject", fault)]
    return rehearse(folder, *injected, scenario=SHORT, seed=1, patience_s=PATIENCE_S)


def test_every_criterion_holds(flown: Flown) -> None:
    assert flown.failed == set(), flown.output
    assert flown.exit_code == 0


def test_the_storm_was_seen_and_the_battery_came_back(flown: Flown) -> None:
    battery = flown.report["surface"]["battery_percent"]["cube-ascraeus"]
    assert battery["lowest"] < 33.0 < 60.0 < battery["last"]
    # its instrument was off meanwhile: files of one size only before and after
    sizes = [one["size"] for one in flown.truth("cube-ascraeus", "file")]
    assert min(sizes) < max(sizes)
    modes = {one["name"] for one in flown.truth("cube-ascraeus", "command")}
    assert {"SET_MODE", "PAYLOAD_POWER"} <= modes


def test_sites_sampled_together(flown: Flown) -> None:
    campaign = flown.report["surface"]["campaigns"]["together"]
    assert campaign["share"] > 0.995
    assert None not in campaign["sites"].values()


def test_the_drones_pictures_can_be_looked_at(flown: Flown) -> None:
    folder = flown.run / "deliveries" / "pathfinder-works"
    pictures = sorted(path for path in folder.rglob("*.png") if ".ql." not in path.name)
    made = len(list(flown.truth("cube-scout", "file")))
    due = flown.report["customers"]["pathfinder-works"]["files_generated"]
    assert due == 30 <= len(pictures) <= made
    for path in (pictures[0], pictures[-1]):
        picture = np.asarray(Image.open(path))
        assert picture.shape == (256, 256)
        assert 80 < picture.mean() < 140
        assert picture.min() < 60  # in the shadow of a rim
        assert picture.std() > 5.0
    landings = list(flown.truth("cube-scout", "landing"))
    assert len(landings) >= 2
    assert all(one["safe"] for one in landings)


@pytest.mark.parametrize(
    "name",
    [
        "starved_battery_percent", "last_battery_percent", "campaign_spread_s", "campaign_share",
        "safe_landings", "commands_failed",
    ],
)  # fmt: skip
def test_what_is_spoilt_fails_its_criterion(spoilt: Flown, name: str) -> None:
    assert name in spoilt.failed


def test_what_is_spoilt_loses_nothing_else(spoilt: Flown) -> None:
    assert not {one for one in spoilt.failed if one.startswith("packets_archived")}
    assert "hash_mismatches" not in spoilt.failed
