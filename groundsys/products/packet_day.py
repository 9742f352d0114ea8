"""Level 0 of packets: every packet of a craft and UTC day exactly as received, end to end.

A packet's day and place are by the stamp that its craft gave it (the SCLK read as if the clock
were true), so that neither depends on what is believed of the clock.  Packets are in order of that
stamp, then of APID and sequence count; the file is their plain concatenation (133.0-B-2), which any
reader of CCSDS packets splits by their length fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.ccsds.space_packets import SEQUENCE_COUNT_MODULUS
from groundsys.mission.ground.customer_model import Customer
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.products.manifest import describe_files, describe_sources, manifest_file
from groundsys.products.naming import versioned
from groundsys.products.provenance import FrameRange, ProductFile
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

FORMAT = "groundsys-packets/1"
MEDIA_TYPE = "application/octet-stream"
#: a step of the count beyond this is one backwards: the craft has begun to count anew
_BACKWARDS = SEQUENCE_COUNT_MODULUS // 2


@dataclass(frozen=True, slots=True)
class PacketGap:
    """Sequence counts of one APID that are not there, between two packets that are.

    `missing` is None where the count went back, so that nobody can tell how many.
    """

    apid: int
    first_missing: int
    last_missing: int
    missing: int | None
    after: Instant
    before: Instant


def in_order(packets: Iterable[ArchivedPacket]) -> list[ArchivedPacket]:
    """Each packet once, as Level 0 has them."""
    return [packet for _, packet in sorted({_key(one): one for one in packets}.items())]


def packet_gaps(packets: Sequence[ArchivedPacket]) -> list[PacketGap]:
    """The gaps in packets that are in order, by APID, then by time."""
    found = []
    last: dict[int, ArchivedPacket] = {}
    for packet in packets:
        before = last.get(packet.apid)
        last[packet.apid] = packet
        if before is None:
            continue
        step = (packet.sequence_count - before.sequence_count) % SEQUENCE_COUNT_MODULUS
        if step != 1:
            found.append(
                PacketGap(
                    apid=packet.apid,
                    first_missing=(before.sequence_count + 1) % SEQUENCE_COUNT_MODULUS,
                    last_missing=(packet.sequence_count - 1) % SEQUENCE_COUNT_MODULUS,
                    missing=step - 1 if 0 < step <= _BACKWARDS else None,
                    after=before.generation,
                    before=packet.generation,
                )
            )
    return sorted(found, key=lambda gap: (gap.apid, gap.after))


def packet_octets(packets: Sequence[ArchivedPacket]) -> bytes:
    """The file's octets, of packets that are in order."""
    return b"".join(packet.binary for packet in packets)


def build_packet_day(
    packets: Sequence[ArchivedPacket],
    day: str,
    customer: Customer,
    spacecraft: Spacecraft,
    *,
    version: int,
    previous_manifest: str,
    frames: Sequence[FrameRange],
    mdb_version: str,
    software_version: str,
) -> list[ProductFile]:
    """The file of a day (`YYYYMMDD`) and its manifest.

    `packets` are in order.  The same input gives the same octets.
    """
    stem = versioned(f"{spacecraft.id}-packets-{day}", version)
    file = ProductFile(f"{stem}.bin", packet_octets(packets), "L0", MEDIA_TYPE)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "customer": customer.id,
        "spacecraft": spacecraft.id,
        "payload": None,
        "payload_file": None,
        "packet_day": day,
        "version": version,
        "previous_manifest_sha256": previous_manifest or None,
        "files": describe_files([file]),
        "time": None,
        "packets": _counts(packets),
        "gaps": [_told(gap) for gap in packet_gaps(packets)],
        "clock_solution": None,
        "source": {"frames": describe_sources(frames)},
        "mdb_version": mdb_version,
        "software": {"name": "groundsys", "version": software_version},
    }
    return [file, manifest_file(stem, manifest)]


def _key(packet: ArchivedPacket) -> tuple[int, int, int]:
    return (packet.generation.tai_ns, packet.apid, packet.sequence_count)


def _counts(packets: Sequence[ArchivedPacket]) -> list[dict[str, Any]]:
    """By APID: how many there are, and the first and last, so that days can be joined."""
    by_apid: dict[int, list[ArchivedPacket]] = {}
    for packet in packets:
        by_apid.setdefault(packet.apid, []).append(packet)
    return [
        {
            "apid": apid,
            "packets": len(of_apid),
            "first_count": of_apid[0].sequence_count,
            "last_count": of_apid[-1].sequence_count,
            "first_stamp_utc": of_apid[0].generation.utc_iso(3),
            "last_stamp_utc": of_apid[-1].generation.utc_iso(3),
        }
        for apid, of_apid in sorted(by_apid.items())
    ]


def _told(gap: PacketGap) -> dict[str, Any]:
    return {
        "apid": gap.apid,
        "first_missing": gap.first_missing,
        "last_missing": gap.last_missing,
        "missing": gap.missing,
        "after_utc": gap.after.utc_iso(3),
        "before_utc": gap.before.utc_iso(3),
    }
