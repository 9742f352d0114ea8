"""What is lost in the last pass for good, and what is not: the ground had time to ask again."""

from __future__ import annotations

import pytest

from groundsys.passes.execution import Pass, PassVerdict
from groundsys.rehearsal.truth.packet_comparison import PacketStamp
from groundsys.rehearsal.truth.space_truth import TrueLoss
from groundsys.rehearsal.verdict.last_pass import last_pass
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-09-22T00:00:00Z")
LIGHT_S = 600.0


def at(hours: float) -> Instant:
    return START.plus_seconds(3600.0 * hours)


def flown(start_h: float, end_h: float, verdict: PassVerdict | None = "executed") -> Pass:
    return Pass(
        id=f"pass-{start_h:g}",
        antenna="dss-43",
        spacecraft="otv",
        start=at(start_h),
        end=at(end_h),
        uplink_from=at(start_h),
        uplink_until=at(end_h).plus_seconds(-2 * LIGHT_S),
        light_time_s=LIGHT_S,
        rate_bps=256_000.0,
        verdict=verdict,
    )


def test_what_was_sent_in_the_pass_before_could_be_asked_for_in_the_last() -> None:
    last = last_pass([flown(10, 10.8), flown(0, 1)], [TrueLoss(at(10.9), 1)])
    assert last is not None
    assert last.asked_until == at(1).plus_seconds(-LIGHT_S)
    assert not last.excuses(at(0.8))
    assert last.excuses(at(5))  # sent first in the last pass, which is too short to ask again
    assert last.excuses(at(10.7))


def test_a_long_last_pass_leaves_time_to_ask_for_its_first_hours() -> None:
    last = last_pass([flown(0, 1), flown(10, 18)], [TrueLoss(at(17.9), 2)])
    assert last is not None
    # there by 10 min, missed after three light times and 5 min, asked for 20 min before the end
    assert last.asked_until == at(18).plus_seconds(-6 * LIGHT_S - 300)
    assert not last.excuses(at(16.8))
    assert last.excuses(at(17))


@pytest.mark.parametrize("losses", [[], [TrueLoss(at(0.5), 7)]])
def test_without_a_frame_lost_since_nothing_may_lack(losses: list[TrueLoss]) -> None:
    last = last_pass([flown(0, 1), flown(10, 10.8)], losses)
    assert last is not None
    assert not last.excuses(at(10.9))


def test_a_pass_that_was_missed_is_none() -> None:
    last = last_pass(
        [flown(0, 1), flown(10, 10.8), flown(20, 21, "missed")], [TrueLoss(at(10.9), 1)]
    )
    assert last is not None
    assert last.asked_until == at(1).plus_seconds(-LIGHT_S)
    assert last_pass([flown(0, 1, "missed")], []) is None


def test_what_was_made_after_the_last_loss_was_lost_elsewhere() -> None:
    last = last_pass([flown(0, 1), flown(10, 10.8)], [TrueLoss(at(10.1), 3)])
    assert last is not None
    assert last.excuses(at(10.1))
    assert not last.excuses(at(10.3))


def test_no_more_is_left_than_the_lost_frames_hold() -> None:
    last = last_pass([flown(0, 1), flown(10, 10.8)], [TrueLoss(at(10.7), 2)])
    assert last is not None
    missing = [PacketStamp(1, count, at(10).plus_seconds(count)) for count in range(104)]
    # 22 octets have the smallest packet, and 1115 a frame: 50 of them, and two that are cut
    assert last.left(missing, 1115) == set(missing)
    assert last.left([*missing, PacketStamp(2, 0, at(10.5))], 1115) == set()
    assert last.left([PacketStamp(1, 0, at(0.5))], 1115) == set()
