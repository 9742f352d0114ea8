"""The manifest of a product set: what it holds, when it was measured, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products.payload_file import HEADER, PayloadFile
from groundsys.products.provenance import FrameRange, ProductFile, Provenance
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant

FORMAT = "groundsys-manifest/1"
MANIFEST_SUFFIX = ".manifest.json"


def describe_product_set(
    *,
    payload: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    file_name: str,
    files: Sequence[ProductFile],
    unlabelled: Mapping[str, str],
    decoded: PayloadFile | None,
    refusal: str,
    clock: ClockSolution,
    provenance: Provenance,
    software_version: str,
) -> dict[str, Any]:
    """The manifest as JSON-ready values; `refusal` says why there is no Level 1, if so.

    `unlabelled` tells of each file without a PDS4 label why it has none.
    """
    return {
        "format": FORMAT,
        "customer": customer.id,
        "spacecraft": spacecraft.id,
        "payload": payload.id,
        "payload_file": file_name,
        "version": provenance.version,
        "previous_manifest_sha256": provenance.previous_manifest or None,
        "files": describe_files(files),
        "level_1_refused": refusal or None,
        "without_pds4_label": dict(unlabelled),
        "time": _time(decoded, clock) if decoded else None,
        "gaps": _gaps(decoded, clock) if decoded else [],
        "bytes_missing": [list(span) for span in provenance.missing],
        "clock_solution": {
            "sclk_reference_ns": clock.sclk_ref_ns,
            "scet_reference_tai_ns": clock.scet_ref.tai_ns,
            "rate": clock.rate,
            "uncertainty_s": clock.uncertainty_s,
            "valid_from_utc": clock.valid_from.utc_iso(6),
        },
        "calibration": _calibration(payload),
        "source": {
            "cfdp": {
                "source_entity": provenance.source_entity,
                "destination_entity": provenance.destination_entity,
                "transaction": provenance.transaction,
            },
            "completed_utc": provenance.completed.utc_iso(3),
            "frames": describe_sources(provenance.frames),
        },
        "mdb_version": provenance.mdb_version,
        "software": {"name": "groundsys", "version": software_version},
    }


def describe_sources(frames: Sequence[FrameRange]) -> list[dict[str, Any]]:
    """The frames that carried a product's octets, with station and Earth receive time."""
    return [
        {
            **{
                key: value
                for key, value in asdict(one).items()
                if key not in ("first_ert", "last_ert")
            },
            "first_ert_utc": one.first_ert.utc_iso(6),
            "last_ert_utc": one.last_ert.utc_iso(6),
        }
        for one in frames
    ]


def describe_files(files: Sequence[ProductFile]) -> list[dict[str, Any]]:
    """What a manifest says of each file of its set."""
    return [
        {
            "name": file.name,
            "level": file.level,
            "media_type": file.media_type,
            "size": file.size,
            "sha256": file.sha256,
        }
        for file in files
    ]


def manifest_file(stem: str, manifest: dict[str, Any]) -> ProductFile:
    """A manifest as a product; the same manifest is always the same bytes."""
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False)
    name = f"{stem}{MANIFEST_SUFFIX}"
    return ProductFile(name, f"{text}\n".encode(), "manifest", "application/json")


def _time(decoded: PayloadFile, clock: ClockSolution) -> dict[str, Any]:
    header = decoded.header
    span_ns = (header.start_sclk_ns, _sclk_after(decoded, header.record_count))
    return {
        "sequence": header.sequence,
        "records": header.record_count,
        "records_present": int(decoded.present.sum()),
        "sample_interval_s": header.sample_interval_ns / 1e9,
        "sclk_start_ns": span_ns[0],
        "sclk_end_ns": span_ns[1],
        "start_utc": _utc(clock, span_ns[0]),
        "end_utc": _utc(clock, span_ns[1]),
        "uncertainty_s": clock.uncertainty_s,
    }


def _gaps(decoded: PayloadFile, clock: ClockSolution) -> list[dict[str, Any]]:
    length = decoded.header.record_length
    return [
        {
            "records": last - first,
            "first_byte": HEADER.size + first * length,
            "last_byte": HEADER.size + last * length - 1,
            "sclk_start_ns": _sclk_after(decoded, first),
            "sclk_end_ns": _sclk_after(decoded, last),
            "start_utc": _utc(clock, _sclk_after(decoded, first)),
            "end_utc": _utc(clock, _sclk_after(decoded, last)),
        }
        for first, last in decoded.runs(present=False)
    ]


def _calibration(payload: Payload) -> dict[str, Any]:
    return {
        field.name: {"unit": field.unit, "polynomial": list(field.polynomial)}
        for field in payload.record
    }


def _sclk_after(decoded: PayloadFile, records: int) -> int:
    return decoded.header.start_sclk_ns + records * decoded.header.sample_interval_ns


def _utc(clock: ClockSolution, sclk_ns: int) -> str:
    instant: Instant = clock.scet(sclk_ns)
    return instant.utc_iso(6)
