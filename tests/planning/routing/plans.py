"""Small random contact plans, and the answer to routing questions by trying everything."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from random import Random

from groundsys.planning.routing import Contact
from groundsys.values.instants import Instant

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
SECOND_NS = 1_000_000_000


def at(seconds: float) -> Instant:
    return START.plus_seconds(seconds)


def random_contacts(random: Random, count: int, node_count: int) -> list[Contact]:
    """Contacts in ten minutes, with rates and light times that let a later one win."""
    contacts = []
    for number in range(count):
        sender, receiver = random.sample([f"node-{one}" for one in range(node_count)], 2)
        start_s = random.randrange(0, 600, 5)
        contacts.append(
            Contact(
                f"contact-{number}",
                sender,
                receiver,
                at(start_s),
                at(start_s + random.randrange(1, 200)),
                random.choice([100.0, 800.0, 8000.0, 1000.0 / 3.0]),
                random.choice([0.0, 0.25, 5.0, 60.0]),
            )
        )
    return contacts


def all_routes(
    contacts: list[Contact], source: str, destination: str, size_bits: int, earliest: Instant
) -> Iterator[tuple[int, list[Contact]]]:
    """Arrival (TAI ns) and contacts of every simple way there, in exact arithmetic."""

    def onward(
        node: str, ready_ns: int, visited: set[str], taken: list[Contact]
    ) -> Iterator[tuple[int, list[Contact]]]:
        if node == destination:
            yield ready_ns, taken
            return
        for contact in contacts:
            if contact.sender != node or contact.receiver in visited:
                continue
            sending_ns = ceil(
                size_bits * SECOND_NS / Fraction(contact.rate_bps).limit_denominator()
            )
            sent_ns = max(contact.start.tai_ns, ready_ns) + sending_ns
            if sent_ns <= contact.end.tai_ns:
                yield from onward(
                    contact.receiver,
                    sent_ns + round(contact.light_time_s * SECOND_NS),
                    visited | {contact.receiver},
                    [*taken, contact],
                )

    yield from onward(source, earliest.tai_ns, {source}, [])
