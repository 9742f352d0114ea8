"""A clock's history as a SPICE spacecraft clock kernel (type 1), as NAIF's *SCLK Required Reading*.

The clock is read as `partition/seconds.ticks` with 2²⁴ ticks a second, as in the packets' time
code.  Its parallel time is TDT (= TT = TAI + 32.184 s), in which our lines are straight; SPICE
brings it to TDB by the leapseconds kernel that it is given.  SPICE counts *encoded* ticks, which
go on over partitions: those of earlier partitions, and those since this one began.

Resolution: SPICE keeps times in double precision, about 0.1 µs of TDT and as much of SCLK.
"""

from __future__ import annotations

from groundsys.values.clock import ClockHistory
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant

TICKS_PER_S = 1 << 24
#: seconds and ticks as the time code holds them: four octets and three
_MODULI = (1 << 32, TICKS_PER_S)
#: J2000.0 (2000-01-01T12:00:00 TT) in TAI ns since 1970
_J2000_TAI_NS = 946_727_967_816_000_000


def write_sclk_kernel(history: ClockHistory, spacecraft_id: int, generated: Instant) -> str:
    """The kernel as text; `spacecraft_id` is the SCID, and the SPICE ID its negative."""
    bounds = _bounds(history)
    records: list[str] = []
    base = 0
    for partition, (first, last) in bounds.items():
        for piece in (one for one in history.pieces if one.partition == partition):
            ticks, scet_ns = _ticks(piece.sclk_ref_ns), piece.scet_ref.tai_ns
            if piece is history.piece(partition, -1):  # the first is believed from the beginning
                ticks, scet_ns = first, piece.scet(_nanoseconds(first)).tai_ns
            tdt_s = (scet_ns - _J2000_TAI_NS) / NANOSECONDS_PER_SECOND
            records.append(f"{base + ticks - first:.4f} {tdt_s:.9f} {piece.rate:.16f}")
        base += last - first
    n = spacecraft_id
    return "\n".join(
        [
            "KPL/SCLK",
            "",
            *_preface(history, n, generated),
            "\\begindata",
            "",
            f"SCLK_KERNEL_ID           = ( @{generated.to_utc():%Y-%m-%d/%H:%M:%S} )",
            f"SCLK_DATA_TYPE_{n}       = ( 1 )",
            f"SCLK01_TIME_SYSTEM_{n}   = ( 2 )",
            f"SCLK01_N_FIELDS_{n}      = ( 2 )",
            f"SCLK01_MODULI_{n}        = ( {_MODULI[0]} {_MODULI[1]} )",
            f"SCLK01_OFFSETS_{n}       = ( 0 0 )",
            f"SCLK01_OUTPUT_DELIM_{n}  = ( 1 )",
            "",
            _array(f"SCLK_PARTITION_START_{n}", [f"{first:.1f}" for first, _ in bounds.values()]),
            _array(f"SCLK_PARTITION_END_{n}", [f"{last:.1f}" for _, last in bounds.values()]),
            _array(f"SCLK01_COEFFICIENTS_{n}", records),
            "\\begintext",
            "",
        ]
    )


def _bounds(history: ClockHistory) -> dict[int, tuple[int, int]]:
    """First and last tick of each partition: the clock from zero, and to its last tick."""
    bounds = {history.pieces[0].partition: (0, _MODULI[0] * TICKS_PER_S)}
    before = history.pieces[0].partition
    for reset in history.resets:
        ends = _ticks(history.piece(before, 2**62).sclk_ns(reset.at))
        begins = _ticks(history.piece(reset.partition, 0).sclk_ns(reset.at))
        bounds[before] = (bounds[before][0], round(ends))
        bounds[reset.partition] = (max(0, round(begins)), _MODULI[0] * TICKS_PER_S)
        before = reset.partition
    return bounds


def _ticks(sclk_ns: int) -> float:
    whole_s, rest_ns = divmod(sclk_ns, NANOSECONDS_PER_SECOND)
    return whole_s * TICKS_PER_S + rest_ns * TICKS_PER_S / NANOSECONDS_PER_SECOND


def _nanoseconds(ticks: int) -> int:
    return round(ticks * NANOSECONDS_PER_SECOND / TICKS_PER_S)


def _preface(history: ClockHistory, spacecraft_id: int, generated: Instant) -> list[str]:
    current = history.current
    lines = [
        f"SCLK of {current.spacecraft} (SPICE ID -{spacecraft_id}), made by groundsys",
        f"at {generated.utc_iso(0)} of {len(history.pieces)} lines.",
        f"One sigma at the newest couple, {current.scet_ref.utc_iso()}:"
        f" {current.uncertainty_s:.3e} s.",
    ]
    lines += [
        f"Partition {reset.partition} began between {reset.within.start.utc_iso()}"
        f" and {reset.within.end.utc_iso()}."
        for reset in history.resets
    ]
    return [*lines, ""]


def _array(name: str, entries: list[str]) -> str:
    return "\n".join([f"{name} = (", *(f"    {entry}" for entry in entries), ")", ""])
