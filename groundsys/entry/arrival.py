"""What is foretold of a capsule that a trajectory brings to a planet: interface, corridor, landing.

A Monte Carlo over what navigation says of the carrier's orbit, what springs err by, and air, drag
and wind (`Arrival`): each sample goes by two bodies' law to the interface (`approach`) and falls
from there (`motion`), so that time, angle and place are as correlated as they truly are.  It has a
seed of its own: the same definition and solution give the same prediction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from groundsys.entry.approach import Interfaces, geodetic_deg, meet_interface, sampled_states
from groundsys.entry.atmosphere import FloatArray
from groundsys.entry.falling import fall, offset_km
from groundsys.entry.flying import EntryErrors
from groundsys.entry.motion import BooleanArray
from groundsys.entry.outcomes import Outcomes
from groundsys.entry.prediction import ForetoldEvent, Range, drawn_errors
from groundsys.geometry.central_bodies import CentralBody
from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.mission.arrival.arrival_model import Arrival
from groundsys.mission.spacecraft.place_model import Navigation, Release
from groundsys.values.instants import Instant

#: falls in a prediction: its sigmas then err by 6 %, its means by 9 % of a sigma
FALLS = 120
#: what is said to hold holds at so many sigmas
SIGMAS = 3.0
Arrays = TypeVar("Arrays", Interfaces, EntryErrors)


@dataclass(frozen=True, slots=True)
class Carrying:
    """A capsule's carrier when it lets it go: where, how well known, and its share of the push."""

    place_km: FloatArray
    motion_km_s: FloatArray
    sizes: Navigation
    share: float


@dataclass(frozen=True, slots=True)
class ArrivalPrediction:
    """One capsule's arrival as foretold; angles and speed at the interface are inertial."""

    interface: ForetoldEvent
    speed_m_s: Range
    flight_path_deg: Range
    azimuth_deg: Range
    parachute: ForetoldEvent
    landing: ForetoldEvent
    #: geodetic, and the covariance about it to east and north
    latitude_deg: float
    longitude_deg: float
    covariance_km2: tuple[tuple[float, float], tuple[float, float]]
    peak_deceleration_m_s2: Range
    peak_heat_flux_w_m2: Range
    impact_m_s: Range
    #: how far each m/s of steady wind carries it, km
    drift_km_per_m_s: float
    #: of the samples: how many land
    lands: float

    def ellipse(self, sigmas: float = SIGMAS) -> tuple[float, float, float]:
        """Semi-axes in km, and the azimuth of the longer one in degrees."""
        sizes, axes = np.linalg.eigh(np.array(self.covariance_km2))
        east, north = axes[:, 1]
        minor, major = np.sqrt(np.maximum(sizes, 0.0)) * sigmas
        return float(major), float(minor), float(np.degrees(np.arctan2(east, north)) % 180.0)

    def off_sigmas(self, latitude_deg: float, longitude_deg: float) -> float:
        """How far a place lies from the middle, by the ellipse that goes through it."""
        off = offset_km(self.latitude_deg, self.longitude_deg, latitude_deg, longitude_deg)
        return float(np.sqrt(off @ np.linalg.solve(np.array(self.covariance_km2), off)))


def predict_arrival(
    arrival: Arrival,
    body: CentralBody,
    release: Release,
    carrying: Carrying,
    at: Instant,
    *,
    seed: int = 0,
    falls: int = FALLS,
) -> ArrivalPrediction | None:
    """Foretell an arrival by a release at `at`; None if hardly a sample comes down."""
    generator = np.random.Generator(np.random.Philox(seed))
    places, motions = sampled_states(
        carrying.place_km, carrying.motion_km_s, body.gm_km3_s2, carrying.sizes, generator, falls
    )
    pushes = _sampled_springs(arrival, release, generator, falls) * (1.0 - carrying.share)
    motions = motions + along_track_axes(places, motions, pushes) / 1000.0
    errors = drawn_errors(arrival.dispersions, generator, falls)
    tdb_s = float(tdb_seconds(instants_ns(at))[0])
    met = meet_interface(body, tdb_s, places, motions, arrival.interface_km)
    down = np.flatnonzero(np.isfinite(met.after_s))
    if 2 * len(down) < falls:
        return None
    met, errors = _chosen(met, down), _chosen(errors, down)
    _, outcomes = fall(arrival, body, met, errors)
    kept = np.isnan(outcomes.lost_after_s)
    if 2 * kept.sum() < falls:
        return None
    return _told(body, at, met, outcomes, kept, falls)


def along_track_axes(places: FloatArray, motions: FloatArray, pushes: FloatArray) -> FloatArray:
    """Pushes (3, n) along radius, track and across it, along the axes of places and motions."""
    out = places / np.sqrt((places**2).sum(axis=0))
    across = np.cross(places, motions, axis=0)
    across = across / np.sqrt((across**2).sum(axis=0))
    along = np.cross(across, out, axis=0)
    return np.asarray(pushes[0] * out + pushes[1] * along + pushes[2] * across)


def why_outside(arrival: Arrival, found: ArrivalPrediction | None) -> tuple[str, ...]:
    """Every reason for which an arrival is not within its limits at three sigmas; none if it is."""
    if found is None:
        return ("it does not come down",)
    reasons = []
    steepest, shallowest = arrival.flight_path_deg
    path = found.flight_path_deg
    low, high = path.mean - SIGMAS * path.sigma, path.mean + SIGMAS * path.sigma
    if low < steepest or high > shallowest:
        reasons.append(
            f"flight-path angle {low:.2f}° to {high:.2f}°, the corridor is {steepest:g}° to "
            f"{shallowest:g}°"
        )
    zone = arrival.zone
    off = offset_km(zone.latitude_deg, zone.longitude_deg, found.latitude_deg, found.longitude_deg)
    reach_km = float(np.hypot(*off)) + found.ellipse()[0]
    if reach_km > zone.radius_km:
        reasons.append(
            f"the ellipse reaches {reach_km:.0f} km from the middle of {zone.name}, "
            f"{zone.radius_km:g} km allowed"
        )
    if found.lands < 1.0:
        reasons.append(f"{found.lands:.1%} of the falls land")
    return tuple(reasons)


def _sampled_springs(
    arrival: Arrival, release: Release, generator: np.random.Generator, count: int
) -> FloatArray:
    """Relative velocities (3, n) in m/s along radius, track and across it."""
    wanted = np.array(release.direction)
    first = np.cross(wanted, np.eye(3)[int(np.argmin(np.abs(wanted)))])
    first = first / np.linalg.norm(first)
    speed, one, other = generator.standard_normal((3, count))
    tilted = wanted[:, np.newaxis] + arrival.release_pointing_rad * (
        np.outer(first, one) + np.outer(np.cross(wanted, first), other)
    )
    tilted = tilted / np.sqrt((tilted**2).sum(axis=0))
    return np.asarray(release.speed_m_s * (1.0 + arrival.release_speed * speed) * tilted)


def _chosen(arrays: Arrays, which: NDArray[np.intp]) -> Arrays:
    """The same of some bodies."""
    fields = {name: getattr(arrays, name)[..., which] for name in type(arrays).__slots__}
    return type(arrays)(**fields)


def _told(
    body: CentralBody,
    at: Instant,
    met: Interfaces,
    outcomes: Outcomes,
    kept: BooleanArray,
    falls: int,
) -> ArrivalPrediction:
    after_s = met.after_s[kept]
    latitude = geodetic_deg(body, outcomes.latitude_deg[kept])
    # about the first, so that the antimeridian is nothing special
    first = float(outcomes.longitude_deg[kept][0])
    turn = (outcomes.longitude_deg[kept] - first + 180.0) % 360.0 - 180.0
    middle = float(latitude.mean()), (first + float(turn.mean()) + 180.0) % 360.0 - 180.0
    places = np.array(
        [
            offset_km(*middle, float(north), first + float(east))
            for north, east in zip(latitude, turn, strict=True)
        ]
    ).T
    under_s = (outcomes.events["landing"] - outcomes.events["second_stage"])[kept]
    covariance = np.cov(places)
    return ArrivalPrediction(
        interface=_event(at, after_s, falls),
        speed_m_s=_range(met.speed_m_s[kept]),
        flight_path_deg=_range(met.flight_path_deg[kept]),
        azimuth_deg=_range(met.azimuth_deg[kept]),
        parachute=_event(at, after_s + outcomes.events["second_stage"][kept], falls),
        landing=_event(at, after_s + outcomes.events["landing"][kept], falls),
        latitude_deg=middle[0],
        longitude_deg=middle[1],
        covariance_km2=(
            (float(covariance[0, 0]), float(covariance[0, 1])),
            (float(covariance[1, 0]), float(covariance[1, 1])),
        ),
        peak_deceleration_m_s2=_range(outcomes.peak_deceleration_m_s2[kept]),
        peak_heat_flux_w_m2=_range(outcomes.peak_heat_flux_w_m2[kept]),
        impact_m_s=_range(outcomes.impact_m_s[kept]),
        drift_km_per_m_s=float(np.mean(under_s)) / 1000.0,
        lands=float(kept.sum()) / falls,
    )


def _event(at: Instant, seconds: FloatArray, falls: int) -> ForetoldEvent:
    known = seconds[np.isfinite(seconds)]
    return ForetoldEvent(
        at.plus_seconds(float(known.mean())), float(known.std(ddof=1)), len(known) / falls
    )


def _range(values: FloatArray) -> Range:
    return Range(float(values.mean()), float(values.std(ddof=1)))
