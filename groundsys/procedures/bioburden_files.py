"""`planetary_protection/` of a mission's definitions, as a bioburden ledger."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.mission.parsing.reading import Section, read_file
from groundsys.procedures.planetary_protection import (
    Assayer,
    BioburdenLedger,
    Limits,
    ProtectedCraft,
)

FOLDER = "planetary_protection"
_KEY_OCTETS = 32


def read_bioburden(mission: Mission, findings: Findings) -> BioburdenLedger:
    """The ledger as filed; a mission without one has an empty one, which opens no gate.

    Findings tell what is wrong with the definitions.  What is wrong with a record is told when
    it is asked for: an empty record stands for a file that cannot be read.
    """
    root = Path(mission.root)
    path = root / FOLDER / "categories.yaml"
    if not path.is_file():
        return BioburdenLedger()
    file = read_file(path, root, findings)
    if file is None:
        return BioburdenLedger()
    limits = [_limits(section) for section in file.sections("categories")]
    craft = [_craft(section, mission, limits) for section in file.sections("craft")]
    assayers = [_assayer(section) for section in file.sections("assayers")]
    file.finish()
    return BioburdenLedger(
        limits={one.category: one for one in limits},
        craft={one.spacecraft: one for one in craft},
        assayers={one.id: one for one in assayers},
        records={one.spacecraft: _records(root, one.spacecraft) for one in craft},
    )


def _limits(section: Section) -> Limits:
    limits = Limits(
        category=section.text("category"),
        spores=section.number("spores", above=0),
        spores_per_m2=section.number("spores_per_m2", above=0),
        source=section.text("source"),
    )
    section.finish()
    return limits


def _craft(section: Section, mission: Mission, limits: list[Limits]) -> ProtectedCraft:
    surfaces = {}
    inner = section.section("surfaces_m2")
    for name in inner.names:
        surfaces[name] = inner.number(name, above=0)
    craft = ProtectedCraft(
        spacecraft=section.reference("id", "craft", mission.spacecraft),
        category=section.reference("category", "category", [one.category for one in limits]),
        surfaces=surfaces,
    )
    section.finish()
    return craft


def _assayer(section: Section) -> Assayer:
    text = section.text("public_key")
    try:
        key = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != _KEY_OCTETS:
        section.note("public_key", "public_key is no Ed25519 key", "write 32 octets in base64")
    assayer = Assayer(
        id=section.text("id"),
        name=section.text("name"),
        public_key=key,
        valid_from=section.instant("valid_from"),
        valid_until=section.instant("valid_until"),
    )
    section.finish()
    return assayer


def _records(root: Path, spacecraft: str) -> tuple[Mapping[str, Any], ...]:
    paths = sorted((root / FOLDER / "assays" / spacecraft).glob("*.json"))
    return tuple(_record(path) for path in paths)


def _record(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
