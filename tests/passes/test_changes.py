"""What a new plan does to booked passes, and what it must leave alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.passes.changes import (
    PassChange,
    antenna_to_release,
    changes_of_passes,
    pass_of,
    planned_of,
)
from groundsys.passes.execution import ConfigureOrdered, Pass, PassState, advance_pass
from groundsys.planning.situation import Outage
from groundsys.values.instants import Instant, Interval

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def a_pass(id: str, start_h: float, antenna: str = "dish", state: PassState = "planned") -> Pass:
    start = NOON.plus_seconds(3600 * start_h)
    end = start.plus_seconds(7200)
    return Pass(id, antenna, "otv", start, end, start, end, 600.0, 1e5, state=state, plan_version=1)


def after(booked: Iterable[Pass], changes: Iterable[PassChange]) -> list[Pass]:
    """The booked passes once the changes are made."""
    return list({**{p.id: p for p in booked}, **{c.after.id: c.after for c in changes}}.values())


def test_passes_are_kept_moved_retuned_added_and_cancelled() -> None:
    booked = [a_pass(f"p{number}", 3.0 * number) for number in range(1, 5)]
    wanted = [
        planned_of(booked[0]),
        planned_of(a_pass("p2", 6.5)),
        replace(planned_of(booked[2]), rate_bps=2e5),
        planned_of(a_pass("p9", 14.0, "other")),
    ]
    changes = changes_of_passes(booked, wanted, NOON, 2)
    assert [(c.kind, c.after.id) for c in changes] == [
        ("moved", "p2"),
        ("retuned", "p3"),
        ("cancelled", "p4"),
        ("added", "p9"),
    ]
    done = after(booked, changes)
    assert {one.id: one.plan_version for one in done} == {
        "p1": 1, "p2": 2, "p3": 2, "p4": 2, "p9": 2,
    }  # fmt: skip
    assert changes_of_passes(done, wanted, NOON, 3) == ()
    (back,) = changes_of_passes(done, [*wanted, planned_of(booked[3])], NOON, 3)
    assert (back.kind, back.after.state) == ("added", "planned")


@pytest.mark.parametrize("state", ["planned", "configuring", "searching", "locked", "closed"])
def test_a_pass_that_has_begun_stands(state: PassState) -> None:
    begun = a_pass("p1", -0.5, state=state)
    assert changes_of_passes([begun], [], NOON, 2) == ()
    assert changes_of_passes([begun], [planned_of(a_pass("p1", 4.0))], NOON, 2) == ()


def test_what_is_over_is_not_booked() -> None:
    assert changes_of_passes([], [planned_of(a_pass("p1", -3.0))], NOON, 2) == ()


def test_an_antenna_that_was_told_in_vain_is_released() -> None:
    told = advance_pass(a_pass("p1", 0.1), ConfigureOrdered(), NOON)
    assert told.told == "dish"
    assert antenna_to_release(told, NOON, NOON) is None

    def released(wanted: Pass | None) -> str | None:
        asked = [] if wanted is None else [planned_of(wanted)]
        (change,) = changes_of_passes([told], asked, NOON, 2)
        prepare_at = change.after.start.plus_seconds(-330.0)
        return antenna_to_release(change.after, prepare_at, NOON)

    assert released(None) == "dish"
    assert released(a_pass("p1", 4.0)) == "dish"
    assert released(a_pass("p1", 0.1, "other")) == "dish"
    assert released(a_pass("p1", 0.05)) is None  # it is told the new times instead


@st.composite
def plans(draw: st.DrawFn) -> list[Pass]:
    numbers = draw(st.sets(st.integers(1, 6)))
    return [
        a_pass(
            f"p{number}",
            draw(st.integers(-8, 8)) / 2.0,
            draw(st.sampled_from(["dish", "other"])),
            draw(st.sampled_from(["planned", "configuring", "locked", "closed", "cancelled"])),
        )
        for number in sorted(numbers)
    ]


@given(plans(), plans())
def test_a_plan_is_adopted_once_and_whole(booked: list[Pass], plan: list[Pass]) -> None:
    wanted = [planned_of(one) for one in plan]
    changes = changes_of_passes(booked, wanted, NOON, 2)
    done = after(booked, changes)
    assert changes_of_passes(done, wanted, NOON, 3) == ()
    begun = [p for p in booked if p.state != "cancelled" and (p.start <= NOON or p.state == "locked"
             or p.state == "closed")]  # fmt: skip
    assert all(one in done for one in begun)
    stand = {one.id for one in begun}
    flown = {one.id: one for one in done if one.state != "cancelled" and one.id not in stand}
    assert {id: planned_of(one) for id, one in flown.items()} == {
        one.id: one for one in wanted if one.end > NOON and one.id not in stand
    }


def test_a_booked_pass_is_what_was_planned() -> None:
    one = a_pass("p1", 1.0)
    assert planned_of(pass_of(planned_of(one), 1)) == planned_of(one)


@pytest.mark.parametrize(
    ("out_from_h", "end_h"), [(-1.0, 0.0), (0.5, 0.5), (9.0, 1.5)], ids=["before", "later", "not"]
)
def test_a_pass_under_way_ends_when_its_antenna_drops_out(out_from_h: float, end_h: float) -> None:
    under_way = a_pass("p1", -0.5, state="locked")
    out = Outage("dish", Interval(after_noon(out_from_h), after_noon(12.0)))
    other = replace(out, antenna="other")
    assert changes_of_passes([under_way], [], NOON, 2, [other]) == ()
    changes = changes_of_passes([under_way], [planned_of(under_way)], NOON, 2, [out])
    ends = [(change.kind, change.after.end, change.after.uplink_until) for change in changes]
    cut = ("cut", after_noon(end_h), after_noon(end_h))
    assert ends == ([cut] if end_h < 1.5 else [])
    closed = replace(under_way, state="closed")
    assert changes_of_passes([closed], [], NOON, 2, [out]) == ()


def after_noon(hours: float) -> Instant:
    return NOON.plus_seconds(3600.0 * hours)
