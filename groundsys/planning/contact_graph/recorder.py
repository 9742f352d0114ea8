"""How data move: from craft to relay to Earth, first in first out, as contacts have room.

A contact carries at a steady rate.  An item moves on when its last bit has; what was made first
leaves first.  A recorder's fill counts an item until it has left as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry.time_scales import FloatArray
from groundsys.planning.contact_graph.contacts import ContactProblem, Hearing, Produce, Visit
from groundsys.planning.contact_graph.demand import lasting_worth
from groundsys.planning.contact_graph.volumes import HAIL_S


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """Contacts of one hop in order of time, none over another: when, and how many bits."""

    starts: FloatArray
    ends: FloatArray
    bits: FloatArray


def service_of(contacts: Sequence[tuple[float, float, float]]) -> Service:
    """From (start, end, bits) of contacts; where two overlap the earlier carries."""
    rows = []
    free = -np.inf
    for start, end, bits in sorted(contacts):
        begin = max(start, free)
        if end > begin and bits > 0.0:
            rows.append((begin, end, bits * (end - begin) / (end - start)))
            free = end
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Service(table[:, 0], table[:, 1], table[:, 2])


def finish_times(ready_s: FloatArray, bits: FloatArray, service: Service) -> FloatArray:
    """When each item has moved on; infinite if it never does.  `ready_s` ascends.

    By the work that is done: an item is done when the contacts since it was ready, or since the
    item before it was done, have carried its bits (D. V. Lindley's recursion as a running maximum).
    """
    if not len(service.starts):
        return np.full(len(ready_s), np.inf)
    before = np.concatenate([[0.0], np.cumsum(service.bits)])
    number = np.searchsorted(service.ends, ready_s, side="right")
    inside = np.minimum(number, len(service.starts) - 1)
    share = (ready_s - service.starts[inside]) / (service.ends - service.starts)[inside]
    offered = before[inside] + np.clip(share, 0.0, 1.0) * service.bits[inside]
    offered = np.where(number >= len(service.starts), before[-1], offered)
    total = np.cumsum(bits)
    done = total + np.maximum.accumulate(offered - (total - bits))
    contact = np.searchsorted(before[1:], done - 1e-6, side="left")
    reached = np.minimum(contact, len(service.starts) - 1)
    share = (done - before[reached]) / service.bits[reached]
    times = service.starts[reached] + share * (service.ends - service.starts)[reached]
    return np.where(contact < len(service.starts), times, np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Deliveries:
    """Items of a speaker and of those heard through it, and what becomes of them."""

    #: index into `crafts`, and into that craft's produce
    craft: FloatArray
    item: FloatArray
    #: at the speaker, and at Earth; infinite if never
    aboard_s: FloatArray
    home_s: FloatArray
    bits: FloatArray
    #: worth when it is home then
    worth: FloatArray
    crafts: tuple[str, ...]
    #: the most that the speaker's recorder holds
    fullest_bits: float


def session_service(hearings: Sequence[Hearing]) -> Service:
    return service_of(
        [
            (
                one.tracking.start + HAIL_S,
                float(one.tracking.end),
                one.window.bits(one.tracking, HAIL_S),
            )
            for one in hearings
        ]
    )


def pass_service(visits: Sequence[Visit]) -> Service:
    """Passes by receive time."""
    return service_of(
        [
            (one.tracking.start + one.window.silence_s, float(one.tracking.end), one.bits)
            for one in visits
        ]
    )


@dataclass(frozen=True, slots=True, eq=False)
class Aboard:
    """What comes to stand in a speaker's recorder, in that order, whatever its passes."""

    craft: FloatArray
    item: FloatArray
    aboard_s: FloatArray
    bits: FloatArray
    worth: FloatArray
    goal_s: FloatArray
    ready_s: FloatArray
    crafts: tuple[str, ...]


def aboard(problem: ContactProblem, speaker: str, hearings: Sequence[Hearing]) -> Aboard:
    """Gather the speaker's own items and those that its sessions bring it."""
    crafts = (speaker, *problem.networks[speaker])
    return aboard_of({id: problem.produce[id] for id in crafts}, speaker, hearings)


def aboard_of(produce: Mapping[str, Produce], speaker: str, hearings: Sequence[Hearing]) -> Aboard:
    """As `aboard`, from what each craft of a network makes."""
    parts = []
    for number, (craft, made) in enumerate(produce.items()):
        at_s = made.ready_s
        if craft != speaker:
            mine = [one for one in hearings if one.window.spacecraft == craft]
            at_s = finish_times(made.ready_s, made.bits, session_service(mine))
        count = len(at_s)
        parts.append(
            np.stack([np.full(count, float(number)), np.arange(count), at_s, made.bits, made.worth,
                      made.goal_s, made.ready_s])
        )  # fmt: skip
    table = np.concatenate(parts, axis=1)
    table = table[:, np.argsort(table[2], kind="stable")]
    craft_of, item, at_s, bits, worth, goal_s, ready_s = (table[row] for row in range(7))
    return Aboard(craft_of, item, at_s, bits, worth, goal_s, ready_s, tuple(produce))


def home_times(aboard_s: FloatArray, bits: FloatArray, visits: Sequence[Visit]) -> FloatArray:
    """When each item aboard a speaker is at Earth; infinite if never.  `aboard_s` ascends."""
    home_s = np.full(len(aboard_s), np.inf)
    if visits:
        ordered = sorted(visits, key=lambda one: one.tracking.start)
        light_s = np.interp(
            aboard_s,
            [one.tracking.start for one in ordered],
            [one.window.light_time_s for one in ordered],
        )
        heard = int(np.searchsorted(aboard_s, np.inf))
        home_s[:heard] = finish_times(
            (aboard_s + light_s)[:heard], bits[:heard], pass_service(ordered)
        )
    return home_s


def delivered(
    problem: ContactProblem, held: Aboard, visits: Sequence[Visit]
) -> tuple[FloatArray, FloatArray]:
    """When each item held is at Earth, and its worth then."""
    home_s = home_times(held.aboard_s, held.bits, visits)
    age_s = home_s - held.ready_s
    return home_s, held.worth * lasting_worth(age_s, held.goal_s, problem.rules.half_value_s)


def deliveries_of(
    produce: Mapping[str, Produce],
    speaker: str,
    hearings: Sequence[Hearing],
    visits: Sequence[Visit],
    half_value_s: float,
) -> Deliveries:
    """What becomes of every item of a network under these contacts."""
    held = aboard_of(produce, speaker, hearings)
    home_s = home_times(held.aboard_s, held.bits, visits)
    worth = held.worth * lasting_worth(home_s - held.ready_s, held.goal_s, half_value_s)
    return Deliveries(
        held.craft, held.item, held.aboard_s, home_s, held.bits, worth, held.crafts,
        fullest(held.aboard_s, home_s, held.bits),
    )  # fmt: skip


def fullest(arrive_s: FloatArray, leave_s: FloatArray, bits: FloatArray) -> float:
    """The most that a recorder holds; both times ascend."""
    heard = np.isfinite(arrive_s)
    if not heard.any():
        return 0.0
    total = np.concatenate([[0.0], np.cumsum(bits[heard])])
    gone = np.searchsorted(leave_s[heard], arrive_s[heard], side="right")
    return float((total[1:] - total[gone]).max())
