"""Detached signatures: 64 octets beside what they are about (RFC 8032 §5.1.6)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNATURE_OCTETS = 64


def is_signed(content: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    """Whether `signature` is that key's over these very octets."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
