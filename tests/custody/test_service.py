"""A service level is measured over what has fallen due, and foreseen by what the plan promises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundsys.custody import Outcome, standing, worst_share
from groundsys.mission.ground.customer_model import ServiceLevel
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
LEVEL = ServiceLevel(share=0.75, within_s=24 * 3600.0, window_s=4 * 86_400.0)


def at(hours: float) -> Instant:
    return START.plus_seconds(3600.0 * hours)


def file(made_h: float, home_h: float | None, foreseen_h: float | None = None) -> Outcome:
    return Outcome(
        at(made_h),
        None if home_h is None else at(home_h),
        None if foreseen_h is None else at(foreseen_h),
        planned_until=at(1_000),
    )


def test_only_what_is_decided_within_the_window_counts() -> None:
    # the first was due at 24 h, before the window; the last may still come in time
    files = [file(0, 200), file(60, 70), file(80, 110), file(90, None), file(120, None)]
    found = standing(LEVEL, files, at(140))
    assert (found.in_time, found.due) == (1, 3)
    files.append(file(130, 135))  # home, and not due before 154 h
    found = standing(LEVEL, files, at(140))
    assert (found.in_time, found.due) == (2, 4)
    assert found.state == "missed"


def test_what_comes_too_late_by_the_plan_puts_the_level_at_risk_before_it_is_missed() -> None:
    home = [file(6 * n, 6 * n + 8) for n in range(8)]
    waiting = [file(50 + n, None, 100.0) for n in range(4)]
    found = standing(LEVEL, [*home, *waiting], at(72))
    assert found.share == 1.0
    assert found.state == "at_risk"
    assert (found.in_time_foreseen, found.due_foreseen) == (8, 12)
    sooner = [file(50 + n, None, 73.0) for n in range(4)]
    assert standing(LEVEL, [*home, *sooner], at(72)).state == "met"


def test_a_promise_that_is_over_and_was_not_kept_counts_from_now_on() -> None:
    waiting = file(50, None, 60.0)
    assert standing(LEVEL, [waiting], at(72)).in_time_foreseen == 1  # it may come any moment
    assert standing(LEVEL, [waiting], at(74.5)).state == "missed"


def test_what_falls_due_after_the_plan_is_not_foreseen() -> None:
    unplanned = Outcome(at(60), None, None, planned_until=at(80))
    assert standing(LEVEL, [unplanned], at(72)).state == "nothing"
    planned = Outcome(at(60), None, None, planned_until=at(90))
    assert standing(LEVEL, [planned], at(72)).state == "at_risk"


def test_the_worst_window_of_a_flight_is_found() -> None:
    files = [file(12 * n, 12 * n + (30 if n in (10, 11) else 10)) for n in range(40)]
    # of nine that a window decides, eight due and one home early, two were late
    assert worst_share(LEVEL, files, START, at(500)) == 7 / 9
    assert worst_share(LEVEL, [], START, at(500)) is None
    assert worst_share(LEVEL, files[:2], START, at(30)) == 1.0  # a flight shorter than a window


@given(
    st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(0, 60)), max_size=20),
    st.integers(0, 300),
)
def test_a_file_that_comes_sooner_never_makes_it_worse(
    drawn: list[tuple[int, int | None]], now_h: int
) -> None:
    files = [file(made, None if later is None else made + later) for made, later in drawn]
    sooner = [Outcome(one.made, one.made, None, one.planned_until) for one in files]
    before, after = (standing(LEVEL, ones, at(now_h)) for ones in (files, sooner))
    assert before.due <= after.due == after.in_time >= before.in_time
    worst, best = (worst_share(LEVEL, ones, START, at(300)) for ones in (files, sooner))
    assert (worst is None) == (best is None)
    assert worst is None or 0.0 <= worst <= best == 1.0  # type: ignore[operator]
