"""A record field as a column of Level 1: calibrated values, their type and their valid range."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundsys.ccsds.calibration import raw_range
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.products.payload_file import engineering_values

FILL_REAL4 = np.float32(-1e31)
_REAL4_LIMIT = 1e30


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Values as stored; `valid` holds every value that is not ISTP's fill value of `cdf_type`."""

    field: Field
    values: NDArray[Any]
    cdf_type: str
    valid: tuple[Any, Any]

    def at(self, index: NDArray[np.intp]) -> Column:
        """The column of some records alone."""
        return replace(self, values=self.values[index])

    @property
    def notes(self) -> str:
        """What an enumeration's values mean, or ""."""
        return "; ".join(
            f"{raw} = {label}" for raw, label in sorted(self.field.enumeration.items())
        )


def calibrated_column(field: Field, raw: NDArray[Any]) -> Column:
    """The field's column: REAL4 where it is calibrated or a float, else an integer type.

    An integer type is wide enough for ISTP's fill value to be no possible value of the field.
    Floats that are no number or beyond ±1e30 become the fill value.
    """
    if field.kind == "float" or field.polynomial:
        with np.errstate(over="ignore"):
            values = engineering_values(field, raw).astype(np.float32)
        bad = ~(np.abs(values) <= _REAL4_LIMIT)
        return Column(field, np.where(bad, FILL_REAL4, values), "CDF_REAL4", _range(field))
    smallest, largest = raw_range(field)
    bits = next(size for size in (16, 32, 64) if largest < 1 << (size - 1) and field.bits < size)
    integers = raw.astype(np.dtype(f"int{bits}"))
    return Column(field, integers, f"CDF_INT{bits // 8}", (smallest, largest))


def _range(field: Field) -> tuple[float, float]:
    """Least and greatest value that calibration can give, a little widened for REAL4."""
    if field.kind == "float":
        return -_REAL4_LIMIT, _REAL4_LIMIT
    return _calibrated_range(tuple(field.polynomial), *raw_range(field))


@cache
def _calibrated_range(
    polynomial: tuple[float, ...], smallest: int, largest: int
) -> tuple[float, float]:
    curve = np.polynomial.Polynomial(polynomial)
    turning = [complex(root) for root in curve.deriv().roots()] if curve.degree() > 1 else []
    inner = [root.real for root in turning if smallest < root.real < largest]
    values = [float(curve(x)) for x in (smallest, largest, *inner)]
    margin = 1e-6 * max(abs(value) for value in values)
    return min(values) - margin, max(values) + margin
