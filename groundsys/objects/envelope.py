"""The envelope: an object's data key, wrapped by its customer's key, at the head of the object.

    envelope = "GSO1" | nonce (12 octets) | AES-256-GCM(customer's key, nonce, data key) | tag

The wrapping authenticates the object's key in the store as well, so that no envelope opens anything
but the object that it was made for.  With random nonces one customer's key may wrap 2^32 data keys
(NIST SP 800-38D, section 8.3).
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groundsys.objects.segments import KEY_OCTETS
from groundsys.values.errors import ProductError

_MAGIC = b"GSO1"
_NONCE_OCTETS = 12
ENVELOPE_OCTETS = len(_MAGIC) + _NONCE_OCTETS + KEY_OCTETS + 16


def seal_envelope(customer_key: bytes, data_key: bytes, object_key: str) -> bytes:
    """The envelope of a new object."""
    nonce = os.urandom(_NONCE_OCTETS)
    wrapped = AESGCM(customer_key).encrypt(nonce, data_key, _MAGIC + object_key.encode())
    return _MAGIC + nonce + wrapped


def open_envelope(customer_key: bytes, envelope: bytes, object_key: str) -> bytes:
    """The data key; `ProductError` unless this customer's key sealed it for this object."""
    nonce, wrapped = envelope[4 : 4 + _NONCE_OCTETS], envelope[4 + _NONCE_OCTETS :]
    try:
        if len(envelope) != ENVELOPE_OCTETS or not envelope.startswith(_MAGIC):
            raise ValueError
        return AESGCM(customer_key).decrypt(nonce, wrapped, _MAGIC + object_key.encode())
    except (ValueError, InvalidTag) as error:
        raise ProductError(
            f"the envelope of object '{object_key}' does not open",
            expected="one that was sealed for it with its customer's key",
            remedy="bring object and keys back from copies of the same run",
        ) from error
