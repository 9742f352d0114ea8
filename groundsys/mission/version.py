"""Which definitions a product was decoded with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from groundsys.mission.model import Spacecraft


def mdb_version(spacecraft: Spacecraft) -> str:
    """Version of the craft's packets and commands: as written in its model, then a hash of them
    all, so that two databases with one version are the same to the last limit."""
    definitions = {"space_system": spacecraft.space_system, "model": asdict(spacecraft.model)}
    text = json.dumps(definitions, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{spacecraft.model.id} {spacecraft.model.version} ({digest})"
