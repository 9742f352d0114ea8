"""Who a telecommand packet is from, by which reports on it find their way.

A request's source numbers its packets itself, one count an application process; a report names
APID and count of the request and goes to the destination that was the request's source ID
(ECSS-E-ST-70-41C 7.4.3.1, 7.4.4.1, 8.1).  So two sources may use the same count at once.

Yamcs counts anew whenever it is started.  So each of its lives is a source of its own: what was
radiated before and after a restart under the same count is reported to different destinations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundsys.ccsds.space_packets import (
    PRIMARY_HEADER_LENGTH,
    decode_tc_packet,
    encode_tc_packet,
)
from groundsys.values.errors import FrameError

#: what is radiated as it is, and a Yamcs that somebody else runs has numbered in all its lives
GROUND_SOURCE = 0
#: what is radiated as it is, numbered by one life of a Yamcs of ours each; after the last the
#: first comes again
YAMCS_SOURCES = range(0x1000, 0x2000)
#: what the craft releases from its time-based schedule: numbered when it is put into an insertion
SCHEDULE_SOURCE = 11
#: in the packet, the source ID comes behind version, service and subtype, and before all content
SOURCE_OFFSET = PRIMARY_HEADER_LENGTH + 3
CONTENT_OFFSET = SOURCE_OFFSET + 2


@dataclass(frozen=True, slots=True, order=True)
class RequestId:
    """What tells a telecommand packet from every other of its time."""

    source: int
    apid: int
    sequence_count: int


def source_of_life(number: int) -> int:
    """The source ID of a Yamcs of ours in its life `number`, from 0 on."""
    return YAMCS_SOURCES[number % len(YAMCS_SOURCES)]


def is_from_ground(source: int) -> bool:
    """Whether a source's packets are radiated as they are, and none releases them on board."""
    return source == GROUND_SOURCE or source in YAMCS_SOURCES


def read_source(packet: bytes) -> int:
    """The source ID of a telecommand packet, also while its length and checksum are not yet set.

    `FrameError` if it ends before (ECSS-E-ST-70-41C 7.4.4.1).
    """
    if len(packet) < CONTENT_OFFSET:
        raise FrameError(
            "a telecommand packet is cut short",
            expected=f"{CONTENT_OFFSET} octets of headers",
            found=f"{len(packet)} octets",
        )
    return int.from_bytes(packet[SOURCE_OFFSET:CONTENT_OFFSET], "big")


def request_id(packet: bytes) -> RequestId:
    """Whose a packet is; `FrameError` if it is no telecommand, cut short or harmed."""
    read = decode_tc_packet(packet)
    return RequestId(read.source_id, read.apid, read.sequence_count)


def with_source(packet: bytes, source: int, sequence_count: int) -> bytes:
    """The same telecommand from another source, under a count of that source's."""
    read = decode_tc_packet(packet)
    return encode_tc_packet(replace(read, source_id=source, sequence_count=sequence_count))
