"""Fields of packets, commands and payload records: raw values ↔ octets, raw ↔ engineering.

Fields lie end to end, most significant bit first, as in the XTCE made from the same definitions;
a last octet that is not full is filled with zeros.  Raw values: `uint`, `int` and `enum` are
int, `float` float, `binary` bytes, `string` text.  A `binary` or `string` with `length_field`
takes its length in octets from that field, which is filled in if not given; a `string` without
one takes `bits`, filled with zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from operator import index
from typing import Any

from groundsys.ccsds.calibration import engineering, raw_from_engineering
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.values.errors import FrameError

__all__ = [
    "decode_fields",
    "encode_fields",
    "engineering",
    "field_bits",
    "raw_from_engineering",
]

_FLOAT_FORMATS = {32: ">f", 64: ">d"}


def encode_fields(fields: Sequence[Field], values: Mapping[str, Any]) -> bytes:
    """Octets of raw `values`; a field without a value takes its default.

    Raises `FrameError` for a value that is missing, unknown or does not fit.
    """
    if unknown := values.keys() - {field.name for field in fields}:
        raise FrameError(
            f"no such field: {', '.join(sorted(unknown))}",
            expected=", ".join(field.name for field in fields),
        )
    complete = _with_lengths(fields, values)
    bits = 0
    width = 0
    parts: list[bytes] = []
    for field in fields:
        value = complete[field.name]
        size, number = _to_bits(field, value, complete)
        bits = bits << size | number
        width += size
        if width % 8 == 0:
            parts.append(bits.to_bytes(width // 8, "big"))
            bits = width = 0
    if width:
        spare = -width % 8
        parts.append((bits << spare).to_bytes((width + spare) // 8, "big"))
    return b"".join(parts)


def decode_fields(fields: Sequence[Field], data: bytes) -> dict[str, Any]:
    """Raw values by field name; `FrameError` if `data` ends too early.  A longer one may."""
    values: dict[str, Any] = {}
    position = 0
    for field in fields:
        size = field_bits(field, values)
        end = position + size
        if end > len(data) * 8:
            raise FrameError(
                f"data ends within field {field.name}",
                expected=f"{(end + 7) // 8} octets at least",
                found=f"{len(data)} octets",
            )
        if position % 8 == 0 and size % 8 == 0:
            octets = data[position // 8 : end // 8]
        else:
            window = int.from_bytes(data[position // 8 : (end + 7) // 8], "big")
            number = window >> (-end % 8) & ((1 << size) - 1)
            octets = number.to_bytes((size + 7) // 8, "big")
        values[field.name] = _from_octets(field, size, octets)
        position = end
    return values


def field_bits(field: Field, values: Mapping[str, Any]) -> int:
    """The field's size in bits, given the values of the fields before it."""
    if field.length_field:
        if field.length_field not in values:
            raise FrameError(f"field {field.name} comes before its length {field.length_field}")
        return int(values[field.length_field]) * 8
    return field.bits


def _with_lengths(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """All fields' raw values: lengths filled in, then defaults."""
    complete = dict(values)
    for field in fields:
        if field.length_field and field.name in complete:
            length = len(_octets_of(field, complete[field.name]))
            if complete.setdefault(field.length_field, length) != length:
                raise FrameError(
                    f"{field.length_field} is not the length of {field.name}",
                    expected=f"{length}",
                    found=f"{complete[field.length_field]}",
                )
    for field in fields:
        if field.name not in complete:
            if field.default is None:
                raise FrameError(f"no value for field {field.name}, and it has no default")
            complete[field.name] = raw_from_engineering(field, field.default)
    return complete


def _to_bits(field: Field, value: Any, values: Mapping[str, Any]) -> tuple[int, int]:
    size = field_bits(field, values)
    match field.kind:
        case "uint" | "enum" | "int":
            low, high = (
                (-(1 << size - 1), (1 << size - 1) - 1)
                if field.kind == "int"
                else (0, (1 << size) - 1)
            )
            number = index(value) if hasattr(value, "__index__") else None
            if number is None or not low <= number <= high:
                raise _does_not_fit(field, value, f"a whole number from {low} to {high}")
            return size, number & ((1 << size) - 1)
        case "float":
            try:
                return size, int.from_bytes(struct.pack(_FLOAT_FORMATS[size], value), "big")
            except (struct.error, OverflowError, KeyError) as error:
                raise _does_not_fit(field, value, "a number in 32 or 64 bits") from error
        case "binary" | "string":
            octets = _octets_of(field, value)
            if field.kind == "string" and not field.length_field:
                octets = octets.ljust(size // 8, b"\0")
            if len(octets) * 8 != size:
                raise _does_not_fit(field, value, f"{size // 8} octets")
            return size, int.from_bytes(octets, "big")


def _octets_of(field: Field, value: Any) -> bytes:
    if field.kind == "string" and isinstance(value, str):
        return value.encode()
    if field.kind == "binary" and isinstance(value, (bytes, bytearray)):
        return bytes(value)
    raise _does_not_fit(field, value, "text" if field.kind == "string" else "octets")


def _from_octets(field: Field, size: int, octets: bytes) -> Any:
    match field.kind:
        case "uint" | "enum":
            return int.from_bytes(octets, "big")
        case "int":
            number = int.from_bytes(octets, "big")
            return number - (1 << size) if number >> (size - 1) else number
        case "float":
            return struct.unpack(_FLOAT_FORMATS[size], octets)[0]
        case "binary":
            return octets
        case "string":
            return (octets if field.length_field else octets.rstrip(b"\0")).decode(errors="replace")


def _does_not_fit(field: Field, value: Any, expected: str) -> FrameError:
    shown = f"{len(value)} octets" if isinstance(value, (bytes, bytearray)) else repr(value)
    return FrameError(f"the value of {field.name} does not fit", expected=expected, found=shown)
