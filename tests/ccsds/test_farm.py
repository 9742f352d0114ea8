"""FARM-1 against the clauses of CCSDS 232.1-B-2, and its report."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from groundsys.ccsds.clcw import Clcw, decode_clcw, encode_clcw
from groundsys.ccsds.farm import FarmState, advance_farm, release_buffer, report
from groundsys.ccsds.tc_frames import TcFrame, set_v_r_frame, unlock_frame
from groundsys.values.errors import FrameError


def ad(number: int) -> TcFrame:
    return TcFrame(417, 0, number % 256, False, False, b"data")


def bd() -> TcFrame:
    return TcFrame(417, 0, 0, True, False, b"data")


UNLOCK = unlock_frame(417, 0)
NOT_A_CONTROL_COMMAND = TcFrame(417, 0, 0, True, True, b"\x17")

states = st.builds(
    FarmState,
    virtual_channel=st.just(0),
    expected=st.integers(0, 255),
    window=st.integers(1, 127).map(lambda half: 2 * half),
    lockout=st.booleans(),
    wait=st.booleans(),
    retransmit=st.booleans(),
    farm_b_counter=st.integers(0, 3),
)
open_states = states.map(lambda state: replace(state, lockout=False, wait=False))


@given(open_states)
def test_e1_the_expected_frame_is_accepted(state: FarmState) -> None:
    after, accepted = advance_farm(state, ad(state.expected))
    assert accepted
    assert after == replace(state, expected=(state.expected + 1) % 256, retransmit=False)


@given(open_states)
def test_e2_without_room_it_waits_until_there_is(state: FarmState) -> None:
    after, accepted = advance_farm(state, ad(state.expected), buffer_available=False)
    assert not accepted
    assert after == replace(state, wait=True, retransmit=True)
    assert after.state == "wait"
    assert not advance_farm(after, ad(state.expected))[1]
    released = release_buffer(after)
    assert released.state == "open"
    assert released.retransmit
    assert advance_farm(released, ad(state.expected))[1]


@given(open_states, st.integers(0, 255))
def test_e3_to_e5_other_numbers_by_window(state: FarmState, number: int) -> None:
    ahead = (number - state.expected) % 256
    after, accepted = advance_farm(state, ad(number))
    half = state.window // 2
    if ahead == 0:
        return
    assert not accepted
    if ahead <= half - 1:  # positive window: something is missing
        assert after == replace(state, retransmit=True)
    elif ahead >= 256 - half:  # negative window: seen before
        assert after == state
    else:
        assert after == replace(state, lockout=True)
        assert after.state == "lockout"


@given(states)
def test_e6_expedited_data_is_always_accepted(state: FarmState) -> None:
    after, accepted = advance_farm(state, bd())
    assert accepted
    assert after == replace(state, farm_b_counter=(state.farm_b_counter + 1) % 4)


@given(states)
def test_e7_unlock_opens(state: FarmState) -> None:
    after, accepted = advance_farm(state, UNLOCK)
    assert not accepted
    assert after.state == "open"
    assert not after.retransmit
    assert after.expected == state.expected
    assert after.farm_b_counter == (state.farm_b_counter + 1) % 4


@given(states, st.integers(0, 255))
def test_e8_set_v_r_is_obeyed_but_in_lockout(state: FarmState, number: int) -> None:
    after, accepted = advance_farm(state, set_v_r_frame(417, 0, number))
    counted = replace(state, farm_b_counter=(state.farm_b_counter + 1) % 4)
    assert not accepted
    if state.lockout:
        assert after == counted
    else:
        assert after == replace(counted, expected=number, retransmit=False, wait=False)


@given(states)
def test_e9_what_is_no_control_command_changes_nothing(state: FarmState) -> None:
    assert advance_farm(state, NOT_A_CONTROL_COMMAND) == (state, False)


@given(states, st.integers(0, 255), st.booleans())
def test_in_lockout_no_sequenced_frame_gets_in(state: FarmState, number: int, room: bool) -> None:
    locked = replace(state, lockout=True)
    assert advance_farm(locked, ad(number), buffer_available=room) == (locked, False)


class LossyUplink(RuleBasedStateMachine):
    """A sender that repeats from the reported V(R) over a link that loses frames."""

    def __init__(self) -> None:
        super().__init__()
        self.farm = FarmState(0, window=20)
        self.sent = 0
        self.delivered = 0

    @rule(lost=st.lists(st.booleans(), min_size=1, max_size=9))
    def send(self, lost: list[bool]) -> None:
        for is_lost in lost:
            if not is_lost:
                self.farm, accepted = advance_farm(self.farm, ad(self.sent))
                self.delivered += accepted
            self.sent += 1
        self.sent = self.delivered  # go back to what the report asks for

    @rule(back=st.integers(1, 10))
    def repeat_old_frames(self, back: int) -> None:
        if back <= self.delivered:
            self.farm, accepted = advance_farm(self.farm, ad(self.delivered - back))
            assert not accepted

    @invariant()
    def everything_in_order_and_once(self) -> None:
        assert report(self.farm).report_value == self.delivered % 256
        assert self.farm.state == "open"


TestLossyUplink = LossyUplink.TestCase


@pytest.mark.parametrize("window", [0, 3, 256])
def test_a_window_is_even_and_from_2_to_254(window: int) -> None:
    with pytest.raises(ValueError, match="even number"):
        FarmState(0, window=window)


@given(states, st.booleans(), st.booleans())
def test_reports_come_back(state: FarmState, no_rf: bool, no_lock: bool) -> None:
    clcw = report(state, no_rf_available=no_rf, no_bit_lock=no_lock)
    assert decode_clcw(encode_clcw(clcw)) == clcw


def test_known_report() -> None:
    # 232.0-B-4 figure 4-6, bit by bit: COP-1, channel 5, lockout, retransmit, counter 2, V(R) 33
    clcw = Clcw(5, 33, lockout=True, retransmit=True, farm_b_counter=2)
    assert encode_clcw(clcw) == bytes([0b0000_0001, 0b0001_0100, 0b0010_1100, 33])


@pytest.mark.parametrize("octets", [b"", bytes(4), b"\x81\0\0\0", b"\x21\0\0\0", b"\x01\0\0\0\0"])
def test_what_is_no_report_is_refused(octets: bytes) -> None:
    with pytest.raises(FrameError):
        decode_clcw(octets)
