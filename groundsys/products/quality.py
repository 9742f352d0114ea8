"""Quality of each Level 1 sample, as bits: 0 is nominal.

They tell what the ground knows of a sample; what the instrument says of itself is a field of its
own.  Every format carries them as `quality_flags`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundsys.ccsds.calibration import raw_range
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.products.payload_file import PayloadFile, engineering_values
from groundsys.values.clock import ClockSolution

SATURATED = 1
OUT_OF_RANGE = 2
GAP_BEFORE = 4
CLOCK_NOMINAL = 8
TIME_UNCERTAIN = 16
INVALID = 32
MISSING = 64

#: bit → name, and what it means
QUALITY_FLAGS: dict[int, tuple[str, str]] = {
    SATURATED: ("saturated", "a measured value is at the end of what its field can say"),
    OUT_OF_RANGE: ("out_of_range", "a value is beyond what the instrument is specified for"),
    GAP_BEFORE: ("gap_before", "the record before this one never came"),
    CLOCK_NOMINAL: ("clock_nominal", "times are by the clock as built: it was never measured"),
    TIME_UNCERTAIN: ("time_uncertain", "one sigma of the time is more than a sample interval"),
    INVALID: ("invalid", "a value is no number"),
    MISSING: ("missing", "never came: where it cannot be left out, its values mean nothing"),
}
ALL_FLAGS = sum(QUALITY_FLAGS)


def quality_legend() -> str:
    """The meaning of `quality_flags` in a line."""
    told = (f"{bit} {name}: {meaning}" for bit, (name, meaning) in QUALITY_FLAGS.items())
    return "; ".join(("0 nominal", *told))


def is_measured(field: Field) -> bool:
    """Whether a field is a measured quantity, and no counter, state or bits."""
    return field.kind == "float" or (
        field.kind in ("uint", "int") and bool(field.polynomial or field.unit)
    )


def quality_flags(
    fields: tuple[Field, ...],
    file: PayloadFile,
    sigma_s: NDArray[np.float64],
    clock: ClockSolution,
    spacecraft: Spacecraft,
) -> NDArray[np.int16]:
    """One value a record of `file`, also of those that never came (it means nothing there)."""
    flags = np.zeros(file.header.record_count, np.int16)
    for field in fields:
        if is_measured(field):
            _judge(flags, field, file)
    flags[1:] |= np.where(file.present[:-1], 0, GAP_BEFORE).astype(np.int16)
    if clock == ClockSolution.nominal(
        clock.spacecraft, spacecraft.sclk_epoch, uncertainty_s=clock.uncertainty_s
    ):
        flags |= CLOCK_NOMINAL
    flags[sigma_s > file.header.sample_interval_ns / 1e9] |= TIME_UNCERTAIN
    return flags


def _judge(flags: NDArray[np.int16], field: Field, file: PayloadFile) -> None:
    raw = file.raw[field.name]
    if field.kind == "float":
        flags[~np.isfinite(raw)] |= INVALID
    else:
        low, high = raw_range(field)
        # an unsigned zero is a measurement: no wind, no light
        flags[(raw == high) | ((raw == low) if low else False)] |= SATURATED
    if field.minimum is not None or field.maximum is not None:
        values = engineering_values(field, raw)
        low_limit = -np.inf if field.minimum is None else field.minimum
        high_limit = np.inf if field.maximum is None else field.maximum
        flags[(values < low_limit) | (values > high_limit)] |= OUT_OF_RANGE
