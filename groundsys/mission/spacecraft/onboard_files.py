"""Files that go up: their kinds, where they lie on board, and what an image says of itself.

Ground and craft agree on these.  A kind is a directory of the craft's file system, so that a CFDP
Metadata PDU (CCSDS 727.0-B-5 §5.2.5) carries it in the destination file name.
"""

from __future__ import annotations

import struct

#: the ground's CFDP entity
GROUND_ENTITY = 1

#: the command by which a verified file comes to be used
ENABLE_COMMAND = "FILE_ENABLE"

SOFTWARE = "software"
#: what each kind does once it is enabled
KINDS: dict[str, str] = {SOFTWARE: "an image of the on-board software, booted with the next reboot"}

#: an image begins with this, and its version in 16 bits
_IMAGE_HEADER = struct.Struct(">4sH")
_IMAGE_MAGIC = b"OBSW"


def on_board_name(kind: str, name: str) -> str:
    """The destination file name of a file of this kind."""
    return f"/{kind}/{name}"


def kind_of(destination_name: str) -> str | None:
    """The kind that a destination file name tells; None for a directory that is no kind."""
    parts = destination_name.split("/")
    return parts[1] if len(parts) == 3 and not parts[0] and parts[1] in KINDS else None


def software_image(version: int, code: bytes) -> bytes:
    """An image of the on-board software of this version, 1 to 65 535."""
    return _IMAGE_HEADER.pack(_IMAGE_MAGIC, version) + code


def software_version(image: bytes) -> int | None:
    """The version that an image states; None if it is no image."""
    if len(image) < _IMAGE_HEADER.size:
        return None
    magic, version = _IMAGE_HEADER.unpack_from(image)
    return int(version) if magic == _IMAGE_MAGIC and version else None
