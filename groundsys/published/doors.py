"""Doors: how a portal without desks tells whose token it is shown.

A door has a name and a lock, both derived from the token's hash, of which nothing can be turned
round: whoever sees heads learns how many tokens there are and nothing by which one could be shown.

    name = HMAC-SHA256(hash, "groundsys door name"), 32 hexadecimal digits
    lock = HKDF-SHA256(hash, salt = the customer's share, "groundsys door lock")
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from groundsys.published.sealing import seal, unseal

_NAME_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Grant:
    """A token that is somebody's now; `expires_s` is wall time, None for one without an end."""

    token_hash: str
    customer: str
    #: by which the key is named to people
    key: str
    scopes: tuple[str, ...]
    expires_s: float | None


@dataclass(frozen=True, slots=True)
class Door:
    """What a head tells of one token."""

    customer: str
    name: str
    locked: bytes


@dataclass(frozen=True, slots=True)
class OpenedDoor:
    """Whose the token is, what it is good for until when, and what opens the customer's batches."""

    customer: str
    key: str
    scopes: tuple[str, ...]
    expires_s: float | None
    catalogue_key: bytes

    def is_open(self, now_s: float) -> bool:
        return self.expires_s is None or now_s < self.expires_s


def door_name(token_hash: str) -> str:
    digest = hmac.new(bytes.fromhex(token_hash), b"groundsys door name", hashlib.sha256)
    return digest.hexdigest()[:_NAME_DIGITS]


def make_door(grant: Grant, share: bytes, catalogue_key: bytes) -> Door:
    """The door of a token, which its customer's share opens with it."""
    told = {
        "key": grant.key,
        "scopes": list(grant.scopes),
        "expires_s": grant.expires_s,
        "catalogue_key": catalogue_key.hex(),
    }
    name = door_name(grant.token_hash)
    lock = _lock(grant.token_hash, share)
    return Door(grant.customer, name, seal(lock, json.dumps(told).encode(), _place(grant, name)))


def open_door(door: Door, token_hash: str, share: bytes) -> OpenedDoor:
    """What is behind the door; `ProductError` if it is not this token's."""
    content = unseal(_lock(token_hash, share), door.locked, _place(door, door.name))
    told: Mapping[str, object] = json.loads(content)
    expires_s = told["expires_s"]
    scopes = told["scopes"]
    assert isinstance(scopes, list)
    return OpenedDoor(
        customer=door.customer,
        key=str(told["key"]),
        scopes=tuple(map(str, scopes)),
        expires_s=float(expires_s) if isinstance(expires_s, int | float) else None,
        catalogue_key=bytes.fromhex(str(told["catalogue_key"])),
    )


def _place(of: Grant | Door, name: str) -> str:
    return f"{of.customer}/{name}"


def _lock(token_hash: str, share: bytes) -> bytes:
    return HKDF(SHA256(), 32, share, b"groundsys door lock").derive(bytes.fromhex(token_hash))
