"""What is true, where it differs from what the ground believes: seeded errors of stated size.

The sizes are one-sigma values in a scenario's `truth`; one that is absent is zero.  A craft's
clock is its own simulator's (`sims.craft.computer.clock`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from sims.draws import normal
from sims.orbits import pushed


def perturbed(mission: Mission, seed: int, truth: Mapping[str, float]) -> Mission:
    """The mission as it truly flies: every orbit a little off, by the sizes in `truth`.

    `orbit_along_track_km` moves the craft along its path, `orbit_cross_track_km` tilts node and
    inclination, `orbit_radial_km` shapes the ellipse (its size stays: an error there would grow
    for ever, and orbit determination sees it first).  `injection_m_s` is what a launcher errs by,
    along each axis, at the orbit's epoch: its errors do grow for ever.
    """
    spacecraft = {
        id: craft
        if craft.orbit is None
        else replace(craft, orbit=_injected(moved(craft.orbit, id, seed, truth), id, seed, truth))
        for id, craft in mission.spacecraft.items()
    }
    return replace(mission, spacecraft=spacecraft)


def oscillator_error(seed: int, craft: str, truth: Mapping[str, float]) -> float:
    """By what share a craft's own carrier is off its frequency (`oscillator_ppm`)."""
    return 1e-6 * truth.get("oscillator_ppm", 0.0) * normal(seed, "oscillator", craft)


def station_delay_error_ns(seed: int, antenna_id: str, truth: Mapping[str, float]) -> int:
    """A delay in the antenna's chain that its receive times do not account for."""
    return round(truth.get("station_delay_ns", 0.0) * normal(seed, "station delay", antenna_id))


def link_loss_db(seed: int, link: str, truth: Mapping[str, float]) -> float:
    """What a link loses beyond its budget (`link_loss_db`); never a gain."""
    return abs(truth.get("link_loss_db", 0.0) * normal(seed, "link loss", link))


def moved(
    orbit: KeplerOrbit, id: str, seed: int, sizes: Mapping[str, float], *which: int
) -> KeplerOrbit:
    """The orbit a little off by draws of these sizes; `which` tells several draws apart.

    Sizes hold at a distance of the semi-major axis: on a hyperbola they grow with distance.
    """
    size_km = abs(orbit.semi_major_axis_km)

    def degrees(size: str, what: str) -> float:
        angle = sizes.get(size, 0.0) * normal(seed, what, id, *which) / size_km
        return float(np.degrees(angle))

    tilt = np.radians(orbit.inclination_deg)
    node_deg = degrees("orbit_cross_track_km", "orbit node") / max(abs(float(np.sin(tilt))), 0.1)
    radial = sizes.get("orbit_radial_km", 0.0) * normal(seed, "orbit radial", id, *which)
    return replace(
        orbit,
        eccentricity=abs(orbit.eccentricity + radial / size_km),
        inclination_deg=orbit.inclination_deg
        + degrees("orbit_cross_track_km", "orbit inclination"),
        raan_deg=orbit.raan_deg + node_deg,
        # a turn about the pole moves the craft along its path as well, which is not meant here
        argument_of_periapsis_deg=orbit.argument_of_periapsis_deg - node_deg * float(np.cos(tilt)),
        mean_anomaly_deg=orbit.mean_anomaly_deg
        + degrees("orbit_along_track_km", "orbit along track"),
    )


def _injected(orbit: KeplerOrbit, id: str, seed: int, truth: Mapping[str, float]) -> KeplerOrbit:
    size_km_s = truth.get("injection_m_s", 0.0) / 1000.0
    if size_km_s == 0.0:
        return orbit
    error = [size_km_s * normal(seed, "injection", id, axis) for axis in "xyz"]
    return pushed(orbit, np.array(error))
