"""Contact-graph routing: when data can be where, over contacts that are never overbooked."""

from groundsys.planning.routing.booking import book
from groundsys.planning.routing.contacts import Contact, ContactPlan
from groundsys.planning.routing.delivery import Bundle, Delivery, Prediction, deliver
from groundsys.planning.routing.network import GROUND, contacts_of
from groundsys.planning.routing.search import ArrivalTree, Hop, Route, arrival_tree, route

__all__ = [
    "GROUND",
    "ArrivalTree",
    "Bundle",
    "Contact",
    "ContactPlan",
    "Delivery",
    "Hop",
    "Prediction",
    "Route",
    "arrival_tree",
    "book",
    "contacts_of",
    "deliver",
    "route",
]
