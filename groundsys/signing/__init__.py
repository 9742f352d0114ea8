"""Ed25519 keys that the ground segment signs with, and what they have signed (RFC 8032)."""

from groundsys.signing.keys import key_id, load_public_key, own_key, parse_public_key, public_pem
from groundsys.signing.signatures import SIGNATURE_OCTETS, is_signed

__all__ = [
    "SIGNATURE_OCTETS",
    "is_signed",
    "key_id",
    "load_public_key",
    "own_key",
    "parse_public_key",
    "public_pem",
]
