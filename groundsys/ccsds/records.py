"""Many records of the same fields at once, as NumPy columns: payload files.

For fields of whole octets and fixed size; the octets are those of `fields.encode_fields`.  A binary
field of fixed size is a column of octets: an array of uint8, one row a record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from groundsys.mission.spacecraft.packet_model import Field
from groundsys.values.errors import FrameError

_WHOLE_KINDS = ("uint", "enum", "int")


def record_length(fields: Sequence[Field]) -> int:
    """Octets of one record; `FrameError` if the fields are not of whole octets and fixed size."""
    for field in fields:
        whole = field.kind in _WHOLE_KINDS and field.bits in range(8, 65, 8)
        octets = field.kind == "binary" and field.bits > 0 and field.bits % 8 == 0
        if not whole and not octets and not (field.kind == "float" and field.bits in (32, 64)):
            raise FrameError(
                f"field {field.name} cannot be a column",
                expected="uint, int or enum of 1 to 8 octets, float of 4 or 8, binary of any",
                found=f"{field.kind} of {field.bits} bits",
            )
    return sum(field.bits for field in fields) // 8


def encode_records(fields: Sequence[Field], columns: Mapping[str, npt.ArrayLike]) -> bytes:
    """Octets of raw `columns`, one array a field, all of one length."""
    length = record_length(fields)
    arrays = [np.asarray(columns[field.name]) for field in fields]
    if len({len(array) for array in arrays}) > 1:
        raise FrameError(
            "columns of different lengths", found=str([array.shape for array in arrays])
        )
    table = np.empty((len(arrays[0]), length), np.uint8)
    offset = 0
    for field, array in zip(fields, arrays, strict=True):
        octets = field.bits // 8
        table[:, offset : offset + octets] = _to_octets(field, array)
        offset += octets
    return table.tobytes()


def decode_records(fields: Sequence[Field], data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Raw columns by field name: uint64, int64, float32, float64, or rows of uint8."""
    length = record_length(fields)
    if len(data) % length:
        raise FrameError(
            "not a whole number of records",
            expected=f"a multiple of {length} octets",
            found=f"{len(data)} octets",
        )
    table = np.frombuffer(data, np.uint8).reshape(-1, length)
    columns: dict[str, npt.NDArray[Any]] = {}
    offset = 0
    for field in fields:
        octets = field.bits // 8
        columns[field.name] = _from_octets(field, table[:, offset : offset + octets])
        offset += octets
    return columns


def _to_octets(field: Field, array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    octets = field.bits // 8
    if field.kind == "binary":
        if array.shape[1:] != (octets,) or array.dtype != np.uint8:
            raise FrameError(
                f"a value of {field.name} does not fit",
                expected=f"{octets} octets a record",
                found=f"{array.dtype} of shape {array.shape}",
            )
        return array
    if field.kind == "float":
        return np.ascontiguousarray(array, f">f{octets}").view(np.uint8).reshape(-1, octets)
    low = -(1 << field.bits - 1) if field.kind == "int" else 0
    high = (1 << field.bits - 1) - 1 if field.kind == "int" else (1 << field.bits) - 1
    if array.size and (int(array.min()) < low or int(array.max()) > high):
        raise FrameError(
            f"a value of {field.name} does not fit",
            expected=f"{low} to {high}",
            found=f"{array.min()} to {array.max()}",
        )
    whole = array.astype(">i8" if field.kind == "int" else ">u8")
    return np.ascontiguousarray(whole).view(np.uint8).reshape(-1, 8)[:, 8 - octets :]


def _from_octets(field: Field, octets: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
    size = octets.shape[1]
    if field.kind == "binary":
        return octets.copy()
    if field.kind == "float":
        numbers = np.ascontiguousarray(octets).view(f">f{size}").reshape(-1)
        return numbers.astype(f"f{size}")
    wide = np.zeros((len(octets), 8), np.uint8)
    if field.kind == "int":
        wide[octets[:, 0] >= 0x80] = 0xFF
    wide[:, 8 - size :] = octets
    signed = field.kind == "int"
    return wide.view(">i8" if signed else ">u8").reshape(-1).astype("i8" if signed else "u8")
