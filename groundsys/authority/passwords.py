"""Passwords and their hashes: argon2id (RFC 9106) with its second recommended parameters.

64 MiB, three passes, four lanes: some 0.1 s a guess.
"""

from __future__ import annotations

import functools
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from groundsys.values.errors import AccessRefusedError

SHORTEST = 12
LONGEST = 256

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hash_of(password: str) -> str:
    """What is kept of a new password; `AccessRefusedError` if it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccessRefusedError(
            "this is no good password",
            expected=f"{SHORTEST} to {LONGEST} characters, of any kind",
            found=f"{len(password)} characters",
            remedy="take some words that only you put together",
        )
    return _hasher.hash(_octets(password))


def is_password_of(password: str, kept_hash: str | None) -> bool:
    """True if `kept_hash` was made of `password`; for None or "" it is never, at equal work."""
    nobodys = _nobodys_hash()
    if len(password) > LONGEST:
        password = ""
    try:
        matches = _hasher.verify(kept_hash or nobodys, _octets(password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(kept_hash)


def is_outdated(kept_hash: str) -> bool:
    """True if the hash was made with other parameters than would be taken now."""
    return _hasher.check_needs_rehash(kept_hash)


def _octets(password: str) -> bytes:
    """The same octets on every keyboard (RFC 8265 §4.2: OpaqueString is NFC)."""
    return unicodedata.normalize("NFC", password).encode()


@functools.cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_bytes(32))
