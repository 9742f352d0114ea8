"""Which definitions a product was decoded with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from groundsys.mission.spacecraft.craft_model import Spacecraft


def mdb_version(spacecraft: Spacecraft) -> str:
    """Version of the craft's packets and commands: as written in its model, then a hash of them
    all, so that two databases with one version are the same to the last limit."""
    definitions: dict[str, Any] = {
        "space_system": spacecraft.space_system,
        "model": asdict(spacecraft.model),
    }
    if spacecraft.later_models:
        definitions["later"] = [asdict(one) for one in spacecraft.later_models]
    text = json.dumps(definitions, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    versions = ", ".join(f"{model.id} {model.version}" for _, model in spacecraft.models)
    return f"{versions} ({digest})"
