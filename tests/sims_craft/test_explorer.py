"""An explorer let go beside a small body: its orders, what it tells, and how it is held again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundsys.mission import load_scenario
from groundsys.values.instants import Instant, Interval
from tests.sims_craft.flight import Flight, readings

STAGE, EXPLORER, SCID = "ryugu-stage", "ryugu-explorer", 495
#: site 1 is touched at about 06:52 if the order is there before 03:55
START = Instant.from_utc_iso("2031-08-15T03:00:00Z")
TOUCH_S = 14_000.0
#: as short as they may be: what is told in them takes its time to simulate
SESSIONS = (
    (600, 900),
    (1_400, 1_700),
    (8_900, 9_200),
    (9_900, 10_200),
    (13_700, 14_500),
    (21_400, 22_000),
)

Fly = Callable[..., Flight]


@pytest.fixture
def fly(tmp_path: Path) -> Fly:
    """Stage and explorer, which is let go at 220 s and in session from then on."""

    def start(*, until: float, faults: tuple[dict[str, Any], ...] = (), **orders: float) -> Flight:
        mission, scenario = load_scenario("sample-taking")
        changed = replace(
            scenario,
            span=Interval(START, START.plus_seconds(30_000.0)),
            spacecraft=(STAGE, EXPLORER),
            attached=(EXPLORER,),
            faults=faults,
            quiet_from=START.plus_seconds(30_000.0),
        )
        flight = Flight(mission, changed, tmp_path, cubes=(EXPLORER,), carrier=STAGE)
        flight.carrier(100, True)
        flight.command(200, "RELEASE_ARM", release_spacecraft_id=SCID)
        flight.command(220, "RELEASE_CUBE", release_spacecraft_id=SCID)
        for number, (begin, end) in enumerate(SESSIONS):
            flight.session(240 + number, begin, end - begin, EXPLORER)
        order = flight.cube_frame(
            EXPLORER, "DESCEND", site_number=1, lowest_m=0, altimeter_gain="HIGH"
        )
        flight.forward(700, EXPLORER, order)
        for name, at in sorted(orders.items(), key=lambda one: one[1]):
            flight.forward(at, EXPLORER, flight.cube_frame(EXPLORER, name))
        flight.run(until)
        flight.close()
        return flight

    return start


def ends(flight: Flight) -> list[tuple[str, str]]:
    return [(one["outcome"], one["reason"]) for one in flight.truth(EXPLORER, "descent")]


def orders(flight: Flight, name: str) -> list[str]:
    lines = flight.truth(EXPLORER, "command")
    return [one["outcome"] for one in lines if one["name"] == name]


def told(flight: Flight) -> list[dict[str, Any]]:
    model = flight.mission.spacecraft[EXPLORER].model
    return [one for _, one in readings(model, flight.cube_packets(EXPLORER), "DESCENT")]


def test_with_a_go_it_touches_samples_and_is_held_again(fly: Fly) -> None:
    flight = fly(GO_BELOW=9_000.0, DOCK=21_500.0, until=23_500.0)
    assert ends(flight) == [("TOUCHED", "NONE")]
    phases = [one["descent_phase"] for one in told(flight)]
    in_order = list(dict.fromkeys(phases))
    assert in_order == ["HOME", "WAITING", "DESCENDING", "ASCENDING", "DOCKING"]
    touched = flight.truth(EXPLORER, "descent")[0]
    waiting = next(one for one in told(flight) if one["descent_phase"] == "WAITING")
    assert waiting["descent_to_commit"] < waiting["descent_to_touch_down"]
    assert abs(touched["time_ns"] - touched["planned_ns"]) < 60e9
    (docked,) = flight.truth(STAGE, "docked")
    assert docked["sample_g"] == pytest.approx(touched["sample_g"], abs=1e-3)
    assert docked["sample_g"] > 0.0
    assert flight.orbiter.orbiter.has_sample
    assert SCID in flight.orbiter.orbiter.release.attached
    carriage = flight.landers[EXPLORER].lander.carriage
    assert carriage is not None
    assert carriage.is_held


@pytest.mark.campaign
def test_without_a_go_it_comes_back(fly: Fly) -> None:
    assert ends(fly(until=12_000.0)) == [("BROKEN_OFF", "NO_GO")]


def test_an_order_to_turn_back_counts_until_it_is_committed(fly: Fly) -> None:
    flight = fly(GO_BELOW=9_000.0, BREAK_OFF=10_000.0, until=11_000.0)
    assert ends(flight) == [("BROKEN_OFF", "COMMANDED")]
    assert orders(flight, "BREAK_OFF")[-1] == "completed"


def test_a_descent_that_has_not_begun_is_given_up(fly: Fly) -> None:
    flight = fly(BREAK_OFF=1_500.0, until=4_000.0)
    assert ends(flight) == [("BROKEN_OFF", "COMMANDED")]
    assert [one["descent_phase"] for one in told(flight)][-1] == "HOME"
    (home,) = flight.truth(EXPLORER, "home")
    assert home["time_ns"] < START.plus_seconds(1_600.0).tai_ns


@pytest.mark.campaign
def test_an_order_that_comes_too_late_is_refused(fly: Fly) -> None:
    flight = fly(GO_BELOW=9_000.0, BREAK_OFF=TOUCH_S - 200.0, until=16_000.0)
    assert ends(flight) == [("TOUCHED", "NONE")]
    assert orders(flight, "BREAK_OFF")[-1] == "failed"


@pytest.mark.campaign
def test_a_latch_that_does_not_hold_leaves_it_free(fly: Fly) -> None:
    flight = fly(
        GO_BELOW=9_000.0, DOCK=21_500.0, until=23_500.0,
        faults=({"fault": "stuck_latch", "spacecraft": EXPLORER},),
    )  # fmt: skip
    assert flight.truth(STAGE, "docked") == []
    assert not flight.orbiter.orbiter.has_sample
