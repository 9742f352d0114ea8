"""Which octets of the Level-0 file a sample of a product was made of.

Samples are counted from 0.  Of a time series one is a record of the payload's, in all its channels
and columns; of a picture it is a pixel, line by line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundsys.mission.ground.customer_model import Payload
from groundsys.products.payload_file import (
    HEADER_OCTETS,
    PayloadFile,
    decode_payload_file,
    engineering_values,
)
from groundsys.products.time_tags import NANOSECONDS_PER_DAY, scet_tai_ns, unix_ns
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import ProductError
from groundsys.values.instants import Instant, SpacecraftEventTime

#: media that hold no samples: what describes others
_NO_SAMPLES = (".json", ".xml", ".sig", ".html", ".txt", ".pem")


@dataclass(frozen=True, slots=True)
class SampleValue:
    """What one field of the record says: as it came and, calibrated, in `unit`."""

    name: str
    raw: int | float
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class TracedSample:
    """A sample, the record that it was made of, and the record's octets in the Level-0 file.

    `begins` is the first octet, `ends` the one after the last; `sclk_ns` is the craft's clock at
    the record, `scet` the event time that the product's own clock solution makes of it.
    """

    sample: int
    record: int
    begins: int
    ends: int
    sclk_ns: int
    scet: SpacecraftEventTime
    values: tuple[SampleValue, ...]


def locate_sample(
    payload: Payload, level_0: bytes, manifest: Mapping[str, Any], name: str, sample: int
) -> TracedSample:
    """The octets behind a sample of the product `name`, which `manifest` speaks of.

    `ProductError` if that product has no such sample.
    """
    missing = tuple((int(first), int(end)) for first, end in manifest["bytes_missing"])
    file = decode_payload_file(payload, level_0, missing)
    clock = _clock(manifest)
    level = next((one["level"] for one in manifest["files"] if one["name"] == name), "")
    if level not in ("L0", "L1") or Path(name).suffix in _NO_SAMPLES:
        raise ProductError(
            f"'{name}' holds no samples",
            expected="a product of measurements",
            remedy=f"trace one of {', '.join(_of_measurements(manifest))}",
        )
    if level == "L0":
        records = np.arange(file.header.record_count)
    else:
        records = _records_of(file, clock, manifest, name)
    if payload.kind == "camera" and level != "L0":
        return _pixel(payload, file, clock, name, sample)
    index = int(records[_within(sample, len(records), name, "samples")])
    return _traced(payload, file, clock, sample, index)


def _of_measurements(manifest: Mapping[str, Any]) -> list[str]:
    return [
        str(one["name"])
        for one in manifest["files"]
        if one["level"] in ("L0", "L1") and Path(one["name"]).suffix not in _NO_SAMPLES
    ]


def _records_of(
    file: PayloadFile, clock: ClockSolution, manifest: Mapping[str, Any], name: str
) -> NDArray[np.intp]:
    """The records in one Level-1 product, in order: all that came, or those of one UTC day."""
    present = np.flatnonzero(file.present)
    alike = [
        str(one["name"])
        for one in manifest["files"]
        if one["level"] == "L1" and Path(one["name"]).suffix == Path(name).suffix
    ]
    if len(alike) <= 1:
        return present
    day = unix_ns(scet_tai_ns(clock, file.sclk_ns()[present])) // NANOSECONDS_PER_DAY
    days = np.unique(day)
    if len(days) != len(alike) or name not in alike:
        raise ProductError(
            f"which records are in '{name}' cannot be told",
            expected=f"one product of its kind for each of {len(days)} UTC days",
            found=", ".join(alike),
        )
    of_day: NDArray[np.intp] = present[day == days[alike.index(name)]]
    return of_day


def _pixel(
    payload: Payload, file: PayloadFile, clock: ClockSolution, name: str, sample: int
) -> TracedSample:
    lines, columns = file.raw["pixels"].shape
    _within(sample, lines * columns, name, "pixels")
    line, column = divmod(sample, columns)
    record = _traced(payload, file, clock, sample, line)
    before = 0
    for field in payload.record:
        if field.name == "pixels":
            break
        before += field.bits // 8
    begins = record.begins + before + column
    grey = int(file.raw["pixels"][line, column])
    value = SampleValue(f"pixel, line {line}, column {column}", grey, float(grey), "")
    return TracedSample(
        sample, line, begins, begins + 1, record.sclk_ns, record.scet, (value, *record.values)
    )


def _traced(
    payload: Payload, file: PayloadFile, clock: ClockSolution, sample: int, index: int
) -> TracedSample:
    length = file.header.record_length
    sclk_ns = file.header.start_sclk_ns + index * file.header.sample_interval_ns
    return TracedSample(
        sample=sample,
        record=index,
        begins=HEADER_OCTETS + index * length,
        ends=HEADER_OCTETS + (index + 1) * length,
        sclk_ns=sclk_ns,
        scet=clock.scet(sclk_ns),
        values=tuple(
            SampleValue(
                field.name,
                file.raw[field.name][index].item(),
                float(engineering_values(field, file.raw[field.name][index : index + 1])[0]),
                field.unit,
            )
            for field in payload.record
            if field.kind != "binary"
        ),
    )


def _within(sample: int, count: int, name: str, what: str) -> int:
    if not 0 <= sample < count:
        raise ProductError(
            f"'{name}' has no sample {sample}",
            expected=f"0 to {count - 1}: it holds {count} {what}" if count else f"no {what} at all",
            found=str(sample),
        )
    return sample


def _clock(manifest: Mapping[str, Any]) -> ClockSolution:
    """The solution that tagged this version of the products."""
    told: Mapping[str, Any] = manifest["clock_solution"]
    return ClockSolution(
        spacecraft=str(manifest["spacecraft"]),
        sclk_ref_ns=int(told["sclk_reference_ns"]),
        scet_ref=SpacecraftEventTime(int(told["scet_reference_tai_ns"])),
        rate=float(told["rate"]),
        uncertainty_s=float(told["uncertainty_s"]),
        valid_from=Instant.from_utc_iso(str(told["valid_from_utc"])),
    )
