"""Whether a craft may go towards a surface: its bioburden, by signed records of assays.

COSPAR's category of a craft limits the spores on its surfaces, in total and on average.  What was
counted is told by records that a laboratory signs (Ed25519, RFC 8032, over the record's canonical
JSON without its signature).  Every surface of the craft needs one that counts; whatever is wrong
is a reason, and one reason keeps a gate shut.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from groundsys.values.instants import Instant

SIGNATURE = "signature"
_TEXTS = ("craft", "surface", "assayer", "sampled_at", "valid_until")
_NUMBERS = ("area_m2", "spores")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a category allows; `source` says who says so."""

    category: str
    spores: float
    spores_per_m2: float
    source: str


@dataclass(frozen=True, slots=True)
class ProtectedCraft:
    """A craft's category, and the area in m² of each of its surfaces by name."""

    spacecraft: str
    category: str
    surfaces: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Assayer:
    """A laboratory whose records count, if sampled while its key was good."""

    id: str
    name: str
    #: 32 octets
    public_key: bytes
    valid_from: Instant
    valid_until: Instant


@dataclass(frozen=True, slots=True)
class BioburdenLedger:
    """Everything known about the craft's bioburden; `records` by craft, as they were filed."""

    limits: Mapping[str, Limits] = field(default_factory=dict)
    craft: Mapping[str, ProtectedCraft] = field(default_factory=dict)
    assayers: Mapping[str, Assayer] = field(default_factory=dict)
    records: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A craft's bioburden against its limits; within them only if there is no reason against it."""

    spacecraft: str
    category: str
    spores: float
    spores_per_m2: float
    reasons: tuple[str, ...]

    @property
    def within_limits(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class _Count:
    surface: str
    spores: float
    area_m2: float
    sampled_at: Instant
    valid_until: Instant


def canonical(record: Mapping[str, Any]) -> bytes:
    """What is signed: the record without its signature, keys sorted, no spaces, UTF-8."""
    unsigned = {key: value for key, value in record.items() if key != SIGNATURE}
    text = json.dumps(unsigned, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def sign_record(record: Mapping[str, Any], private_key: bytes) -> dict[str, Any]:
    """The record with a laboratory's signature; `private_key` is its seed of 32 octets."""
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(canonical(record))
    return {**record, SIGNATURE: base64.b64encode(signature).decode("ascii")}


def assess(spacecraft: str, ledger: BioburdenLedger, now: Instant) -> Assessment:
    """A craft's bioburden at `now`, and every reason for which it is not within its limits."""
    craft = ledger.craft.get(spacecraft)
    if craft is None:
        return Assessment(spacecraft, "", 0.0, 0.0, (f"{spacecraft} has no category",))
    reasons: list[str] = []
    latest: dict[str, _Count] = {}
    for number, record in enumerate(ledger.records.get(spacecraft, ()), 1):
        found = _read(record, craft, ledger)
        if isinstance(found, str):
            reasons.append(f"record {number}: {found}")
        elif found.surface not in latest or found.sampled_at > latest[found.surface].sampled_at:
            latest[found.surface] = found
    for surface, area_m2 in craft.surfaces.items():
        count = latest.get(surface)
        if count is None:
            reasons.append(f"no assay of {surface}")
        elif now < count.sampled_at:
            reasons.append(f"the assay of {surface} is of {count.sampled_at.utc_iso(0)}, to come")
        elif now >= count.valid_until:
            reasons.append(f"the assay of {surface} expired {count.valid_until.utc_iso(0)}")
        elif not math.isclose(count.area_m2, area_m2, rel_tol=1e-3):
            reasons.append(f"{surface} is {area_m2:g} m², assayed as {count.area_m2:g} m²")
    spores = sum(count.spores for count in latest.values())
    area_m2 = sum(craft.surfaces.values())
    per_m2 = spores / area_m2 if area_m2 else 0.0
    limits = ledger.limits.get(craft.category)
    if limits is None:
        reasons.append(f"no limits are known for category {craft.category}")
    else:
        if spores > limits.spores:
            reasons.append(f"{spores:.3g} spores, {limits.spores:.3g} allowed")
        if per_m2 > limits.spores_per_m2:
            reasons.append(f"{per_m2:.3g} spores/m², {limits.spores_per_m2:.3g} allowed")
    return Assessment(spacecraft, craft.category, spores, per_m2, tuple(reasons))


def _read(
    record: Mapping[str, Any], craft: ProtectedCraft, ledger: BioburdenLedger
) -> _Count | str:
    """What a record counts, or why it counts nothing."""
    for key in _TEXTS:
        if not isinstance(record.get(key), str):
            return f"{key} is {record.get(key)!r}"
    for key in _NUMBERS:
        value = record.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{key} is {value!r}"
        if not (math.isfinite(value) and value >= 0.0):
            return f"{key} is {value!r}"
    assayer = ledger.assayers.get(record["assayer"])
    if assayer is None:
        return f"nobody knows the assayer {record['assayer']!r}"
    if not _is_signed(record, assayer):
        return f"not signed by {assayer.id}"
    if record["craft"] != craft.spacecraft:
        return f"it is of {record['craft']}"
    if record["surface"] not in craft.surfaces:
        return f"{craft.spacecraft} has no surface {record['surface']!r}"
    try:
        sampled_at = Instant.from_utc_iso(record["sampled_at"])
        valid_until = Instant.from_utc_iso(record["valid_until"])
    except ValueError as error:
        return str(error)
    if not assayer.valid_from <= sampled_at < assayer.valid_until:
        return f"{assayer.id}'s key was not good at {record['sampled_at']}"
    return _Count(
        record["surface"],
        float(record["spores"]),
        float(record["area_m2"]),
        sampled_at,
        valid_until,
    )


def _is_signed(record: Mapping[str, Any], assayer: Assayer) -> bool:
    try:
        signature = base64.b64decode(str(record.get(SIGNATURE, "")), validate=True)
        key = Ed25519PublicKey.from_public_bytes(assayer.public_key)
        key.verify(signature, canonical(record))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
