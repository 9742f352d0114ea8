"""A capsule that enters an atmosphere, as frozen values: where, how, with what, how well known."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class EntryState:
    """Where and how a capsule meets the atmosphere; against the turning planet.

    Planetocentric, east-positive; the altitude is above the body's ellipsoid.  The flight-path
    angle is negative when going down, the azimuth of motion counts from north over east.
    """

    time: Instant
    altitude_km: float
    latitude_deg: float
    longitude_deg: float
    speed_m_s: float
    flight_path_deg: float
    azimuth_deg: float


@dataclass(frozen=True, slots=True)
class EntryDispersions:
    """How well all that decides an entry is known: one-sigma sizes.

    `density` and `drag` are relative; of the wind, each of the two horizontal components;
    `second_stage_fails` is a probability.
    """

    time_s: float = 0.0
    speed_m_s: float = 0.0
    flight_path_deg: float = 0.0
    azimuth_deg: float = 0.0
    density: float = 0.0
    drag: float = 0.0
    wind_m_s: float = 0.0
    second_stage_fails: float = 0.0


@dataclass(frozen=True, slots=True)
class EntryLimits:
    """Beyond any of these a capsule is lost."""

    heat_flux_w_m2: float
    deceleration_m_s2: float
    impact_m_s: float


@dataclass(frozen=True, slots=True)
class Aeroshell:
    """Inflatable braking surfaces: the first, blunt and open before entry, the second in flight.

    `mach` and `drag_coefficients` are a table, linear between and constant beyond.  The second
    stage begins to open below `opens_below_mach` and is open `opening_s` later.
    """

    mass_kg: float
    diameter_m: float
    nose_radius_m: float
    emissivity: float
    mach: tuple[float, ...]
    drag_coefficients: tuple[float, ...]
    second_diameter_m: float
    second_drag_coefficient: float
    opens_below_mach: float
    opening_s: float


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything about one capsule's entry that the mission definition knows."""

    interface: EntryState
    aeroshell: Aeroshell
    limits: EntryLimits
    dispersions: EntryDispersions
    #: the body that it enters
    body: str
