"""Communications link control word (CCSDS 232.0-B-4 §4.2): what a FARM reports in each TM frame."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.values.errors import FrameError

CLCW_LENGTH = 4
_COP_1 = 0b01


@dataclass(frozen=True, slots=True)
class Clcw:
    """A report; `report_value` is V(R), the number of the frame expected next."""

    virtual_channel: int
    report_value: int
    no_rf_available: bool = False
    no_bit_lock: bool = False
    lockout: bool = False
    wait: bool = False
    retransmit: bool = False
    farm_b_counter: int = 0
    status: int = 0


def encode_clcw(clcw: Clcw) -> bytes:
    """Four octets."""
    word = (
        (clcw.status & 0x7) << 26
        | _COP_1 << 24
        | (clcw.virtual_channel & 0x3F) << 18
        | clcw.no_rf_available << 15
        | clcw.no_bit_lock << 14
        | clcw.lockout << 13
        | clcw.wait << 12
        | clcw.retransmit << 11
        | (clcw.farm_b_counter & 0x3) << 9
        | clcw.report_value & 0xFF
    )
    return word.to_bytes(CLCW_LENGTH, "big")


def decode_clcw(data: bytes) -> Clcw:
    """The report in four octets; `FrameError` if they are no CLCW of COP-1."""
    word = int.from_bytes(data, "big")
    if len(data) != CLCW_LENGTH or word >> 29 or word >> 24 & 0x3 != _COP_1:
        raise FrameError(
            "not a CLCW of COP-1",
            expected="four octets: control word type 0, version 0, COP-1",
            found=data.hex(),
        )
    return Clcw(
        virtual_channel=word >> 18 & 0x3F,
        report_value=word & 0xFF,
        no_rf_available=bool(word >> 15 & 1),
        no_bit_lock=bool(word >> 14 & 1),
        lockout=bool(word >> 13 & 1),
        wait=bool(word >> 12 & 1),
        retransmit=bool(word >> 11 & 1),
        farm_b_counter=word >> 9 & 0x3,
        status=word >> 26 & 0x7,
    )
