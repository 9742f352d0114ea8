"""A head of the catalogue: signed, numbered, the one thing that says what holds.

object  = sealed(signature (64 octets) | text)
text    = JSON, sorted, without blanks
signed  = "groundsys catalogue head 1\\n" | text, so that no manifest can pass for one
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from groundsys.customers.spaces import RESERVED_SPACE
from groundsys.objects import Bucket
from groundsys.published.doors import Door
from groundsys.published.sealing import not_as_published, seal, unseal
from groundsys.signing import SIGNATURE_OCTETS, is_signed
from groundsys.values.errors import ProductError

_SIGNED_AS = b"groundsys catalogue head 1\n"
_ROOT = RESERVED_SPACE


@dataclass(frozen=True, slots=True)
class BatchName:
    """A batch, how many events it tells, and the SHA-256 of its object."""

    number: int
    events: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Space:
    """What holds of one customer's space: its batches together, in order, up to an event.

    Of a customer whose key has been destroyed there are none.
    """

    up_to: int = 0
    batches: tuple[BatchName, ...] = ()
    destroyed: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """`issued_s` is wall time, seconds since 1970; `previous` the SHA-256 of the head before."""

    number: int
    issued_s: float
    previous: str
    spaces: Mapping[str, Space] = field(default_factory=dict)
    doors: tuple[Door, ...] = ()


def head_place(number: int) -> str:
    return f"{_ROOT}/heads/{number:012d}"


def batch_place(customer: str, number: int) -> str:
    return f"{_ROOT}/spaces/{customer}/{number:012d}"


def sealed_head(head: Head, signer: Ed25519PrivateKey, head_key: bytes) -> bytes:
    """The head's object."""
    told = {
        "number": head.number,
        "issued_s": head.issued_s,
        "previous": head.previous,
        "spaces": {
            customer: {
                "up_to": space.up_to,
                "batches": [[one.number, one.events, one.sha256] for one in space.batches],
                "destroyed": space.destroyed,
            }
            for customer, space in head.spaces.items()
        },
        "doors": [[one.customer, one.name, one.locked.hex()] for one in head.doors],
    }
    text = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    return seal(head_key, signer.sign(_SIGNED_AS + text) + text, head_place(head.number))


def opened_head(sealed: bytes, number: int, public_key: Ed25519PublicKey, head_key: bytes) -> Head:
    """The head of this number; `ProductError` unless the desks have signed it as that."""
    place = head_place(number)
    content = unseal(head_key, sealed, place)
    signature, text = content[:SIGNATURE_OCTETS], content[SIGNATURE_OCTETS:]
    if not is_signed(_SIGNED_AS + text, signature, public_key):
        raise not_as_published(place, "a signature that is not the desks'")
    told = json.loads(text)
    head = Head(
        number=int(told["number"]),
        issued_s=float(told["issued_s"]),
        previous=str(told["previous"]),
        spaces={
            customer: Space(
                int(space["up_to"]),
                tuple(
                    BatchName(int(one), int(events), str(sha))
                    for one, events, sha in space["batches"]
                ),
                bool(space["destroyed"]),
            )
            for customer, space in told["spaces"].items()
        },
        doors=tuple(Door(of, name, bytes.fromhex(locked)) for of, name, locked in told["doors"]),
    )
    if head.number != number:
        raise not_as_published(place, f"head {head.number}")
    return head


def oldest_head(bucket: Bucket, behind: int = 0) -> int:
    """The lowest number of a head behind one; 0 if there is none."""
    name = bucket.first_behind(f"{_ROOT}/heads", f"{behind:012d}")
    return int(name) if name is not None and name.isdecimal() else 0


def newest_head(bucket: Bucket, at_least: int) -> int:
    """The highest number of a head, at or above one that is known; 0 if there is none at all.

    Numbers leave none out from the oldest that is kept: some dozen looks find the last of millions.
    The one that is known may be superseded and removed; `ProductError` if there is no later one
    either: somebody has put the store back to an earlier state.
    """

    def is_there(number: int) -> bool:
        return bucket.size(head_place(number)) is not None

    known = at_least if at_least and is_there(at_least) else oldest_head(bucket, at_least)
    if not known and at_least:
        raise ProductError(
            "the catalogue in the object store has been put back to an earlier state",
            expected=f"head {at_least}, or a later one",
            found="none of that number",
            remedy="bring the store back from its newest copy, and look who can write in it",
        )
    if not known:
        return 0
    low, step = known, 1
    while is_there(low + step):
        low, step = low + step, 2 * step
    high = low + step  # low is there, high is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_there(middle) else (low, middle)
    return low


def digest(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()
