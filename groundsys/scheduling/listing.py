"""What a craft lists of a sub-schedule: one packet an entry, all stamped alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundsys.ccsds.calibration import engineering
from groundsys.ccsds.fields import decode_fields
from groundsys.ccsds.space_packets import CRC_LENGTH, TM_HEADER_LENGTH
from groundsys.mission.spacecraft.packet_model import SpacecraftModel
from groundsys.scheduling.entries import SCHEDULE_LISTING, Entry
from groundsys.values.errors import FrameError
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket


@dataclass(frozen=True, slots=True)
class ListingPart:
    """One packet of a listing; `stamp` is the craft's own, by which the parts belong together."""

    schedule_id: int
    stamp: Instant
    enabled: bool
    number: int
    of: int
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A sub-schedule as it was on board at the craft's `stamp`.

    `lacking` are the numbers of entries whose packets have not come.
    """

    schedule_id: int
    stamp: Instant
    enabled: bool
    entries: tuple[Entry, ...]
    lacking: tuple[int, ...] = ()


def read_listing_part(model: SpacecraftModel, packet: ArchivedPacket) -> ListingPart | None:
    """The part in an archived packet; None if it is none, or none that can be read."""
    if packet.name != SCHEDULE_LISTING or not packet.binary:
        return None
    fields = {one.name: one for one in model.packet(SCHEDULE_LISTING).fields}
    try:
        values = decode_fields(tuple(fields.values()), packet.binary[TM_HEADER_LENGTH:-CRC_LENGTH])
    except FrameError:
        return None
    number = values["schedule_entry"]
    state = engineering(fields["schedule_state"], values["schedule_state"])
    entry = Entry(values["schedule_release_sclk"], values["schedule_packet"])
    return ListingPart(
        schedule_id=values["schedule_id"],
        stamp=packet.generation,
        enabled=state != "DISABLED",
        number=number,
        of=values["schedule_entries"],
        entry=entry if number else None,
    )


def newest_listing(parts: Iterable[ListingPart]) -> Listing | None:
    """Of one sub-schedule's parts, whenever they came: the listing stamped last."""
    known = list(parts)
    if not known:
        return None
    stamp = max(part.stamp for part in known)
    mine = {part.number: part for part in known if part.stamp == stamp}
    first = next(iter(mine.values()))
    return Listing(
        schedule_id=first.schedule_id,
        stamp=stamp,
        enabled=first.enabled,
        entries=tuple(entry for n in sorted(mine) if (entry := mine[n].entry) is not None),
        lacking=tuple(n for n in range(1, first.of + 1) if n not in mine),
    )
