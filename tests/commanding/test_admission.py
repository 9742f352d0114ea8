"""A command leaves only if it arrives inside the booked uplink."""

from __future__ import annotations

import pytest

from groundsys.commanding.admission import in_order_of_issue
from groundsys.commanding.deadlines import direct_deadline, relayed_deadline
from groundsys.commanding.ledger import Command, Purpose
from groundsys.commanding.uplink import UplinkWindow, cltu_octets, fits, radiation_seconds
from groundsys.values.instants import Instant, Interval, LightTime

NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
LIGHT_TIME = LightTime.from_seconds(600.0)


def hours(start: float, end: float) -> Interval:
    return Interval(NOON.plus_seconds(start * 3600), NOON.plus_seconds(end * 3600))


WINDOW = UplinkWindow("p1", "usuda-64", "otv", hours(1, 2), hours(0.7, 2.4), LIGHT_TIME, 4000.0)


def test_a_cltu_is_as_long_as_its_standard_says() -> None:
    # 14 octets of packet + 7 of frame = 3 codewords of 8 octets, 2 of start, 8 of tail
    assert cltu_octets(14) == 34
    assert radiation_seconds(14, 4000.0) == pytest.approx(0.068)


@pytest.mark.parametrize(
    ("at_s", "waiting_s", "admitted"),
    [(3599, 0, False), (3600, 0, True), (7198, 0, True), (7199.5, 0, False), (7100, 99.5, False)],
)
def test_only_inside_the_window(at_s: float, waiting_s: float, admitted: bool) -> None:
    assert fits(WINDOW, NOON.plus_seconds(at_s), waiting_s, 1.0) is admitted


def test_urgent_first_then_first_come() -> None:
    def command(number: int, purpose: Purpose, due_s: float) -> Command:
        due = NOON.plus_seconds(due_s)
        return Command(f"otv-{number}", "otv", "PING", {}, purpose, "", NOON, due)

    commands = [
        command(1, "replay", 0),
        command(2, "plan", 20),
        command(3, "plan", 10),
        command(4, "relay_session", 30),
        command(5, "plan", 99),
    ]
    found = in_order_of_issue(commands, NOON.plus_seconds(50))
    assert [one.id for one in found] == ["otv-4", "otv-3", "otv-2", "otv-1"]


def test_deadlines_of_a_craft_that_we_speak_to() -> None:
    passes = [hours(0, 6), hours(10, 16)]
    early = direct_deadline(NOON.plus_seconds(3600), LIGHT_TIME, passes)
    assert early == NOON.plus_seconds(3600 + 3 * 1200 + 900)
    late = direct_deadline(NOON.plus_seconds(5.5 * 3600), LIGHT_TIME, passes)
    assert late is not None
    assert hours(10, 16).contains(late)
    assert direct_deadline(NOON.plus_seconds(15.9 * 3600), LIGHT_TIME, passes) is None


def test_deadlines_of_a_cube_wait_for_two_sessions_and_a_pass() -> None:
    passes = [hours(0, 6), hours(10, 16)]
    sessions = [hours(1, 1.2), hours(5, 5.2), hours(8, 8.2), hours(20, 20.2)]

    def deadline(hour: float) -> Instant | None:
        return relayed_deadline(NOON.plus_seconds(hour * 3600), LIGHT_TIME, sessions, passes)

    first = deadline(0.5)
    assert first is not None
    assert first == NOON.plus_seconds((10 * 60 + 20 + 90) * 60)
    second = deadline(4.0)
    assert second is not None
    assert second > hours(10, 16).start.plus_seconds(1200)
    assert deadline(9.0) is None
    assert deadline(21.0) is None
