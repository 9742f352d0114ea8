"""Cubes' frames out of the relay's packets, each once, and the couples that tell their clocks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundsys.ccsds.cuc import join_sclk, split_sclk
from groundsys.hub import read_journal
from tests.hub.conftest import HubMaker
from tests.hub.ground import START, Craft, FakeYamcs, frames_message, timed
from tests.hub.test_down import said, say

SESSION_SCLK_NS = 51_926_400 * 10**9


def relayed(otv: Craft, name: str, frames: Sequence[bytes], scid: int = 418) -> list[bytes]:
    """The relay's packets with these frames, 60 ms apart by its clock."""
    packets = []
    for index, frame in enumerate(frames):
        seconds, fraction = split_sclk(SESSION_SCLK_NS + index * 60_000_000)
        packets.append(
            otv.named_packet(
                name,
                relay_spacecraft_id=scid,
                relay_reception_sclk_s=seconds,
                relay_reception_sclk_fraction=fraction,
                relay_frame_length=len(frame),
                relay_frame=frame,
            )
        )
    return packets


def test_frames_of_a_cube_reach_its_own_instance_once_whatever_was_lost_and_repeated(
    make_hub: HubMaker, yamcs: FakeYamcs, otv: Craft, cube: Craft, tmp_path: Path
) -> None:
    packets = [cube.packet(333) for _ in range(90)]
    cube_frames = cube.frames("TELEMETRY", packets)
    carriers = relayed(otv, "RELAY_TELEMETRY", cube_frames)
    frames = timed(otv.frames("RELAY", carriers))
    hub = make_hub()
    received = frames[:9] + frames[12:21]
    step = say(hub, frames_message("usuda-64", "otv", received))
    [message] = said(step, "received")
    channel = next(one for one in message.body["channels"] if one["spacecraft"] == "cube-polar")
    assert (channel["virtual_channel"], channel["first_count"]) == (0, 0)
    assert channel["antenna"] == "usuda-64"
    assert channel["frames"] < len(cube_frames)
    assert channel["missing"] > 0
    assert yamcs.archive["cube-polar"] < set(packets)
    hub = make_hub()  # a kill in between changes nothing
    say(hub, frames_message("usuda-64", "otv", frames[21:]))
    again = timed(otv.frames("REPLAY", carriers[5:16]), 10**12)
    say(hub, frames_message("dss-43", "otv", again))
    assert yamcs.archive["cube-polar"] == set(packets)
    lifted = [
        one for one in read_journal(tmp_path / "frames.journal") if one.spacecraft == "cube-polar"
    ]
    assert sorted(one.data for one in lifted) == sorted(cube_frames)
    assert yamcs.archive["cube-tharsis"] == set()


def test_a_cube_nobody_knows_is_left_alone(make_hub: HubMaker, otv: Craft, cube: Craft) -> None:
    carriers = relayed(otv, "RELAY_FILES", cube.frames("FILES", [cube.packet()]), scid=77)
    [message] = said(
        say(make_hub(), frames_message("usuda-64", "otv", timed(otv.frames("RELAY", carriers)))),
        "received",
    )
    assert [one["spacecraft"] for one in message.body["channels"]] == ["otv"]


def test_time_reports_are_coupled_with_the_receive_time_of_their_frame(
    make_hub: HubMaker, otv: Craft, cube: Craft
) -> None:
    seconds, fraction = split_sclk(123_456_789_012_345_678)
    report = {"time_report_sclk_s": seconds, "time_report_sclk_fraction": fraction}
    first = otv.frames("REALTIME", [otv.packet(900), otv.packet(900)])
    mine = otv.frames("REALTIME", [otv.named_packet("TIME_REPORT", **report)])
    of_cube = cube.frames("TELEMETRY", [cube.named_packet("TIME_REPORT", **report)])
    carried = otv.frames("RELAY", relayed(otv, "RELAY_TELEMETRY", of_cube))
    frames = timed([*first, *mine, *carried])
    step = say(make_hub(), frames_message("usuda-64", "otv", frames))
    [message] = said(step, "time_couples")
    direct, indirect = message.body["couples"]
    sclk_s = join_sclk(seconds, fraction) / 10**9
    assert direct == {
        "spacecraft": "otv",
        "sclk_s": sclk_s,
        "reference_ns": START.tai_ns + frames[len(first)][0],
        "reference": "ert",
        "antenna": "usuda-64",
    }
    assert indirect["spacecraft"] == "cube-polar"
    assert indirect["sclk_s"] == sclk_s
    assert indirect["reference"] == "otv_sclk"
    assert abs(indirect["reference_ns"] - SESSION_SCLK_NS) < 100


def test_pieces_of_files_are_told_with_when_they_were_where(
    make_hub: HubMaker, otv: Craft, cube: Craft
) -> None:
    pieces = [cube.named_packet("CFDP_PDU", pdu_length=900, pdu=bytes(900)) for _ in range(4)]
    cube_frames = cube.frames("FILES", [*pieces, cube.packet(700)])
    carriers = relayed(otv, "RELAY_FILES", cube_frames)
    frames = timed(otv.frames("RELAY", carriers))
    step = say(make_hub(), frames_message("usuda-64", "otv", frames))
    [message] = said(step, "file_arrivals")
    told = message.body["packets"]
    assert [(one[0], one[1], one[4]) for one in told] == [
        ("cube-polar", int.from_bytes(piece[2:4], "big") & 0x3FFF, "usuda-64") for piece in pieces
    ]
    received = [one[2] for one in told]
    at_relay = [one[3] for one in told]
    assert received == sorted(received)
    assert set(received) <= {START.tai_ns + at for at, *_ in frames}
    # a piece is there with the frame in which it ends, and frames were 60 ms apart
    assert at_relay == sorted(at_relay)
    steps = [round((one - SESSION_SCLK_NS) / 60_000_000, 5) for one in at_relay]
    assert all(step == int(step) >= 0 for step in steps)
    assert int(steps[-1]) < len(cube_frames)


def test_a_time_report_that_a_recorder_plays_back_tells_no_time(
    make_hub: HubMaker, otv: Craft
) -> None:
    seconds, fraction = split_sclk(123_456_789_012_345_678)
    report = {"time_report_sclk_s": seconds, "time_report_sclk_fraction": fraction}
    for channel in ("PLAYBACK", "REPLAY"):
        frames = timed(otv.frames(channel, [otv.named_packet("TIME_REPORT", **report)]))
        assert (
            said(say(make_hub(), frames_message("usuda-64", "otv", frames)), "time_couples") == []
        )
