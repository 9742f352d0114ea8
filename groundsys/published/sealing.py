"""Parts of the catalogue as they lie in the store: packed, sealed, bound to their place.

    object = "GSC1" | nonce (12 octets) | AES-256-GCM(key, nonce, zlib(content)) | tag

The key of the object in the store is authenticated with it: nothing opens at another place.
"""

from __future__ import annotations

import os
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groundsys.objects import Bucket
from groundsys.values.errors import ProductError

_MAGIC = b"GSC1"
_NONCE_OCTETS = 12
#: a part of a catalogue is never longer, packed or not
LARGEST_OCTETS = 1 << 28


def seal(key: bytes, content: bytes, place: str) -> bytes:
    """The octets that lie at `place`."""
    nonce = os.urandom(_NONCE_OCTETS)
    bound_to = _MAGIC + place.encode()
    return _MAGIC + nonce + AESGCM(key).encrypt(nonce, zlib.compress(content), bound_to)


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """The content; `ProductError` if it is not what was sealed with this key for this place."""
    nonce, packed = sealed[4 : 4 + _NONCE_OCTETS], sealed[4 + _NONCE_OCTETS :]
    try:
        if not sealed.startswith(_MAGIC):
            raise ValueError
        opened = AESGCM(key).decrypt(nonce, packed, _MAGIC + place.encode())
    except (ValueError, InvalidTag) as error:
        raise not_as_published(place, "octets that do not open") from error
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(opened, LARGEST_OCTETS)
    if not unpacking.eof:
        raise not_as_published(place, f"more than {LARGEST_OCTETS} octets")
    return content


def read_object(bucket: Bucket, place: str) -> bytes:
    """All octets at a place; `ProductError` if there are none, or too many."""
    octets = bucket.size(place)
    if octets is None or octets > LARGEST_OCTETS:
        raise not_as_published(place, "nothing" if octets is None else f"{octets} octets")
    return bucket.read(place, 0, octets)


def not_as_published(place: str, found: str) -> ProductError:
    return ProductError(
        f"the catalogue in the object store is not as the desks published it: {place}",
        expected="octets that they have sealed and signed",
        found=found,
        remedy="bring the object back from a copy, and look who can write in the store",
    )
