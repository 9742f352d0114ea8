"""From the interface to the ground of a landing zone: nature's side of an arrival."""

from __future__ import annotations

import numpy as np

from groundsys.entry.approach import Interfaces
from groundsys.entry.atmosphere import FloatArray
from groundsys.entry.flying import EntryErrors
from groundsys.entry.motion import Air, Flights, fly
from groundsys.entry.outcomes import Outcomes, outcomes_of
from groundsys.entry.planet import world_of
from groundsys.geometry.central_bodies import CentralBody
from groundsys.mission.arrival.arrival_model import Arrival

_LONGEST_S = 3600.0
#: an hour's fall by seconds: within 2 s and 0.5 % of deceleration of one by tenths
_STEP_S = 1.0
KM_PER_DEG = np.pi * 6371.0 / 180.0


def fall(
    arrival: Arrival, body: CentralBody, met: Interfaces, errors: EntryErrors
) -> tuple[Flights, Outcomes]:
    """Let bodies fall from the interface to the altitude of the landing zone."""
    world = world_of(body)
    flights = fly(
        world.planet,
        Air(world.air, errors.density_scale, errors.wind_east_m_s, errors.wind_north_m_s),
        arrival.aeroshell,
        met.place_m,
        met.motion_m_s,
        ground_m=np.full_like(met.after_s, arrival.zone.altitude_m),
        drag_scale=errors.drag_scale,
        opens=errors.second_stage_opens,
        longest_s=_LONGEST_S,
        step_s=_STEP_S,
        escape_m=arrival.interface_km * 1000.0 + 5_000.0,
    )
    frequency_hz = arrival.beacon.frequency_mhz * 1e6
    return flights, outcomes_of(
        flights, arrival.aeroshell, arrival.limits, frequency_hz=frequency_hz
    )


def offset_km(
    latitude_deg: float, longitude_deg: float, to_latitude_deg: float, to_longitude_deg: float
) -> FloatArray:
    """From one place to another near it, to east and north in km, on a sphere of 6371 km."""
    turn = (to_longitude_deg - longitude_deg + 180.0) % 360.0 - 180.0
    east = turn * np.cos(np.radians((latitude_deg + to_latitude_deg) / 2.0))
    return np.array([east, to_latitude_deg - latitude_deg]) * KM_PER_DEG
