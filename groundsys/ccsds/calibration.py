"""Raw values ↔ engineering values of one field: its enumeration or its polynomial."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundsys.mission.spacecraft.packet_model import Field
from groundsys.values.errors import FrameError


def engineering(field: Field, raw: Any) -> Any:
    """The engineering value of a raw one: label, number in `field.unit`, bytes or text.

    A raw value that the enumeration does not name becomes its number as text.
    """
    if field.kind == "enum":
        return field.enumeration.get(int(raw), str(raw))
    if field.polynomial:
        value = 0.0
        for coefficient in reversed(field.polynomial):
            value = value * raw + coefficient
        return value
    return raw


def raw_from_engineering(field: Field, value: Any, *, saturate: bool = False) -> Any:
    """The raw value nearest to an engineering one.

    An enumeration takes its label or its number.  A number beyond what the field can say raises
    `FrameError`, or with `saturate` sticks at the end of the range, as a sensor does.
    """
    if field.kind == "enum":
        return _raw_from_label(field, value)
    if field.kind in ("binary", "string"):
        return value
    number = _invert(field, float(value)) if field.polynomial else value
    if field.kind == "float":
        return float(number)
    low, high = raw_range(field)
    rounded = int(number) if isinstance(number, int) else round(number)
    if low <= rounded <= high:
        return rounded
    if saturate:
        return min(max(rounded, low), high)
    raise FrameError(
        f"{value} {field.unit} is beyond field {field.name}".replace("  ", " "),
        expected=f"{engineering(field, low)} to {engineering(field, high)}",
        found=f"{value}",
    )


def raw_range(field: Field) -> tuple[int, int]:
    """The least and greatest raw value of a whole-number field."""
    if field.kind == "int":
        return -(1 << field.bits - 1), (1 << field.bits - 1) - 1
    return 0, (1 << field.bits) - 1


def _raw_from_label(field: Field, value: Any) -> int:
    for raw, label in field.enumeration.items():
        if value == label or (not isinstance(value, str) and value == raw):
            return raw
    raise FrameError(
        f"field {field.name} has no such value",
        expected=", ".join(field.enumeration.values()),
        found=repr(value),
    )


def _invert(field: Field, value: float) -> float:
    coefficients = field.polynomial
    if len(coefficients) == 2:
        return (value - coefficients[0]) / coefficients[1]
    roots = np.polynomial.Polynomial([coefficients[0] - value, *coefficients[1:]]).roots()
    real = [
        float(root.real) for root in roots if abs(root.imag) <= 1e-9 * max(1.0, float(abs(root)))
    ]
    if not real:
        raise FrameError(
            f"no raw value of field {field.name} gives {value}",
            expected="a calibration that reaches it",
            found=f"polynomial {coefficients}",
        )
    low, high = (0, 0) if field.kind == "float" else raw_range(field)

    def distance(root: float) -> tuple[float, float]:
        return max(low - root, root - high, 0.0), abs(root)

    return min(real, key=distance)
