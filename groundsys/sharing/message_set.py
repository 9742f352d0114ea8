"""A version of a message, with its manifest: as product sets are, so that the same
`groundsys verify` proves it."""

from __future__ import annotations

from typing import Any

from groundsys.products import ProductFile
from groundsys.products.manifest import describe_files, manifest_file
from groundsys.products.naming import versioned
from groundsys.sharing.tellings import Telling
from groundsys.values.instants import Instant

FORMAT = "groundsys-message/1"


def build_message_set(
    telling: Telling,
    partner: str,
    *,
    told_at: Instant,
    version: int,
    previous_manifest: str,
    software_version: str,
) -> list[ProductFile]:
    """Message and manifest; the same input gives the same octets."""
    stem = versioned(telling.stem, version)
    message = ProductFile(
        f"{stem}{telling.suffix}", telling.write(told_at).encode(), "message", telling.media_type
    )
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "partner": partner,
        "message": telling.about,
        "spacecraft": telling.spacecraft,
        "told_utc": told_at.utc_iso(3),
        "version": version,
        "previous_manifest_sha256": previous_manifest or None,
        "files": describe_files([message]),
        "software": {"name": "groundsys", "version": software_version},
    }
    return [message, manifest_file(stem, manifest)]
