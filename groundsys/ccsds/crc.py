"""The 16-bit cyclic redundancy check that frames and packets share.

Polynomial x¹⁶ + x¹² + x⁵ + 1, all ones to begin with: CCSDS 132.0-B-3 §4.1.6, 232.0-B-4 §4.1.4,
ECSS-E-ST-70-41C annex B.
"""

from __future__ import annotations

from binascii import crc_hqx

CRC_LENGTH = 2
_PRESET = 0xFFFF


def with_crc(data: bytes) -> bytes:
    """`data` followed by its check octets."""
    return data + crc_hqx(data, _PRESET).to_bytes(CRC_LENGTH, "big")


def is_crc_good(data: bytes) -> bool:
    """Whether `data`, which ends with its check octets, has come through unharmed."""
    return len(data) > CRC_LENGTH and crc_hqx(data, _PRESET) == 0
