"""How foretelling is judged: by the two moments that a plan states, with no grace."""

from __future__ import annotations

from groundsys.planning import Plan
from groundsys.planning.situation import Homecoming
from groundsys.rehearsal.verdict.foretelling import (
    Foretelling,
    Prediction,
    foretelling_for_report,
    foretelling_of,
    predictions_of,
)
from groundsys.store import PlanVersion
from groundsys.values.instants import EarthReceiveTime, Instant, Interval

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
PLAN = Plan("week", (), ())


def after(hours: float) -> Instant:
    return NOON.plus_seconds(3600.0 * hours)


def version(number: int, at_h: float, *homecomings: Homecoming) -> PlanVersion:
    return PlanVersion(
        number, after(at_h), "", number - 1 or None, 0.0, 0.0, 1.0, 0, after(99), PLAN, homecomings
    )


def a_homecoming(start_h: float, home_h: float | None, by_h: float | None = None) -> Homecoming:
    home, by_95 = (
        None if hours is None else EarthReceiveTime(after(hours).tai_ns) for hours in (home_h, by_h)
    )
    measured = Interval(after(start_h), after(start_h + 1))
    return Homecoming("polar-weather", "cube-polar", "weather", measured, 8e6, home, by_95)


def one(predicted_h: float, by_h: float | None, actual_h: float | None) -> Prediction:
    by_95 = None if by_h is None else after(by_h)
    actual = None if actual_h is None else after(actual_h)
    return Prediction("w.dat", "polar-weather", after(predicted_h), by_95, actual)


def judged(*predictions: Prediction, until_h: float = 24.0) -> Foretelling:
    found = foretelling_of(predictions, after(until_h))
    assert found is not None
    return found


def test_a_file_is_compared_with_the_plan_flown_when_it_was_closed() -> None:
    versions = [
        version(1, 0, a_homecoming(0, 5, 6), a_homecoming(1, 8)),
        version(2, 1.5, a_homecoming(1, 9, 10), a_homecoming(2, None)),
    ]
    files = [
        ("w-1.dat", "cube-polar", "weather", after(1), after(5.1)),
        ("w-2.dat", "cube-polar", "weather", after(2), None),
        ("w-3.dat", "cube-polar", "weather", after(3), after(12)),
        ("s-1.dat", "cube-tharsis", "seismometer", after(1), after(5)),
    ]
    found = predictions_of(versions, files)
    assert [(one.file, one.error_s, one.by_95) for one in found] == [
        ("w-1.dat", 360.0, after(6)),
        ("w-2.dat", None, after(10)),
    ]


def test_a_file_on_its_bound_holds_it_and_one_a_second_later_does_not() -> None:
    second = 1.0 / 3600.0
    assert judged(one(4, 5, 5)).share_by_95 == 1.0
    assert judged(one(4, 5, 5 + second)).share_by_95 == 0.0


def test_a_file_that_never_came_by_its_bound_counts_against_it() -> None:
    found = judged(one(4, 5, 4.5), one(4, 5, None))
    assert (found.files, found.bounded, found.by_95) == (1, 2, 1)


def test_a_bound_beyond_the_end_or_not_stated_decides_nothing() -> None:
    found = judged(one(4, 5, 4.5), one(4, 25, 4.5), one(4, 25, None), one(4, None, 9))
    assert (found.files, found.bounded, found.by_95) == (3, 1, 1)


def test_the_middle_file_tells_error_miss_and_margin() -> None:
    found = judged(one(4, 5, 3.5), one(4, 7, 4.1), one(4, 6, 4.2))
    assert round(found.median_error_s) == 360
    assert round(found.median_miss_s) == 720
    assert found.median_margin_s == 7_200.0
    assert found.share_by_predicted == 1 / 3
    told = foretelling_for_report(found)
    assert (told["files"], told["by_95"], told["bounded"], told["share_by_95"]) == (3, 3, 3, 1.0)


def test_nothing_home_is_nothing_judged() -> None:
    assert foretelling_of([one(4, 5, None)], after(24)) is None
    assert foretelling_for_report(None) == {"files": 0}
