"""A customer's folder as `fetch` leaves it: product sets of two payloads, one in two versions."""

from __future__ import annotations

import random
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundsys.ccsds.records import record_length
from groundsys.client.signing_key import SIGNING_KEY
from groundsys.mission import load_mission
from groundsys.mission.ground.customer_model import Payload
from groundsys.products import Provenance, build_products, sign_manifest
from groundsys.products.payload_file import HEADER, MAGIC
from groundsys.signing import public_pem
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, SpacecraftEventTime
from tests.products.written import all_written

DAY = Instant.from_utc_iso("2031-08-20T06:00:00Z")
SCLK_NS = 50_000_000 * 10**9


def make_folder(folder: Path, key: Ed25519PrivateKey) -> None:
    """Fill `folder` with what the delivery desk makes; its manifests are signed by `key`."""
    mission = load_mission()
    for craft_id, customer_id, versions in (
        ("cube-polar", "polar-weather", 2),
        ("cube-tharsis", "tharsis-seismo", 1),
    ):
        craft, customer = mission.spacecraft[craft_id], mission.customers[customer_id]
        payload = mission.payloads[str(craft.payload)]
        content = payload_file(payload, records=60)
        previous = ""
        for version in range(1, versions + 1):
            epoch = SpacecraftEventTime(DAY.tai_ns)
            clock = ClockSolution(craft_id, SCLK_NS, epoch, 1.0, 0.02 / version, DAY)
            provenance = Provenance(
                *(craft.entity_id, 1, 7, DAY, "cube 1 (a1b2c3)"),
                version=version,
                previous_manifest=previous,
            )
            made = build_products(
                *(payload, customer, craft, content, f"{payload.id}-1.dat"),
                *(clock, provenance),
            )
            previous = next(one.sha256 for one in made if one.level == "manifest")
            all_written([*made, sign_manifest(made, key)], folder / craft_id)
    (folder / SIGNING_KEY).write_bytes(public_pem(key.public_key()))


def payload_file(payload: Payload, records: int) -> bytes:
    """A file of the payload's whose measurements are noise."""
    length = record_length(payload.record)
    interval_ns = round(payload.sample_interval_s * 1e9)
    number = payload.settings["number"]
    header = HEADER.pack(MAGIC, number, length, records, 1, SCLK_NS, interval_ns)
    return header + random.Random(3).randbytes(records * length)
