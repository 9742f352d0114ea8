"""Command packets before they leave: about how long, and what of them was approved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

#: octets by which a packet may be longer than its arguments: headers, function, CRC
_PACKET_OVERHEAD = 20
_SMALL_ARGUMENT = 8


def packet_octets(arguments: Mapping[str, Any]) -> int:
    """About how long a packet will be: octets count themselves, everything else is small."""
    return _PACKET_OVERHEAD + sum(
        len(value) if isinstance(value, bytes) else _SMALL_ARGUMENT for value in arguments.values()
    )


def content_hash(packet: bytes) -> str:
    """SHA-256 of a command packet without its sequence control field and its checksum.

    Both change between preparation and issue; all else must not.
    """
    return hashlib.sha256(packet[:2] + packet[4:-2]).hexdigest()
