"""Who a telecommand packet is from, by which reports on it find their way.

A request's source numbers its packets itself, one count an application process; a report names
APID and count of the request and goes to the destination that was the request's source ID
(ECSS-E-ST-70-41C 7.4.3.1, 7.4.4.1, 8.1).  So two sources may use the same count at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundsys.ccsds.space_packets import decode_tc_packet, encode_tc_packet

#: what is radiated as it is: Yamcs numbers it at issue
GROUND_SOURCE = 0
#: what the craft releases from its time-based schedule: numbered when it is put into an insertion
SCHEDULE_SOURCE = 11


@dataclass(frozen=True, slots=True, order=True)
class RequestId:
    """What tells a telecommand packet from every other of its time."""

    source: int
    apid: int
    sequence_count: int


def request_id(packet: bytes) -> RequestId:
    """Whose a packet is; `FrameError` if it is no telecommand, cut short or harmed."""
    read = decode_tc_packet(packet)
    return RequestId(read.source_id, read.apid, read.sequence_count)


def with_source(packet: bytes, source: int, sequence_count: int) -> bytes:
    """The same telecommand from another source, under a count of that source's."""
    read = decode_tc_packet(packet)
    return encode_tc_packet(replace(read, source_id=source, sequence_count=sequence_count))
