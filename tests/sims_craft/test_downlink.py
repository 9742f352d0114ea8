"""The OTV's frames: priorities, time reports, the end of a lock; recorder and faults."""

from __future__ import annotations

from collections import defaultdict

import pytest

from groundsys.ccsds.space_packets import TmPacket, decode_tm_packet, encode_tm_packet
from groundsys.ccsds.tm_frames import PacketExtractor, decode_tm_frame, first_packet
from groundsys.mission.model import Mission
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from sims.craft.computer.faults import faults_of
from sims.craft.computer.packets import Packet
from sims.craft.computer.recorder import Recorder
from sims.craft.radio.downlink import Downlink, SentFrame
from sims.faults import one_holds

_SECOND = 1_000_000_000
_OCF = bytes(4)


def _packet(apid: int, count: int, size: int = 300, *, service: int = 3) -> Packet:
    octets = encode_tm_packet(TmPacket(apid, count, service, 25, 0, bytes(size)))
    return Packet(apid, count, 0, 0, octets)


def _report(start_ns: int) -> Packet:
    data = start_ns.to_bytes(7, "big")
    return Packet(1, 99, 0, 0, encode_tm_packet(TmPacket(1, 99, 9, 2, 0, data)))


def _counts(sent: list[SentFrame]) -> list[tuple[int, int, int]]:
    """Virtual channel, APID and count of each packet in the order in which frames complete it."""
    extractors: dict[int, PacketExtractor] = defaultdict(PacketExtractor)
    return [
        (item.channel, packet.apid, packet.sequence_count)
        for item in sent
        for octets in extractors[item.channel].feed(decode_tm_frame(item.frame))
        for packet in [decode_tm_packet(octets)]
    ]


@pytest.fixture
def downlink(mission: Mission) -> Downlink:
    return Downlink(mission.spacecraft["otv"].framing, 64_000.0)


def test_cadu_is_what_the_coding_makes_of_a_frame(downlink: Downlink) -> None:
    assert downlink.cadu_bits == 8 * 1279
    assert downlink.frame_ns == pytest.approx(159_875_000)


def test_capsules_go_before_all_that_is_stored_by_priority_and_nobody_waits_for_ever(
    downlink: Downlink,
) -> None:
    """Frames of one packet: a second of priority 3, then a steady stream of priority 1."""
    for count in range(4):
        downlink.queue("RELAY", _packet(3, count, 1000))
        downlink.queue("PLAYBACK", _packet(1, count, 1000))
    downlink.queue("REALTIME", _packet(1, 50, 1000))
    downlink.queue_live(_packet(2, 30, 1000), 3, 0)
    for second in range(10):
        downlink.queue_live(_packet(2, second, 1000), 1, second * _SECOND)
    order = _counts(downlink.compose(0, 100 * _SECOND, _OCF, _report))
    assert order[0][1:] == (1, 50)
    live = [count for _, apid, count in order if apid == 2]
    assert [apid for _, apid, _ in order[1:12]] == [2] * 11
    # what is due after 6 s overtakes what came 5 s later and is due after 2 s
    assert live == [0, 1, 2, 3, 30, 4, 5, 6, 7, 8, 9]
    assert downlink.packets_waiting == 0


def test_urgent_channels_go_first_and_frames_follow_each_other(downlink: Downlink) -> None:
    for count in range(4):
        downlink.queue("RELAY", _packet(3, count, 1000))
        downlink.queue("PLAYBACK", _packet(1, count))
    downlink.queue("REPLAY", _packet(1, 77))
    downlink.queue("REALTIME", _packet(1, 10))
    sent = downlink.compose(0, 100 * _SECOND, _OCF, _report)
    assert _counts(sent) == [
        (0, 1, 10),
        (3, 1, 77),
        *((1, 1, count) for count in range(4)),
        *((2, 3, count) for count in range(4)),
    ]
    starts = [item.start_ns for item in sent]
    assert starts == [index * downlink.frame_ns for index in range(len(sent))]
    masters = [decode_tm_frame(item.frame).master_channel_count for item in sent]
    assert masters == list(range(len(sent)))
    assert not downlink.has_work


def test_time_report_starts_its_frame_and_tells_when(downlink: Downlink) -> None:
    downlink.queue("REALTIME", _packet(1, 10, 2000))
    downlink.compose(0, downlink.frame_ns, _OCF, _report)  # a packet is half sent
    downlink.report_wanted = True
    sent = downlink.compose(downlink.frame_ns, 100 * _SECOND, _OCF, _report)
    reports = [
        (item.start_ns, decode_tm_packet(packet))
        for item in sent
        if (packet := first_packet(decode_tm_frame(item.frame))) is not None
        and decode_tm_packet(packet).service == 9
    ]
    assert len(reports) == 1
    start_ns, report = reports[0]
    assert int.from_bytes(report.data, "big") == start_ns


def test_lost_lock_completes_what_was_begun_and_keeps_the_rest(downlink: Downlink) -> None:
    for count in range(10):
        downlink.queue("REALTIME", _packet(1, count, 900))
    sent = downlink.compose(0, 3 * downlink.frame_ns, _OCF, _report)
    assert len(sent) == 3
    sent += downlink.finish(3 * downlink.frame_ns, _OCF)
    done = [count for _, _, count in _counts(sent)]
    assert done == list(range(len(done)))
    waiting = {(packet.apid, packet.count) for packet in downlink.waits("PLAYBACK")}
    assert waiting == {(1, count) for count in range(len(done), 10)}
    later = downlink.compose(100 * _SECOND, 200 * _SECOND, _OCF, _report)
    assert [count for _, _, count in _counts(later)] == list(range(len(done), 10))


def test_recorder_finds_all_that_it_holds_and_forgets_the_oldest() -> None:
    first, again = _packet(1, 16383), _packet(1, 16383)
    recorder = Recorder(5 * len(first.data))
    oldest = _packet(1, 16382)
    for packet in (oldest, first, _packet(1, 0), _packet(1, 1), again):
        recorder.store(packet)
    assert [packet.count for packet in recorder.find(1, 16383, 0)] == [16383, 16383, 0]
    assert recorder.find(1, 16383, 16383) == [first, again]
    assert first in recorder
    for count in (2, 3):
        recorder.store(_packet(1, count))
    assert [packet.count for packet in recorder.find(1, 16382, 1)] == [16383, 0, 1]
    assert recorder.find(1, 16383, 16383) == [again]
    assert oldest not in recorder
    assert recorder.fill_percent == 100.0


def test_faults_belong_to_their_craft() -> None:
    entries = (
        {"fault": "drop_file", "spacecraft": "cube-polar", "sequence": 3},
        {"fault": "silent_cube", "spacecraft": "cube-tharsis"},
        {"fault": "deaf_antenna", "antenna": "usuda-64"},
        {"fault": "reset_counts"},
    )
    start = Instant(7_000)
    polar, tharsis = (faults_of(cube, entries, start) for cube in ("cube-polar", "cube-tharsis"))
    assert polar.drop_file == {3}
    assert not polar.silent
    assert one_holds(tharsis.silent, start.tai_ns)
    assert not tharsis.drop_file
    assert polar.reset_counts_ns == tharsis.reset_counts_ns == (start.tai_ns,)
    with pytest.raises(DefinitionError, match="has no name"):
        faults_of("otv", ({"spacecraft": "otv"},), start)
