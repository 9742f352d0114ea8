"""CLTUs and TC frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.cltu import START_SEQUENCE, TAIL_SEQUENCE, decode_cltu, encode_cltu
from groundsys.ccsds.tc_frames import (
    TcFrame,
    decode_tc_frame,
    encode_tc_frame,
    is_unlock,
    set_v_r_frame,
    unlock_frame,
    v_r_to_set,
)
from groundsys.values.errors import FrameError

#: a frame and its CLTU as Yamcs' and SpacePyLibrary's own tests have them
KNOWN_FRAME = bytes.fromhex(
    "22F600230082000F001DFF000000000F001EFF000000000F001FFF000000000FAC8F0068"
)
KNOWN_CLTU = bytes.fromhex(
    "EB9022F6002300820024" + "0F001DFF00000034" + "000F001EFF000010"
    "00000F001FFF00D8" + "0000000FAC8F0090" + "6855555555555506" + "C5C5C5C5C5C5C579"
)

tc_frames = st.builds(
    TcFrame,
    spacecraft_id=st.integers(0, 1023),
    virtual_channel=st.integers(0, 63),
    sequence_number=st.integers(0, 255),
    bypass=st.booleans(),
    control_command=st.just(False),
    data=st.binary(min_size=1, max_size=1017),
)


def test_known_cltu() -> None:
    assert encode_cltu(KNOWN_FRAME) == KNOWN_CLTU
    assert decode_cltu(KNOWN_CLTU) == KNOWN_FRAME


@given(tc_frames)
def test_frames_come_back_through_cltus(frame: TcFrame) -> None:
    assert decode_tc_frame(decode_cltu(encode_cltu(encode_tc_frame(frame)))) == frame


@given(tc_frames, st.data())
def test_one_wrong_bit_a_codeblock_and_in_the_start_is_corrected(
    frame: TcFrame, data: st.DataObject
) -> None:
    cltu = bytearray(encode_cltu(encode_tc_frame(frame)))
    start_bit = data.draw(st.integers(0, 15))
    cltu[start_bit // 8] ^= 0x80 >> start_bit % 8
    for block in range(2, len(cltu) - len(TAIL_SEQUENCE), 8):
        bit = data.draw(st.integers(0, 63))  # the filler bit too: it is not looked at
        cltu[block + bit // 8] ^= 0x80 >> bit % 8
    assert decode_cltu(bytes(cltu)) == encode_tc_frame(frame)


@given(st.integers(0, 62), st.integers(0, 62), st.integers(0, 5))
def test_two_wrong_bits_in_a_codeblock_lose_the_frame(one: int, other: int, block: int) -> None:
    if one == other:
        return
    cltu = bytearray(KNOWN_CLTU)
    for bit in (one, other):
        cltu[2 + 8 * block + bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(FrameError):
        decode_cltu(bytes(cltu))


@pytest.mark.parametrize(
    "octets", [b"", START_SEQUENCE, TAIL_SEQUENCE, START_SEQUENCE + TAIL_SEQUENCE, bytes(40)]
)
def test_what_is_no_cltu_is_refused(octets: bytes) -> None:
    with pytest.raises(FrameError):
        decode_cltu(octets)


def test_unlock_and_set_v_r_are_as_the_standard_has_them() -> None:
    unlock, set_v_r = unlock_frame(417, 0), set_v_r_frame(417, 0, 77)
    assert encode_tc_frame(unlock)[:6].hex() == "31a100070000"
    assert encode_tc_frame(set_v_r)[:8].hex() == "31a100090082004d"
    assert is_unlock(unlock)
    assert not is_unlock(set_v_r)
    assert (v_r_to_set(unlock), v_r_to_set(set_v_r)) == (None, 77)
    assert (unlock.kind, TcFrame(1, 0, 0, True, False, b"x").kind) == ("BC", "BD")


@given(tc_frames, st.data())
def test_a_harmed_frame_is_refused(frame: TcFrame, data: st.DataObject) -> None:
    octets = bytearray(encode_tc_frame(frame))
    bit = data.draw(st.integers(0, len(octets) * 8 - 1))
    octets[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(FrameError):
        decode_tc_frame(bytes(octets))


@pytest.mark.parametrize(
    "frame",
    [
        TcFrame(1024, 0, 0, False, False, b"x"),
        TcFrame(1, 64, 0, False, False, b"x"),
        TcFrame(1, 0, 0, False, False, b""),
        TcFrame(1, 0, 0, False, False, bytes(1018)),
    ],
)
def test_a_frame_that_cannot_be_is_refused(frame: TcFrame) -> None:
    with pytest.raises(FrameError):
        encode_tc_frame(frame)
