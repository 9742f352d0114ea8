"""Tickets: for a while whoever shows one may have one object's sealed bytes, and nothing else.

A ticket is what it allows, sealed (AES-256-GCM) with a secret of the portal's that is drawn at its
start and lies nowhere: so none can be made or read elsewhere, none names what it is for, nothing
has to be kept or cleared away, and all of them end with the portal, however that goes.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SECRET_OCTETS = 32
_NONCE_OCTETS = 12
_PURPOSE = b"groundsys ticket for sealed bytes"


@dataclass(frozen=True, slots=True)
class Ticket:
    """An object's key, and by whom requests for it are counted."""

    key: str
    who: str


class Tickets:
    """Issued and looked at by every process that has the same secret, until the machine restarts.

    They end by the machine's monotonic clock, so that nobody lengthens them by setting its time.
    """

    def __init__(self, secret: bytes, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._cipher = AESGCM(secret)
        self._monotonic_s = monotonic_s

    def issue(self, ticket: Ticket, lifetime: timedelta) -> str:
        """Its text, for a URL's path."""
        ends_s = self._monotonic_s() + lifetime.total_seconds()
        content = json.dumps([ends_s, ticket.key, ticket.who]).encode()
        nonce = os.urandom(_NONCE_OCTETS)
        sealed = nonce + self._cipher.encrypt(nonce, content, _PURPOSE)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

    def open(self, text: str) -> Ticket | None:
        """What it allows now; None for one that has ended, and for everything else."""
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            content = self._cipher.decrypt(sealed[:_NONCE_OCTETS], sealed[_NONCE_OCTETS:], _PURPOSE)
        except (binascii.Error, ValueError, InvalidTag):
            return None
        ends_s, key, who = json.loads(content)
        return Ticket(key, who) if self._monotonic_s() < ends_s else None
