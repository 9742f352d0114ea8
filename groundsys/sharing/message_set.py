"""A version of a message on the disk, with its manifest: as product sets are, so that the same
`groundsys verify` proves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from groundsys.products import ProductFile
from groundsys.products.manifest import manifest_bytes
from groundsys.products.naming import versioned
from groundsys.products.writing import finish, workshop, write_synced
from groundsys.sharing.tellings import Telling
from groundsys.values.instants import Instant

FORMAT = "groundsys-message/1"


def write_message_set(
    telling: Telling,
    partner: str,
    directory: Path,
    *,
    told_at: Instant,
    version: int,
    previous_manifest: str,
    software_version: str,
) -> list[ProductFile]:
    """Write message and manifest into `directory`; the same input gives the same octets."""
    stem = versioned(telling.stem, version)
    with workshop(directory) as folder:
        made = folder / f"{stem}{telling.suffix}"
        write_synced(made, telling.write(told_at).encode())
        file = finish(made, directory, "message", telling.media_type)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "partner": partner,
            "message": telling.about,
            "spacecraft": telling.spacecraft,
            "told_utc": told_at.utc_iso(3),
            "version": version,
            "previous_manifest_sha256": previous_manifest or None,
            "files": [
                {
                    "name": file.name,
                    "level": file.level,
                    "media_type": file.media_type,
                    "size": file.size,
                    "sha256": file.sha256,
                }
            ],
            "software": {"name": "groundsys", "version": software_version},
        }
        told = folder / f"{stem}.manifest.json"
        write_synced(told, manifest_bytes(manifest))
        return [file, finish(told, directory, "manifest", "application/json")]
