"""Booking a route: its contacts' time is taken, and what is left of them stays free."""

from __future__ import annotations

from groundsys.planning.routing.contacts import ContactPlan
from groundsys.planning.routing.search import Route
from groundsys.values.errors import PlanError


def book(plan: ContactPlan, route: Route) -> ContactPlan:
    """The plan without the time that the route's hops take; the old plan stays as it was.

    `PlanError` if some of that time is not free any more: the route was found in another plan, or
    is booked already.
    """
    gaps = plan.gaps
    for hop in route.hops:
        left = gaps.without(hop.number, hop.first_sent.tai_ns, hop.last_sent.tai_ns)
        if left is None:
            raise PlanError(
                f"contact '{hop.contact.id}' is booked already",
                expected=f"{hop.first_sent.utc_iso()} to {hop.last_sent.utc_iso()} free",
                found="not a gap of the plan",
                remedy="find the route in the plan that it is booked in",
            )
        gaps = left
    return plan.with_gaps(gaps)
