"""Criteria on descents to a small body: each can fail, and fails on its own evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from groundsys.mission import load_mission
from groundsys.passes.execution import Pass
from groundsys.rehearsal.truth.record import TrueDescent
from groundsys.rehearsal.verdict.descent_verdict import (
    DescentEvidence,
    ToldDescent,
    complexes_at,
    descents_for_report,
    judge_descents,
    told_descents,
)
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-08-15T00:00:00Z")
LIMITS = {
    "min_descents": 2.0,
    "min_descents_broken_off": 1.0,
    "min_gate_complexes": 2.0,
    "min_go_margin_s": 300.0,
    "max_touch_down_miss_m": 15.0,
    "max_touch_down_off_s": 60.0,
    "min_sample_g": 0.1,
}


def after(hours: float) -> Instant:
    return START.plus_seconds(3600.0 * hours)


def descent(number: int, outcome: str, reason: str, at: float) -> TrueDescent:
    return TrueDescent(
        number, outcome, reason, 600.0, after(at), after(at), after(at - 0.8), 2.0, 0.1
    )


GOOD = DescentEvidence(
    true=(descent(1, "BROKEN_OFF", "ALTIMETER", 7.0), descent(2, "TOUCHED", "NONE", 15.0)),
    told={
        1: ToldDescent("BROKEN_OFF", "ALTIMETER", after(8.0)),
        2: ToldDescent("TOUCHED", "NONE", after(15.0).plus_seconds(20.0)),
    },
    went=(after(13.5),),
    orders=1,
    followed=1,
    complexes=("Madrid", "Usuda"),
    docked_g=1.5,
    container="SEALED",
)
TOUCHED = GOOD.true[1]


def failing(one: DescentEvidence) -> set[str]:
    criteria = judge_descents({"explorer": one}, LIMITS)
    return {criterion.name.partition("[")[0] for criterion in criteria if not criterion.ok}


@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        ({"true": GOOD.true[1:]}, {"descents", "descents_broken_off", "descents_told"}),
        ({"told": {1: GOOD.told[1]}}, {"descents_told", "touch_down_off_s"}),
        ({"told": {**GOOD.told, 1: ToldDescent("REACHED", "NONE", None)}}, {"descents_told"}),
        ({"told": {**GOOD.told, 3: GOOD.told[2]}}, {"descents_told"}),
        # a go that came after the height at which it is needed, or hardly before it
        ({"went": (after(14.3),)}, {"go_margin_s"}),
        ({"went": (after(14.15),)}, {"go_margin_s"}),
        ({"went": ()}, {"go_margin_s"}),
        ({"followed": 0}, {"orders_in_time"}),
        ({"complexes": ("Usuda",)}, {"gate_complexes"}),
        ({"true": (GOOD.true[0], replace(TOUCHED, miss_m=15.1))}, {"touch_down_miss_m"}),
        ({"true": (GOOD.true[0], replace(TOUCHED, at=after(15.1)))}, {"touch_down_off_s"}),
        ({"docked_g": 0.05}, {"sample"}),
        ({"container": "EMPTY"}, {"sample"}),
    ],
)
def test_each_criterion_fails_by_itself(spoil: dict[str, Any], wrong: set[str]) -> None:
    assert failing(GOOD) == set()
    assert failing(replace(GOOD, **spoil)) == wrong


def test_what_never_touched_fails_what_is_asked_of_a_touch() -> None:
    never = (GOOD.true[0], descent(2, "BROKEN_OFF", "NO_GO", 15.0))
    assert failing(replace(GOOD, true=never)) == {
        "descents_told", "go_margin_s", "touch_down_miss_m", "touch_down_off_s",
    }  # fmt: skip


def test_telemetry_tells_each_descent_by_its_number() -> None:
    def told(hour: float, number: int, outcome: str, left_s: int) -> tuple[Instant, dict[str, Any]]:
        reason = "ALTIMETER" if outcome == "BROKEN_OFF" else "NONE"
        return after(hour), {
            "descent_flights": number, "descent_outcome": outcome, "descent_reason": reason,
            "descent_to_touch_down": left_s,
        }  # fmt: skip

    packets = [
        told(1.0, 0, "NONE", 0),
        told(2.0, 1, "NONE", 3600),
        told(2.5, 1, "BROKEN_OFF", 0),
        told(4.0, 2, "NONE", 1800),
        told(4.4, 2, "NONE", 360),
        told(5.0, 2, "TOUCHED", 0),
    ]
    histories = {name: {at: values[name] for at, values in packets} for name in packets[0][1]}
    assert told_descents(histories) == {
        1: ToldDescent("BROKEN_OFF", "ALTIMETER", after(3.0)),
        2: ToldDescent("TOUCHED", "NONE", after(4.5)),
    }


def test_gates_open_in_passes_of_complexes() -> None:
    def booked(antenna: str, start: float, end: float) -> Pass:
        ends = (after(start), after(end))
        return Pass(antenna, antenna, "ship", *ends, *ends, light_time_s=990.0, rate_bps=8000.0)

    passes = [booked("usuda-64", 0.0, 4.0), booked("dss-63", 4.5, 8.0), booked("dss-25", 8.5, 9.0)]
    gates = [after(3.0), after(5.0), after(6.0), after(8.2)]
    found = complexes_at(load_mission(), "ship", gates, passes)
    assert found == {"Usuda", "Madrid"}
    assert complexes_at(load_mission(), "other", gates, passes) == set()


def test_the_report_tells_all_of_it() -> None:
    (told,) = descents_for_report({"explorer": GOOD}).values()
    assert [one["outcome"] for one in told["flown"]] == ["BROKEN_OFF", "TOUCHED"]
    assert told["go_margin_s"] == pytest.approx(0.7 * 3600.0)
    assert told["container"] == "SEALED"
