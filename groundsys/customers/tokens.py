"""Customers' keys and tokens: 256 random bits as text; the ground keeps only its SHA-256.

Text form: a prefix and 43 characters of base64url (RFC 4648, section 5) without padding.  A key
(`gs1_`) stands until it is withdrawn or ends; a token that was exchanged for one (`gst_`) stands
for minutes.  Both are random over their full length, so a plain hash cannot be turned round.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

PREFIX = "gs1_"
SHORT_PREFIX = "gst_"
ENTROPY_BYTES = 32
#: hexadecimal digits of the hash that name a key to people
_NAMED_BY = 12
_TOKEN = re.compile(f"(?:{PREFIX}|{SHORT_PREFIX})[A-Za-z0-9_-]{{43}}")


def token_text(entropy: bytes, prefix: str = PREFIX) -> str:
    """The token made of 32 random bytes, such as `secrets.token_bytes(32)`."""
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"a token takes {ENTROPY_BYTES} random bytes; found {len(entropy)}")
    return prefix + base64.urlsafe_b64encode(entropy).rstrip(b"=").decode("ascii")


def is_token(text: str) -> bool:
    """True if `text` has the form of a token (whether it is anybody's is another question)."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """What is kept of a token: SHA-256 of its text, in lower-case hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_id(kept_hash: str) -> str:
    """By which a key is named without being shown."""
    return kept_hash[:_NAMED_BY]


def is_token_of(token: str, kept_hash: str) -> bool:
    """True if `kept_hash` was made of `token`; takes equally long either way."""
    return hmac.compare_digest(token_hash(token), kept_hash)
