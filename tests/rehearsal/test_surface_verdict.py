"""Each criterion on a network at the surface, and what breaks it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from groundsys.mission.scenario.scenario_model import NetworkCampaign
from groundsys.rehearsal.verdict.surface import (
    BatterySeen,
    CampaignFlown,
    campaign_flown,
    judge_surface,
    surface_for_report,
)
from groundsys.values.instants import Instant, Interval

NOON = Instant.from_utc_iso("2031-08-21T12:00:00Z")
HOUR = timedelta(hours=1)
CAMPAIGN = NetworkCampaign("together", Interval(NOON, NOON + HOUR), ("north", "south"), 0.5, NOON)
LIMITS = {
    "max_starved_battery_percent": 33.0,
    "min_battery_percent": 8.0,
    "min_last_battery_percent": 60.0,
    "max_campaign_spread_s": 2.0,
    "min_campaign_share": 0.99,
    "min_safe_landings": 2.0,
    "max_unsafe_landings": 0.0,
}
BATTERIES = {"north": BatterySeen(90.0, 95.0), "south": BatterySeen(28.0, 80.0)}


def flown(north_s: float = 0.0, south_s: float | None = 1.0) -> CampaignFlown:
    def site(offset_s: float | None) -> Interval | None:
        if offset_s is None:
            return None
        return Interval(NOON.plus_seconds(offset_s), (NOON + HOUR).plus_seconds(offset_s))

    return CampaignFlown(CAMPAIGN, {"north": site(north_s), "south": site(south_s)})


def failed(
    batteries: dict[str, BatterySeen] | None = None,
    campaigns: tuple[CampaignFlown, ...] | None = None,
    landings: tuple[bool, ...] = (True, True),
) -> set[str]:
    judged = judge_surface(
        BATTERIES if batteries is None else batteries,
        (flown(),) if campaigns is None else campaigns,
        landings,
        LIMITS,
    )
    return {one.name for one in judged if not one.ok}


def test_all_hold() -> None:
    assert failed() == set()


@pytest.mark.parametrize(
    ("south", "expected"),
    [
        (BatterySeen(34.0, 80.0), {"starved_battery_percent"}),
        (BatterySeen(7.5, 80.0), {"battery_percent"}),
        (BatterySeen(28.0, 59.0), {"last_battery_percent"}),
    ],
)
def test_a_battery_that_was_not_starved_or_did_not_recover(
    south: BatterySeen, expected: set[str]
) -> None:
    assert failed({**BATTERIES, "south": south}) == expected


def test_nothing_heard_of_any_battery_meets_no_bound() -> None:
    assert failed({}) == {"starved_battery_percent", "battery_percent", "last_battery_percent"}


@pytest.mark.parametrize(
    ("campaigns", "expected"),
    [
        ((flown(), flown(south_s=2.5)), {"campaign_spread_s"}),
        ((flown(south_s=60.0),), {"campaign_spread_s", "campaign_share"}),
        ((flown(south_s=None),), {"campaign_spread_s", "campaign_share"}),
        ((), {"campaign_spread_s", "campaign_share"}),
    ],
)
def test_sites_that_were_not_together(
    campaigns: tuple[CampaignFlown, ...], expected: set[str]
) -> None:
    assert failed(campaigns=campaigns) == expected


def test_landings_where_it_should_not() -> None:
    assert failed(landings=(True,)) == {"safe_landings"}
    assert failed(landings=(True, True, False)) == {"unsafe_landings"}


def test_nothing_is_judged_that_nobody_asked_for() -> None:
    assert judge_surface(BATTERIES, (flown(),), (), {}) == []


def manifest(folder: Path, craft: str, file: str, start: Instant, **more: object) -> None:
    time = {
        "sample_interval_s": more.get("interval_s", 0.5),
        "start_utc": start.utc_iso(6),
        "end_utc": (start + HOUR).utc_iso(6),
    }
    version = more.get("version", 1)
    content = {"spacecraft": craft, "payload_file": file, "version": version, "time": time}
    (folder / f"{file}-v{version}.manifest.json").write_text(json.dumps(content))


def test_what_customers_hold_tells_when_sites_sampled(tmp_path: Path) -> None:
    manifest(tmp_path, "north", "a", NOON)
    # a better clock solution has made a new version
    manifest(tmp_path, "south", "b", NOON.plus_seconds(9.0))
    manifest(tmp_path, "south", "b", NOON.plus_seconds(1.5), version=2)
    # neither of the usual cadence, nor of another day, nor of another craft
    manifest(tmp_path, "south", "c", NOON.plus_seconds(60.0), interval_s=2.0)
    manifest(tmp_path, "south", "d", NOON + timedelta(days=1))
    manifest(tmp_path, "west", "e", NOON)
    found = campaign_flown(CAMPAIGN, tmp_path)
    assert found.spread_s == pytest.approx(1.5)
    assert found.share == pytest.approx((3600.0 - 1.5) / 3600.0)
    told = surface_for_report({}, (found,), ())["campaigns"]["together"]
    assert told["spread_s"] == 1.5


def test_a_site_without_a_file_is_told(tmp_path: Path) -> None:
    manifest(tmp_path, "north", "a", NOON)
    found = campaign_flown(CAMPAIGN, tmp_path)
    assert found.sites["south"] is None
    assert found.share == 0.0
    assert surface_for_report({}, (found,), ())["campaigns"]["together"]["spread_s"] is None
