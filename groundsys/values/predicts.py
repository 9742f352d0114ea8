"""Where an antenna is to point during a pass, and at what frequency it is to seek the carrier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PointingPredict:
    """By receive time (TAI ns, rising): azimuth (north over east), elevation, carrier in Hz.

    Between its times direction and frequency go straight; outside they stay as at the end.
    `sigma_deg` and `sigma_hz` say how uncertain it is where it begins: one sigma of how far the
    craft may be beside it on the sky, and of its carrier.
    """

    receive_ns: tuple[int, ...]
    azimuth_deg: tuple[float, ...]
    elevation_deg: tuple[float, ...]
    carrier_hz: tuple[float, ...]
    sigma_deg: float = 0.0
    sigma_hz: float = 0.0

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> PointingPredict:
        """From a message, of which it is a part."""
        return cls(
            tuple(body["receive_ns"]),
            tuple(body["azimuth_deg"]),
            tuple(body["elevation_deg"]),
            tuple(body["carrier_hz"]),
            float(body["sigma_deg"]),
            float(body["sigma_hz"]),
        )

    def to_body(self) -> dict[str, Any]:
        """As a message carries it."""
        return {
            "receive_ns": list(self.receive_ns),
            "azimuth_deg": list(self.azimuth_deg),
            "elevation_deg": list(self.elevation_deg),
            "carrier_hz": list(self.carrier_hz),
            "sigma_deg": self.sigma_deg,
            "sigma_hz": self.sigma_hz,
        }

    def directions(self, ns: NDArray[np.int64]) -> _FloatArray:
        """Where to look at times (n,): north, east and up (3, n), of lengths a little below 1."""
        first = self.receive_ns[0]
        times = np.array([one - first for one in self.receive_ns], dtype=np.float64)
        along = unit_vectors(np.array(self.azimuth_deg), np.array(self.elevation_deg))
        asked = (ns - first).astype(np.float64)
        return np.array([np.interp(asked, times, one) for one in along])

    def carrier_at(self, ns: int) -> float:
        """The frequency foreseen, in Hz."""
        return self._at(ns, np.array(self.carrier_hz))

    def _at(self, ns: int, values: _FloatArray) -> float:
        first = self.receive_ns[0]
        times = np.array([one - first for one in self.receive_ns], dtype=np.float64)
        return float(np.interp(float(ns - first), times, values))


def off_deg(
    pointed: _FloatArray,
    azimuth_deg: float,
    elevation_deg: float,
    offset_deg: tuple[float, float] = (0.0, 0.0),
) -> float:
    """How far from a direction one looks who looks along `pointed` (3,), and so far beside it."""
    if any(offset_deg):
        pointed = _beside(pointed, *offset_deg)
    there = unit_vectors(np.array([azimuth_deg]), np.array([elevation_deg]))
    return float(angle_deg(pointed[:, None], there)[0])


def angle_deg(one: _FloatArray, other: _FloatArray) -> _FloatArray:
    """Between directions (3, n), of whatever length, pair by pair (n,)."""
    across = np.linalg.norm(np.cross(one, other, axis=0), axis=0)
    return np.asarray(np.degrees(np.arctan2(across, np.sum(one * other, axis=0))))


def unit_vectors(azimuth_deg: _FloatArray, elevation_deg: _FloatArray) -> _FloatArray:
    """Directions (3, n) along north, east and up."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    return np.array([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)])


def _beside(pointed: _FloatArray, across_deg: float, up_deg: float) -> _FloatArray:
    """A direction moved by small angles across its elevation circle and along it."""
    north, east, up = pointed / np.linalg.norm(pointed)
    level = max(float(np.hypot(north, east)), 1e-9)
    across = np.array([-east, north, 0.0]) / level
    upwards = np.array([-up * north / level, -up * east / level, level])
    moved = np.array([north, east, up]) + np.radians(across_deg) * across
    moved = moved + np.radians(up_deg) * upwards
    return np.asarray(moved / np.linalg.norm(moved))
