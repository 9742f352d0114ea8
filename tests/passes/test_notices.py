"""Notices are read whole, or refused with one clear error."""

from __future__ import annotations

from typing import Any

import pytest

from groundsys.passes.notices import check_notice, describe_notice, read_notices
from groundsys.planning.situation import Outage, Weather
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval

SPAN = {"start_ns": 10**18, "end_ns": 10**18 + 3600 * 10**9}
INTERVAL = Interval(Instant(10**18), Instant(10**18 + 3600 * 10**9))
NEED = {"id": "check-up", "spacecraft": "otv", "kind": "health", "duration_s": 3600.0}


def test_what_was_told_adds_up() -> None:
    known = read_notices(
        [
            ("antenna_out", {"antenna": "dish", **SPAN}),
            ("weather", {"antenna": "other", "loss_db": 3, **SPAN}),
            ("pass_lost", {"pass_id": "pass-07", "antenna": "third", **SPAN}),
            ("need", {"need": NEED}),
            ("need", {"need": {**NEED, "minimum_s": 1800.0, **SPAN}}),
            ("trajectory", {"spacecraft": "otv", "path": "/old.oem"}),
            ("trajectory", {"spacecraft": "otv", "path": "/new.oem"}),
        ]
    )
    assert known.outages == (Outage("dish", INTERVAL), Outage("third", INTERVAL))
    assert known.weather == (Weather("other", INTERVAL, 3.0),)
    assert known.lost == {"pass-07"}
    (need,) = known.needs
    assert (need.minimum_s, need.window) == (1800.0, INTERVAL)
    assert known.trajectories == {"otv": "/new.oem"}


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("antenna_out", {"antenna": "dish"}, "stretch of time"),
        ("antenna_out", {"antenna": "dish", "start_ns": 5, "end_ns": 5}, "stretch of time"),
        ("antenna_out", {"antenna": "nowhere", **SPAN}, "no antenna 'nowhere'"),
        ("weather", {"antenna": "dish", **SPAN}, "'loss_db'"),
        ("pass_lost", {"antenna": "dish", **SPAN}, "'pass_id'"),
        ("need", {"need": {**NEED, "spacecraft": "nobody"}}, "no spacecraft 'nobody'"),
        ("need", {"need": {**NEED, "kind": "dance"}}, "contradicts itself"),
        ("need", {"need": {**NEED, "minimum_s": 7200.0}}, "contradicts itself"),
        ("need", {"need": {**NEED, "every_s": 60.0}}, "comes again before it is over"),
        ("need", {"need": {**NEED, "antennas": 2, "among": ["dish"]}}, "more antennas at once"),
        ("need", {"need": {**NEED, "duration_s": 9000, **SPAN}}, "window is shorter"),
        ("need", {"need": {**NEED, "split_minimum_s": 2000.0}}, "than half of the whole"),
        ("need", {"need": {**NEED, "split_minimum_s": 600.0, "kind": "command"}}, "not split"),
        ("need", {"need": {**NEED, "split_minimum_s": 600.0, "antennas": 2}}, "not split"),
        ("trajectory", {"spacecraft": "otv"}, "'oem'"),
        ("trajectory", {"spacecraft": "otv", "path": "/etc/passwd"}, "'oem'"),
        ("eclipse", {}, "nobody knows"),
    ],
)
def test_a_notice_that_tells_nothing_is_refused(
    kind: str, content: dict[str, Any], words: str
) -> None:
    with pytest.raises(PlanError, match=words):
        check_notice(kind, content, ["dish", "other"], ["otv"])


def test_a_need_may_be_split_and_says_whose_it_is() -> None:
    told = {**NEED, "split_minimum_s": 900.0, "mission": "science"}
    (need,) = read_notices([("need", {"need": told})]).needs
    assert (need.split_minimum_s, need.of_mission) == (900.0, "science")


def test_each_is_told_in_one_line() -> None:
    told = describe_notice("antenna_out", {"antenna": "dish", **SPAN})
    assert told == "dish is out 2001-09-09T01:46:08Z … 2001-09-09T02:46:08Z"
    assert describe_notice("need", {"need": NEED}) == "need check-up of otv"
