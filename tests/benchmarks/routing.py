"""Contact-graph routing over 100 000 contacts: `python -m tests.benchmarks.routing`.

Four weeks of random contacts among a mission's nodes, and among many: how long the plan takes to
build, one tree of earliest arrivals, and a bundle to route and book; beside them the search as
SABR's own software runs it, Dijkstra's algorithm over contacts in plain Python, in the same run
and on the same plan.  Both must agree on every arrival.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from heapq import heappop, heappush
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

import numpy as np

from groundsys.planning.routing import Bundle, Contact, ContactPlan, arrival_tree, deliver
from groundsys.values.instants import Instant

BUILD_AIM_S = 0.2
TREE_AIM_MS = 10.0
START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
SPAN_S = 28 * 86_400
SIZE_BITS = 1_000_000

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class RoutingFigures:
    """One network's figures; times of trees are medians over several sources."""

    network: str
    nodes: int
    edges: int
    contacts: int
    build_from_arrays_s: float
    build_from_contacts_s: float
    tree_ms: float
    slowest_tree_ms: float
    peer_build_s: float
    peer_tree_ms: float
    bundles: int
    bundle_ms: float
    arrivals_compared: int
    arrivals_differing: int

    @property
    def reached(self) -> bool:
        return (
            max(self.build_from_arrays_s, self.build_from_contacts_s) <= BUILD_AIM_S
            and self.slowest_tree_ms <= TREE_AIM_MS
            and not self.arrivals_differing
        )


def random_plan(node_count: int, edge_count: int, contact_count: int, seed: int) -> list[Contact]:
    """Contacts of 5 minutes to 2 hours on random edges, anywhere in four weeks."""
    random = np.random.default_rng(seed)
    chosen = random.choice(node_count * (node_count - 1), edge_count, replace=False)
    senders, others = np.divmod(chosen, node_count - 1)
    receivers = others + (others >= senders)
    edges = random.integers(0, edge_count, contact_count)
    starts = random.integers(0, SPAN_S, contact_count)
    lengths = random.integers(300, 7200, contact_count)
    rates = random.choice([8e3, 32e3, 128e3, 256e3], contact_count)
    light_times = np.round(random.uniform(0.0, 1200.0, contact_count), 3)
    return [
        Contact(
            str(number),
            f"node-{senders[edge]}",
            f"node-{receivers[edge]}",
            START.plus_seconds(int(start)),
            START.plus_seconds(int(start + length)),
            float(rate),
            float(light_time),
        )
        for number, (edge, start, length, rate, light_time) in enumerate(
            zip(edges, starts, lengths, rates, light_times, strict=True)
        )
    ]


class PeerGraph:
    """Dijkstra's algorithm with contacts as vertices, as in CCSDS 734.3-B-1 and its software."""

    def __init__(self, contacts: list[Contact]) -> None:
        self._leaving: dict[str, list[tuple[int, int, float, int, int, str]]] = {}
        self._count = len(contacts)
        for number, contact in enumerate(contacts):
            self._leaving.setdefault(contact.sender, []).append(
                (
                    contact.start.tai_ns,
                    contact.end.tai_ns,
                    1e9 / contact.rate_bps,
                    round(contact.light_time_s * 1e9),
                    number,
                    contact.receiver,
                )
            )

    def arrivals(self, source: str, size_bits: int, earliest_ns: int) -> dict[str, int]:
        best = [2**62] * self._count
        arrivals: dict[str, int] = {}
        queue = [(earliest_ns, -1, source)]
        while queue:
            ready_ns, number, node = heappop(queue)
            if number >= 0 and best[number] < ready_ns:
                continue
            if node in arrivals:
                continue
            arrivals[node] = ready_ns
            for start, end, ns_per_bit, light_ns, onward, receiver in self._leaving.get(node, ()):
                if end <= ready_ns or receiver in arrivals:
                    continue
                sent_ns = max(start, ready_ns) + int(size_bits * ns_per_bit + 0.999)
                if sent_ns <= end and sent_ns + light_ns < best[onward]:
                    best[onward] = sent_ns + light_ns
                    heappush(queue, (sent_ns + light_ns, onward, receiver))
        del arrivals[source]
        return arrivals


def measure(
    network: str, node_count: int, edge_count: int, contact_count: int, sources: int = 9
) -> RoutingFigures:
    contacts = random_plan(node_count, edge_count, contact_count, seed=1)
    from_contacts_s, plan = _timed(lambda: ContactPlan.from_contacts(contacts))
    numbers = {node: number for number, node in enumerate(plan.nodes)}
    columns = (
        np.array([numbers[one.sender] for one in contacts]),
        np.array([numbers[one.receiver] for one in contacts]),
        np.array([one.start.tai_ns for one in contacts]),
        np.array([one.end.tai_ns for one in contacts]),
        np.array([one.rate_bps for one in contacts]),
        np.array([one.light_time_s for one in contacts]),
    )
    from_arrays_s, plan = _timed(lambda: ContactPlan.from_arrays(plan.nodes, *columns))
    peer_build_s, peer = _timed(lambda: PeerGraph(contacts))
    trees_s, peers_s = [], []
    compared = differing = 0
    for source in plan.nodes[:sources]:
        tree_s, tree = _timed(lambda one=source: arrival_tree(plan, one, SIZE_BITS, START))
        peer_s, expected = _timed(lambda one=source: peer.arrivals(one, SIZE_BITS, START.tai_ns))
        trees_s.append(tree_s)
        peers_s.append(peer_s)
        arrivals = {node: arrival.tai_ns for node, arrival in tree.arrivals.items()}
        compared += len(expected)
        differing += len(arrivals.items() ^ expected.items())
    bundles = [
        Bundle(
            str(number),
            plan.nodes[number % len(plan.nodes)],
            plan.nodes[(7 * number + 1) % len(plan.nodes)],
            SIZE_BITS,
            START.plus_seconds(3600.0 * number),
        )
        for number in range(100)
        if (6 * number + 1) % len(plan.nodes)
    ]
    bundles_s, _ = _timed(lambda: deliver(plan, bundles))
    return RoutingFigures(
        network,
        len(plan.nodes),
        len({(one.sender, one.receiver) for one in contacts}),
        len(contacts),
        from_arrays_s,
        from_contacts_s,
        1e3 * median(trees_s),
        1e3 * max(trees_s),
        peer_build_s,
        1e3 * median(peers_s),
        len(bundles),
        1e3 * bundles_s / len(bundles),
        compared,
        differing,
    )


def _timed(action: Callable[[], _Result]) -> tuple[float, _Result]:
    began = perf_counter()
    result = action()
    return perf_counter() - began, result


def main() -> None:
    options = _options()
    count = options.contacts
    figures = [
        measure("60 craft, 12 antennas, archive", 73, 1600, count),
        measure("100 nodes, all in touch", 100, 9900, count),
        measure("1000 nodes", 1000, 50_000, count),
    ]
    for one in figures:
        print(f"\n{one.network}: {one.contacts:,} contacts over {one.edges:,} edges")
        print(
            f"  build {one.build_from_arrays_s:.3f} s from arrays, "
            f"{one.build_from_contacts_s:.3f} s from contacts (aim ≤ {BUILD_AIM_S} s); "
            f"peer {one.peer_build_s:.3f} s"
        )
        print(
            f"  tree {one.tree_ms:.1f} ms, slowest {one.slowest_tree_ms:.1f} ms "
            f"(aim ≤ {TREE_AIM_MS:.0f} ms); Dijkstra over contacts {one.peer_tree_ms:.0f} ms"
        )
        print(f"  a bundle routed and booked {one.bundle_ms:.1f} ms, mean of {one.bundles}")
        print(f"  arrivals compared {one.arrivals_compared:,}, differing {one.arrivals_differing}")
        print(f"  {'reached' if one.reached else 'NOT REACHED'}")
    if options.json is not None:
        options.json.write_text(
            json.dumps([asdict(one) | {"reached": one.reached} for one in figures], indent=2) + "\n"
        )
        print(f"\nfigures in {options.json}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.routing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: python -m tests.benchmarks.routing --json routing.json",
    )
    parser.add_argument(
        "--contacts", type=int, default=100_000, help="contacts in each plan (default 100 000)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
