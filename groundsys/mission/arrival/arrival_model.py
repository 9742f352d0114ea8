"""A capsule that its carrier's trajectory brings to a planet: corridor, zone, beacon."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.mission.arrival.entry_model import Aeroshell, EntryDispersions, EntryLimits


@dataclass(frozen=True, slots=True)
class LandingZone:
    """Where a capsule may come down; geodetic latitude, altitude above the ellipsoid."""

    name: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    #: the ellipse (three sigma) lies within so much of its middle
    radius_km: float


@dataclass(frozen=True, slots=True)
class BearingStation:
    """A direction finder of the recovery team, in or about the zone; geodetic."""

    name: str
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, slots=True)
class LocatorBeacon:
    """What a capsule sends once its parachute is open, for direction finders on the ground."""

    frequency_mhz: float
    #: it goes on for so long after the parachute has opened
    lasts_h: float
    #: one sigma of a bearing
    bearing_deg: float
    stations: tuple[BearingStation, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the definition knows of a capsule's coming down; when and where is its trajectory's.

    The corridor is of the flight-path angle in inertial axes where the capsule passes
    `interface_km` above the ellipsoid: steepest and shallowest, both below zero.
    """

    body: str
    interface_km: float
    flight_path_deg: tuple[float, float]
    aeroshell: Aeroshell
    limits: EntryLimits
    #: of density, drag and wind; all else is navigation's and the springs'
    dispersions: EntryDispersions
    #: one sigma of the springs: a share of the speed, and an angle about each axis across
    release_speed: float
    release_pointing_rad: float
    zone: LandingZone
    beacon: LocatorBeacon
