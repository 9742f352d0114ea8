"""Keys as PEM files: a private one is made once and nobody else may read it.

Private keys are PKCS #8, public ones SubjectPublicKeyInfo (RFC 8410), so that `openssl` reads both.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from groundsys.values.errors import EnvironmentLackError
from groundsys.values.private_files import write_once


def own_key(path: Path, whose: str, signed: str, *, may_be_made: bool) -> Ed25519PrivateKey:
    """The private key in `path`, made if it is not there and may be.

    `whose` names its owner in errors ("the notary"), `signed` what was signed with it so far:
    once there is such a thing, a lost key is not replaced in silence.
    """
    if not path.exists():
        if not may_be_made:
            raise EnvironmentLackError(
                f"{whose}'s key is gone",
                expected=f"the key {path}, by which {signed} are signed",
                remedy="bring it back from a copy, or start with a folder of its own",
            )
        made = Ed25519PrivateKey.generate()
        write_once(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise _no_key(path, whose, str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path, whose, type(key).__name__)
    return key


def load_public_key(path: Path, whose: str) -> Ed25519PublicKey:
    """The public key in a PEM file."""
    try:
        return parse_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _no_key(path, whose, str(error)) from error


def parse_public_key(pem: bytes) -> Ed25519PublicKey:
    """The public key in these octets; `ValueError` if there is none of Ed25519."""
    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(type(key).__name__)
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """The public key as PEM; one key always the same octets."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: Ed25519PublicKey) -> str:
    """A key's short name: the first 16 digits of the SHA-256 of its 32 octets."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _no_key(path: Path, whose: str, found: str) -> EnvironmentLackError:
    return EnvironmentLackError(
        f"{whose}'s key cannot be read", expected=f"an Ed25519 key, PEM, in {path}", found=found
    )
