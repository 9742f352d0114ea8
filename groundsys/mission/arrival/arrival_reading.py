"""A capsule's arrival, as read from the section `arrival` of its craft."""

from __future__ import annotations

from collections.abc import Mapping

from groundsys.mission.arrival.arrival_model import (
    Arrival,
    BearingStation,
    LandingZone,
    LocatorBeacon,
)
from groundsys.mission.arrival.entry_reading import read_aeroshell, read_dispersions, read_limits
from groundsys.mission.celestial.body_model import Body
from groundsys.mission.parsing.reading import Section

#: bearings from fewer stations cross nowhere
_FEWEST_STATIONS = 2


def read_arrival(section: Section, bodies: Mapping[str, Body]) -> Arrival:
    """Corridor, aeroshell, zone and beacon; the body must have an atmosphere."""
    breathing = [id for id, one in bodies.items() if one.atmosphere is not None]
    arrival = Arrival(
        body=section.reference("body", "body with an atmosphere", breathing),
        interface_km=section.number("interface_km", 125.0, minimum=80, maximum=200),
        flight_path_deg=_read_corridor(section),
        aeroshell=read_aeroshell(section.section("aeroshell")),
        limits=read_limits(section.section("limits")),
        dispersions=read_dispersions(section.optional_section("dispersions")),
        release_speed=section.number("release_speed", 0.0, minimum=0, maximum=1),
        release_pointing_rad=section.number("release_pointing_rad", 0.0, minimum=0, maximum=1),
        zone=_read_zone(section.section("zone")),
        beacon=_read_beacon(section.section("beacon")),
    )
    section.finish()
    return arrival


def _read_corridor(section: Section) -> tuple[float, float]:
    corridor = section.numbers("flight_path_deg")
    if len(corridor) != 2 or not -90 < corridor[0] < corridor[1] < 0:
        if corridor:
            section.note(
                "flight_path_deg", "flight_path_deg is no corridor",
                "write [steepest, shallowest], both below zero",
            )  # fmt: skip
        return (-90.0, 0.0)
    return (corridor[0], corridor[1])


def _read_zone(section: Section) -> LandingZone:
    zone = LandingZone(
        name=section.text("name"),
        latitude_deg=section.number("latitude_deg", minimum=-89, maximum=89),
        longitude_deg=section.number("longitude_deg", minimum=-180, maximum=360),
        altitude_m=section.number("altitude_m", 0.0, minimum=-1000, maximum=9000),
        radius_km=section.number("radius_km", above=0, maximum=1000),
    )
    section.finish()
    return zone


def _read_beacon(section: Section) -> LocatorBeacon:
    stations = []
    for one in section.sections("stations"):
        stations.append(
            BearingStation(
                name=one.text("name"),
                latitude_deg=one.number("latitude_deg", minimum=-89, maximum=89),
                longitude_deg=one.number("longitude_deg", minimum=-180, maximum=360),
            )
        )
        one.finish()
    if not section.absent and len(stations) < _FEWEST_STATIONS:
        section.note("stations", "bearings of one station cross nowhere", "name two or more")
    beacon = LocatorBeacon(
        frequency_mhz=section.number("frequency_mhz", above=0),
        lasts_h=section.number("lasts_h", above=0),
        bearing_deg=section.number("bearing_deg", above=0, maximum=30),
        stations=tuple(stations),
    )
    section.finish()
    return beacon
