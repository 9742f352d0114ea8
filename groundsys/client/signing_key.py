"""The ground segment's public key, kept where a customer's products are and never exchanged."""

from __future__ import annotations

from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from groundsys.client.errors import PortalError
from groundsys.signing import key_id, parse_public_key, public_pem
from groundsys.values.errors import ProductError

SIGNING_KEY = "groundsys-signing-key.pem"


def keep_signing_key(answer: httpx.Response, into: Path) -> None:
    """Keep the key of a portal's answer in `into` the first time; later it must be the same.

    Who has the folder then verifies by a key that a portal, or whoever stands in its place, showed
    *before*: a forger who comes later has another.
    """
    shown = _shown(answer)
    path = into / SIGNING_KEY
    if not path.exists():
        temporary = path.with_name(f".{path.name}.part")
        temporary.write_bytes(public_pem(shown))
        temporary.replace(path)
        return
    if (kept := path.read_bytes()) != public_pem(shown):
        raise ProductError(
            "the portal shows another signing key than the one kept here",
            expected=f"key {_name(kept)}, as in {path}",
            found=f"key {key_id(shown)}",
            remedy="ask the operators, by another way than this portal, which key is theirs; "
            "nothing was fetched.  If the new one is, move the old file away and fetch again",
        )


def _shown(answer: httpx.Response) -> Ed25519PublicKey:
    if answer.status_code != 200:
        raise PortalError(
            "the portal does not show its signing key",
            expected="status 200",
            found=f"status {answer.status_code}",
            remedy="fetch again later; if it stays, tell the operators",
        )
    try:
        return parse_public_key(answer.content)
    except ValueError as error:
        raise PortalError(
            "the portal's signing key cannot be read",
            expected="an Ed25519 key, PEM",
            found=str(error),
            remedy="check the URL",
        ) from error


def _name(pem: bytes) -> str:
    try:
        return key_id(parse_public_key(pem))
    except ValueError:
        return "none that can be read"
