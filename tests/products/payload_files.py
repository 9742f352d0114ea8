"""Payload files as a craft writes them, made from raw columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from groundsys.ccsds.fields import encode_fields
from groundsys.mission.ground.customer_model import Payload
from groundsys.products.payload_file import HEADER, MAGIC
from tests.products.conftest import START_SCLK_NS


def payload_file(
    payload: Payload,
    columns: Mapping[str, Any],
    *,
    sequence: int = 12,
    start_sclk_ns: int = START_SCLK_NS,
) -> bytes:
    """One record at a time, by the scalar encoder: independent of the vectorised decoder."""
    lists = [
        column.tolist() if hasattr(column, "tolist") else column for column in columns.values()
    ]
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*lists, strict=True)]
    records = [encode_fields(payload.record, row) for row in rows]
    length = sum(field.bits for field in payload.record) // 8
    header = HEADER.pack(
        MAGIC,
        payload.settings["number"],
        length,
        len(records),
        sequence,
        start_sclk_ns,
        round(payload.sample_interval_s * 1e9),
    )
    return header + b"".join(records)


def weather_columns(count: int) -> dict[str, Any]:
    draw = np.random.default_rng(1)
    return {
        "air_temperature": draw.integers(-(1 << 15), 1 << 15, count),
        "pressure": draw.integers(0, 1 << 24, count),
        "humidity": draw.uniform(0.0, 100.0, count).astype(np.float32),
        "mode": draw.integers(0, 2, count),
        "quality": draw.integers(0, 256, count),
    }


def seismometer_columns(count: int) -> dict[str, Any]:
    draw = np.random.default_rng(2)
    full_range = draw.integers(-(1 << 23), 1 << 23, count)
    walk = np.cumsum(draw.integers(-300, 300, count))
    return {"vertical": full_range, "north": walk, "east": -walk}
