"""Command packets before they leave: about how long, and what of them was approved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from groundsys.ccsds.requests import CONTENT_OFFSET, SOURCE_OFFSET

#: octets by which a packet may be longer than its arguments: headers, function, CRC
_PACKET_OVERHEAD = 20
_SMALL_ARGUMENT = 8


def packet_octets(arguments: Mapping[str, Any]) -> int:
    """About how long a packet will be: octets count themselves, everything else is small."""
    return _PACKET_OVERHEAD + sum(
        len(value) if isinstance(value, bytes) else _SMALL_ARGUMENT for value in arguments.values()
    )


def content_hash(packet: bytes) -> str:
    """SHA-256 of a command packet without sequence control field and checksum, its source ID zero.

    They may change between preparation and issue (Yamcs is another source once it has been
    started anew); all else must not.
    """
    content = packet[:2] + packet[4:SOURCE_OFFSET] + bytes(2) + packet[CONTENT_OFFSET:-2]
    return hashlib.sha256(content).hexdigest()
