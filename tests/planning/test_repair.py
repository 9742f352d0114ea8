"""When files are whole: small ones at once, large ones after a frame was asked for again."""

from __future__ import annotations

import numpy as np

from groundsys.planning.contact_graph.contacts import PassWindow, Visit
from groundsys.planning.contact_graph.repair import whole_times
from groundsys.planning.tracks import Span

FRAME_BITS = 8_000.0
SMALL, LARGE = 4 * FRAME_BITS, 400 * FRAME_BITS


def visit(start: int, end: int) -> Visit:
    window = PassWindow(
        antenna="dss-43",
        spacecraft="otv",
        tracking=Span(start, end),
        rate_bps=1e5,
        data_bps=1e5,
        silence_s=1_060.0,
        setup_s=0,
        teardown_s=0,
        light_time_s=500.0,
        sigma_s=0.0,
    )
    return Visit(window, Span(start, end), "pass-01", None)


def whole(aboard: list[float], home: list[float], bits: list[float], *visits: Visit) -> list[float]:
    times, _ = whole_times(np.array(aboard), np.array(home), np.array(bits), FRAME_BITS, visits)
    return [float(one) for one in times]


def test_a_large_file_is_whole_a_round_trip_after_all_stored_data_came() -> None:
    small, large = whole([0, 0], [12_000, 11_500], [SMALL, LARGE], visit(10_000, 19_000))
    assert small == 12_000
    assert 13_000 < large < 13_200


def test_what_is_made_during_the_pass_delays_no_repair_of_the_others() -> None:
    large, _ = whole([0, 18_000], [11_500, 18_500], [LARGE, SMALL], visit(10_000, 19_000))
    assert large < 13_000


def test_a_pass_too_short_for_the_repair_leaves_it_to_the_next() -> None:
    visits = (visit(10_000, 12_000), visit(50_000, 59_000))
    (large,) = whole([0], [11_500], [LARGE], *visits)
    assert 51_060 <= large < 51_300


def test_the_last_pass_and_what_never_comes_are_left_as_they_are() -> None:
    times = whole([0, 0], [11_900, np.inf], [LARGE, LARGE], visit(10_000, 12_000))
    assert times == [11_900, np.inf]


def test_what_may_or_may_not_be_harmed_is_uncertain_by_the_repair() -> None:
    _, sigmas = whole_times(
        np.zeros(2),
        np.array([11_500.0, 11_500.0]),
        np.array([46 * FRAME_BITS, FRAME_BITS]),
        FRAME_BITS,
        [visit(10_000, 19_000)],
    )
    assert 500 < sigmas[0] < 600
    assert sigmas[1] < 200
