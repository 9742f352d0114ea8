"""FARM-1, the receiving end of COP-1 (CCSDS 232.1-B-2 §6), as a pure function.

Events E1 to E8 of its table 6-1; E9 (an invalid frame) never gets here, as `decode_tc_frame`
refuses it; E10 is `release_buffer` and E11 `report`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from groundsys.ccsds.clcw import Clcw
from groundsys.ccsds.tc_frames import TcFrame, is_unlock, v_r_to_set

State = Literal["open", "wait", "lockout"]
_MODULUS = 256


@dataclass(frozen=True, slots=True)
class FarmState:
    """What a FARM knows of one virtual channel.

    `expected` is V(R).  `window` is W: even, 2 to 254; half of it lies ahead of V(R), half behind.
    """

    virtual_channel: int
    expected: int = 0
    window: int = 200
    lockout: bool = False
    wait: bool = False
    retransmit: bool = False
    farm_b_counter: int = 0

    def __post_init__(self) -> None:
        if self.window % 2 or not 2 <= self.window <= 254:
            raise ValueError(f"FARM window {self.window}: expected an even number from 2 to 254")

    @property
    def state(self) -> State:
        """S1 open, S2 wait or S3 lockout."""
        if self.lockout:
            return "lockout"
        return "wait" if self.wait else "open"


def advance_farm(
    state: FarmState, frame: TcFrame, *, buffer_available: bool = True
) -> tuple[FarmState, bool]:
    """The state after a valid frame of this channel, and whether its data is passed on board.

    Control commands (BC) are obeyed here and never passed on.
    """
    match frame.kind:
        case "BC":
            return _obey(state, frame), False
        case "BD":
            return _count_bypass(state), True
        case "AD":
            return _receive_in_sequence(state, frame, buffer_available)


def release_buffer(state: FarmState) -> FarmState:
    """The state once there is room again (E10)."""
    return replace(state, wait=False)


def report(state: FarmState, *, no_rf_available: bool = False, no_bit_lock: bool = False) -> Clcw:
    """The report that the next TM frame carries (E11)."""
    return Clcw(
        virtual_channel=state.virtual_channel,
        report_value=state.expected,
        no_rf_available=no_rf_available,
        no_bit_lock=no_bit_lock,
        lockout=state.lockout,
        wait=state.wait,
        retransmit=state.retransmit,
        farm_b_counter=state.farm_b_counter,
    )


def _receive_in_sequence(
    state: FarmState, frame: TcFrame, buffer_available: bool
) -> tuple[FarmState, bool]:
    ahead = (frame.sequence_number - state.expected) % _MODULUS
    half = state.window // 2
    if state.lockout:
        return state, False
    if half <= ahead < _MODULUS - half:  # E5: outside the window
        return replace(state, lockout=True), False
    if state.wait or ahead >= _MODULUS - half:  # E1 to E3 while waiting; E4: seen before
        return state, False
    if ahead > 0:  # E3: one before it is missing
        return replace(state, retransmit=True), False
    if not buffer_available:  # E2
        return replace(state, retransmit=True, wait=True), False
    return replace(state, expected=(state.expected + 1) % _MODULUS, retransmit=False), True  # E1


def _obey(state: FarmState, frame: TcFrame) -> FarmState:
    v_r = v_r_to_set(frame)
    if is_unlock(frame):  # E7
        return replace(_count_bypass(state), retransmit=False, wait=False, lockout=False)
    if v_r is None:  # no control command of COP-1: an invalid frame, E9
        return state
    if state.lockout:  # E8 in lockout: counted, not obeyed
        return _count_bypass(state)
    return replace(_count_bypass(state), retransmit=False, wait=False, expected=v_r)


def _count_bypass(state: FarmState) -> FarmState:
    return replace(state, farm_b_counter=(state.farm_b_counter + 1) % 4)
