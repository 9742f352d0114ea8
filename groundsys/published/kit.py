"""A portal's kit: what it needs to read the catalogue by itself, handed to it by the desks.

It is as secret as a portal is trusted: with it and a customer's token that customer's products can
be read, with it alone nothing but which customers there are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from groundsys.signing import parse_public_key
from groundsys.values.errors import EnvironmentLackError


@dataclass(frozen=True, slots=True)
class PortalKit:
    """`head` is the number of the newest head when it was handed out: none older is believed."""

    public_pem: bytes
    head_key: bytes
    shares: Mapping[str, bytes]
    head: int

    @property
    def public_key(self) -> Ed25519PublicKey:
        return parse_public_key(self.public_pem)

    def without(self, customer: str) -> PortalKit:
        """The kit once a customer's key has been destroyed."""
        kept = {name: share for name, share in self.shares.items() if name != customer}
        return PortalKit(self.public_pem, self.head_key, kept, self.head)

    def to_json(self) -> str:
        return json.dumps(
            {
                "public_pem": self.public_pem.decode("ascii"),
                "head_key": self.head_key.hex(),
                "shares": {name: share.hex() for name, share in sorted(self.shares.items())},
                "head": self.head,
            }
        )

    @classmethod
    def of_json(cls, text: str) -> PortalKit:
        """What `to_json` made; `EnvironmentLackError` for anything else."""
        try:
            told = json.loads(text)
            kit = cls(
                str(told["public_pem"]).encode("ascii"),
                bytes.fromhex(told["head_key"]),
                {str(name): bytes.fromhex(share) for name, share in told["shares"].items()},
                int(told["head"]),
            )
            parse_public_key(kit.public_pem)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EnvironmentLackError(
                "this is no portal's kit",
                expected="what the desks hand to a portal",
                found=type(error).__name__,
                remedy="remove the file, and start the portal once while the desks answer",
            ) from error
        return kit
