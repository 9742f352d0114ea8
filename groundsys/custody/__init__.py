"""Custody of data: where every octet of the customers' files is, and where its time went.

hops        the way of a file: places, hops, predicted and actual times
schedule    which files a cube has surely made
promises    what the versions of the plan promise of each
paths       which ways home geometry offers
latency     the latency clock: from sensing to delivery, split into its parts
service     the service level: promised, measured, foreseen
telling     all of it as plain values, for customers and operators

Decisions only: the desks keep the book (`groundsys.desks.delivery.custody_book`).
"""

from groundsys.custody.hops import (
    HOPS,
    PLACES,
    FileCustody,
    Foreseen,
    Hop,
    HopTime,
    KnownFile,
    Place,
    place_of,
)
from groundsys.custody.latency import LatencySplit, mean_split, percentile, split_latency
from groundsys.custody.paths import Openings, Paths, light_time_ns, openings, paths_of
from groundsys.custody.promises import Version, flown_at
from groundsys.custody.schedule import Logged, Told, surely_made
from groundsys.custody.service import Outcome, Standing, standing, worst_share
from groundsys.custody.telling import latency_told, standing_told, tell_customer

__all__ = [
    "HOPS",
    "PLACES",
    "FileCustody",
    "Foreseen",
    "Hop",
    "HopTime",
    "KnownFile",
    "LatencySplit",
    "Logged",
    "Openings",
    "Outcome",
    "Paths",
    "Place",
    "Standing",
    "Told",
    "Version",
    "flown_at",
    "latency_told",
    "light_time_ns",
    "mean_split",
    "openings",
    "paths_of",
    "percentile",
    "place_of",
    "split_latency",
    "standing",
    "standing_told",
    "surely_made",
    "tell_customer",
    "worst_share",
]
