"""How mending is judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.passes.notices import Known, read_notices
from groundsys.planning import Plan, PlannedPass
from groundsys.planning.situation import Homecoming
from groundsys.rehearsal.verdict.replanning import (
    bits_after,
    could_not_stay,
    mended_versions,
    replans_for_report,
)
from groundsys.store import PlanVersion, StoredNotice
from groundsys.values.instants import EarthReceiveTime, Instant, Interval, TransmitTime
from tests.rehearsal.test_verdict import REPLAN

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")


def after(hours: float) -> Instant:
    return NOON.plus_seconds(3600.0 * hours)


def a_pass(id: str, start_h: float, antenna: str = "dish") -> PlannedPass:
    start, end = after(start_h), after(start_h + 2.0)
    return PlannedPass(
        *(id, antenna, "otv", EarthReceiveTime(start.tai_ns), EarthReceiveTime(end.tai_ns)),
        *(TransmitTime(start.tai_ns), TransmitTime(end.tai_ns), 600.0, 1e5, 40.0),
    )


PLAN = Plan("week", (a_pass("p1", -1), a_pass("p2", 3), a_pass("p3", 6), a_pass("p4", 9, "b")), ())


def version(number: int, at_h: float, notices: int, *homecomings: Homecoming) -> PlanVersion:
    return PlanVersion(
        number, after(at_h), "", number - 1 or None, 0.0, 0.0, 1.0, notices, after(99), PLAN,
        homecomings,
    )  # fmt: skip


def out(antenna: str, start_h: float, end_h: float) -> StoredNotice:
    span = {"start_ns": after(start_h).tai_ns, "end_ns": after(end_h).tai_ns}
    return StoredNotice(NOON, "antenna_out", "dish", {"antenna": antenna, **span})


def a_homecoming(start_h: float, home_h: float | None) -> Homecoming:
    home = None if home_h is None else EarthReceiveTime(after(home_h).tai_ns)
    measured = Interval(after(start_h), after(start_h + 1))
    return Homecoming("polar-weather", "cube-polar", "weather", measured, 8e6, home)


def test_versions_that_answer_an_outage_are_judged_with_what_was_known() -> None:
    need = StoredNotice(NOON, "need", "ada", {"need": {}})
    versions = [version(1, 0, 0), version(2, 1, 1), version(3, 2, 1), version(4, 3, 2)]
    outage = out("dish", 2, 5)
    ((before, mended, known),) = mended_versions(versions, [outage, need])
    assert (before.version, mended.version) == (1, 2)
    assert known == read_notices([(outage.kind, outage.content)])


@pytest.mark.parametrize(
    ("known", "ids"),
    [
        (Known(), ()),
        (read_notices([("antenna_out", out("dish", 4, 5).content)]), ("p2",)),
        (read_notices([("antenna_out", out("dish", -9, 99).content)]), ("p1", "p2", "p3")),
        (Known(lost=frozenset({"p4", "p1"})), ("p1", "p4")),
    ],
)
def test_only_what_is_not_over_and_met_could_not_stay(known: Known, ids: tuple[str, ...]) -> None:
    assert could_not_stay(PLAN, NOON, known) == ids


def test_only_customers_data_that_come_home_later_count() -> None:
    housekeeping = replace(a_homecoming(1, 9), customer="", payload="")
    coming = [a_homecoming(0, 2), a_homecoming(1, 9), a_homecoming(2, None), housekeeping]
    assert bits_after(coming, after(3), {"weather": 2e3, "seismometer": 9e3}) == 7.2e6


def test_the_report_tells_the_worst_share_and_needless_changes() -> None:
    told = replans_for_report([REPLAN, replace(REPLAN, bits_home=40e6, elapsed_s=2.5)])
    assert (told["share_of_optimum"], told["slowest_s"]) == (0.5, 2.5)
    assert [one["passes_changed_needlessly"] for one in told["replans"]] == [1, 1]
    assert replans_for_report([])["share_of_optimum"] == 1.0
