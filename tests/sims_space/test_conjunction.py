"""An OTV about Mars behind the Sun: frames fade, and the record tells how near the Sun that was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.geometry import Geometry, view_periods
from groundsys.geometry.conjunction import sun_earth_probe_deg
from groundsys.geometry.sight import TRANSMITTING
from groundsys.geometry.time_scales import instants_ns
from groundsys.values.instants import Instant, Interval
from groundsys.values.messages import Message
from sims.space import Space
from sims.space.corona import fade_db
from sims.space.noise import LOCK_EB_N0_DB
from tests.geometry.missions import MISSION, ORBIT, OTV, SCENARIO
from tests.sims_space.flying import ANTENNA, fly, frames, from_antenna, from_craft, record_of

FRAMES = 200


def day_of(date: str) -> Interval:
    start = Instant.from_utc_iso(f"{date}T00:00:00Z")
    return Interval(start, start.plus_seconds(86_400.0))


def flown(
    folder: Path, date: str, **changes: Any
) -> tuple[list[dict[str, Any]], Geometry, Instant]:
    """The record of 200 frames down and one CLTU up, the geometry, and when that left."""
    day = day_of(date)
    otv = replace(OTV, orbit=replace(ORBIT, epoch=day.start))
    mission = replace(MISSION, spacecraft={"otv": otv})
    geometry = Geometry(mission)
    view = max(view_periods(geometry, ANTENNA, "otv", day), key=lambda one: one.receive.seconds)
    middle = view.receive.start.plus_seconds(view.receive.seconds / 2.0)
    emitted = middle.plus_seconds(-1400.0)
    scenario = replace(SCENARIO, span=day, spacecraft=("otv",), truth={}, **changes)
    messages: list[Message] = [
        from_antenna("point", view.receive.start.plus_seconds(-60.0), spacecraft="otv"),
        from_craft("x_carrier", day.start, on=True),
        from_antenna("x_up_carrier", view.receive.start, spacecraft="otv", on=True),
        frames(emitted, FRAMES),
        from_antenna(
            "x_up", view.receive.start.plus_seconds(300.0), spacecraft="otv", bits=800,
            cltu=bytes(100), start_ns=view.receive.start.plus_seconds(290.0).tai_ns,
            radiation_id="r1",
        ),
    ]  # fmt: skip
    fly(Space(mission, scenario, 1, folder), messages, day.end)
    return record_of(folder), geometry, view.receive.start.plus_seconds(290.0)


def down_and_up(record: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    (down,) = [one for one in record if one["record"] == "downlink"]
    (up,) = [one for one in record if one["record"] == "uplink"]
    return down, up


def test_frames_fade_behind_the_sun_as_the_corona_says(tmp_path: Path) -> None:
    # Mars passes behind the Sun on 2032-07-11
    record, geometry, sent_at = flown(tmp_path, "2032-07-13")
    down, up = down_and_up(record)
    assert down["sun_earth_probe_deg"] == pytest.approx(1.2, abs=0.3)
    exact = sun_earth_probe_deg(geometry, "otv", instants_ns(sent_at), TRANSMITTING)
    assert up["sun_earth_probe_deg"] == pytest.approx(float(exact[0]), abs=1e-4)
    assert down["frames"] == FRAMES
    assert 0 < down["lost"] < FRAMES / 2
    # what was lost faded below what a receiver can follow, by one and the same margin
    link = f"otv→{ANTENNA}"
    fades = [fade_db(down["sun_earth_probe_deg"], 1, link, number) for number in range(FRAMES)]
    lost = [fades[number] for number in down["lost_numbers"]]
    kept = [fade for number, fade in enumerate(fades) if number not in down["lost_numbers"]]
    assert max(lost) < min(kept) < LOCK_EB_N0_DB


def test_nothing_fades_in_clean_air_or_far_from_the_sun(tmp_path: Path) -> None:
    clean, _, _ = flown(tmp_path, "2032-07-13", faults=({"fault": "clean_air"},))
    assert down_and_up(clean)[0]["lost"] == 0
    far, _, _ = flown(tmp_path, "2032-05-01")
    down, up = down_and_up(far)
    assert down["lost"] == 0
    assert min(down["sun_earth_probe_deg"], up["sun_earth_probe_deg"]) > 15.0
