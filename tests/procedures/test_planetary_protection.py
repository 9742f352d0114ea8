"""One thing wrong with a craft's bioburden records, and its gate stays shut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings
from groundsys.procedures.bioburden_files import read_bioburden
from groundsys.procedures.planetary_protection import (
    Assayer,
    BioburdenLedger,
    Limits,
    ProtectedCraft,
    assess,
    sign_record,
)
from groundsys.values.instants import Instant

SEED, OTHER_SEED = bytes(range(32)), bytes(range(1, 33))
NOW = Instant.from_utc_iso("2031-08-20T00:00:00Z")


def public(seed: bytes) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def record(surface: str, area_m2: float, spores: float, **changes: Any) -> dict[str, Any]:
    content = {
        "craft": "cube", "surface": surface, "area_m2": area_m2, "spores": spores,
        "assayer": "lab", "sampled_at": "2031-01-01T00:00:00Z",
        "valid_until": "2032-01-01T00:00:00Z", **changes,
    }  # fmt: skip
    return sign_record(content, SEED)


GOOD = (record("bus", 1.0, 250), record("shell", 3.0, 800))


def ledger(*records: dict[str, Any]) -> BioburdenLedger:
    from_, until = (Instant.from_utc_iso(f"{year}-01-01T00:00:00Z") for year in (2030, 2033))
    return BioburdenLedger(
        limits={"IVa": Limits("IVa", 3.0e5, 300.0, "COSPAR")},
        craft={"cube": ProtectedCraft("cube", "IVa", {"bus": 1.0, "shell": 3.0})},
        assayers={"lab": Assayer("lab", "Lab", public(SEED), from_, until)},
        records={"cube": records},
    )


def test_assayed_and_within_its_limits() -> None:
    found = assess("cube", ledger(*GOOD), NOW)
    assert found.within_limits
    assert (found.spores, found.spores_per_m2) == (1050.0, 262.5)


def forged(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "spores": 1}


def by_another(one: dict[str, Any]) -> dict[str, Any]:
    return sign_record(one, OTHER_SEED)


def unsigned(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key != "signature"}


SHUT = {
    "missing": (lambda: (GOOD[0],), "no assay of shell"),
    "none": (tuple, "no assay of bus"),
    "forged": (lambda: (GOOD[0], forged(GOOD[1])), "not signed by lab"),
    "forged beside good ones": (lambda: (*GOOD, forged(GOOD[1])), "not signed by lab"),
    "by another's key": (lambda: (GOOD[0], by_another(GOOD[1])), "not signed by lab"),
    "unsigned": (lambda: (GOOD[0], unsigned(GOOD[1])), "not signed by lab"),
    "unreadable": (lambda: (*GOOD, {}), "craft is None"),
    "expired": (
        lambda: (GOOD[0], record("shell", 3.0, 1, valid_until="2031-08-20T00:00:00Z")),
        "the assay of shell expired",
    ),
    "to come": (
        lambda: (GOOD[0], record("shell", 3.0, 1, sampled_at="2031-09-01T00:00:00Z")), "to come",
    ),
    "a good one, then a worse": (
        lambda: (*GOOD, record("shell", 3.0, 9e5, sampled_at="2031-02-01T00:00:00Z")), "spores",
    ),
    "too many in total": (
        lambda: (record("bus", 1.0, 1.6e5), record("shell", 3.0, 1.6e5)), "3e+05 allowed",
    ),
    "too many on average": (
        lambda: (record("bus", 1.0, 601), record("shell", 3.0, 600)), "300 spores/m², 300 allowed",
    ),
    "of another craft": (lambda: (GOOD[0], record("shell", 3.0, 1, craft="other")), "of other"),
    "of part of a surface": (lambda: (GOOD[0], record("shell", 0.1, 1)), "shell is 3 m²"),
    "less than nothing": (lambda: (GOOD[0], record("shell", 3.0, -1)), "spores is -1"),
    "not a number": (lambda: (GOOD[0], record("shell", 3.0, float("nan"))), "spores is nan"),
    "by a stranger": (lambda: (GOOD[0], record("shell", 3.0, 1, assayer="me")), "nobody knows"),
    "before the laboratory's key": (
        lambda: (GOOD[0], record("shell", 3.0, 1, sampled_at="2029-01-01T00:00:00Z")),
        "key was not good",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHUT)
def test_one_thing_wrong_shuts_the_gate(name: str) -> None:
    records: Callable[[], tuple[dict[str, Any], ...]]
    records, words = SHUT[name]
    found = assess("cube", ledger(*records()), NOW)
    assert not found.within_limits
    assert any(words in reason for reason in found.reasons), found.reasons


def test_a_craft_without_category_or_limits_goes_nowhere() -> None:
    assert assess("otv", ledger(*GOOD), NOW).reasons == ("otv has no category",)
    lawless = replace(ledger(*GOOD), limits={})
    assert assess("cube", lawless, NOW).reasons == ("no limits are known for category IVa",)


def test_the_reference_missions_cubes_are_within_their_category(mission: Mission) -> None:
    findings = Findings()
    filed = read_bioburden(mission, findings)
    assert findings.found == []
    assert filed.limits["IVa"].spores == 3.0e5
    assert filed.limits["IVa"].spores_per_m2 == 300.0
    for craft in ("cube-polar", "cube-tharsis"):
        found = assess(craft, filed, NOW)
        assert found.reasons == ()
        assert found.spores > 0
