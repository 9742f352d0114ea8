from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.packet_model import Field
from groundsys.products.payload_file import HEADER, decode_payload_file
from groundsys.values.errors import ProductError
from tests.products.payload_files import payload_file, seismometer_columns, weather_columns


@st.composite
def _payloads_with_columns(draw: st.DrawFn) -> tuple[Payload, dict[str, list[int]]]:
    kinds = draw(
        st.lists(
            st.tuples(st.sampled_from(["uint", "int"]), st.sampled_from([8, 16, 24, 32, 40, 64])),
            min_size=1,
            max_size=5,
        )
    )
    fields = tuple(Field(f"f{i}", kind, bits) for i, (kind, bits) in enumerate(kinds))
    count = draw(st.integers(0, 6))
    columns = {}
    for field in fields:
        low, high = (0, (1 << field.bits) - 1)
        if field.kind == "int":
            low, high = -(1 << (field.bits - 1)), (1 << (field.bits - 1)) - 1
        columns[field.name] = draw(st.lists(st.integers(low, high), min_size=count, max_size=count))
    return Payload("any", "Any", "weather", fields, 1.0, 60.0, {"number": 9}), columns


@given(_payloads_with_columns())
def test_decoder_returns_what_the_craft_encoded(case: tuple[Payload, dict[str, list[int]]]) -> None:
    payload, columns = case
    decoded = decode_payload_file(payload, payload_file(payload, columns))
    assert {name: decoded.raw[name].tolist() for name in columns} == columns
    assert decoded.present.all()


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_raise_a_product_error(data: bytes) -> None:
    payload = Payload("any", "Any", "weather", (Field("x", "uint", 24),), 1.0, 60.0, {"number": 1})
    with pytest.raises(ProductError):
        decode_payload_file(payload, data)


def test_times_are_of_constant_cadence(weather: Payload) -> None:
    decoded = decode_payload_file(weather, payload_file(weather, weather_columns(3)))
    assert np.diff(decoded.sclk_ns()).tolist() == [5_000_000_000] * 2
    assert decoded.sclk_ns()[0] == decoded.header.start_sclk_ns


def test_records_touched_by_a_missing_byte_are_absent(seismometer: Payload) -> None:
    data = payload_file(seismometer, seismometer_columns(10))
    length = 9
    first_byte = HEADER.size + 3 * length + 8
    decoded = decode_payload_file(seismometer, data, [(first_byte, first_byte + 2)])
    assert decoded.runs(present=False) == ((3, 5),)
    assert decoded.runs(present=True) == ((0, 3), (5, 10))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[:20], "inside its header"),
        (lambda data: b"XXXX" + data[4:], "not a payload file"),
        (lambda data: data[:4] + b"\0\7" + data[6:], "not a file of payload 'weather'"),
        (lambda data: data[:6] + b"\0\7" + data[8:], "records of another length"),
        (lambda data: data[:-1], "not as long as its header says"),
        (lambda data: data[:24] + bytes(8) + data[32:], "times are impossible"),
        (lambda data: data[:16] + b"\xff" * 8 + data[24:], "times are impossible"),
    ],
)
def test_a_wrong_file_is_refused_with_one_reason(weather: Payload, damage, words: str) -> None:
    data = payload_file(weather, weather_columns(2))
    with pytest.raises(ProductError, match=words):
        decode_payload_file(weather, damage(data))


def test_a_missing_header_is_refused(weather: Payload) -> None:
    data = payload_file(weather, weather_columns(2))
    with pytest.raises(ProductError, match="header never came"):
        decode_payload_file(weather, data, [(8, 9)])
