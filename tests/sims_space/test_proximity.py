"""The hop between cube and orbiter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry, relay_windows
from groundsys.geometry.link import proximity_c_n0_dbhz
from groundsys.geometry.time_scales import instants_ns
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.space import Space
from tests.geometry.missions import DAY, MISSION, UHF
from tests.sims_space.flying import fly, record_of, scenario, space

WINDOW = relay_windows(Geometry(MISSION), "otv", "cube-polar", DAY)[1]
HIGHEST = WINDOW.highest_at


def prox(
    at: Instant, source: str = "cube-polar", target: str = "otv", count: int = 3, **more: object
) -> Message:
    frames = [{"number": number, "data": bytes(100)} for number in range(count)]
    body = {"to": target, "kind": "frames" if count else "hail", "frames": frames,
            "next_expected": 0, "rate_bps": 32_000.0, "session": 1, **more}  # fmt: skip
    return Message(source, "space", "prox", at, body)


def test_frames_cross_with_everything_said_beside_them(tmp_path: Path) -> None:
    said = fly(space(tmp_path), [prox(HIGHEST, remaining_s=12.5)], DAY.end)
    assert [(message.target, message.kind) for message in said] == [("otv", "prox")]
    body = said[0].body
    assert body["from"] == "cube-polar"
    assert body["remaining_s"] == 12.5
    assert [frame["number"] for frame in body["frames"]] == [0, 1, 2]
    distance = Geometry(MISSION).overflight("otv", "cube-polar", instants_ns(HIGHEST))[1][0]
    delay_s = said[0].time.seconds_since(HIGHEST)
    assert delay_s == pytest.approx(distance / SPEED_OF_LIGHT_KM_S, abs=1e-8)


def test_what_space_lets_through_is_as_strong_as_the_ground_foresees(tmp_path: Path) -> None:
    """Over the whole overflight, both ways, by the landed end's pattern."""
    cube = MISSION.spacecraft["cube-polar"]
    helix = replace(cube.radios["uhf"], elevation_pattern=((0.0, -6.0), (90.0, 0.0)))
    craft = {**MISSION.spacecraft, "cube-polar": replace(cube, radios={"uhf": helix})}
    mission = replace(MISSION, spacecraft=craft)
    moments = [WINDOW.interval.start.plus_seconds(5.0), HIGHEST]
    messages = [
        prox(at, *ends, 0)
        for at in moments
        for ends in (("cube-polar", "otv"), ("otv", "cube-polar"))
    ]
    said = fly(Space(mission, scenario(), 1, tmp_path), messages, DAY.end)
    elevation, distance = Geometry(mission).overflight("otv", "cube-polar", instants_ns(*moments))
    assert elevation[1] - elevation[0] > 20.0
    foreseen = proximity_c_n0_dbhz(helix, UHF, distance, elevation)
    assert [one.body["c_n0_dbhz"] for one in said] == pytest.approx(foreseen.repeat(2), abs=1e-3)


def test_nothing_crosses_below_the_mask_or_beyond_the_budget(tmp_path: Path) -> None:
    node = space(tmp_path)
    messages = [
        prox(WINDOW.interval.start.plus_seconds(-2.0)),
        prox(WINDOW.interval.start.plus_seconds(2.0), source="otv", target="cube-polar"),
        prox(HIGHEST, rate_bps=1e9),
        prox(HIGHEST.plus_seconds(1.0), transmit_power_w=1e-6),
        prox(WINDOW.interval.end.plus_seconds(2.0)),
    ]
    said = fly(node, messages, DAY.end)
    assert [message.target for message in said] == ["cube-polar"]
    *lines, totals = record_of(tmp_path)
    assert [line["closed"] for line in lines] == [False, True, False, False, False]
    assert totals["proximity"]["cube-polar/otv"] == {"frames": 12, "lost": 12}


def test_single_frames_and_single_hails_are_lost(tmp_path: Path) -> None:
    node = space(tmp_path, {"proximity_loss_probability": 0.25})
    bursts = [prox(HIGHEST.plus_seconds(number), count=10) for number in range(50)]
    hails = [prox(HIGHEST.plus_seconds(number), "otv", "cube-polar", 0) for number in range(50)]
    said = fly(node, [*bursts, *hails], DAY.end)
    received = [len(message.body["frames"]) for message in said if message.target == "otv"]
    assert 340 < sum(received) < 410
    assert min(received) < 10
    heard = [message for message in said if message.target == "cube-polar"]
    assert 28 < len(heard) < 46
