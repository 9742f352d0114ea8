"""Whether what the craft lists is what was loaded, byte for byte, and still is so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from groundsys.scheduling.entries import Entry
from groundsys.scheduling.listing import Listing
from groundsys.values.instants import Instant

ReadBackState = Literal["AS_LOADED", "DIFFERENT", "NOT_SHOWN"]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How a sub-schedule on board stands beside what was loaded, and why."""

    state: ReadBackState
    reasons: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Touch:
    """A command after which a sub-schedule may be other than it was listed.

    `done_at` is the craft's own stamp on its end; None while it may still come to act.
    """

    text: str
    done_at: Instant | None


def read_back(
    loaded: Sequence[Entry],
    touches: Iterable[Touch],
    listing: Listing | None,
    earliest_sclk_s: float,
    name_of: Callable[[bytes], str],
) -> ReadBack:
    """How a sub-schedule stands, by its newest listing.

    `earliest_sclk_s` is what the craft's clock shows when something that leaves now arrives: what
    is released by then, nobody can enable any more.  `name_of` tells what a packet commands.
    """
    if not loaded:
        return ReadBack("NOT_SHOWN", ("nothing was loaded",))
    if listing is None:
        return ReadBack("NOT_SHOWN", ("it was never listed",))
    late = [
        f"{one.text} {'may still act' if one.done_at is None else 'has acted'} since it was listed"
        for one in touches
        if one.done_at is None or one.done_at >= listing.stamp
    ]
    if late:
        return ReadBack("NOT_SHOWN", tuple(late))
    if listing.lacking:
        numbers = ", ".join(map(str, listing.lacking))
        return ReadBack("NOT_SHOWN", (f"of its listing, entries {numbers} have not come",))
    reasons = differences(loaded, listing, name_of)
    reasons += tuple(
        f"{name_of(one.packet)} is released at {one.release_s}, before an enabling could arrive"
        for one in loaded
        if one.release_s <= earliest_sclk_s
    )
    return ReadBack("DIFFERENT", reasons) if reasons else ReadBack("AS_LOADED")


def differences(
    loaded: Sequence[Entry], listing: Listing, name_of: Callable[[bytes], str]
) -> tuple[str, ...]:
    """Everything in which a complete listing differs from what was loaded; () if in nothing.

    An entry is told as one with another time or packet if just one of these is as loaded.
    """
    missing, unexpected = _unpaired(loaded, listing.entries)
    found = ["it is enabled already"] if listing.enabled else []
    for entry in missing:
        name = name_of(entry.packet)
        other_time = next((one for one in unexpected if one.packet == entry.packet), None)
        other_packet = next((one for one in unexpected if one.release_s == entry.release_s), None)
        if other_time is not None:
            unexpected.remove(other_time)
            told = f"{name} is released at {other_time.release_s}, not at {entry.release_s}"
        elif other_packet is not None:
            unexpected.remove(other_packet)
            octet = _first_difference(entry.packet, other_packet.packet)
            told = (
                f"{name} at {entry.release_s} is another packet from octet {octet} on: "
                f"{other_packet.packet.hex()} instead of {entry.packet.hex()}"
            )
        else:
            told = f"{name} at {entry.release_s} is missing"
        found.append(told)
    found += [
        f"{name_of(entry.packet)} at {entry.release_s} was not loaded" for entry in unexpected
    ]
    if not found and list(listing.entries) != sorted(loaded, key=lambda one: one.release_s):
        found.append("entries of one second stand in another order")
    return tuple(found)


def _unpaired(loaded: Iterable[Entry], listed: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What of either side has no equal on the other, each in its order."""
    unexpected = list(listed)
    missing = []
    for entry in loaded:
        if entry in unexpected:
            unexpected.remove(entry)
        else:
            missing.append(entry)
    return missing, unexpected


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
