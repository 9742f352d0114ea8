"""The link machines between cube and OTV, under loss and duplication."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.values.errors import FrameError
from sims.craft.radio.proximity import (
    LARGEST_WINDOW,
    Outgoing,
    ProximityFrame,
    SequenceReceiver,
    SequenceSender,
    decode_proximity_frame,
    encode_proximity_frame,
)
from sims.craft.radio.relay import burst

_SECOND = 1_000_000_000
_ANSWER = 6 * _SECOND


@given(
    spacecraft_id=st.integers(0, 1023),
    port=st.sampled_from(["telemetry", "telecommand", "file"]),
    number=st.integers(0, 255),
    data=st.binary(min_size=0, max_size=2043),
)
def test_frame_round_trip(spacecraft_id: int, port: str, number: int, data: bytes) -> None:
    frame = ProximityFrame(spacecraft_id, port, number, data)  # type: ignore[arg-type]
    octets = encode_proximity_frame(frame)
    assert decode_proximity_frame(octets) == frame
    assert len(octets) == 5 + len(data)
    assert octets[0] >> 6 == 0b10  # transfer frame version number of version 3


def test_frame_of_another_kind_is_refused() -> None:
    octets = encode_proximity_frame(ProximityFrame(418, "file", 3, b"abc"))
    with pytest.raises(FrameError, match="wrong length"):
        decode_proximity_frame(octets + b"x")
    with pytest.raises(FrameError, match="not a Proximity-1 frame"):
        decode_proximity_frame(b"\x00" + octets[1:])
    with pytest.raises(FrameError, match="too long"):
        encode_proximity_frame(ProximityFrame(418, "file", 3, bytes(2044)))


#: what becomes of one burst and of its answer: lost, arriving, arriving twice
_FATE = st.sampled_from([0, 1, 1, 1, 2])


@given(
    count=st.integers(0, 400),
    window=st.integers(1, LARGEST_WINDOW),
    frame_fates=st.lists(_FATE, min_size=1, max_size=60),
    answer_fates=st.lists(_FATE, min_size=1, max_size=60),
    breaks=st.sets(st.integers(1, 60), max_size=4),
)
def test_everything_arrives_once_and_in_order(
    count: int,
    window: int,
    frame_fates: list[int],
    answer_fates: list[int],
    breaks: set[int],
) -> None:
    sender = SequenceSender(answer_time_ns=_ANSWER, window=window)
    receiver = SequenceReceiver()
    sent = [index.to_bytes(2, "big") for index in range(count)]
    for data in sent:
        sender.offer(Outgoing("file", data))
    received: list[bytes] = []
    answers: list[tuple[int, int, bool]] = []
    now, step, fate = 0, 0, 0
    while sender.waiting:
        step += 1
        now += _SECOND
        assert step < 40_000
        for due, expected, repeat in [item for item in answers if item[0] <= now]:
            sender.acknowledge(expected, repeat=repeat, now_ns=now)
            answers.remove((due, expected, repeat))
        if step in breaks:  # a session breaks off: answers under way are lost
            answers.clear()
            sender.restart()
        reliable = step > 300
        for _ in range(50):
            transmission = sender.send_next(now)
            if transmission is None:
                break
            fate += 1
            copies = 1 if reliable else frame_fates[fate % len(frame_fates)]
            for _ in range(copies):
                if receiver.accept(transmission.number):
                    received.append(transmission.content.data)
        copies = 1 if reliable else answer_fates[step % len(answer_fates)]
        answers += [(now + 3 * _SECOND, receiver.next_expected, receiver.repeat)] * copies
    assert received == sent


def test_repeat_is_asked_for_once_a_round_trip() -> None:
    sender = SequenceSender(answer_time_ns=_ANSWER)
    for index in range(10):
        sender.offer(Outgoing("file", bytes((index,))))
    for _ in range(10):
        sender.send_next(_SECOND)
    assert sender.acknowledge(3, repeat=True, now_ns=2 * _SECOND) == 3
    again = sender.send_next(2 * _SECOND)
    assert again is not None
    assert (again.number, again.repeated) == (3, True)
    sender.acknowledge(3, repeat=True, now_ns=3 * _SECOND)  # speaks of what was sent before
    following = sender.send_next(3 * _SECOND)
    assert following is not None
    assert following.number == 4


def test_report_beyond_what_was_sent_is_left_aside() -> None:
    sender = SequenceSender(answer_time_ns=_ANSWER)
    sender.offer(Outgoing("file", b"x"))
    sender.send_next(0)
    assert sender.acknowledge(9, repeat=False, now_ns=_SECOND) == 0
    assert sender.waiting == 1


def test_time_report_is_renewed_each_time_it_leaves() -> None:
    sender = SequenceSender(answer_time_ns=_ANSWER)
    sender.offer(Outgoing("telemetry", b"", renew=lambda start_ns: start_ns.to_bytes(8, "big")))
    first, end_ns = burst(sender, 418, 0, _SECOND, 8_000)
    assert end_ns == 13_000_000  # 13 octets at 8 kbit/s
    assert first[0]["before_end_ns"] == 13_000_000
    again, _ = burst(sender, 418, 10 * _SECOND, 11 * _SECOND, 8_000)
    assert decode_proximity_frame(again[0]["data"]).data == (10 * _SECOND).to_bytes(8, "big")


def test_burst_fills_its_second_and_no_more() -> None:
    sender = SequenceSender(answer_time_ns=_ANSWER)
    for _ in range(100):
        sender.offer(Outgoing("telemetry", bytes(1019)))
    frames, end_ns = burst(sender, 418, 0, _SECOND, 128_000)
    assert len(frames) == 16  # 1024 octets at 128 kbit/s are 64 ms
    assert end_ns == 16 * 64_000_000
    assert [frame["before_end_ns"] // 64_000_000 for frame in frames] == list(range(16, 0, -1))
