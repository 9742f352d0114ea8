"""The antenna's front end on a mission clock, seen from space, hub and desks."""

from __future__ import annotations

import itertools

import pytest

from groundsys.mission.scenario.planning_data import Notice
from groundsys.values.errors import PlanError
from groundsys.values.instants import Interval
from groundsys.values.messages import Message
from tests.station.one_antenna import Stage, after, idle_cadus, idle_frames

NO_SIGNAL = {"spacecraft": "otv", "present": False, "c_n0_dbhz": 0.0}


def flip(cadu: bytes, *places: int) -> bytes:
    octets = bytearray(cadu)
    for place in places:
        octets[place] ^= 0x5A
    return bytes(octets)


def test_a_pass_goes_from_configuring_to_idle() -> None:
    stage = Stage()
    stage.configure()
    stage.signal(500.0, present=True)
    stage.run_until(5000.0)
    assert stage.states() == ["configuring", "searching", "locked", "idle"]
    locked = next(b for b in stage.desks.bodies("antenna_status") if b["state"] == "locked")
    assert locked["time_ns"] == after(560.0).tai_ns
    assert locked["c_n0_dbhz"] == 55.0
    points = stage.space.of("point")
    assert [(m.time, m.body["spacecraft"]) for m in points] == [
        (after(300.0), "otv"),
        (after(4015.0), None),
    ]


def test_a_signal_that_was_there_before_the_pass_is_acquired_from_its_start() -> None:
    stage = Stage()
    stage.configure(uplink_s=None)
    stage.signal(310.0, present=True)
    stage.down(470.0, [(459.0, idle_cadus(1)[0]), (461.0, idle_cadus(2)[1])])
    stage.run_until(480.0)
    (body,) = stage.hub.bodies("frames")
    assert [frame["ert_ns"] for frame in body["frames"]] == [after(461.0).tai_ns]


def test_loss_of_signal_and_reacquisition() -> None:
    stage = Stage()
    stage.configure()
    stage.signal(400.0, present=True)
    stage.signal(1000.0, present=False)
    stage.signal(1500.0, present=True)
    cadus = idle_cadus(4)
    # one batch spans the loss: what came before it counts though it is delivered after
    stage.down(1005.0, [(995.0, cadus[0]), (1001.0, cadus[1])])
    stage.down(1600.0, [(1550.0, cadus[2]), (1570.0, cadus[3])])
    stage.run_until(1700.0)
    assert stage.states() == [
        "configuring",
        "searching",
        "locked",
        "lost",
        "searching",
        "locked",
    ]
    received = [f["ert_ns"] for body in stage.hub.bodies("frames") for f in body["frames"]]
    assert received == [after(995.0).tai_ns, after(1570.0).tai_ns]


def test_frames_are_decoded_counted_and_stamped_with_their_arrival() -> None:
    stage = Stage()
    stage.configure()
    stage.signal(400.0, present=True)
    clean, few, many, harmed = idle_cadus(4)
    few = flip(few, 100, 101, 1200)
    many = flip(many, *range(4 + 3, 4 + 3 + 17 * 5, 5))  # 17 symbols of one codeword
    stage.down(600.0, [(590.0, clean), (591.0, few), (592.0, many), (593.0, flip(harmed, 1278))])
    stage.run_until(610.0)
    (body,) = stage.hub.bodies("frames")
    frames = idle_frames(4)
    assert body["antenna"] == "dish"
    assert body["spacecraft"] == "otv"
    assert body["bad"] == 1
    assert [(f["ert_ns"], f["data"], f["corrected"]) for f in body["frames"]] == [
        (after(590.0).tai_ns, frames[0], 0),
        (after(591.0).tai_ns, frames[1], 3),
        (after(593.0).tai_ns, frames[3], 1),
    ]
    status = stage.desks.bodies("antenna_status")[-1]
    assert status["frames_good"] == 3
    assert status["frames_corrected"] == 2
    assert status["symbols_corrected"] == 4
    assert status["frames_bad"] == 1


def test_a_batch_under_way_at_the_end_of_the_pass_is_still_heard() -> None:
    stage = Stage()
    stage.configure(end_s=1000.0, uplink_s=None)
    stage.signal(400.0, present=True)
    cadus = idle_cadus(2)
    stage.down(1008.0, [(999.0, cadus[0]), (1001.0, cadus[1])])
    stage.run_until(1100.0)
    (body,) = stage.hub.bodies("frames")
    assert len(body["frames"]) == 1
    last = stage.desks.bodies("antenna_status")[-1]
    assert (last["state"], last["pass_id"], last["frames_good"]) == ("idle", "p1", 1)


def test_the_uplink_is_open_in_its_window_only() -> None:
    stage = Stage()
    stage.configure(uplink_s=(450.0, 900.5))
    stage.run_until(5000.0)
    carriers = stage.space.of("x_up_carrier")
    assert [(m.time, m.body["on"]) for m in carriers] == [
        (after(450.0), True),
        (after(900.5), False),
    ]
    (opened,) = stage.hub.bodies("uplink_open")
    assert opened == {"antenna": "dish", "spacecraft": "otv", "rate_bps": 1000.0}
    (closed,) = stage.hub.bodies("uplink_closed")
    assert closed == {"antenna": "dish", "spacecraft": "otv"}


def test_cltus_leave_one_after_the_other_with_idle_between() -> None:
    stage = Stage()
    stage.configure()
    for number in range(3):
        stage.radiate(500.0, f"r{number}", bytes(125))  # one second each
    stage.run_until(600.0)
    sent = stage.space.bodies("x_up")
    assert [body["radiation_id"] for body in sent] == ["r0", "r1", "r2"]
    assert [body["bits"] for body in sent] == [1000] * 3
    starts = [body["start_ns"] for body in sent]
    assert starts[0] == after(500.0).tai_ns
    assert [b - a for a, b in itertools.pairwise(starts)] == [1_016_000_000] * 2
    for listener in (stage.hub, stage.desks):
        radiated = listener.of("radiated")
        assert [m.body["txt_ns"] for m in radiated] == starts
        assert [m.time.tai_ns for m in radiated] == [start + 10**9 for start in starts]
    assert not stage.hub.of("not_radiated")


def test_the_first_cltu_waits_for_the_acquisition_sequence() -> None:
    stage = Stage()
    stage.configure(uplink_s=(450.0, 900.0))
    stage.radiate(450.0, "r0", bytes(10))
    stage.run_until(460.0)
    (sent,) = stage.space.bodies("x_up")
    assert sent["start_ns"] == after(450.128).tai_ns


@pytest.mark.parametrize(
    ("at_s", "spacecraft", "reason"),
    [
        (350.0, "otv", "no uplink to otv"),  # before the window
        (950.0, "otv", "no uplink to otv"),  # after it
        (500.0, "other", "no uplink to other"),
        (899.5, "otv", "ends before"),  # would not be out in time
    ],
)
def test_what_may_not_leave_is_refused(at_s: float, spacecraft: str, reason: str) -> None:
    stage = Stage()
    stage.configure(uplink_s=(400.0, 900.0))
    stage.radiate(at_s, "r0", bytes(125), spacecraft)
    stage.run_until(1000.0)
    assert not stage.space.of("x_up")
    for listener in (stage.hub, stage.desks):
        (refused,) = listener.bodies("not_radiated")
        assert refused["radiation_id"] == "r0"
        assert reason in refused["reason"]


def test_nothing_leaves_an_antenna_that_is_not_booked() -> None:
    stage = Stage()
    stage.radiate(10.0, "r0", bytes(10))
    stage.run_until(100.0)
    assert not stage.space.of("x_up")
    assert len(stage.hub.of("not_radiated")) == 1


def test_release_ends_pass_and_uplink_and_refuses_what_waits() -> None:
    stage = Stage()
    stage.configure()
    for number in range(3):
        stage.radiate(500.0, f"r{number}", bytes(1250))  # ten seconds each
    stage.say("desks", "release", 512.0, pass_id="p1")
    stage.run_until(600.0)
    assert [b["radiation_id"] for b in stage.hub.bodies("radiated")] == ["r0", "r1"]
    assert [b["radiation_id"] for b in stage.hub.bodies("not_radiated")] == ["r2"]
    assert stage.states()[-1] == "idle"
    assert [m.time for m in stage.space.of("x_up_carrier")] == [after(400.0), after(512.0)]


def test_release_before_the_start_frees_the_antenna_at_once() -> None:
    stage = Stage()
    stage.configure()
    stage.say("desks", "release", 100.0, pass_id="p1")
    stage.run_until(500.0)
    assert stage.states() == ["configuring", "idle"]
    assert not stage.space.of("point")
    assert not stage.space.of("x_up_carrier")


def test_the_next_pass_is_configured_when_the_one_before_has_ended() -> None:
    stage = Stage()
    stage.configure(end_s=1000.0, uplink_s=(400.0, 900.0))
    stage.configure(800.0, pass_id="p2", start_s=1100.0, end_s=2000.0, uplink_s=(1100.0, 1900.0))
    stage.run_until(3000.0)
    passes = [body["pass_id"] for body in stage.desks.bodies("antenna_status")]
    assert sorted(passes) == passes
    # free at 1015, then 300 s to configure: later than its window's start
    assert [m.time for m in stage.space.of("x_up_carrier")] == [
        after(400.0),
        after(900.0),
        after(1315.0),
        after(1900.0),
    ]


def test_a_pass_may_be_prolonged_under_way() -> None:
    stage = Stage()
    stage.configure(end_s=1000.0, uplink_s=(400.0, 500.0))
    stage.configure(800.0, end_s=1500.0, uplink_s=(400.0, 1200.0))
    stage.run_until(2000.0)
    assert [(m.time, m.body["on"]) for m in stage.space.of("x_up_carrier")] == [
        (after(400.0), True),
        (after(500.0), False),
        (after(800.0), True),
        (after(1200.0), False),
    ]
    assert stage.space.of("point")[-1].time == after(1515.0)


def test_an_unknown_craft_is_an_error_with_the_known_ones_in_it() -> None:
    stage = Stage()
    stage.configure(spacecraft="voyager")
    with pytest.raises(PlanError, match="other, otv"):
        stage.run_until(10.0)


def test_the_station_passes_on_what_befalls_its_antenna_when_it_is_told() -> None:
    closed = Interval(after(3000.0), after(9000.0))
    stage = Stage(
        Notice("weather", after(900.0), "dish", closed, loss_db=3.0),
        Notice("antenna_out", after(500.0), "dish", closed),
        Notice("antenna_out", after(100.0), "another", closed),
    )
    stage.configure()
    stage.run_until(1000.0)
    told = stage.desks.of("notice")
    assert [message.time for message in told] == [after(500.0), after(900.0)]
    span = {"start_ns": closed.start.tai_ns, "end_ns": closed.end.tai_ns}
    assert [message.body for message in told] == [
        {"kind": "antenna_out", "antenna": "dish", **span},
        {"kind": "weather", "antenna": "dish", "loss_db": 3.0, **span},
    ]


def test_a_pass_that_is_moved_once_configured_takes_its_new_times() -> None:
    stage = Stage()
    stage.configure(at_s=0.0, start_s=400.0, end_s=4000.0)
    stage.configure(at_s=350.0, start_s=800.0, end_s=2000.0, uplink_s=(800.0, 1500.0))
    stage.signal(400.0, present=True)
    stage.run_until(3000.0)
    carrier = [(m.time, m.body["on"]) for m in stage.space.of("x_up_carrier")]
    assert carrier == [(after(800.0), True), (after(1500.0), False)]
    assert stage.states() == ["configuring", "searching", "locked", "idle"]


def test_a_released_antenna_is_free_for_the_next_pass() -> None:
    stage = Stage()
    stage.configure(at_s=0.0)
    stage.say("desks", "release", 200.0, pass_id="p1")
    stage.say("desks", "release", 210.0, pass_id="p0")
    stage.configure(at_s=220.0, pass_id="p2", start_s=600.0, end_s=900.0, uplink_s=None)
    stage.run_until(1000.0)
    points = [(m.time, m.body["spacecraft"]) for m in stage.space.of("point")]
    assert points == [(after(520.0), "otv"), (after(915.0), None)]


def test_a_word_that_comes_late_opens_no_uplink_that_has_closed() -> None:
    stage = Stage()
    stage.configure(uplink_s=(400.0, 700.5))
    stage.run_until(600.0)
    stage.front_end.advance(after(701.0), ())
    late = Message("space", stage.front_end.name, "x_signal", after(700.0), NO_SIGNAL)
    stage.front_end.advance(after(702.0), (late,))
    stage.run_until(800.0)
    assert [body["on"] for body in stage.space.bodies("x_up_carrier")] == [True]


def test_tracking_data_are_handed_on_as_far_as_the_carrier_was_in_lock() -> None:
    stage = Stage()
    stage.configure(end_s=2000.0)
    stage.signal(500.0, present=True)  # in lock from 560 s on
    stage.signal(1000.0, present=False)
    stage.signal(1200.0, present=True)  # and from 1260 s on
    times = [540, 600, 660, 960, 1020, 1260, 1320, 1980, 2040]
    stage.say(
        "space",
        "x_tracking",
        2_015.5,
        spacecraft="otv",
        count_interval_s=60.0,
        transmit_hz=7.167e9,
        received_ns=[after(at).tai_ns for at in times],
        round_trip_s=[1_000.0 + at for at in times],
        receive_hz=[8.42e9 + at for at in times],
    )
    stage.run_until(2_100.0)
    [body] = stage.desks.bodies("tracking")
    assert (body["antenna"], body["pass_id"], body["spacecraft"]) == ("dish", "p1", "otv")
    assert (body["count_interval_s"], body["transmit_hz"]) == (60.0, 7.167e9)
    # each count interval began and ended in lock
    assert [one["received_ns"] for one in body["points"]] == [
        after(at).tai_ns for at in (660, 960, 1320, 1980)
    ]
    assert body["points"][0]["round_trip_s"] == 1_660.0
    assert body["points"][0]["receive_hz"] == 8.42e9 + 660
