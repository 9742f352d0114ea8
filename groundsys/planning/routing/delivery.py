"""When each bundle of data will be home: routed and booked one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundsys.planning.routing.booking import book
from groundsys.planning.routing.contacts import ContactPlan
from groundsys.planning.routing.search import Route, route
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Bundle:
    """Data that are whole at `source` at `created`: a payload's file, or commands on their way out.

    A higher `priority` is served first (CCSDS 734.2-B-1: bulk 0, normal 1, expedited 2).  What
    cannot arrive until `expires` is not sent at all.
    """

    id: str
    source: str
    destination: str
    size_bits: int
    created: Instant
    priority: int = 0
    expires: Instant | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a bundle travels, whole or in fragments; no route at all if it cannot be delivered."""

    bundle: Bundle
    routes: tuple[Route, ...]

    @property
    def arrival(self) -> Instant | None:
        """When all of it is at its destination, or None if it cannot be delivered."""
        return max((one.arrival for one in self.routes), default=None)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A delivery for each bundle, in the order in which the bundles were given."""

    deliveries: tuple[Delivery, ...]
    #: with all of it booked
    plan: ContactPlan

    @property
    def undeliverable(self) -> tuple[Bundle, ...]:
        return tuple(one.bundle for one in self.deliveries if not one.routes)


def deliver(
    plan: ContactPlan, bundles: Iterable[Bundle], fragment_bits: int | None = None
) -> Prediction:
    """Route and book all bundles: by priority, then creation time, then id.

    Each takes what those before it left free, and keeps it: a bundle never delays one that is
    served before it.  With `fragment_bits` a larger bundle travels in pieces of that size, each on
    its own route; if any piece cannot arrive, none is sent.

        >>> from groundsys.planning.routing import Contact
        >>> start = Instant.from_utc_iso("2031-08-20T06:00:00Z")
        >>> plan = ContactPlan.from_contacts([
        ...     Contact("relay-01", "cube", "otv", start, start.plus_seconds(600), 8000.0),
        ...     Contact("pass-01", "otv", "dss-25", start, start.plus_seconds(7200), 64e3, 506.2),
        ... ])
        >>> file = Bundle("weather-17", "cube", "dss-25", 800_000, start)
        >>> deliver(plan, [file]).deliveries[0].arrival
        Instant(2031-08-20T06:10:18.700000Z)
    """
    served = list(bundles)
    deliveries: dict[int, Delivery] = {}
    order = sorted(
        range(len(served)),
        key=lambda one: (-served[one].priority, served[one].created, served[one].id),
    )
    for one in order:
        bundle = served[one]
        routes, plan = _send(plan, bundle, fragment_bits)
        deliveries[one] = Delivery(bundle, routes)
    return Prediction(tuple(deliveries[one] for one in range(len(served))), plan)


def _send(
    plan: ContactPlan, bundle: Bundle, fragment_bits: int | None
) -> tuple[tuple[Route, ...], ContactPlan]:
    """The bundle's routes and the plan with them booked; none, and the old plan, if one fails."""
    routes = []
    booked = plan
    left_bits = bundle.size_bits
    while left_bits > 0:
        size_bits = left_bits if fragment_bits is None else min(left_bits, fragment_bits)
        found = route(
            booked, bundle.source, bundle.destination, size_bits, bundle.created, bundle.expires
        )
        if found is None:
            return (), plan
        booked = book(booked, found)
        routes.append(found)
        left_bits -= size_bits
    return tuple(routes), booked
