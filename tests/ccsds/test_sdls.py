"""SDLS on the telecommand channel: NIST's vectors, round trips, forgeries, replays, key changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds import sdls
from groundsys.ccsds.sdls import (
    KEY_LENGTH,
    MAC_LENGTH,
    OVERHEAD,
    OpenedFrame,
    ReceiverState,
    ReplayWindow,
    SecurityAssociation,
    activate,
    open_frame,
    process,
    protect,
    receiver,
)
from groundsys.ccsds.tc_frames import (
    TcFrame,
    decode_tc_frame,
    encode_tc_frame,
    set_v_r_frame,
    unlock_frame,
)
from groundsys.mission.spacecraft import keys
from groundsys.mission.spacecraft.link_model import LinkSecurity
from groundsys.values.errors import FrameError

ONE = SecurityAssociation(1, bytes(range(32)))
TWO = SecurityAssociation(2, bytes(range(32, 64)))
BOTH = {1: ONE, 2: TWO}

frames = st.builds(
    TcFrame,
    spacecraft_id=st.integers(0, 1023),
    virtual_channel=st.integers(0, 63),
    sequence_number=st.integers(0, 255),
    bypass=st.booleans(),
    control_command=st.just(False),
    data=st.binary(min_size=1, max_size=1017 - OVERHEAD),
)
numbers = st.integers(1, 2**96 - 1)


def frame(data: bytes = b"packet", number: int = 0) -> TcFrame:
    return TcFrame(417, 0, number, False, False, data)


def fresh(window: int = 64) -> ReceiverState:
    return receiver(BOTH, active=1, window=window)


def verdicts(state: ReceiverState, sent: Sequence[TcFrame]) -> list[str]:
    """What becomes of frames, one after the other."""
    found = []
    for one in sent:
        state, result = process(state, one)
        found.append("opened" if isinstance(result, TcFrame) else result)
    return found


def test_the_mission_knows_what_security_costs() -> None:
    assert LinkSecurity.OVERHEAD == OVERHEAD
    assert keys.KEY_LENGTH == KEY_LENGTH


#: key, IV, plaintext, what is authenticated besides, ciphertext and tag: test cases 14 to 16 of the
#: specification of GCM that NIST published, and two of its CAVP (gcmEncryptExtIV256.rsp)
_KEY = "feffe9928665731c6d6a8f9467308308" * 2
_PLAIN = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
_CIPHER = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)
NIST = [
    ("00" * 32, "00" * 12, "00" * 16, "", "cea7403d4d606b6e074ec5d3baf39d18",
     "d0d1c8a799996bf0265b98b5d48ab919"),
    (_KEY, "cafebabefacedbaddecaf888", _PLAIN, "", _CIPHER, "b094dac5d93471bdec1a502270e3cc6c"),
    (_KEY, "cafebabefacedbaddecaf888", _PLAIN[:120], "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     _CIPHER[:120], "76fc6ece0f4e1768cddf8853bb2d551b"),
    ("b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
     "516c33929df5a3284ff463d7", "", "", "", "bdc1ac884d332457a1d2664f168c76f0"),
    ("31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
     "0d18e06c7c725ac9e362e1ce", "2db5168e932556f8089a0622981d017d", "",
     "fa4362189661d163fcd6a56d8bf0405a", "d636ac1bbedd5cc3ee727dc2ab4a9489"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "iv", "plain", "besides", "cipher", "tag"), NIST)
def test_nist_s_vectors_through_the_same_call(
    key: str,
    iv: str,
    plain: str,
    besides: str,
    cipher: str,
    tag: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sdls, "_authenticated", lambda frame, spi: bytes.fromhex(besides))
    association = SecurityAssociation(7, bytes.fromhex(key))
    sent = protect(association, frame(bytes.fromhex(plain)), int(iv, 16))
    assert sent.data.hex() == "0007" + iv + cipher + tag
    if plain:
        assert open_frame({7: association}, sent).frame.data.hex() == plain


#: a PING of Yamcs 5.12.8 to the OTV in a BD frame, under the key 00 01 … 1f and SPI 1
YAMCS_FRAME = bytes.fromhex(
    "21a100320000010000000000000000000000010dd77ffd44f31f0f0f2e5139d013084abf64f614ac357479f6ac865e2270a141"
)


def test_a_frame_of_yamcs_is_what_ours_would_be() -> None:
    received = decode_tc_frame(YAMCS_FRAME)
    opened = open_frame(BOTH, received)
    assert (opened.spi, opened.number) == (1, 1)
    assert opened.frame.data.hex() == "1801c00100072f11010000003cb5"
    assert encode_tc_frame(protect(ONE, opened.frame, 1)) == YAMCS_FRAME


@given(plain=frames, number=numbers)
def test_what_is_protected_is_opened_again(plain: TcFrame, number: int) -> None:
    sent = protect(TWO, plain, number)
    assert len(sent.data) == len(plain.data) + OVERHEAD
    received = decode_tc_frame(encode_tc_frame(sent))
    assert open_frame(BOTH, received) == OpenedFrame(2, number, plain)
    state = replace(fresh(), active=2)
    after, result = process(state, received)
    assert result == plain
    assert process(after, received) == (after, "replayed")


@given(plain=frames, number=numbers, data=st.data())
def test_every_changed_bit_is_refused(plain: TcFrame, number: int, data: st.DataObject) -> None:
    """By the CRC as it is; with the CRC made right, unless the bit is authenticated by nothing."""
    octets = bytearray(encode_tc_frame(protect(ONE, plain, number)))
    bit = data.draw(st.integers(0, 8 * len(octets) - 1))
    octets[bit // 8] ^= 0x80 >> bit % 8
    with pytest.raises(FrameError):
        decode_tc_frame(bytes(octets))
    sent = protect(ONE, plain, number)
    bit = data.draw(st.integers(0, 8 * len(sent.data) - 1))
    changed = bytearray(sent.data)
    changed[bit // 8] ^= 0x80 >> bit % 8
    state, result = process(fresh(), replace(sent, data=bytes(changed)))
    assert state == fresh()
    assert result == ("invalid_spi" if bit < 16 else "invalid_mac")


def test_a_frame_for_another_channel_is_refused() -> None:
    sent = replace(protect(ONE, frame(), 1), virtual_channel=1)
    assert process(fresh(), sent) == (fresh(), "invalid_mac")


def test_a_recording_with_another_header_is_a_replay() -> None:
    """Flags, N(S) and spacecraft are authenticated by nothing: the IV alone tells."""
    sent = protect(ONE, frame(number=7), 1)
    state, _ = process(fresh(), sent)
    for other in (
        replace(sent, sequence_number=8),
        replace(sent, bypass=True),
        replace(sent, spacecraft_id=1),
    ):
        assert process(state, other) == (state, "replayed")


def test_frames_in_clear_and_cut_frames_are_refused() -> None:
    packet = bytes.fromhex("1801c00100072f11010000003cb5")
    assert process(fresh(), frame(packet)) == (fresh(), "invalid_spi")
    for length in range(1, OVERHEAD + 1):
        cut = frame(protect(ONE, frame(), 1).data[:length])
        assert process(fresh(), cut)[1] in ("invalid_spi", "invalid_mac")
    lucky = frame(b"\x00\x01" + packet * 4)
    assert process(fresh(), lucky) == (fresh(), "invalid_mac")


def test_control_commands_pass_and_are_never_protected() -> None:
    for control in (unlock_frame(417, 0), set_v_r_frame(417, 0, 9)):
        assert process(fresh(), control) == (fresh(), control)
        with pytest.raises(FrameError):
            protect(ONE, control, 1)


@given(st.integers(1, 80), st.lists(st.integers(0, 300), max_size=60))
def test_the_window_is_the_set_of_what_was_seen(width: int, sent: list[int]) -> None:
    """Against a memory without end: new is what was not seen and is less than `width` behind."""
    window, seen = ReplayWindow(width), {0}
    for number in sent:
        new = number not in seen and number > max(seen) - width
        after = window.accept(number)
        assert (after is not None) == new
        if after is not None:
            window = after
            seen.add(number)


def test_the_windows_edges() -> None:
    at = {number: protect(ONE, frame(), number) for number in (36, 37, 100, 101, 2**96 - 1)}
    state, _ = process(fresh(window=64), at[100])
    assert verdicts(state, [at[36], at[37], at[37], at[101], at[37]]) == [
        "replayed", "opened", "replayed", "opened", "replayed",
    ]  # fmt: skip
    assert verdicts(state, [at[2**96 - 1], at[101], at[2**96 - 1]]) == [
        "opened", "replayed", "replayed",
    ]  # fmt: skip
    strict, _ = process(fresh(window=1), at[100])
    assert verdicts(strict, [at[37], at[100], at[101]]) == ["replayed", "replayed", "opened"]


def test_a_retransmission_has_an_iv_of_its_own_and_a_recording_has_not() -> None:
    lost, later = protect(ONE, frame(number=1), 1), protect(ONE, frame(number=2), 2)
    again, later_again = protect(ONE, frame(number=1), 3), protect(ONE, frame(number=2), 4)
    heard = [later, again, later_again]
    assert verdicts(fresh(), heard) == ["opened"] * 3
    assert verdicts(fresh(window=1), [*heard, lost]) == [*["opened"] * 3, "replayed"]


def test_the_key_before_is_good_until_the_first_frame_under_the_new_one() -> None:
    old = [protect(ONE, frame(), number) for number in (1, 2, 3)]
    new = [protect(TWO, frame(), number) for number in (1, 2)]
    assert verdicts(fresh(), [new[0], old[0]]) == ["invalid_spi", "opened"]
    changed = activate(fresh(), 2)
    assert verdicts(changed, [old[0], new[0], old[1], new[1]]) == [
        "opened", "opened", "invalid_spi", "opened",
    ]  # fmt: skip
    # a forged frame under the new index ends nothing
    forged = replace(new[0], data=new[0].data[:-1] + b"?")
    assert verdicts(changed, [forged, old[0]]) == ["invalid_mac", "opened"]
    with pytest.raises(KeyError):
        activate(fresh(), 3)


def test_a_key_that_comes_back_has_forgotten_nothing() -> None:
    state, _ = process(fresh(), protect(ONE, frame(), 1))
    state, _ = process(activate(state, 2), protect(TWO, frame(), 1))
    state = activate(activate(state, 2), 1)
    assert verdicts(state, [protect(ONE, frame(), 1), protect(ONE, frame(), 2)]) == [
        "replayed", "opened",
    ]  # fmt: skip


@pytest.mark.parametrize("spi", [0, 0xFFFF, -1])
def test_reserved_indices_are_refused(spi: int) -> None:
    with pytest.raises(ValueError, match="SPI"):
        SecurityAssociation(spi, bytes(32))


def test_a_key_is_32_octets_and_never_shown() -> None:
    with pytest.raises(ValueError, match="octets"):
        SecurityAssociation(1, bytes(16))
    assert ONE.key.hex() not in repr(ONE)
    assert repr(ONE.key) not in repr(fresh())
    assert MAC_LENGTH == 16
