"""How a capsule truly comes down that was let go on an approach: its orbit, and errors by the seed.

Where it meets the air is decided by its carrier's true orbit and by what the springs truly gave;
air, drag and wind differ by the sizes in a scenario's `truth` (`entry_…`), as those of any entry.
The fall is `groundsys.entry`'s: nature is one, its errors are here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from groundsys.entry.approach import geodetic_deg, meet_interface
from groundsys.entry.falling import fall
from groundsys.entry.outcomes import LossReason
from groundsys.geometry.central_bodies import CentralBody
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.arrival.arrival_model import Arrival
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.instants import Instant
from sims.entry import true_errors
from sims.orbits import state_of


@dataclass(frozen=True, slots=True)
class TrueArrival:
    """One capsule's true arrival; latitude geodetic, angle and speed inertial."""

    interface: Instant
    flight_path_deg: float
    speed_m_s: float
    #: None if it never opens
    parachute: Instant | None
    landing: Instant
    latitude_deg: float
    longitude_deg: float
    lost: LossReason | None


def true_arrival(
    craft_id: str,
    arrival: Arrival,
    orbit: KeplerOrbit,
    body: CentralBody,
    seed: int,
    truth: Mapping[str, float],
    *,
    parachute_opens: bool = True,
) -> TrueArrival | None:
    """Where an orbit about `body` truly ends; None if it passes by, or leaves the air again."""
    tdb_s = float(tdb_seconds(instants_ns(orbit.epoch))[0])
    axes = body.orbit_axes(tdb_s).T
    place, motion = (axes @ one for one in state_of(orbit))
    met = meet_interface(
        body, tdb_s, place[:, np.newaxis], motion[:, np.newaxis], arrival.interface_km
    )
    if np.isnan(met.after_s[0]):
        return None
    errors = true_errors(craft_id, seed, truth)
    if not parachute_opens:
        errors = replace(errors, second_stage_opens=np.array([False]))
    _, outcomes = fall(arrival, body, met, errors)
    landing_s = float(outcomes.events["landing"][0])
    if np.isnan(landing_s):
        return None
    at = orbit.epoch.plus_seconds(float(met.after_s[0]))
    opened_s = float(outcomes.events["second_stage"][0])
    return TrueArrival(
        interface=at,
        flight_path_deg=float(met.flight_path_deg[0]),
        speed_m_s=float(met.speed_m_s[0]),
        parachute=None if np.isnan(opened_s) else at.plus_seconds(opened_s),
        landing=at.plus_seconds(landing_s),
        latitude_deg=float(geodetic_deg(body, outcomes.latitude_deg)[0]),
        longitude_deg=float(outcomes.longitude_deg[0]),
        lost=outcomes.lost_reason[0],
    )
