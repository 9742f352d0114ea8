"""Where a CDF keeps each variable's values: what a label by another standard needs to tell.

Only for files as we write them: uncompressed, and each variable in one block.  Reference: *CDF
Internal Format Description* 3.9 (NASA GSFC): all numbers of the records' structure are
big-endian, whatever the encoding of the values.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from groundsys.values.errors import ProductError

_MAGIC = bytes.fromhex("cdf30001 0000ffff")
_CDR_AT = 8
_VVR = 7
#: octets from the start of a record to its values
_VVR_HEADER = 12


@dataclass(frozen=True, slots=True)
class CdfLayout:
    """The file's version of the format, such as 3.9, and where variables' values begin."""

    version: str
    offsets: dict[str, int]


def cdf_layout(data: bytes) -> CdfLayout:
    """Read a CDF's records; `ProductError` if its values lie otherwise than said above."""
    if data[:8] != _MAGIC:
        raise ProductError("not an uncompressed CDF 3", expected=_MAGIC.hex(), found=data[:8].hex())
    gdr_at, version, release = struct.unpack_from(">qii", data, _CDR_AT + 12)
    (variable_at,) = struct.unpack_from(">q", data, gdr_at + 20)
    offsets = {}
    while variable_at:
        following, _, _, first_index = struct.unpack_from(">qiiq", data, variable_at + 12)
        name = data[variable_at + 84 : variable_at + 340].rstrip(b"\0").decode()
        if first_index:
            offsets[name] = _values_at(data, first_index, name)
        variable_at = following
    return CdfLayout(f"{version}.{release}", offsets)


def _values_at(data: bytes, index_at: int, name: str) -> int:
    """Offset of the values of a variable whose index has a single entry."""
    following, entries, used = struct.unpack_from(">qii", data, index_at + 12)
    (block_at,) = struct.unpack_from(">q", data, index_at + 28 + 8 * entries)
    (kind,) = struct.unpack_from(">i", data, block_at + 8)
    if following or used != 1 or kind != _VVR:
        raise ProductError(
            f"values of '{name}' are not in one block of a CDF",
            expected=f"one entry, a record of type {_VVR}",
            found=f"{used} entries, a record of type {kind}",
        )
    return int(block_at) + _VVR_HEADER
