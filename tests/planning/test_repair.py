"""When files are whole: a few moments each, for what the downlink loses is asked for again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundsys.planning.contact_graph.contacts import Hearing, PassWindow, SessionWindow, Visit
from groundsys.planning.contact_graph.outlook import quantiles
from groundsys.planning.contact_graph.repair import (
    ASKING_REPEATED,
    FRAME_LOSS,
    Wholeness,
    whole_times,
)
from groundsys.planning.tracks import Span

FRAME_BITS = 8_000.0
SMALL, LARGE = 4 * FRAME_BITS, 400 * FRAME_BITS
ROUND_TRIP_S = 1_000.0
#: silence, reading of the archive, the uplink's turn
ASKED = pytest.approx(155.0, abs=60.0)


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
        sending=Span(start, end),
    )
    return Visit(window, Span(start, end), "pass-01", None)


def hearing(start: int, end: int) -> Hearing:
    window = SessionWindow("otv", "cube-polar", Span(start, end), start, 1e5, 1e5, 0.0)
    return Hearing(window, Span(start, end), "relay-01", None)


def whole(
    aboard: list[float],
    home: list[float],
    bits: list[float],
    *visits: Visit,
    hearings: tuple[Hearing, ...] = (),
) -> Wholeness:
    given = (np.array(column, dtype=np.float64) for column in (aboard, home, bits))
    return whole_times(*given, FRAME_BITS, visits, hearings)


def test_chances_are_whole_and_the_first_moment_is_that_without_loss() -> None:
    found = whole([0, 0], [12_000, 11_500], [SMALL, LARGE], visit(10_000, 40_000))
    assert found.chances.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert found.times_s[:, 0].tolist() == [12_000, 11_500]
    small, large = found.chances[:, 0]
    assert small == pytest.approx((1.0 - FRAME_LOSS) ** 5)
    assert large < 0.003


def test_it_is_asked_for_once_the_playback_is_over_and_again_if_that_was_lost() -> None:
    found = whole([0, 0], [12_000, 11_500], [SMALL, LARGE], visit(10_000, 40_000))
    large, chances = found.times_s[1], found.chances[1]
    assert large[1] - 12_000 - ROUND_TRIP_S == ASKED
    assert large[2] - large[1] == ROUND_TRIP_S
    assert chances[2] / (chances[1] + chances[2]) == pytest.approx(ASKING_REPEATED)
    assert large[3] - large[1] == pytest.approx(ROUND_TRIP_S + 695.0, abs=60.0)
    assert chances[3] < chances[1]


def test_what_is_heard_through_a_session_is_asked_for_at_its_end() -> None:
    found = whole(
        [13_100], [13_600], [LARGE], visit(10_000, 40_000), hearings=(hearing(13_000, 13_900),)
    )
    # a cube is silent in a session's last 90 s; light takes 500 s
    assert found.times_s[0, 1] - (13_900 - 90 + 500) - ROUND_TRIP_S == ASKED


def test_what_is_made_during_the_pass_delays_no_repair_of_the_others() -> None:
    alone = whole([0], [11_500], [LARGE], visit(10_000, 19_000))
    both = whole([0, 18_000], [11_500, 18_500], [LARGE, SMALL], visit(10_000, 19_000))
    assert both.times_s[0].tolist() == alone.times_s[0].tolist()


def test_a_pass_too_short_for_the_repair_leaves_it_to_the_next_ones_playback() -> None:
    visits = (visit(10_000, 12_000), visit(50_000, 59_000))
    found = whole([0, 40_000], [11_500, 52_000], [LARGE, LARGE], *visits)
    assert found.times_s[0, 1] - 52_000 - ROUND_TRIP_S == ASKED
    # in the second pass itself nothing is late
    assert found.times_s[1, 1] == found.times_s[0, 1]


def test_what_the_last_pass_has_no_time_to_repair_may_never_be_whole() -> None:
    found = whole([0, 0], [11_900, np.inf], [LARGE, LARGE], visit(10_000, 12_000))
    assert found.times_s[0, 0] == 11_900
    assert np.isinf(found.times_s[0, 1:]).all()
    assert np.isinf(found.times_s[1]).all()
    assert np.isinf(whole([0], [np.inf], [LARGE]).times_s).all()


def test_quantiles_pick_the_moment_and_the_place_in_its_bell() -> None:
    times = np.array([[5_000.0, 1_000.0], [1_000.0, np.inf]])
    spread = np.full((2, 2), 10.0)
    chances = np.array([[0.2, 0.8], [0.9, 0.1]])

    def at(*shares: float) -> list[float]:
        return quantiles(times, spread, chances, np.array(shares)).tolist()

    assert at(0.4, 0.45) == pytest.approx([1_000.0, 1_000.0])
    late, never = at(0.95, 0.95)
    assert late == pytest.approx(5_006.7, abs=0.1)
    assert never == np.inf


@pytest.mark.parametrize("frames", [16, 150])
def test_drawn_losses_come_home_by_the_bound_as_often_as_it_says(frames: int) -> None:
    """Each trial loses frames one by one, asks, and loses again: no formula of the model's."""
    found = whole([0], [12_000], [frames * FRAME_BITS], visit(10_000, 60_000))
    draw = np.random.default_rng(frames)
    first, answer, repeat = found.times_s[0, :3]
    round_s = found.times_s[0, 3] - answer
    came = []
    for _ in range(4_000):
        lost, at_s, rounds = draw.random(frames + 1) < FRAME_LOSS, first, 0
        while lost.any():
            # a lost end is asked for a round later; each other loss comes in three frames
            lacks_end = bool(lost[-2:].any()) and rounds == 0
            at_s = answer if draw.random() > ASKING_REPEATED else repeat
            at_s += rounds * round_s
            lost = draw.random(3 * int(lost.sum())) < FRAME_LOSS
            lost = np.append(lost, lacks_end)
            rounds += 1
        came.append(at_s)
    spread = np.full_like(found.times_s, 1.0)
    (bound,) = quantiles(found.times_s, spread, found.chances, np.array([0.95]))
    share = float(np.mean(np.array(came) <= bound + 2.0))
    assert 0.94 <= share <= 0.995
    before = float(np.mean(np.array(came) <= bound - 200.0))
    assert before < 0.95


def test_a_near_craft_s_answer_waits_for_the_archive_s_next_reading() -> None:
    """It answers within a second, but requests leave with a reading, and the next is to come."""
    seen = visit(10_000, 40_000)
    near = replace(seen, window=replace(seen.window, light_time_s=0.2, silence_s=60.4))
    found = whole([0], [12_000], [SMALL], near)
    at_once, answered = found.times_s[0, :2]
    assert answered - at_once == pytest.approx(155.0 + 60.0, abs=1.0)
