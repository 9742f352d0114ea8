"""A received payload file becomes a product set: Level 0, Level 1 and a manifest."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.metadata import version
from pathlib import Path

from groundsys.mission.model import Customer, Payload, Spacecraft
from groundsys.products.instrument_cdf import write_instrument_cdf
from groundsys.products.manifest import describe_product_set, manifest_bytes
from groundsys.products.naming import free_stem, versioned
from groundsys.products.payload_file import PayloadFile, decode_payload_file
from groundsys.products.picture_png import write_picture
from groundsys.products.provenance import ProductFile, Provenance
from groundsys.products.seismometer_miniseed import write_miniseed
from groundsys.products.station_metadata import write_station_metadata
from groundsys.products.writing import finish, workshop, write_synced
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import ProductError

MEDIA_TYPES = {
    "L0": "application/octet-stream",
    ".cdf": "application/x-cdf",
    ".mseed": "application/vnd.fdsn.mseed",
    ".xml": "application/xml",
    ".png": "image/png",
    "manifest": "application/json",
}


def build_products(
    payload: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    file_bytes: bytes,
    file_name: str,
    clock: ClockSolution,
    provenance: Provenance,
    directory: Path,
    taken: Collection[str] = (),
) -> list[ProductFile]:
    """Build the product set of one payload file in `directory`; the manifest comes last.

    Level 0 is the file as received.  A file that is not what its payload's definition says has
    no Level 1; its manifest tells why.  The same input gives the same bytes.  No product takes a
    name in `taken`, the lower-case names of other files' products in the same space.  A later
    version of the set has the same Level 0, and names of its own for everything else.
    """
    software_version = _software_version()
    decoded: PayloadFile | None = None
    refusal = ""
    try:
        decoded = decode_payload_file(payload, file_bytes, provenance.missing)
    except ProductError as error:
        refusal = str(error)
    with workshop(directory) as folder:
        name = Path(file_name)
        stem = free_stem(name.stem, name.suffix, taken, provenance.transaction)
        level_0 = folder / f"{stem}{name.suffix}"
        write_synced(level_0, file_bytes)
        level_1: list[Path] = []
        if decoded is not None and payload.kind == "camera":
            level_1 = write_picture(payload, spacecraft, decoded, clock, folder, provenance, taken)
        elif decoded is not None and payload.kind != "seismometer":
            level_1 = write_instrument_cdf(
                payload,
                customer,
                spacecraft,
                decoded,
                file_name,
                clock,
                provenance,
                software_version,
                folder,
                taken,
            )
        elif decoded is not None:
            level_1 = write_miniseed(payload, decoded, clock, folder, provenance, taken)
            for path in list(level_1):
                level_1.append(path.with_suffix(".station.xml"))
                write_station_metadata(payload, spacecraft, provenance, level_1[-1])
        products = [
            finish(level_0, directory, "L0", MEDIA_TYPES["L0"]),
            *(finish(path, directory, "L1", MEDIA_TYPES[path.suffix]) for path in level_1),
        ]
        manifest = describe_product_set(
            payload=payload,
            customer=customer,
            spacecraft=spacecraft,
            file_name=file_name,
            files=products,
            decoded=decoded,
            refusal=refusal,
            clock=clock,
            provenance=provenance,
            software_version=software_version,
        )
        made = folder / f"{versioned(stem, provenance.version)}.manifest.json"
        write_synced(made, manifest_bytes(manifest))
        return [*products, finish(made, directory, "manifest", MEDIA_TYPES["manifest"])]


@cache
def _software_version() -> str:
    return version("groundsys")
