"""How uncertain a trajectory says itself that it is: covariances of its place along its track.

The axes are those of `navigation`: along the velocity, across the orbit's plane (the angular
momentum), and outwards, so that the three are at right angles; about the trajectory's centre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from groundsys.geometry.rotations import dot, length
from groundsys.geometry.time_scales import FloatArray

#: CCSDS names (502.0-B-3, annex B; SANA's orbit-relative frames) → which of them are turned how
RADIAL_FRAMES = ("RTN", "RSW", "RIC")
TANGENT_FRAMES = ("TNW",)


@dataclass(frozen=True, slots=True)
class Covariance:
    """Of place (km²), velocity and both at one time of TDB since J2000, along ICRF axes, (6, 6)."""

    tdb_s: float
    matrix: FloatArray


class Stating(Protocol):
    """A trajectory that states how uncertain it is; none: it does not say."""

    @property
    def covariances(self) -> Sequence[Covariance]: ...

    def position_km(self, tdb_s: FloatArray) -> FloatArray: ...

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray: ...


def track_axes(position_km: FloatArray, velocity_km_s: FloatArray) -> FloatArray:
    """Unit vectors along, across and outwards, shape (3 of them, 3, n), at n states (3, n)."""
    along = velocity_km_s / length(velocity_km_s)
    across = np.cross(position_km, velocity_km_s, axis=0)
    across = across / length(across)
    return np.array([along, across, np.cross(along, across, axis=0)])


def along_track(axes: FloatArray, vector: FloatArray) -> FloatArray:
    """Components (3, n) of vectors (3, n) along the axes of `track_axes`."""
    return np.array([dot(axis, vector) for axis in axes])


def local_axes(frame: str, place: FloatArray, motion: FloatArray) -> FloatArray | None:
    """Rows: axes of an orbit-relative frame at a state (3,), (3,); None for another one.

    RTN (RSW, RIC): outwards along the radius, ahead in the plane, along the angular momentum.
    TNW: along the velocity, angular momentum × velocity, along the angular momentum.
    """
    across = np.cross(place, motion)
    across = across / np.linalg.norm(across)
    if frame in RADIAL_FRAMES:
        radial = place / np.linalg.norm(place)
        return np.array([radial, np.cross(across, radial), across])
    if frame in TANGENT_FRAMES:
        along = motion / np.linalg.norm(motion)
        return np.array([along, np.cross(across, along), across])
    return None


def turned_to_icrf(matrix: FloatArray, axes: FloatArray) -> FloatArray:
    """A covariance (6, 6) along `axes` (rows, ICRF), along ICRF axes; their spin is ignored."""
    turn = np.zeros((6, 6))
    turn[:3, :3] = turn[3:, 3:] = axes.T
    return np.asarray(turn @ matrix @ turn.T)


def stated_sigmas_km(trajectory: object, tdb_s: FloatArray) -> FloatArray | None:
    """One sigma along, across and outwards, (3, n), as the trajectory states; None if it does not.

    Linear between the epochs of its covariances; beyond them as at the nearest.
    """
    stated: Sequence[Covariance] = getattr(trajectory, "covariances", ())
    if not stated:
        return None
    track: Stating = trajectory  # type: ignore[assignment]
    epochs = np.array([one.tdb_s for one in stated])
    axes = track_axes(track.position_km(epochs), track.velocity_km_s(epochs))
    places = np.array([one.matrix[:3, :3] for one in stated])
    variances = np.einsum("ain,nij,ajn->an", axes, places, axes)
    sigmas = np.sqrt(np.maximum(variances, 0.0))
    return np.array([np.interp(tdb_s, epochs, one) for one in sigmas])
