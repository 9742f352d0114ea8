"""What the data and rehearsal screens say, without a terminal."""

from __future__ import annotations

import pytest

from ops_tui.picture import Link
from ops_tui.views.clock import window_title
from ops_tui.views.custody import (
    age_of_custody,
    coming_rows,
    custody_rows,
    latency_line,
    retry_line,
    service_line,
    split_line,
)
from ops_tui.views.deliveries import delivery_rows
from ops_tui.views.rehearsal import (
    RATES,
    criterion_rows,
    faster,
    is_rehearsal,
    rehearsal_lines,
    slower,
    verdict_line,
)
from tests.tui import pictures

POLAR, THARSIS = "polar-weather", "tharsis-seismo"
CUSTODY = pictures.CUSTODY


def test_bytes_stand_under_their_places() -> None:
    polar, tharsis = custody_rows(CUSTODY)
    assert [one.text for one in polar.places] == [
        *("15.9 kB", "10.9 kB", "–", "5 kB", "20.5 kB", "164 kB"),
    ]
    assert tharsis.places[-1].text == "2.61 MB"
    assert custody_rows({}) == ()


def test_what_comes_next_comes_first_and_what_is_home_is_not_there() -> None:
    rows = coming_rows(CUSTODY, POLAR)
    assert [(row.name, row.where, row.next, row.home.text, row.by_95) for row in rows] == [
        ("weather-000010.dat", "Pass 10.9 kB", "Earth 20 14:31", "20 14:36", "20 15:10"),
        ("weather 11", "~Cube 15.9 kB", "OTV 20 20:46", "20 21:35", "21 03:40"),
    ]
    assert coming_rows(CUSTODY, "nobody") == ()


def test_a_file_that_no_plan_brings_home_says_so_and_comes_last() -> None:
    told = CUSTODY["customers"][POLAR]
    nowhere = {
        **told["files"][0],
        "number": 12,
        "hops": {
            hop: {"predicted_ns": None, "actual_ns": None} for hop in told["files"][0]["hops"]
        },
    }
    answer = {"customers": {POLAR: {**told, "files": [nowhere, *told["files"]]}}}
    assert [row.home.text for row in coming_rows(answer, POLAR)][-1] == "not planned"


def test_the_service_level_latency_and_retries_in_a_line_each() -> None:
    assert service_line(CUSTODY, POLAR).text == (
        "polar-weather: ▲ at risk · goal 95% in 24 h · 100% of 9 · foreseen 90%"
    )
    assert service_line(CUSTODY, THARSIS).text == "tharsis-seismo: no service level"
    assert latency_line(CUSTODY, POLAR).text == "latency of 9 files: median 1 h · p95 6 h"
    assert latency_line(CUSTODY, THARSIS).text == "latency: nothing is home yet"
    assert (
        "geometry 40 min · queueing 35 min · light time 12 min" in split_line(CUSTODY, POLAR).text
    )
    assert retry_line(CUSTODY, POLAR).text == "retransmission: 4 rounds for 2 of 3 files"


@pytest.mark.parametrize(
    ("later_s", "trouble", "said"),
    [
        (0.0, "", "● custody as of 08-20 14:12:33"),
        (3_600.0, "", "◐ custody as of 08-20 14:12:33, 1 h 00 min old"),
        (0.0, "the feed is lost", "✖ custody as of 08-20 14:12:33: the feed is lost"),
    ],
)
def test_it_says_of_when_it_is(later_s: float, trouble: str, said: str) -> None:
    now_ns = pictures.NOW.plus_seconds(later_s).tai_ns
    assert age_of_custody(CUSTODY, now_ns, trouble).text == said


def test_before_the_first_answer_it_says_that_it_asks_or_why_not() -> None:
    assert age_of_custody({}, None, "").text == "◌ asking the desks"
    assert age_of_custody({}, None, "you may not").text == "you may not"


def test_deliveries_come_newest_first() -> None:
    assert [row.name for row in delivery_rows(pictures.picture())] == [
        "weather-000007.dat",
        "seismometer-000003.dat",
    ]


def clock(**changes: object) -> dict[str, object]:
    told: dict[str, object] = pictures.status()["clock"]
    return {**told, **changes}


def test_a_rehearsal_shows_seed_and_clock() -> None:
    lines = [one.text for one in rehearsal_lines(pictures.picture(), Link("live"))]
    assert lines[0] == "SIMULATED: scenario quickstart, seed 7"
    assert lines[1] == "▶ the clock goes ×312, at most ×600"
    paused = pictures.picture(clock=clock(paused=True, rate=0.0, rate_ceiling=None))
    assert (
        rehearsal_lines(paused, Link("live"))[1].text
        == "‖ the clock stands; then as fast as it can"
    )


def test_on_a_lost_feed_the_clock_is_told_as_it_was() -> None:
    lost = Link("lost", 12)
    assert rehearsal_lines(pictures.picture(), lost)[1].text == (
        "◐ the clock went ×312 when it was last heard of"
    )
    paused = pictures.picture(clock=clock(paused=True, rate=0.0))
    assert "the clock stood" in rehearsal_lines(paused, lost)[1].text


def test_a_flight_is_no_rehearsal_and_says_so() -> None:
    flown = pictures.picture(clock=clock(simulated=False, seed=None))
    assert not is_rehearsal(flown)
    assert rehearsal_lines(flown, Link("live"))[0].text == "● FLIGHT: this is no rehearsal"
    assert window_title(flown) == "groundsys – FLIGHT – quickstart"
    assert window_title(pictures.picture()) == "groundsys – SIMULATED – quickstart"


def test_what_is_broken_comes_first() -> None:
    rows = criterion_rows(pictures.CRITERIA)
    assert [row.state.text for row in rows] == ["✖ broken", "◌ not yet", "✔ holds"]
    assert verdict_line(pictures.CRITERIA, "").text == "✖ verdict so far: 1 broken, 1 not yet met"
    held = [one for one in pictures.CRITERIA if one["state"] == "met"]
    assert verdict_line(held, "").tone == "good"
    assert verdict_line((), "you may not").text == "✖ verdict so far: you may not"


def test_the_ceiling_goes_up_and_down_in_steps() -> None:
    assert [faster(rate) for rate in RATES] == [*RATES[1:], None]
    assert [slower(rate) for rate in RATES] == [RATES[0], *RATES[:-1]]
    assert (faster(None), slower(None)) == (None, RATES[-1])
    assert (faster(312.0), slower(312.0)) == (600.0, 300.0)
