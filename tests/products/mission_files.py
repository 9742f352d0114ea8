"""Files of payloads that fly in `mission_db`, full of plausible values."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundsys.ccsds.calibration import raw_range
from groundsys.ccsds.records import encode_records, record_length
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products.payload_file import HEADER, MAGIC
from groundsys.products.quality import is_measured
from groundsys.values.instants import Instant

#: one payload of each kind, and the craft that carries it
CRAFT_OF = {
    "weather": "cube-polar",
    "magnetometer": "cube-aurora",
    "seismometer": "cube-tharsis",
    "scout-camera": "cube-scout",
}
START = Instant.from_utc_iso("2031-08-20T06:00:00Z")


def file_of(
    payload: Payload, craft: Spacecraft, columns: dict[str, Any] | None = None, files: int = 1
) -> bytes:
    """A file as long as `files` of the payload's; its raw columns go into `columns`."""
    count = files * round(payload.file_interval_s / payload.sample_interval_s)
    raw = {} if columns is None else columns
    draw = np.random.default_rng(5)
    for field in payload.record:
        if field.kind == "binary":
            raw[field.name] = draw.integers(0, 255, (count, field.bits // 8), np.uint8)
        elif not is_measured(field):
            raw[field.name] = np.zeros(count, int)
        else:
            low, high = raw_range(field)
            steps = draw.integers(-3, 4, count).cumsum()
            raw[field.name] = np.clip((low + high) // 2 + steps, low + 1, high - 1)
    header = HEADER.pack(
        MAGIC,
        payload.settings["number"],
        record_length(payload.record),
        count,
        12,
        START.tai_ns - craft.sclk_epoch.tai_ns,
        round(payload.sample_interval_s * 1e9),
    )
    return header + encode_records(payload.record, raw)
