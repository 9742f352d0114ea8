"""The spacecraft clock as CCSDS unsegmented time code (301.0-B-4 §3.2), without its P-field.

Four octets of seconds and three of binary fraction since the craft's own epoch: the implicit
P-field is 0x2F (level 2: epoch defined by the agency).  A clock reading is an integer of
nanoseconds of SCLK; one tick of the code is 2⁻²⁴ s, about 60 ns.
"""

from __future__ import annotations

from groundsys.values.errors import FrameError
from groundsys.values.instants import NANOSECONDS_PER_SECOND

CUC_LENGTH = 7
IMPLICIT_P_FIELD = 0x2F
_FRACTION_BITS = 24
_LAST_TICK = (1 << 56) - 1


def split_sclk(sclk_ns: int) -> tuple[int, int]:
    """The clock reading as (seconds, fraction in units of 2⁻²⁴ s), to the nearest tick."""
    ticks = _divide_rounding(sclk_ns << _FRACTION_BITS, NANOSECONDS_PER_SECOND)
    if not 0 <= ticks <= _LAST_TICK:
        raise FrameError(
            "a clock reading does not fit its time code",
            expected="0 to 2³² seconds since the clock's epoch",
            found=f"{sclk_ns} ns",
            remedy="check the craft's sclk_epoch against the scenario's dates",
        )
    return ticks >> _FRACTION_BITS, ticks & ((1 << _FRACTION_BITS) - 1)


def join_sclk(seconds: int, fraction: int) -> int:
    """The clock reading in nanoseconds from seconds and units of 2⁻²⁴ s."""
    ticks = seconds << _FRACTION_BITS | fraction
    return _divide_rounding(ticks * NANOSECONDS_PER_SECOND, 1 << _FRACTION_BITS)


def encode_cuc(sclk_ns: int) -> bytes:
    """Seven octets for a clock reading in nanoseconds."""
    seconds, fraction = split_sclk(sclk_ns)
    return (seconds << _FRACTION_BITS | fraction).to_bytes(CUC_LENGTH, "big")


def decode_cuc(data: bytes) -> int:
    """The clock reading in nanoseconds; within 30 ns of what was encoded."""
    if len(data) != CUC_LENGTH:
        raise FrameError(
            "a time code has the wrong length",
            expected=f"{CUC_LENGTH} octets",
            found=f"{len(data)} octets",
        )
    ticks = int.from_bytes(data, "big")
    return join_sclk(ticks >> _FRACTION_BITS, ticks & ((1 << _FRACTION_BITS) - 1))


def _divide_rounding(numerator: int, denominator: int) -> int:
    return (numerator + denominator // 2) // denominator
