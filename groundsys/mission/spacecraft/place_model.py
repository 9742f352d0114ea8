"""Where a craft is: an orbit, a landing site, a release or a trajectory, and how well it is known.

Units are in the names.  Angles in degrees, distances in km or m, times in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class KeplerOrbit:
    """Elements about `center`, a body's id in capitals, in a frame that does not turn; see `frame`.

    About Mars, say, it is "MARS_IAU_OF_EPOCH": x to the node of the equator on the ICRF equator, z
    the pole at epoch.  Its definition may also ask for "ICRF" (`OrbitLimits`).  A hyperbola has an
    eccentricity above 1, a semi-major axis below zero, and a mean anomaly that counts from its one
    periapsis.
    """

    center: str
    epoch: Instant
    semi_major_axis_km: float
    eccentricity: float
    inclination_deg: float
    raan_deg: float
    argument_of_periapsis_deg: float
    mean_anomaly_deg: float
    #: "": that which the body's definition asks for
    frame: str = ""
    #: id of a small body that the craft goes with past `center`: what pulls at both is in its
    #: table (`geometry.trajectories.companion`); "": two bodies alone
    beside: str = ""
    #: it is meant to lead into the atmosphere, which for any other would be a slip
    enters: bool = False


@dataclass(frozen=True, slots=True)
class LandingSite:
    """Planetocentric, east-positive; the mask is the higher of the constant and the horizon."""

    body: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    elevation_mask_deg: float = 10.0
    #: (azimuth from north over east, elevation), both in degrees; linear between, closed at 360°
    horizon: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """How a cube leaves the craft that carries it, its relay, by springs; until then it is held.

    `direction` is a unit vector along the carrier's radial, along-track and cross-track axes.
    """

    #: of the two relative to each other
    speed_m_s: float
    direction: tuple[float, float, float]
    #: its radio is silent for so long after it has left
    silent_s: float
    #: when the ground foresees it; None: it stays where it is
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class TrajectoryFile:
    """A trajectory that somebody else computed: a CCSDS OEM (502.0-B) or a SPICE SPK kernel.

    `path` is absolute, or relative to the mission's root.  `target` is the body's NAIF number in
    an SPK kernel.
    """

    kind: Literal["oem", "spk"]
    path: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Navigation:
    """How well the ground knows a craft's trajectory: one-sigma sizes at its epoch.

    What is known along the track worsens with every day before or after the epoch.
    """

    along_track_km: float = 0.0
    along_track_growth_km_per_day: float = 0.0
    cross_track_km: float = 0.0
    radial_km: float = 0.0
