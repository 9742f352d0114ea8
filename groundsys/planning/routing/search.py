"""Earliest arrival over contacts: one route, or the tree of all nodes.

As in CCSDS 734.3-B-1 (Schedule-Aware Bundle Routing) a node holds what it received until it can
send it on, and sends on only what it has received whole.  The standard's margin for the light time
between moving nodes is left out: light times here are computed, not guessed.

The standard's search is Dijkstra's over contacts, one after the other.  Here round n takes all
contacts at once: each node's earliest arrival over at most n hops follows from those over n − 1.
Nothing is assumed of the contacts (a later one may be faster, and arrive first), and as few rounds
do as the longest of the routes has hops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.planning.routing.contacts import Contact, ContactPlan
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Hop:
    """What a route takes of one contact, by its first and last bit."""

    contact: Contact
    #: the contact's number in its plan
    number: int
    first_sent: Instant
    last_sent: Instant
    first_received: Instant
    last_received: Instant


@dataclass(frozen=True, slots=True)
class Route:
    """A way through the contacts for `size_bits`, with the time that each hop takes.

    `volume_limit_bits` is how much it could carry if all else were as it is: the least effective
    volume of its contacts (CCSDS 734.3-B-1, section 3.2.6).  `closes` is the earliest end of its
    contacts: the standard's termination time.
    """

    size_bits: int
    hops: tuple[Hop, ...]
    volume_limit_bits: float
    closes: Instant

    @property
    def arrival(self) -> Instant:
        """When the last bit is at the destination."""
        return self.hops[-1].last_received

    @property
    def nodes(self) -> tuple[str, ...]:
        return (self.hops[0].contact.sender, *(hop.contact.receiver for hop in self.hops))


@dataclass(frozen=True, slots=True)
class ArrivalTree:
    """When `size_bits` that are at `source` at `earliest` can be at each node that they reach."""

    source: str
    size_bits: int
    earliest: Instant
    #: the source itself is not among them
    arrivals: Mapping[str, Instant]
    _plan: ContactPlan
    _rounds: list[_Round]

    def route(self, node: str) -> Route | None:
        """The route behind the node's arrival, or None if nothing reaches it."""
        number = self._plan.number_of(node)
        if node not in self.arrivals:
            return None
        return _route_of(self._plan, self._rounds, number, self.size_bits)


def arrival_tree(
    plan: ContactPlan, source: str, size_bits: int, earliest: Instant, until: Instant | None = None
) -> ArrivalTree:
    """Earliest arrivals everywhere of what is whole at `source` at `earliest`.

    Nothing that arrives after `until` is followed.  `PlanError` if the plan does not know the
    source or the size is not at least one bit.
    """
    start = plan.number_of(source)
    rounds = _search(plan, start, None, size_bits, earliest, until)
    reached = np.flatnonzero(rounds[-1].gaps >= 0).tolist()
    last_ns = rounds[-1].arrival_ns
    arrivals = {plan.nodes[node]: Instant(int(last_ns[node])) for node in reached}
    return ArrivalTree(source, size_bits, earliest, arrivals, plan, rounds)


def route(
    plan: ContactPlan,
    source: str,
    destination: str,
    size_bits: int,
    earliest: Instant,
    until: Instant | None = None,
) -> Route | None:
    """The route by which `size_bits` are soonest whole at the destination; None if there is none.

    Of those that arrive at the same nanosecond it has the fewest hops, as CCSDS 734.3-B-1 has it;
    what is still equal is settled by the order of the contacts, so that the answer is always the
    same.  `until` is the latest arrival allowed: a bundle's lifetime.  `PlanError` if the plan does
    not know a node, both are the same, or the size is not at least one bit.
    """
    start, goal = plan.number_of(source), plan.number_of(destination)
    if start == goal:
        raise PlanError("a route that leads nowhere", expected="two nodes", found=source)
    rounds = _search(plan, start, goal, size_bits, earliest, until)
    if rounds[-1].gaps[goal] < 0:
        return None
    return _route_of(plan, rounds, goal, size_bits)


@dataclass(frozen=True, slots=True)
class _Round:
    """What n hops can reach: each node's earliest arrival, and the gap of its last hop (or −1)."""

    arrival_ns: NDArray[np.int64]
    gaps: NDArray[np.int64]


#: after every arrival
_NEVER_NS = 2**62


def _search(
    plan: ContactPlan,
    start: int,
    goal: int | None,
    size_bits: int,
    earliest: Instant,
    until: Instant | None,
) -> list[_Round]:
    """Rounds until nothing improves; with a `goal` only what arrives before it does is followed."""
    if size_bits < 1:
        raise PlanError("nothing to route", expected="at least 1 bit", found=f"{size_bits}")
    gaps = plan.gaps
    limit_ns = _NEVER_NS if until is None else until.tai_ns
    arrival_ns = np.full(len(plan.nodes), limit_ns + 1, dtype=np.int64)
    arrival_ns[start] = earliest.tai_ns
    rounds = [_Round(arrival_ns, np.full(len(plan.nodes), -1, dtype=np.int64))]
    improved = arrival_ns <= limit_ns
    while True:
        before = rounds[-1]
        # what opens after the last arrival still to be bettered is of no use
        useful_ns = before.arrival_ns.max() if goal is None else before.arrival_ns[goal]
        useful = np.searchsorted(gaps.opened_ns, useful_ns)
        tried = np.flatnonzero(improved[gaps.sender[:useful]])
        begin_ns = np.maximum(gaps.start_ns[tried], before.arrival_ns[gaps.sender[tried]])
        sent_ns = begin_ns + gaps.sending_ns(size_bits, tried)
        received_ns = sent_ns + gaps.light_ns[tried]
        bound_ns = before.arrival_ns[gaps.receiver[tried]]
        if goal is not None:
            bound_ns = np.minimum(bound_ns, before.arrival_ns[goal])
        better = np.flatnonzero((sent_ns <= gaps.end_ns[tried]) & (received_ns < bound_ns))
        if not better.size:
            return rounds
        tried, received_ns = tried[better], received_ns[better]
        receivers = gaps.receiver[tried]
        after = _Round(before.arrival_ns.copy(), before.gaps.copy())
        np.minimum.at(after.arrival_ns, receivers, received_ns)
        best = np.flatnonzero(received_ns == after.arrival_ns[receivers])[::-1]
        after.gaps[receivers[best]] = tried[best]
        rounds.append(after)
        improved = after.arrival_ns < before.arrival_ns


def _route_of(plan: ContactPlan, rounds: list[_Round], node: int, size_bits: int) -> Route:
    """The hops to a node, found backwards: each from the earliest round that has its arrival."""
    gaps = plan.gaps
    chain: list[int] = []
    hops: list[Hop] = []
    last = len(rounds) - 1
    while (gap := int(rounds[last].gaps[node])) >= 0:
        while last and rounds[last - 1].arrival_ns[node] == rounds[last].arrival_ns[node]:
            last -= 1
        last -= 1
        node = int(gaps.sender[gap])
        begin_ns = max(int(gaps.start_ns[gap]), int(rounds[last].arrival_ns[node]))
        sent_ns = begin_ns + int(gaps.sending_ns(size_bits, np.array([gap]))[0])
        light_ns = int(gaps.light_ns[gap])
        chain.append(gap)
        hops.append(
            Hop(
                plan.contact(int(gaps.contact[gap])),
                int(gaps.contact[gap]),
                Instant(begin_ns),
                Instant(sent_ns),
                Instant(begin_ns + light_ns),
                Instant(sent_ns + light_ns),
            )
        )
    chain.reverse()
    hops.reverse()
    ends_ns = [int(gaps.end_ns[gap]) for gap in chain]
    volume_limit = min(
        (min(ends_ns[number:]) - hop.first_sent.tai_ns) / float(gaps.ns_per_bit[gap])
        for number, (gap, hop) in enumerate(zip(chain, hops, strict=True))
    )
    return Route(size_bits, tuple(hops), volume_limit, Instant(min(ends_ns)))
