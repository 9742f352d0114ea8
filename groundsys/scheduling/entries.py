"""A sequence's entries, as the ground puts them into commands.

A packet that is released on board was encoded by Yamcs, which numbers packets only as it issues
them.  So the ground numbers these itself, under a source of their own
(`groundsys.ccsds.requests`): by the insertions that its ledger holds, which nobody forgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from groundsys.ccsds.requests import SCHEDULE_SOURCE, with_source
from groundsys.ccsds.space_packets import SEQUENCE_COUNT_MODULUS, decode_tc_packet
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.values.errors import FrameError

SCHEDULE_INSERT = "SCHEDULE_INSERT"
SCHEDULE_ENABLE = "SCHEDULE_ENABLE"
SCHEDULE_DISABLE = "SCHEDULE_DISABLE"
SCHEDULE_DELETE = "SCHEDULE_DELETE"
SCHEDULE_REPORT = "SCHEDULE_REPORT"
SCHEDULE_LISTING = "SCHEDULE_LISTING"
#: commands after which a sub-schedule may be other than it was listed
TOUCHING = frozenset({SCHEDULE_INSERT, SCHEDULE_ENABLE, SCHEDULE_DISABLE, SCHEDULE_DELETE})


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A telecommand packet and its release, in whole seconds of SCLK."""

    release_s: int
    packet: bytes


def knows_schedules(model: SpacecraftModel) -> bool:
    """Whether craft of a model hold time-tagged commands and list them."""
    commands = {one.name for one in model.commands}
    packets = {one.name for one in model.packets}
    return {*TOUCHING, SCHEDULE_REPORT} <= commands and SCHEDULE_LISTING in packets


def next_count(insertions: Iterable[Mapping[str, Any]]) -> int:
    """The count of the next packet to be scheduled, after the craft's `insertions` so far.

    14 bits, so that a count comes again after 16 384 of them.
    """
    return sum(1 for _ in insertions) % SEQUENCE_COUNT_MODULUS


def insert_arguments(
    schedule_id: int, release_s: int, packet: bytes, sequence_count: int
) -> dict[str, Any]:
    """Arguments of the insertion of a packet as Yamcs has prepared it."""
    scheduled = with_source(packet, SCHEDULE_SOURCE, sequence_count)
    return {
        "schedule_id": schedule_id,
        "release_sclk": release_s,
        "scheduled_length": len(scheduled),
        "scheduled_packet": scheduled,
    }


def entry_of(arguments: Mapping[str, Any]) -> Entry:
    """What an insertion puts on board."""
    return Entry(int(arguments["release_sclk"]), bytes(arguments["scheduled_packet"]))


def command_name(model: SpacecraftModel, packet: bytes) -> str:
    """What a packet commands, as far as it can be read."""
    try:
        read = decode_tc_packet(packet)
    except FrameError:
        return "a packet that cannot be read"
    for one in model.commands:
        wanted = (one.apid, one.service, one.subtype, bytes((one.function,)))
        if wanted == (read.apid, read.service, read.subtype, read.data[:1]):
            return one.name
    return "an unknown command"
