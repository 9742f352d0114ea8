"""Entries flown from a mission's data: with the values believed, or with errors in all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundsys.entry.atmosphere import FloatArray
from groundsys.entry.motion import Air, BooleanArray, Flights, fly, state_at_interface
from groundsys.entry.planet import known_world
from groundsys.mission.arrival.entry_model import Entry


@dataclass(frozen=True, slots=True)
class EntryErrors:
    """By how much n entries differ from what is believed; arrays of n."""

    time_s: FloatArray
    speed_m_s: FloatArray
    flight_path_deg: FloatArray
    azimuth_deg: FloatArray
    #: factors
    density_scale: FloatArray
    drag_scale: FloatArray
    wind_east_m_s: FloatArray
    wind_north_m_s: FloatArray
    second_stage_opens: BooleanArray


def no_errors(count: int = 1) -> EntryErrors:
    """Everything as it is believed."""
    zero, one = np.zeros(count), np.ones(count)
    return EntryErrors(zero, zero, zero, zero, one, one, zero, zero, one > 0.0)


def fly_entry(
    entry: Entry, site_altitude_m: float, errors: EntryErrors, *, step_s: float = 0.5
) -> Flights:
    """Let a capsule fall with these errors; times of the result count from each one's interface."""
    state, world = entry.interface, known_world(entry.body)
    one = np.ones_like(errors.time_s)
    place, motion = state_at_interface(
        world.planet,
        altitude_m=state.altitude_km * 1000.0 * one,
        latitude_deg=state.latitude_deg * one,
        longitude_deg=state.longitude_deg * one,
        speed_m_s=state.speed_m_s + errors.speed_m_s,
        flight_path_deg=state.flight_path_deg + errors.flight_path_deg,
        azimuth_deg=state.azimuth_deg + errors.azimuth_deg,
    )
    return fly(
        world.planet,
        Air(world.air, errors.density_scale, errors.wind_east_m_s, errors.wind_north_m_s),
        entry.aeroshell,
        place,
        motion,
        ground_m=site_altitude_m * one,
        drag_scale=errors.drag_scale,
        opens=errors.second_stage_opens,
        step_s=step_s,
    )
