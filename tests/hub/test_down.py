"""Frames of all antennas to Yamcs: once each, none lost, in spite of UDP, antennas and crashes."""

from __future__ import annotations

from pathlib import Path

from groundsys.hub import FrameHub, read_journal
from groundsys.values.messages import Message, Step
from tests.hub.conftest import HubMaker
from tests.hub.ground import FRAME_NS, START, Craft, FakeYamcs, frames_message, readable, timed


def say(hub: FrameHub, *messages: Message, after_s: float = 1.0) -> Step:
    return hub.advance(START.plus_seconds(after_s), messages)


def said(step: Step, kind: str) -> list[Message]:
    return [message for message in step.outbox if message.kind == kind]


def test_frames_reach_yamcs_and_the_desks_are_told(
    hub: FrameHub, yamcs: FakeYamcs, otv: Craft
) -> None:
    packets = [otv.packet(400) for _ in range(20)]
    frames = otv.frames("REALTIME", packets)
    step = say(hub, frames_message("usuda-64", "otv", timed(frames), corrected=3))
    assert yamcs.archive["otv"] == set(packets)
    [message] = said(step, "received")
    assert message.target == "desks"
    assert message.body["archived"] is True
    [channel] = message.body["channels"]
    assert channel == {
        "spacecraft": "otv",
        "virtual_channel": 0,
        "antenna": "usuda-64",
        "first_count": 0,
        "last_count": len(frames) - 1,
        "frames": len(frames),
        "missing": 0,
        "corrected": len(frames),
        "first_ert_ns": START.tai_ns,
        "last_ert_ns": START.tai_ns + (len(frames) - 1) * FRAME_NS,
    }
    assert step.wake_at is None
    assert said(say(hub), "received") == []


def test_missing_frames_are_counted(hub: FrameHub, otv: Craft) -> None:
    frames = timed(otv.frames("REALTIME", [otv.packet(400) for _ in range(20)]))
    del frames[2:5]
    [message] = said(say(hub, frames_message("usuda-64", "otv", frames)), "received")
    assert message.body["channels"][0]["missing"] == 3


def test_a_frame_received_by_two_antennas_is_given_once(
    hub: FrameHub, yamcs: FakeYamcs, otv: Craft
) -> None:
    frames = timed(otv.frames("RELAY", [otv.packet(900) for _ in range(30)]))
    later = [(ert_ns + 15_000_000, data) for ert_ns, data in frames]
    step = say(
        hub, frames_message("usuda-64", "otv", frames), frames_message("misasa-54", "otv", later)
    )
    assert yamcs.counts["otv"] == len(frames)
    assert sum(one["frames"] for one in said(step, "received")[0].body["channels"]) == len(frames)
    assert said(say(hub, frames_message("misasa-54", "otv", later)), "received") == []
    assert yamcs.counts["otv"] == len(frames)


def test_what_one_antenna_missed_another_fills_in_later(
    hub: FrameHub, yamcs: FakeYamcs, otv: Craft
) -> None:
    packets = [otv.packet(900) for _ in range(30)]
    frames = timed(otv.frames("RELAY", packets))
    say(hub, frames_message("usuda-64", "otv", [*frames[:7], *frames[11:20]]))
    assert yamcs.archive["otv"] < set(packets)
    say(hub, frames_message("misasa-54", "otv", frames[6:12]))
    say(hub, frames_message("usuda-64", "otv", frames[20:]))
    assert yamcs.archive["otv"] == set(packets)


def test_a_gap_longer_than_a_turn_of_the_count_is_widened_when_it_fills(
    hub: FrameHub, yamcs: FakeYamcs, otv: Craft
) -> None:
    packets = [otv.packet(900) for _ in range(600)]
    frames = timed(otv.frames("RELAY", packets))
    assert len(frames) > 400
    say(hub, frames_message("usuda-64", "otv", [*frames[:40], *frames[350:]]))
    say(hub, frames_message("misasa-54", "otv", frames[30:360]))
    assert yamcs.archive["otv"] == set(packets)


def test_what_udp_loses_is_replayed(hub: FrameHub, yamcs: FakeYamcs, otv: Craft) -> None:
    packets = [otv.packet(700) for _ in range(300)]
    frames = timed(otv.frames("PLAYBACK", packets))
    lost = {0, 3, 4, 60, 61, 62, 70, 140, 141}
    yamcs.loses = lambda arrival: arrival in lost
    step = say(hub, frames_message("usuda-64", "otv", frames))
    assert yamcs.archive["otv"] == set(packets)
    assert said(step, "received")[0].body["archived"]


def test_nothing_is_reported_before_yamcs_has_it(
    hub: FrameHub, yamcs: FakeYamcs, otv: Craft
) -> None:
    packets = [otv.packet(700) for _ in range(30)]
    frames = timed(otv.frames("PLAYBACK", packets))
    yamcs.loses = lambda _: True
    step = say(hub, frames_message("usuda-64", "otv", frames[:10]))
    assert said(step, "received") == []
    assert step.wake_at is not None
    step = say(hub, frames_message("usuda-64", "otv", frames[10:12]))
    assert said(step, "received") == []
    yamcs.loses = lambda _: False
    [message] = said(say(hub, frames_message("usuda-64", "otv", frames[12:])), "received")
    assert message.body["channels"][0]["frames"] == len(frames)
    assert yamcs.archive["otv"] == set(packets)


def test_yamcs_may_start_anew(hub: FrameHub, yamcs: FakeYamcs, otv: Craft) -> None:
    packets = [otv.packet(700) for _ in range(60)]
    frames = timed(otv.frames("PLAYBACK", packets))
    say(hub, frames_message("usuda-64", "otv", frames[:10]))
    yamcs.restart()
    say(hub, frames_message("usuda-64", "otv", frames[10:]))
    assert yamcs.archive["otv"] >= readable(data for _, data in frames[10:])
    assert len(set(packets) - yamcs.archive["otv"]) <= 1


def test_reports_reach_fop_1_in_the_order_of_time_and_never_again(
    hub: FrameHub, yamcs: FakeYamcs, otv: Craft
) -> None:
    live, stored = [otv.packet(700) for _ in range(30)], [otv.packet(700) for _ in range(30)]
    frames = []
    for index in range(30):  # the channels alternate
        frames += otv.frames("REALTIME", live[index : index + 1])
        frames += otv.frames("PLAYBACK", stored[index : index + 1])
        frames.append(otv.idle_frame())
    everything = timed(frames)
    yamcs.loses = lambda arrival: arrival in {5, 40}
    say(hub, frames_message("usuda-64", "otv", [*everything[:20], *everything[25:60]]))
    say(hub, frames_message("misasa-54", "otv", everything[18:30]))
    say(hub, frames_message("usuda-64", "otv", everything[60:]))
    reports = yamcs.reports["otv"]
    assert reports == sorted(reports)
    assert yamcs.archive["otv"] == {*live, *stored}


def test_a_new_hub_goes_on_where_the_killed_one_stood(
    make_hub: HubMaker, yamcs: FakeYamcs, otv: Craft, tmp_path: Path
) -> None:
    packets = [otv.packet(900) for _ in range(80)]
    frames = timed(otv.frames("RELAY", packets))
    hub = make_hub()
    say(hub, frames_message("usuda-64", "otv", frames[:20]))
    yamcs.loses = lambda _: True  # journaled, but never taken
    say(hub, frames_message("usuda-64", "otv", frames[20:33]))
    yamcs.loses = lambda _: False
    journal = tmp_path / "frames.journal"
    with journal.open("ab") as file:  # a record cut short by the kill
        file.write(b"\x00\x00\x10\x00half a record")
    assert [one.data for one in read_journal(journal)] == [data for _, data in frames[:33]]
    hub = make_hub()
    say(hub, frames_message("usuda-64", "otv", frames[33:]))
    assert yamcs.archive["otv"] == set(packets)
    step = say(hub, frames_message("misasa-54", "otv", frames[10:40]))
    assert said(step, "received") == []
    records = read_journal(journal)
    assert [one.data for one in records] == [data for _, data in frames]
    assert [one.count for one in records] == list(range(len(frames)))
    assert {one.antenna for one in records} == {"usuda-64"}


def test_octets_of_somebody_else_are_passed_over(
    hub: FrameHub, yamcs: FakeYamcs, cube: Craft, otv: Craft
) -> None:
    foreign = cube.frames("TELEMETRY", [cube.packet()])[0]
    good = otv.frames("REALTIME", [otv.packet()])
    frames = timed([foreign, b"nonsense", *good])
    [message] = said(say(hub, frames_message("usuda-64", "otv", frames)), "received")
    assert message.body["channels"][0]["frames"] == 1
