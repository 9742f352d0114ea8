"""The checker finds every rule that is broken, each by a mutation of a plan that holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission
from groundsys.mission.scenario.planning_data import ContactNeed, Maintenance, PlanningData, Shift
from groundsys.planning import Plan, PlannedPass, check_plan
from groundsys.planning.checking.turns import findings_of_turns
from groundsys.planning.situation import Outage, Situation, Weather
from tests.planning.missions import (
    MISSION,
    QUICKSTART,
    hours,
    lasting,
    the_day,
    the_geometry,
)

NOW = QUICKSTART.span.start


def findings_of(plan: Plan, **changes: object) -> list[str]:
    scenario = replace(QUICKSTART, **changes)  # type: ignore[arg-type]
    return check_plan(plan, MISSION, scenario, the_geometry(), Situation(NOW))


def with_pass(number: int, **changes: object) -> Plan:
    plan = the_day().plan
    passes = list(plan.passes)
    passes[number] = replace(passes[number], **changes)  # type: ignore[arg-type]
    return replace(plan, passes=tuple(passes))


def shifted(number: int, **by_s: float) -> Plan:
    """A plan of which one pass has other times."""
    one = the_day().plan.passes[number]
    return with_pass(
        number, **{name: getattr(one, name).plus_seconds(s) for name, s in by_s.items()}
    )


def with_session(**changes: object) -> Plan:
    plan = the_day().plan
    first = replace(plan.relay_sessions[0], **changes)  # type: ignore[arg-type]
    return replace(plan, relay_sessions=(first, *plan.relay_sessions[1:]))


def has(findings: list[str], text: str) -> bool:
    return any(text in finding for finding in findings)


def test_a_plan_that_holds_has_no_findings() -> None:
    assert findings_of(the_day().plan) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"start": -5400.0}, "outside the scenario"),
        ({"end": 7200.0}, "does not see"),
        ({"end": 7200.0}, "more than"),
        ({"end": -36_000.0}, "ends before it starts"),
        ({"end": -6000.0, "uplink_until": -6000.0}, "less than"),
        ({"uplink_until": 1000.0}, "comes after the pass"),
        ({"uplink_until": -36_000.0}, "uplink outside"),
        ({"uplink_from": -60.0}, "uplink outside"),
    ],
)
def test_times_of_a_pass(change: dict[str, float], finding: str) -> None:
    assert has(findings_of(shifted(0, **change)), finding)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"antenna": "moon-1"}, "there is no antenna"),
        ({"antenna": "new-norcia-35"}, "is not the scenario's"),
        ({"spacecraft": "ghost"}, "there is no craft"),
        ({"rate_bps": 512_000.0}, "do not close"),
        ({"volume_bits": 1e12}, "brings more"),
        ({"serves": ("nothing",)}, "which is not there"),
        ({"id": "pass-02"}, "stands twice"),
    ],
)
def test_what_a_pass_says(change: dict[str, object], finding: str) -> None:
    assert has(findings_of(with_pass(0, **change)), finding)


def test_a_rate_that_the_antenna_cannot_receive() -> None:
    small = next(
        number for number, one in enumerate(the_day().plan.passes) if one.rate_bps < 256_000.0
    )
    assert has(findings_of(with_pass(small, rate_bps=256_000.0)), "do not close")


def test_two_antennas_at_once_no_rest_and_no_time_to_configure() -> None:
    plan = the_day().plan
    first = plan.passes[0]
    other = next(id for id in QUICKSTART.antennas if id != first.antenna)
    twice = replace(plan, passes=(first, replace(first, id="pass-99", antenna=other)))
    assert has(findings_of(twice), "two antennas on otv at once")
    half = first.start.plus_seconds(first.end.seconds_since(first.start) / 2.0)
    same = replace(
        plan,
        passes=(
            replace(first, end=half.plus_seconds(-60.0)),
            replace(first, id="pass-99", start=half),
        ),
    )
    assert has(findings_of(same), "no rest of 600 s")
    assert has(findings_of(same), f"no time to configure {first.antenna}")


def test_closed_antennas_and_lost_passes() -> None:
    plan = the_day().plan
    third = plan.passes[2]
    for situation, text in (
        (Situation(NOW, outages=(Outage(third.antenna, hours(0.0, 24.0)),)), "is out"),
        (Situation(NOW, booked=plan, lost=frozenset({third.id})), "known to be lost"),
        (Situation(NOW, weather=(Weather(third.antenna, hours(0.0, 24.0), 30.0),)),
         "do not close"),
    ):  # fmt: skip
        assert has(check_plan(plan, MISSION, QUICKSTART, the_geometry(), situation), text)
    kept_up = PlanningData(maintenance=(Maintenance(third.antenna, hours(0.0, 24.0)),))
    assert has(findings_of(plan, planning=kept_up), "in maintenance")


def test_what_has_begun_is_history() -> None:
    plan = the_day().plan
    first = plan.passes[0]
    out = Situation(first.end, plan, outages=(Outage(first.antenna, hours(0.0, 1.0)),))
    assert check_plan(plan, MISSION, QUICKSTART, the_geometry(), out) == []


@pytest.mark.parametrize(
    ("need", "finding"),
    [
        (ContactNeed("n", "otv", "track", 9e3, 9e3, window=hours(0.0, 1.0)), "too short"),
        (ContactNeed("n", "otv", "track", 600.0, 600.0, among=("moon",)), "does not want"),
        (ContactNeed("n", "otv", "critical", 600.0, 600.0, antennas=2), "fewer than 2"),
        (ContactNeed("n", "twin", "track", 600.0, 600.0), "a need of twin"),
        (ContactNeed("n", "otv", "command", 9e3, 9e3), "too short"),
        (ContactNeed("n", "otv", "track", 600.0, 600.0, attended=True), "shift"),
    ],
)
def test_needs_that_a_pass_only_claims_to_serve(need: ContactNeed, finding: str) -> None:
    data = PlanningData(needs=(need,), shifts=(Shift(0.0, 60.0),))
    assert has(findings_of(with_pass(0, serves=("n",)), planning=data), finding)


SPLIT = ContactNeed("n", "otv", "track", 4 * 3600.0, 3 * 3600.0, split_minimum_s=3600.0)


def test_parts_of_a_need_that_add_up_have_no_findings() -> None:
    plan = the_day().plan
    lengths = [one.end.seconds_since(one.start) for one in plan.passes[:2]]
    assert sum(lengths) >= SPLIT.minimum_s > max(lengths)
    assert findings_of(serving_in_parts(0, 1), planning=PlanningData(needs=(SPLIT,))) == []


@pytest.mark.parametrize(
    ("numbers", "changes", "finding"),
    [
        ((0,), {}, "with less than 10800 s in all"),
        ((0, 1), {"minimum_s": 18_000.0, "duration_s": 18_000.0}, "less than 18000 s in all"),
        ((0, 1), {"split_minimum_s": 9_500.0}, "for a part of n"),
        ((0, 1), {"window": hours(0.0, 1.0)}, "for a part of n"),
        ((0, 1), {"window": hours(0.0, 3.0)}, "less than 10800 s in all"),
        ((0, 1), {"attended": True}, "for a part of n"),
        ((0, 1), {"among": ("moon",)}, "does not want"),
        ((0, 1), {"spacecraft": "twin"}, "a need of twin"),
        # each in an occurrence of its own
        ((0, -1), {"every_s": 43_200.0}, "less than 10800 s in all"),
    ],
)
def test_every_rule_of_a_need_in_parts(
    numbers: tuple[int, ...], changes: dict[str, object], finding: str
) -> None:
    need = replace(SPLIT, **changes)  # type: ignore[arg-type]
    data = PlanningData(needs=(need,), shifts=(Shift(0.0, 60.0),))
    assert has(findings_of(serving_in_parts(*numbers), planning=data), finding)


def test_a_part_that_was_lost_does_not_count() -> None:
    plan = serving_in_parts(0, 1)
    first, second = plan.passes[:2]
    scenario = replace(QUICKSTART, planning=PlanningData(needs=(SPLIT,)))
    situation = Situation(first.end, plan, lost=frozenset({first.id}))
    findings = check_plan(plan, MISSION, scenario, the_geometry(), situation)
    assert f"{second.id}: serves n with less than 10800 s in all" in findings


def test_one_pass_counts_once_however_often_it_is_tracked() -> None:
    plan = serving_in_parts(0)
    first = plan.passes[0]
    other = next(id for id in QUICKSTART.antennas if id != first.antenna)
    twice = replace(plan, passes=(first, replace(first, id="pass-99", antenna=other)))
    findings = findings_of(twice, planning=PlanningData(needs=(SPLIT,)))
    assert has(findings, "less than 10800 s in all")


def test_a_pass_is_as_short_as_a_part_may_be_and_no_shorter() -> None:
    short = replace(SPLIT, minimum_s=3600.0, duration_s=7200.0, split_minimum_s=1800.0)
    whole = serving_in_parts(0, 1)
    for seconds, fits in ((1900.0, True), (1700.0, False)):
        first = whole.passes[0]
        end = first.start.plus_seconds(seconds)
        trimmed = replace(first, end=end, uplink_until=first.uplink_from, volume_bits=0.0)
        plan = replace(whole, passes=(trimmed, *whole.passes[1:]))
        findings = findings_of(plan, planning=PlanningData(needs=(short,)))
        assert has(findings, f"{first.id}: lasts") is not fits


def serving_in_parts(*numbers: int) -> Plan:
    """The day's plan, of which these passes serve need `n`."""
    plan = the_day().plan
    chosen = {plan.passes[number].id for number in numbers}
    return replace(
        plan,
        passes=tuple(
            replace(one, serves=("n",)) if one.id in chosen else one for one in plan.passes
        ),
    )


def test_relay_sessions() -> None:
    plan = the_day().plan
    one = plan.relay_sessions[0]
    for change, finding in (
        ({"end": one.end.plus_seconds(1200.0)}, "lasts"),
        ({"end": one.start.plus_seconds(60.0)}, "lasts"),
        ({"start": one.start.plus_seconds(5400.0), "end": one.end.plus_seconds(5400.0)},
         "is not above"),
        ({"start": QUICKSTART.span.end.plus_seconds(-900.0), "end": QUICKSTART.span.end},
         "outside the scenario's active part"),
        ({"rate_bps": 4e6}, "do not close"),
        ({"relay": "cube-polar"}, "is not the relay of"),
    ):  # fmt: skip
        assert has(findings_of(with_session(**change)), finding), finding
    again = replace(plan, relay_sessions=(one, replace(one, id="relay-99")))
    assert has(findings_of(again), "two sessions on otv at once")
    close = replace(
        one, id="relay-99", start=one.end.plus_seconds(10.0), end=one.end.plus_seconds(400.0)
    )
    assert has(findings_of(replace(plan, relay_sessions=(one, close))), "no 120 s between")
    assert has(findings_of(replace(plan, passes=plan.passes[1:])), "no earlier uplink can load")
    assert has(findings_of(replace(plan, passes=plan.passes[:1])), "no later pass brings")


def test_more_sessions_than_the_battery_has_power_for() -> None:
    few = replace(QUICKSTART, planning=PlanningData(rules={"sessions_per_craft": 2}))
    assert has(
        check_plan(the_day().plan, MISSION, few, the_geometry(), Situation(NOW)), "power for 2"
    )


def test_a_recorder_that_is_too_small() -> None:
    otv = MISSION.spacecraft["otv"]
    small = replace(otv, platform={**otv.platform, "recorder_mb": 0.5})
    mission = replace(MISSION, spacecraft={**MISSION.spacecraft, "otv": small})
    findings = check_plan(the_day().plan, mission, QUICKSTART, the_geometry(), Situation(NOW))
    assert has(findings, "more than its recorder holds")


def test_beams_hold_so_many_craft_and_one_uplink() -> None:
    otv = MISSION.spacecraft["otv"]
    mission = replace(
        MISSION,
        spacecraft={id: replace(otv, id=id) for id in ("otv", "twin", "third")},
        antennas={"dss-43": replace(MISSION.antennas["dss-43"], downlinks_per_beam=2)},
    )
    scenario = replace(
        lasting(1.0), spacecraft=tuple(mission.spacecraft), antennas=("dss-43",), customers=()
    )
    seen = next(one for one in the_day().plan.passes if one.antenna == "dss-43")
    three = [
        replace(seen, id=f"pass-{number}", spacecraft=id, uplink_until=seen.uplink_from)
        for number, id in enumerate(mission.spacecraft)
    ]
    geometry = Geometry(mission)

    def found(*passes: PlannedPass, of: Mission = mission) -> list[str]:
        return check_plan(Plan("x", passes, ()), of, scenario, geometry, Situation(NOW))

    assert found(*three[:2]) == []
    assert has(found(*three), "more at once than dss-43 can receive")
    both = [replace(one, uplink_until=seen.uplink_until) for one in three[:2]]
    assert has(found(*both), "would transmit to both")
    narrow = {"dss-43": MISSION.antennas["dss-43"]}
    assert has(found(*three[:2], of=replace(mission, antennas=narrow)), "no time to configure")


def test_an_antenna_that_cannot_have_turned_from_one_pass_to_the_next_is_found() -> None:
    """0.25 °/s: 100° take 400 s, whatever time to configure its file states."""
    hasty = replace(MISSION.antennas["dss-43"], configuration_s=60.0)
    mission = replace(
        MISSION,
        spacecraft={id: replace(MISSION.spacecraft["otv"], id=id) for id in ("otv", "far")},
        antennas={"dss-43": hasty},
    )
    seen = next(one for one in the_day().plan.passes if one.antenna == "dss-43")

    def found(wait_s: float, spacecraft: str = "far", judged: str = "second") -> list[str]:
        start = seen.end.plus_seconds(wait_s)
        second = replace(
            seen, id="second", spacecraft=spacecraft, start=start, end=start.plus_seconds(3_600.0)
        )
        passes = [replace(seen, id="first"), second]
        return list(findings_of_turns(passes, {judged}, mission, Sky()))  # type: ignore[arg-type]

    assert found(300.0) == ["first, second: dss-43 turns for 400 s between them, and has 300 s"]
    assert found(399.5) == found(500.0) == []
    assert found(300.0, "otv") == []
    assert found(300.0, judged="history") == []


class Sky:
    """Two craft that stand still, a hundred degrees apart."""

    def azimuth_elevation_deg(
        self, antenna: str, craft_id: str, ns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        azimuth_deg = {"otv": 350.0, "far": 90.0}[craft_id]
        return np.full(len(ns), azimuth_deg), np.full(len(ns), 40.0)
