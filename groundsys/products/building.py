"""A received payload file becomes a product set: Level 0, Level 1, quick-looks and a manifest."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

from groundsys.geometry.central_bodies import bodies_of
from groundsys.mission.ground.customer_model import Customer, Payload
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products.formats import writers_of
from groundsys.products.level_0 import MEDIA_TYPE, describe_level_0
from groundsys.products.made import Made
from groundsys.products.manifest import describe_product_set, manifest_file
from groundsys.products.naming import free_stem, versioned
from groundsys.products.observation import Observation
from groundsys.products.payload_file import decode_payload_file
from groundsys.products.pds4_label import labels_of
from groundsys.products.provenance import ProductFile, Provenance
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import ProductError


def build_products(
    payload: Payload,
    customer: Customer,
    spacecraft: Spacecraft,
    file_bytes: bytes,
    file_name: str,
    clock: ClockSolution,
    provenance: Provenance,
    taken: Collection[str] = (),
    mission: Mission | None = None,
) -> list[ProductFile]:
    """Build the product set of one payload file; the manifest comes last.

    Level 0 is the file as received.  A file that is not what its payload's definition says has
    no Level 1; its manifest tells why.  The same input gives the same bytes.  No product takes a
    name in `taken`, the lower-case names of other files' products in the same space.  A later
    version of the set has the same Level 0, and names of its own for everything else.  The
    `mission` says what it is called and what bodies there are; without, groundsys' own definitions.
    """
    observation: Observation | None = None
    refusal = ""
    try:
        observation = Observation(
            payload=payload,
            customer=customer,
            spacecraft=spacecraft,
            file=decode_payload_file(payload, file_bytes, provenance.missing),
            file_name=file_name,
            clock=clock,
            provenance=provenance,
            software_version=_software_version(),
            taken=taken,
            **({} if mission is None else _told_by(mission)),
        )
    except ProductError as error:
        refusal = str(error)
    name = PurePath(file_name)
    stem = free_stem(name.stem, name.suffix, taken, provenance.transaction)
    level_0 = f"{stem}{name.suffix}"
    if observation is None:
        refused = f"not what its definition says: {refusal}"
        made = [Made(level_0, file_bytes, "L0", MEDIA_TYPE, refused)]
    else:
        described = describe_level_0(observation, level_0)
        made = [Made(level_0, file_bytes, "L0", MEDIA_TYPE, described)]
        for write in writers_of(payload):
            made += write(observation)
        made += labels_of(observation, made)
    products = [ProductFile(one.name, one.octets, one.level, one.media_type) for one in made]
    manifest = describe_product_set(
        payload=payload,
        customer=customer,
        spacecraft=spacecraft,
        file_name=file_name,
        files=products,
        unlabelled={
            one.name: one.contents
            for one in made
            if isinstance(one.contents, str) and one.level != "label"
        },
        decoded=observation.file if observation else None,
        refusal=refusal,
        clock=clock,
        provenance=provenance,
        software_version=_software_version(),
    )
    return [*products, manifest_file(versioned(stem, provenance.version), manifest)]


def _told_by(mission: Mission) -> dict[str, Any]:
    return {"programme": mission.programme, "bodies": bodies_of(mission)}


@cache
def _software_version() -> str:
    return version("groundsys")
