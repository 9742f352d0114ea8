"""The air between a capsule on its way down and the OTV: true places, plasma, true errors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.central_bodies import known_bodies
from groundsys.geometry.time_scales import tdb_seconds
from groundsys.mission import load_scenario
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.entry import TrueEntry, true_errors
from sims.space import Space
from tests.sims_space.flying import fly, record_of

MARS = known_bodies()["mars"]

MISSION, EDL = load_scenario("edl")
SCENARIO = replace(EDL, truth={})
CAPSULE = MISSION.spacecraft["capsule-1"]
FLIGHT = TrueEntry(CAPSULE, 1, {})


def _after(seconds: float) -> Instant:
    return Instant(FLIGHT.interface_ns).plus_seconds(seconds)


def _live(at: Instant, count: int, **more: object) -> Message:
    body = {"to": "otv", "kind": "live", "frames": [{"data": bytes(261), "before_end_ns": 0}],
            "rate_bps": 8_000.0, "live": [2, count, 0], **more}  # fmt: skip
    return Message("capsule-1", "space", "prox", at, body)


def test_plasma_stops_frames_and_tones_and_nothing_else(tmp_path: Path) -> None:
    begin, end = (FLIGHT.events_ns[f"blackout_{edge}"] for edge in ("begin", "end"))
    moments = [
        _after(-60.0),
        Instant(begin).plus_seconds(-1.0),
        Instant(begin).plus_seconds(1.0),
        Instant(end).plus_seconds(-1.0),
        Instant(end).plus_seconds(1.0),
        Instant(FLIGHT.end_ns).plus_seconds(5.0),
    ]
    node = Space(MISSION, SCENARIO, 1, tmp_path)
    tone = _live(moments[2].plus_seconds(0.1), 6, kind="tone", frames=[], rate_bps=1.0)
    messages = [*(_live(at, number) for number, at in enumerate(moments)), tone]
    said = fly(node, sorted(messages, key=lambda one: one.time), SCENARIO.span.end)
    assert [message.body["live"][1] for message in said] == [0, 1, 4, 5]
    lines = [one for one in record_of(tmp_path) if one["record"] == "proximity"]
    assert {one["live"][1] for one in lines if one["closed"]} == {0, 1, 4, 5}


def test_the_way_is_that_of_the_true_place(tmp_path: Path) -> None:
    """Where the capsule hits the ground, the relay is as far as from a site there."""
    at = Instant(FLIGHT.end_ns)
    node = Space(MISSION, SCENARIO, 1, tmp_path)
    said = fly(node, [_live(at, 0)], SCENARIO.span.end)
    tdb_s = tdb_seconds(np.array([at.tai_ns], dtype=np.int64))
    place = FLIGHT.position_m(at.tai_ns) / 1000.0
    otv = Geometry(MISSION).craft("otv").trajectory.position_km(tdb_s)[:, 0]
    distance = np.linalg.norm(MARS.body_fixed_rotation(tdb_s)[:, :, 0] @ otv - place)
    delay_s = said[0].time.seconds_since(at)
    assert delay_s == pytest.approx(distance / SPEED_OF_LIGHT_KM_S, abs=1e-7)


def test_a_nominal_fall_ends_at_the_site() -> None:
    """Each capsule's file names the place at which its interface leads to."""
    for number in range(1, 5):
        craft = MISSION.spacecraft[f"capsule-{number}"]
        assert craft.site is not None
        found = TrueEntry(craft, 1, {}).outcomes
        assert found.latitude_deg[0] == pytest.approx(craft.site.latitude_deg, abs=0.05)
        assert found.longitude_deg[0] == pytest.approx(craft.site.longitude_deg, abs=0.05)


def test_before_its_interface_a_capsule_comes_down_the_same_way() -> None:
    """Over a minute the way is within 1 km of an energy that is kept."""
    before, at = (FLIGHT.position_m(_after(seconds).tai_ns) for seconds in (-60.0, 0.0))
    travelled = float(np.linalg.norm(before - at))
    assert travelled == pytest.approx(60.0 * 5_590.0, rel=0.01)
    assert np.linalg.norm(before) > np.linalg.norm(at)


def test_errors_are_of_the_stated_sizes_and_the_seed_s_own() -> None:
    sizes = {"entry_time_s": 2.0, "entry_density": 0.15, "second_stage_fails": 0.25}
    drawn = [true_errors("capsule-1", seed, sizes) for seed in range(400)]
    times = np.array([one.time_s[0] for one in drawn])
    densities = np.log([one.density_scale[0] for one in drawn])
    failures = sum(not one.second_stage_opens[0] for one in drawn)
    assert times.std() == pytest.approx(2.0, rel=0.1)
    assert densities.std() == pytest.approx(0.15, rel=0.1)
    assert 70 <= failures <= 130
    assert drawn[7].time_s == true_errors("capsule-1", 7, sizes).time_s
    assert drawn[7].time_s != true_errors("capsule-2", 7, sizes).time_s
    assert true_errors("capsule-1", 7, {}).time_s[0] == 0.0
