"""Level 0: the payload's file as received, byte for byte, and what its records are."""

from __future__ import annotations

import re

from groundsys.mission.spacecraft.packet_model import Field
from groundsys.products.observation import Observation
from groundsys.products.payload_file import HEADER, HEADER_OCTETS
from groundsys.products.pds4_structures import Contents, table_binary
from groundsys.values.instants import Instant

MEDIA_TYPE = "application/octet-stream"
#: PDS4 1.26, ASCII_File_Name: what a label can name
_LABELLED_NAME = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"
)
_HEADER_FIELDS = (
    Field("magic", "string", 32, description="GSP1"),
    Field("payload_number", "uint", 16),
    Field("record_length", "uint", 16, "byte"),
    Field("record_count", "uint", 32),
    Field("sequence", "uint", 32, description="Number of the file, by the craft"),
    Field("start_sclk", "uint", 64, "ns", "Spacecraft clock of the first record"),
    Field("sample_interval", "uint", 64, "ns", "From record to record, by the spacecraft clock"),
)


def describe_level_0(observation: Observation, name: str) -> Contents | str:
    """The file's header and records for a label, if PDS4 can name the file at all."""
    if not _LABELLED_NAME.fullmatch(name):
        return f"PDS4 allows no file name {name!r}"
    assert HEADER.size == sum(field.bits for field in _HEADER_FIELDS) // 8
    file = observation.file
    missing = observation.provenance.missing
    gaps = "".join(f" Bytes {first} to {last - 1} never came: zeros." for first, last in missing)
    records = file.header.record_count
    structures = [table_binary("Header", _HEADER_FIELDS, 1, 0, "What the file says of itself.")]
    if records:
        told = f"Records as the payload made them, one every sample interval.{gaps}"
        structures.append(
            table_binary("Records", observation.payload.record, records, HEADER_OCTETS, told)
        )
    last = int(observation.tai_ns[-1]) if records else observation.start.tai_ns
    return Contents(
        title=f"{observation.title}: {name}, as received",
        product_class="Product_Observational",
        processing_level="Raw",
        start=observation.start,
        stop=Instant(last),
        structures=tuple(structures),
    )
