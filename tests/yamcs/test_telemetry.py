"""Frames in, packets and parameters out of a real Yamcs."""

from __future__ import annotations

import pytest

from groundsys.backend import Yamcs
from groundsys.values.instants import Instant
from tests.yamcs.craft import Craft

#: Yamcs rounds a CUC up to the next millisecond, and a whole one too
STAMP_S = 0.0015


def newest_cursor(yamcs: Yamcs, craft: Craft) -> str:
    return yamcs.packets_since(craft.spacecraft, "", with_binary=False)[1]


def test_frames_become_archived_packets_in_the_order_of_their_coming(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    cursor = newest_cursor(yamcs, otv)
    made = [
        otv.packet("EPS", now.plus_seconds(-10), eps_battery_charge=0),
        otv.packet("EPS", now.plus_seconds(-600)),
        otv.packet("PING_REPORT", now.plus_seconds(-20)),
    ]
    otv.send_and_wait(yamcs, otv.frames("REALTIME", made))
    packets, cursor = yamcs.packets_since(otv.spacecraft, cursor)
    assert [packet.binary for packet in packets] == made
    assert [packet.name for packet in packets] == ["EPS", "EPS", "PING_REPORT"]
    assert {packet.reception for packet in packets} == {now}
    ages_s = [now.seconds_since(packet.generation) for packet in packets]
    assert ages_s == pytest.approx([10, 600, 20], abs=STAMP_S)
    assert [packet.apid for packet in packets] == [1, 1, 1]
    assert packets[0].sequence_count + 1 == packets[1].sequence_count
    assert yamcs.packets_since(otv.spacecraft, cursor) == ([], cursor)


def test_a_late_packet_is_found_by_the_cursor(yamcs: Yamcs, otv: Craft, now: Instant) -> None:
    otv.send_and_wait(yamcs, otv.frames("REALTIME", [otv.packet("COMM", now)]))
    cursor = newest_cursor(yamcs, otv)
    late = otv.packet("COMM", now.plus_seconds(-50_000))
    otv.send_and_wait(yamcs, otv.frames("PLAYBACK", [late]))
    packets, _ = yamcs.packets_since(otv.spacecraft, cursor, ["COMM"])
    assert [packet.binary for packet in packets] == [late]
    assert yamcs.packets_since(otv.spacecraft, cursor, ["EPS"])[0] == []


def test_packets_are_found_by_their_own_stamps_each_once(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    first = now.plus_seconds(-90_000)
    made = [otv.packet("EPS", first.plus_seconds(i)) for i in range(1200)]
    for _ in range(2):  # given again, and more than a page
        otv.send_and_wait(yamcs, otv.frames("REPLAY", made))
    start, end = first.plus_seconds(9.5), first.plus_seconds(1_150.5)
    found = yamcs.packets_between(otv.spacecraft, start, end)
    assert [packet.binary for packet in found] == made[10:1151]
    assert found[0].name == "EPS"
    assert abs(found[0].generation.seconds_since(first) - 10) < STAMP_S
    assert [one.sequence_count for one in found[:2]] == [
        found[0].sequence_count, found[0].sequence_count + 1
    ]  # fmt: skip
    assert yamcs.packets_between(otv.spacecraft, end, end) == []


def test_a_frame_given_again_doubles_nothing(yamcs: Yamcs, otv: Craft, now: Instant) -> None:
    frames = otv.frames("REPLAY", [otv.packet("AOCS", now.plus_seconds(i)) for i in range(40)])
    before = yamcs.count_packets(otv.spacecraft)
    for _ in range(3):
        otv.send_and_wait(yamcs, frames)
    assert yamcs.count_packets(otv.spacecraft) == before + 40


def test_parameters_are_decoded_calibrated_and_kept(
    yamcs: Yamcs, cube: Craft, now: Instant
) -> None:
    first = cube.packet("RECORDER", now.plus_seconds(-60), recorder_next_count_apid1=7)
    second = cube.packet("RECORDER", now, recorder_next_count_apid1=9)
    cube.send_and_wait(yamcs, cube.frames("TELEMETRY", [first, second]))
    present = yamcs.parameter_values(cube.spacecraft, ["recorder_next_count_apid1"])
    assert present["recorder_next_count_apid1"].value == 9
    age_s = now.seconds_since(present["recorder_next_count_apid1"].generation)
    assert age_s == pytest.approx(0, abs=STAMP_S)
    history = yamcs.parameter_history(
        cube.spacecraft, "recorder_next_count_apid1", now.plus_seconds(-100), now.plus_seconds(1)
    )
    assert [reading.value for reading in history] == [7, 9]


def test_stored_telemetry_is_history_and_never_the_present(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    live = otv.packet("RECORDER", now, recorder_next_count_apid1=500)
    stored = otv.packet("RECORDER", now.plus_seconds(-300), recorder_next_count_apid1=400)
    otv.send_and_wait(yamcs, otv.frames("REALTIME", [live]))
    otv.send_and_wait(yamcs, otv.frames("PLAYBACK", [stored]))
    name = "recorder_next_count_apid1"
    assert yamcs.parameter_values(otv.spacecraft, [name])[name].value == 500
    history = yamcs.parameter_history(
        otv.spacecraft, name, now.plus_seconds(-400), now.plus_seconds(1)
    )
    assert [reading.value for reading in history] == [400, 500]


def test_a_packet_may_span_frames_and_survives_a_gap_elsewhere(
    yamcs: Yamcs, otv: Craft, now: Instant
) -> None:
    cursor = newest_cursor(yamcs, otv)
    frame = bytes(range(256)) * 4
    relayed = [
        otv.packet(
            "RELAY_FILES",
            now.plus_seconds(i),
            relay_spacecraft_id=418,
            relay_frame_length=len(frame),
            relay_frame=frame,
        )
        for i in range(12)
    ]
    frames = otv.frames("RELAY", relayed)
    del frames[5]
    otv.send_and_wait(yamcs, frames)
    packets, _ = yamcs.packets_since(otv.spacecraft, cursor)
    kept = [packet.binary for packet in packets]
    assert len(kept) in (9, 10)
    assert all(packet in relayed for packet in kept)
    assert kept[:4] == relayed[:4]
    assert kept[-5:] == relayed[-5:]


def test_simulated_time_follows_and_stands_still_at_rate_zero(
    yamcs: Yamcs, otv: Craft, cube: Craft, now: Instant
) -> None:
    moment = now.plus_seconds(12.345)
    yamcs.set_time(moment, 0.0)
    assert yamcs.mission_time(otv.spacecraft) == moment
    assert yamcs.mission_time(cube.spacecraft) == moment
    yamcs.set_time(moment, 1_000_000.0)
    assert yamcs.mission_time(otv.spacecraft) > moment


def test_on_board_events_become_events(yamcs: Yamcs, cube: Craft, now: Instant) -> None:
    packet = cube.packet("EVENT_MEDIUM", now, event_id=4, event_value=17.5)
    cube.send_and_wait(yamcs, cube.frames("TELEMETRY", [packet]))
    [event] = [one for one in yamcs.events(cube.spacecraft, now) if "BATTERY_LOW" in one.text]
    assert now.seconds_since(event.time) == pytest.approx(0, abs=STAMP_S)
    assert event.text.startswith("BATTERY_LOW (17.5")
    assert event.severity == "distress"


def test_values_come_with_the_limit_that_they_exceed_and_their_reception(
    yamcs: Yamcs, cube: Craft, now: Instant
) -> None:
    made = cube.packet("EPS", now.plus_seconds(-30), eps_battery_charge=60)  # 30 %
    cube.send_and_wait(yamcs, cube.frames("TELEMETRY", [made]))
    names = ["eps_battery_charge", "eps_load_power"]
    found = yamcs.parameter_values(cube.spacecraft, names)
    charge, load = (found[name] for name in names)
    assert (charge.value, charge.level, charge.is_valid) == (30.0, "warning", True)
    assert (load.level, load.is_valid) == ("", True)
    assert charge.reception == now


def test_a_number_s_history_comes_as_least_and_greatest_of_spans(
    yamcs: Yamcs, cube: Craft, now: Instant
) -> None:
    first = now.plus_seconds(-40_000)
    values = [number * 7 % 100 for number in range(400)]
    made = [
        cube.packet("EPS", first.plus_seconds(10.0 * number), eps_battery_charge=value)
        for number, value in enumerate(values)
        if not 100 <= number < 200
    ]
    cube.send_and_wait(yamcs, cube.frames("TELEMETRY", made))
    stop = first.plus_seconds(4_000.0)
    found = yamcs.parameter_samples(cube.spacecraft, "eps_battery_charge", first, stop, 40)
    assert sum(one.count for one in found) == 300
    assert len(found) <= 41
    for one in found:
        numbers = [round(edge.seconds_since(first) / 10.0) for edge in (one.first, one.last)]
        within = [value / 2 for value in values[numbers[0] : numbers[1] + 1]]
        assert (one.minimum, one.maximum) == (min(within), max(within))
        assert one.count == len(within)
    assert (
        yamcs.parameter_samples(
            cube.spacecraft, "eps_battery_charge", stop, stop.plus_seconds(100), 5
        )
        == []
    )
