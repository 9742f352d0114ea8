"""Fields, their calibration, and whole columns of records."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.ccsds.calibration import raw_range
from groundsys.ccsds.fields import (
    decode_fields,
    encode_fields,
    engineering,
    raw_from_engineering,
)
from groundsys.ccsds.records import decode_records, encode_records, record_length
from groundsys.mission.spacecraft.packet_model import Field, FieldKind
from groundsys.values.errors import FrameError

MODE = Field("mode", "enum", 8, enumeration={0: "SAFE", 1: "NOMINAL"}, default="NOMINAL")
TEMPERATURE = Field("temperature", "uint", 12, unit="degC", polynomial=(-50.0, 0.05))


@st.composite
def fields_and_values(draw: st.DrawFn) -> tuple[list[Field], dict[str, Any]]:
    fields: list[Field] = []
    values: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 8))):
        name = f"f{number}"
        kind: FieldKind = draw(
            st.sampled_from(["uint", "int", "float", "enum", "binary", "string"])
        )
        match kind:
            case "uint" | "int" | "enum":
                field = Field(name, kind, draw(st.integers(1, 64)))
                values[name] = draw(st.integers(*raw_range(field)))
            case "float":
                field = Field(name, kind, draw(st.sampled_from([32, 64])))
                values[name] = draw(st.floats(width=field.bits, allow_nan=False))  # type: ignore[arg-type]
            case "binary":
                values[name] = draw(st.binary(max_size=20))
                if draw(st.booleans()):
                    fields.append(Field(f"{name}_length", "uint", draw(st.sampled_from([8, 13]))))
                    field = Field(name, kind, length_field=f"{name}_length")
                else:
                    field = Field(name, kind, len(values[name]) * 8)
            case "string":
                values[name] = draw(st.text(max_size=5).map(lambda text: text.rstrip("\0")))
                field = Field(name, kind, 160)
        fields.append(field)
    return fields, values


@given(fields_and_values())
def test_values_come_back(case: tuple[list[Field], dict[str, Any]]) -> None:
    fields, values = case
    encoded = encode_fields(fields, values)
    decoded = decode_fields(fields, encoded)
    assert {name: decoded[name] for name in values} == values
    bits = sum(
        len(values[field.name]) * 8 if field.length_field else field.bits for field in fields
    )
    assert len(encoded) == (bits + 7) // 8
    with pytest.raises(FrameError):
        decode_fields([*fields, Field("more", "uint", 8)], encoded)


def test_fields_bit_by_bit() -> None:
    fields = [
        Field("a", "uint", 3),
        Field("b", "int", 5),
        Field("c", "uint", 16),
        Field("d", "float", 32),
        Field("n", "uint", 8),
        Field("e", "binary", length_field="n"),
        Field("f", "string", 32),
        Field("g", "uint", 4),
    ]
    encoded = encode_fields(
        fields, {"a": 5, "b": -3, "c": 0x1234, "d": 1.5, "e": b"\xaa\xbb", "f": "hi", "g": 9}
    )
    assert encoded.hex() == "bd" + "1234" + "3fc00000" + "02aabb" + "68690000" + "90"


def test_defaults_are_engineering_values() -> None:
    assert encode_fields([MODE], {}) == b"\x01"
    assert decode_fields([MODE], b"\x01") == {"mode": 1}


def test_numpy_numbers_are_numbers() -> None:
    fields = [Field("a", "int", 16), Field("b", "float", 32)]
    values = {"a": np.int32(-2), "b": np.float64(0.5)}
    assert encode_fields(fields, values).hex() == "fffe3f000000"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field("x", "uint", 8), 256),
        (Field("x", "uint", 8), -1),
        (Field("x", "int", 8), 128),
        (Field("x", "uint", 8), 1.0),
        (Field("x", "uint", 8), "1"),
        (Field("x", "float", 32), "1"),
        (Field("x", "float", 32), 1e300),
        (Field("x", "float", 16), 1.0),
        (Field("x", "binary", 16), b"123"),
        (Field("x", "binary", 16), "12"),
        (Field("x", "string", 16), "123"),
        (Field("x", "string", 16), b"12"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(field: Field, value: Any) -> None:
    with pytest.raises(FrameError, match="x does not fit"):
        encode_fields([field], {"x": value})


def test_missing_unknown_and_contradicting_values_are_refused() -> None:
    fields = [Field("n", "uint", 8), Field("data", "binary", length_field="n")]
    with pytest.raises(FrameError, match="no value for field data"):
        encode_fields(fields, {"n": 1})
    with pytest.raises(FrameError, match="no such field: other"):
        encode_fields(fields, {"data": b"", "other": 1})
    with pytest.raises(FrameError, match="n is not the length of data"):
        encode_fields(fields, {"data": b"abc", "n": 2})
    with pytest.raises(FrameError, match="before its length"):
        decode_fields(fields[::-1], b"\x01\x02")


@given(st.integers(0, 4095))
def test_calibration_comes_back(raw: int) -> None:
    value = engineering(TEMPERATURE, raw)
    assert value == pytest.approx(-50.0 + 0.05 * raw)
    assert raw_from_engineering(TEMPERATURE, value) == raw


@given(st.integers(0, 4095))
def test_curved_calibration_comes_back(raw: int) -> None:
    field = Field("x", "uint", 12, polynomial=(3.0, 0.1, 2e-4, 1e-8))
    assert raw_from_engineering(field, engineering(field, raw)) == raw


def test_calibration_of_floats_and_plain_fields() -> None:
    field = Field("x", "float", 32, polynomial=(1.0, 2.0))
    assert engineering(field, 3.0) == 7.0
    assert raw_from_engineering(field, 7.0) == 3.0
    assert raw_from_engineering(Field("x", "float", 32), 7) == 7.0
    assert raw_from_engineering(Field("x", "uint", 64), 2**64 - 1) == 2**64 - 1
    assert raw_from_engineering(Field("x", "uint", 8), 3.7) == 4
    assert engineering(Field("x", "binary", 16), b"ab") == b"ab"
    assert raw_from_engineering(Field("x", "binary", 16), b"ab") == b"ab"


def test_enumerations() -> None:
    assert engineering(MODE, 0) == "SAFE"
    assert engineering(MODE, 9) == "9"
    assert raw_from_engineering(MODE, "NOMINAL") == 1
    assert raw_from_engineering(MODE, 0) == 0
    for wrong in ("OTHER", 9):
        with pytest.raises(FrameError, match="SAFE, NOMINAL"):
            raw_from_engineering(MODE, wrong)


def test_beyond_the_range_is_refused_or_sticks() -> None:
    with pytest.raises(FrameError, match="beyond field temperature"):
        raw_from_engineering(TEMPERATURE, 500.0)
    assert raw_from_engineering(TEMPERATURE, 500.0, saturate=True) == 4095
    assert raw_from_engineering(TEMPERATURE, -90.0, saturate=True) == 0
    signed = Field("x", "int", 8)
    assert raw_from_engineering(signed, -1000, saturate=True) == -128
    with pytest.raises(FrameError, match="no raw value"):
        raw_from_engineering(Field("x", "uint", 8, polynomial=(0.0, 0.0, 1.0)), -4.0)


RECORD = (
    Field("time", "uint", 40),
    Field("x", "int", 24),
    Field("y", "int", 64),
    Field("flags", "enum", 8, enumeration={0: "OK"}),
    Field("pressure", "float", 32),
    Field("wind", "float", 64),
)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**40 - 1),
            st.integers(-(2**23), 2**23 - 1),
            st.integers(-(2**63), 2**63 - 1),
            st.integers(0, 255),
            st.floats(width=32, allow_nan=False),
            st.floats(allow_nan=False),
        ),
        max_size=5,
    )
)
def test_records_are_the_fields_of_each(rows: list[tuple[Any, ...]]) -> None:
    names = [field.name for field in RECORD]
    kinds = ["u8", "i8", "i8", "u8", "f4", "f8"]
    columns = {name: np.array([row[i] for row in rows], kinds[i]) for i, name in enumerate(names)}
    encoded = encode_records(RECORD, columns)
    assert encoded == b"".join(
        encode_fields(RECORD, dict(zip(names, row, strict=True))) for row in rows
    )
    assert len(encoded) == len(rows) * record_length(RECORD)
    decoded = decode_records(RECORD, encoded)
    assert [decoded[name].tolist() for name in names] == [columns[name].tolist() for name in names]


def test_records_that_cannot_be_are_refused() -> None:
    with pytest.raises(FrameError, match="cannot be a column"):
        record_length([Field("x", "uint", 12)])
    with pytest.raises(FrameError, match="whole number of records"):
        decode_records([Field("x", "uint", 16)], bytes(3))
    with pytest.raises(FrameError, match="does not fit"):
        encode_records([Field("x", "int", 8)], {"x": [1, 128]})
    with pytest.raises(FrameError, match="different lengths"):
        encode_records([Field("x", "int", 8), Field("y", "int", 8)], {"x": [1], "y": [1, 2]})


def test_a_float_that_is_not_a_number_travels() -> None:
    field = Field("x", "float", 32)
    assert math.isnan(decode_fields([field], encode_fields([field], {"x": math.nan}))["x"])
