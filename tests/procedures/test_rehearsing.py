"""Rehearsals: taken from telemetry, judged by what was seen, and counting only while fresh."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.mission import load_mission
from groundsys.mission.scenario.simulator_data import STATES
from groundsys.planning import Plan
from groundsys.planning.exchange.fields import read_record, to_plain
from groundsys.procedures.conditions import Judgement, Sample
from groundsys.procedures.rehearsing import (
    CommandOutcome,
    GateState,
    MarginSeen,
    Snapshot,
    StateSeen,
    Verdict,
    digest_of,
    read_verdict,
    stale_reasons,
    take_state,
)
from groundsys.procedures.rehearsing.verdict import step_of, visit_of
from groundsys.procedures.run import Expectation
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

NOW = Instant.from_utc_iso("2031-08-20T12:00:00Z")
MISSION = load_mission()
OTV = MISSION.spacecraft["otv"]
DATA = MISSION.simulators["otv"]
TEXTS = {"rescue": "a" * 64, "check-out": "b" * 64}
PARAMETERS: dict[str, Any] = {"least_battery": 45}
#: a sound craft, by parameter
VALUES: dict[str, float | str] = {
    one.parameter: "SAFE" if one.state == "mode" else "ON" if STATES[one.state] is str else 50.0
    for one in DATA.states
}


def heard(at: Instant = NOW, **values: float | str) -> dict[str, Sample]:
    return {name: Sample(value, at) for name, value in {**VALUES, **values}.items()}


def snapshot(at: Instant = NOW, **values: float | str) -> Snapshot:
    craft, lacking, assumed = take_state(OTV, DATA, heard(at, **values), NOW, spoken_of=True)
    assert lacking == ()
    return Snapshot(
        id="rescue-r001",
        procedure="rescue",
        spacecraft="otv",
        parameters=PARAMETERS,
        texts=TEXTS,
        taken_at=NOW,
        scenario="quickstart",
        craft=(craft,),
        assumed=assumed,
        plan=Plan("quickstart", (), ()),
    )


def reasons(of: Snapshot, **changed: Any) -> tuple[str, ...]:
    known: dict[str, Any] = {
        "texts": TEXTS,
        "mdb_versions": {one.spacecraft: one.mdb_version for one in of.craft},
        "parameters": PARAMETERS,
        "samples": {("otv", name): sample for name, sample in heard().items()},
        "simulators": {"otv": DATA},
        "valid_h": 24.0,
        "now": NOW,
    }
    return stale_reasons(of, **{**known, **changed})


def now_heard(**values: float | str) -> dict[tuple[str, str], Sample]:
    return {("otv", name): sample for name, sample in heard(**values).items()}


# --- what it is flown with ----------------------------------------------------------------------


def test_the_state_is_read_by_name_and_says_what_it_assumes() -> None:
    taken = snapshot()
    (craft,) = taken.craft
    assert {one.state for one in craft.readings} == {one.state for one in DATA.states}
    assert craft.as_of == taken.state_at == NOW
    assert any("relay sessions is empty" in text for text in taken.assumed)


def test_what_was_never_heard_or_long_ago_is_a_reason_and_never_a_default() -> None:
    samples = heard()
    del samples["obc_mode"]
    old = NOW.plus_seconds(-86_401.0)
    samples["eps_battery_charge"] = Sample(50.0, old)
    craft, lacking, assumed = take_state(OTV, DATA, samples, NOW, spoken_of=True)
    assert craft.readings == ()
    assert assumed == ()
    assert lacking == (
        "otv never told obc_mode",
        "otv's eps_battery_charge is 24.0 h old (it may be 24 h)",
    )
    _, lacking, _ = take_state(OTV, DATA, {}, NOW, spoken_of=True)
    assert lacking == ("otv was never heard",)


def test_a_reading_that_tells_nothing_is_told_as_assumed() -> None:
    taken = snapshot(comm_transmit_power=0.0)
    assert "transmit_power_w" not in {one.state for one in taken.craft[0].readings}
    assert any("comm_transmit_power tells nothing" in text for text in taken.assumed)


def test_a_snapshot_is_carried_whole_and_its_digest_tells_a_change() -> None:
    taken = snapshot()
    plain = json.loads(json.dumps(to_plain(taken, "snapshot")))
    back = read_record(Snapshot, plain, "snapshot")
    assert back == taken
    assert digest_of(back) == digest_of(taken)
    other = replace(taken, parameters={"least_battery": 46})
    assert digest_of(other) != digest_of(taken)


# --- whether it counts --------------------------------------------------------------------------


def test_a_fresh_one_counts() -> None:
    assert reasons(snapshot()) == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"texts": {**TEXTS, "rescue": "c" * 64}}, "procedure rescue has another text now"),
        ({"texts": {"rescue": "a" * 64}}, "procedure check-out has another text now"),
        ({"mdb_versions": {"otv": "otv 2.0"}}, "otv is defined by MDB otv 2.0 now"),
        ({"parameters": {"least_battery": 50}}, "least_battery is to be 50"),
        ({"parameters": {**PARAMETERS, "more": 1}}, "more is to be 1"),
        ({"now": NOW.plus_seconds(86_401.0)}, "24.0 h ago; it may be 24 h"),
        ({"samples": now_heard(obc_mode="NOMINAL")}, "obc_mode is NOMINAL, and was SAFE"),
        ({"samples": {}}, "obc_mode is not known now"),
    ],
)
def test_what_makes_it_stale(changed: dict[str, Any], words: str) -> None:
    assert words in "; ".join(reasons(snapshot(), **changed))


@given(
    then=st.integers(0, 200).map(lambda half: half / 2),
    now=st.integers(0, 200).map(lambda h: h / 2),
)
def test_the_battery_may_differ_by_its_tolerance_and_no_more(then: float, now: float) -> None:
    found = reasons(snapshot(eps_battery_charge=then), samples=now_heard(eps_battery_charge=now))
    assert bool(found) == (abs(then - now) > 15.0)


@given(age_s=st.integers(0, 200_000), valid_h=st.integers(1, 48))
def test_it_grows_old_at_one_moment(age_s: int, valid_h: int) -> None:
    found = reasons(snapshot(), now=NOW.plus_seconds(float(age_s)), valid_h=float(valid_h))
    assert bool(found) == (age_s > valid_h * 3600)


@given(
    names=st.sets(st.sampled_from([one.parameter for one in DATA.states])),
    more=st.floats(-200.0, 200.0),
)
def test_only_what_has_a_tolerance_is_compared_and_each_difference_is_told(
    names: set[str], more: float
) -> None:
    changed: dict[str, float | str] = {
        one.parameter: "OTHER" if STATES[one.state] is str else 50.0 + more
        for one in DATA.states
        if one.parameter in names
    }
    found = reasons(snapshot(), samples=now_heard(**changed))
    expected = {
        one.parameter
        for one in DATA.states
        if one.parameter in names and one.tolerance is not None
        and (STATES[one.state] is str or abs(50.0 + more - 50.0) > one.tolerance)
        and not (one.tells_nothing is not None and 50.0 + more == one.tells_nothing)
    }  # fmt: skip
    assert {text.split()[1] for text in found} == expected


def test_at_a_gate_the_craft_is_compared_with_the_rehearsal_there() -> None:
    """By then the procedure has changed the craft itself."""
    taken = snapshot()
    gate = GateState("rescue.go/1", (StateSeen("otv", "mode", "NOMINAL"),))
    nominal = now_heard(obc_mode="NOMINAL")
    assert reasons(taken, samples=nominal, at_gate=gate) == ()
    found = reasons(taken, samples=now_heard(), at_gate=gate)
    assert found == ("otv's obc_mode is SAFE, and was NOMINAL in the rehearsal",)


# --- what came of it ----------------------------------------------------------------------------


def verdict(**changed: Any) -> Verdict:
    seen = Judgement("eps_battery_charge ≥ 45", True, "50")
    known: dict[str, Any] = {
        "rehearsal": "rescue-r001",
        "basis": "d" * 64,
        "seed": 1,
        "began": NOW,
        "ended": NOW.plus_seconds(60.0),
        "outcome": "completed",
        "why": "",
        "expectations": (
            Expectation("rescue-001/rescue.ask/1", "gate", True, (seen,), NOW, 0.0, 3600.0),
        ),
        "commands": (CommandOutcome("rescue.safe", "otv", "SAFE_MODE", "completed"),),
        "margins": (MarginSeen("battery", "otv", "eps_battery_charge", "%", 60, 50, 55, 30.0),),
        "gates": (),
        "assumed": (),
    }
    return Verdict(**{**known, **changed})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"outcome": "held", "why": "no word came"}, "the run was held: no word came"),
        ({"outcome": "unfinished"}, "did not end in time"),
        (
            {"commands": (CommandOutcome("a.b", "otv", "PING", "failed", "LOW_POWER"),)},
            "PING at 'a.b' failed: LOW_POWER",
        ),
        (
            {"margins": (MarginSeen("battery", "otv", "x", "%", 60.0, 30.0, 55.0, 30.0),)},
            "otv's battery came down to 30 %, its floor is 30 %",
        ),
        ({"margins": (MarginSeen("propellant", "otv", "x", why="no such parameter"),)}, ""),
        (
            {
                "expectations": (
                    Expectation(
                        "r/rescue.seen/2", "wait", False,
                        (Judgement("obc_mode = SAFE", None, "never heard"),), NOW, 9.0, 9.0,
                    ),
                )
            },
            "wait 'rescue.seen' was not met: obc_mode = SAFE: never heard",
        ),
    ],
)  # fmt: skip
def test_whether_it_passed_is_concluded(changed: dict[str, Any], words: str) -> None:
    found = verdict(**changed)
    assert found.ok == (not words)
    assert words in "; ".join(found.faults)


def test_a_verdict_is_read_strictly() -> None:
    plain = json.loads(json.dumps(to_plain(verdict(), "verdict")))
    assert read_verdict(plain) == verdict()
    for broken in (
        {**plain, "ok": True},
        {**plain, "outcome": "fine"},
        {**plain, "seed": "1"},
        {**plain, "expectations": [{**plain["expectations"][0], "met": "yes"}]},
        {key: value for key, value in plain.items() if key != "commands"},
        None,
    ):
        with pytest.raises(CommandRefusedError):
            read_verdict(broken)


def test_margins_and_names() -> None:
    (margin,) = verdict().margins
    assert (margin.spare, margin.used) == (20.0, 5.0)
    assert (
        step_of("rescue-001/rescue.ask/2") == step_of("rescue-001/rescue.ask/2/1") == "rescue.ask"
    )
    assert visit_of("rescue-001/rescue.ask/2") == "rescue.ask/2"
