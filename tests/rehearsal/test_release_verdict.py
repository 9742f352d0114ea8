"""Criteria on cubes that are released: each can fail, and fails on its own evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from groundsys.hub.journal import JournalFrame
from groundsys.mission import load_scenario
from groundsys.rehearsal.truth.record import CubeLinks
from groundsys.rehearsal.verdict.release_verdict import (
    ReleaseEvidence,
    judge_releases,
    release_evidence,
    releases_for_report,
)
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
LIMITS = {"max_release_off_s": 1800.0, "max_first_contact_s": 7200.0}


def after(hours: float) -> Instant:
    return START.plus_seconds(3600.0 * hours)


GOOD = ReleaseEvidence(
    foreseen=after(2.0),
    releases=(after(2.1),),
    truth=CubeLinks(cable_frames=40, radio_bursts=(after(3.0), after(3.01))),
    reached_relay=(after(0.5), after(1.0), after(3.0), after(3.5)),
)
STAYS = ReleaseEvidence(None, (), CubeLinks(40, ()), (after(0.5), after(3.0)))


def failing(one: ReleaseEvidence) -> set[str]:
    criteria = judge_releases({"cube": one}, LIMITS)
    return {criterion.name.partition("[")[0] for criterion in criteria if not criterion.ok}


def radio(*hours: float, cable: int = 40) -> dict[str, Any]:
    return {"truth": CubeLinks(cable, tuple(map(after, hours)))}


@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        # never let go, as by `stuck_release`
        ({"releases": (), **radio()}, {"release", "first_contact"}),
        ({"releases": (after(2.1), after(2.2))}, {"release"}),
        ({"releases": (after(2.6),)}, {"release"}),
        ({"releases": (after(1.4),)}, {"release"}),
        # silent after it, as by `silent_cube`
        ({"reached_relay": (after(0.5), after(1.0)), **radio()}, {"first_contact"}),
        ({"reached_relay": (after(0.5), after(4.2)), **radio(4.2)}, {"first_contact"}),
        # something reached the relay, and the cube has sent nothing
        (radio(3.6), {"first_contact"}),
        # nothing came while it was held; or by radio; or not by cable
        ({"reached_relay": (after(3.0),)}, {"telemetry_by_cable"}),
        (radio(1.0, 3.0), {"telemetry_by_cable"}),
        (radio(3.0, cable=0), {"telemetry_by_cable"}),
    ],
)
def test_each_criterion_fails_on_its_own_evidence(spoil: dict[str, Any], wrong: set[str]) -> None:
    assert failing(GOOD) == set()
    assert failing(replace(GOOD, **spoil)) == wrong


def test_a_cube_that_is_to_stay_stays() -> None:
    assert failing(STAYS) == set()
    assert failing(replace(STAYS, releases=(after(2.0),))) == {"release"}
    assert failing(replace(STAYS, reached_relay=())) == {"telemetry_by_cable"}


def test_the_ground_dates_a_frame_by_its_relay_s_clock() -> None:
    mission, scenario = load_scenario("release-short")
    otv = mission.spacecraft["otv"]
    clock = ClockSolution.nominal("otv", otv.sclk_epoch)
    heard = after(3.0)

    def frame(spacecraft: str) -> JournalFrame:
        order_ns, ert_ns = clock.sclk_ns(heard), heard.plus_seconds(500.0).tai_ns
        return JournalFrame(spacecraft, 0, 1, order_ns, ert_ns, "dss-25", 0, b"")

    cubes = scenario.attached
    found = release_evidence(
        mission,
        scenario,
        [frame("otv"), frame("cube-parker-1")],
        releases=[(451, after(2.0)), (999, after(2.5))],
        links=dict.fromkeys(cubes, CubeLinks(5, (heard,))),
        relay_clocks=dict.fromkeys(cubes, clock),
    )
    parker, kiso = found["cube-parker-1"], found["cube-kiso"]
    assert (parker.foreseen, parker.releases) == (after(2.0), (after(2.0),))
    assert parker.first_contact is not None
    assert parker.first_contact.seconds_since(heard) == pytest.approx(0.0, abs=1e-6)
    assert (kiso.foreseen, kiso.releases, kiso.reached_relay) == (None, (), ())
    told = releases_for_report(found)["cube-parker-1"]
    assert told["first_contact"] == "2031-08-20T03:00:00.0Z"
