"""Who has held returned samples, from seal to laboratory: the ledger of a category V return.

COSPAR's Policy on Planetary Protection makes every mission that returns to Earth category V, and
calls its return restricted or unrestricted.  Of bodies like carbonaceous asteroids the policy asks
for an evaluation before it is called unrestricted (six questions, after the US Space Studies
Board's *Evaluating the Biological Potential in Samples Returned from Planetary Satellites and
Small Solar System Bodies*, 1998); of a restricted one that nothing unsterilised leaves its
containment.  The ledger here holds that determination, the seal, and a record for each time that
somebody else holds the container.  It says what is filed; it does not evaluate a body.

A return outlives a flight of these definitions: what is flown before it hands its records over, and
where nothing was flown before, what the definitions assume of it stands in (`known_before`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from groundsys.values.instants import Instant

EarthReturn = Literal["unrestricted", "restricted"]
#: what happens to a container, in this order
EVENTS = ("sealed", "verified", "released", "landed", "recovered", "received", "opened")
#: what there is a record of before a capsule is let go
BEFORE_RELEASE = "verified"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One record: what happened, and who holds the container from then on."""

    event: str
    at: Instant
    place: str
    #: by whom it was done, or seen
    by: str
    holder: str
    #: who held it until then; "" for the first
    giver: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Determination:
    """Who has called the return unrestricted or restricted, when, and in which document."""

    earth_return: EarthReturn
    by: str
    at: Instant
    document: str


@dataclass(frozen=True, slots=True)
class Receiving:
    """Where the container may be opened, by whom, and how what is in it is contained there."""

    facility: str
    place: str
    opened_by: str
    containment: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What telemetry is to show: a label as its latest reading, or limits that no reading broke."""

    parameter: str
    equals: str = ""
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A record that the ground makes once people have run a procedure, if telemetry shows it."""

    event: str
    procedure: str
    #: whose telemetry
    spacecraft: str
    shows: tuple[Shown, ...]
    place: str
    by: str
    holder: str
    giver: str


@dataclass(frozen=True, slots=True)
class SampleReturn:
    """What is filed of one capsule's samples before they are home."""

    spacecraft: str
    category: str
    source: str
    #: of the way out: its category and document; assays of bioburden are filed where they exist
    outbound: str
    container: str
    determination: Determination
    receiving: Receiving
    recorded: tuple[Recording, ...]
    #: what is taken for granted of flights before, where they are not flown: no evidence of any
    assumed: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class Custody:
    """The chain as it stands: whole only if there is no reason against it."""

    reasons: tuple[str, ...]
    chain: tuple[Transfer, ...] = ()
    #: events of it that no flight has shown
    assumed: tuple[str, ...] = ()

    @property
    def holder(self) -> str:
        return self.chain[-1].holder if self.chain else ""

    @property
    def is_whole(self) -> bool:
        return not self.reasons

    @property
    def why(self) -> str:
        """What speaks against it, and what of it is taken for granted."""
        granted = [f"assumed, not shown by a flight: {', '.join(self.assumed)}"]
        return "; ".join([*self.reasons, *(granted if self.assumed else ())])


def custody_of(
    spacecraft: str,
    returns: Mapping[str, SampleReturn],
    chain: Sequence[Transfer],
    now: Instant,
    *,
    up_to: str = BEFORE_RELEASE,
) -> Custody:
    """How the chain stands at `now`, if it is to reach up to an event."""
    filed = returns.get(spacecraft)
    if filed is None:
        return Custody((f"nothing is filed of the samples of {spacecraft}",), tuple(chain))
    reasons = [*_of_determination(filed, chain, now), *_of_chain(filed, chain, now)]
    present = {one.event for one in chain}
    for event in EVENTS[: EVENTS.index(up_to) + 1]:
        if event not in present:
            reasons.append(f"no record of when it was {event}")
    assumed = tuple(one.event for one in chain if one in filed.assumed)
    return Custody(tuple(reasons), tuple(chain), assumed)


def known_before(
    filed: SampleReturn, handed_over: Sequence[Transfer] | None, start: Instant
) -> tuple[Transfer, ...]:
    """The records from before a flight; `handed_over` is None if no flight came before it."""
    if handed_over is not None:
        return tuple(handed_over)
    return tuple(one for one in filed.assumed if one.at < start)


def _of_determination(filed: SampleReturn, chain: Sequence[Transfer], now: Instant) -> list[str]:
    reasons = []
    if filed.category != "V":
        reasons.append(f"category {filed.category}, a return is V")
    released = next((one.at for one in chain if one.event == "released"), None)
    if filed.determination.at > now:
        reasons.append("its return has not been called what it is yet")
    elif released is not None and filed.determination.at > released:
        reasons.append("released before its return was called what it is")
    if filed.determination.earth_return == "restricted" and not filed.receiving.containment:
        reasons.append("a restricted return, and no containment where it is received")
    return reasons


def _of_chain(filed: SampleReturn, chain: Sequence[Transfer], now: Instant) -> list[str]:
    reasons = []
    for one in chain:
        if one.at > now:
            reasons.append(f"{one.event} {one.at.utc_iso(0)}, to come")
        if not (one.by and one.holder and one.place):
            reasons.append(f"{one.event}: it is not told by whom, where or for whom")
        if one.event == "opened" and one.by != filed.receiving.opened_by:
            reasons.append(f"opened by {one.by}, not by {filed.receiving.opened_by}")
    for before, after in pairwise(chain):
        if after.at < before.at:
            reasons.append(f"{after.event} is of before it was {before.event}")
        if EVENTS.index(after.event) <= EVENTS.index(before.event):
            reasons.append(f"{after.event} after it was {before.event}")
        if after.giver != before.holder:
            reasons.append(f"{after.event} from {after.giver or 'nobody'}, {before.holder} held it")
    return reasons


def transfer_to_fact(one: Transfer) -> dict[str, Any]:
    """A record of the flight, as the store keeps it."""
    return {
        "event": one.event, "at_ns": one.at.tai_ns, "place": one.place, "by": one.by,
        "holder": one.holder, "giver": one.giver, "evidence": one.evidence,
    }  # fmt: skip


def transfer_of_fact(fact: Mapping[str, Any]) -> Transfer:
    """What `transfer_to_fact` has made."""
    words = {key: str(fact[key]) for key in ("event", "place", "by", "holder", "giver", "evidence")}
    return Transfer(at=Instant(int(fact["at_ns"])), **words)
