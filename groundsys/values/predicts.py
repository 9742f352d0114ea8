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
    """

    receive_ns: tuple[int, ...]
    azimuth_deg: tuple[float, ...]
    elevation_deg: tuple[float, ...]
    carrier_hz: tuple[float, ...]

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> PointingPredict:
        """From a message, of which it is a part."""
        return cls(
            tuple(body["receive_ns"]),
            tuple(body["azimuth_deg"]),
            tuple(body["elevation_deg"]),
            tuple(body["carrier_hz"]),
        )

    def to_body(self) -> dict[str, Any]:
        """As a message carries it."""
        return {
            "receive_ns": list(self.receive_ns),
            "azimuth_deg": list(self.azimuth_deg),
            "elevation_deg": list(self.elevation_deg),
            "carrier_hz": list(self.carrier_hz),
        }

    def off_pointing_deg(self, ns: int, azimuth_deg: float, elevation_deg: float) -> float:
        """How far it points at `ns` from a direction, in degrees on the sky."""
        directions = unit_vectors(np.array(self.azimuth_deg), np.array(self.elevation_deg))
        pointed = np.array([self._at(ns, along) for along in directions])
        there = unit_vectors(np.array([azimuth_deg]), np.array([elevation_deg]))[:, 0]
        across = float(np.linalg.norm(np.cross(pointed, there)))
        return float(np.degrees(np.arctan2(across, float(pointed @ there))))

    def carrier_at(self, ns: int) -> float:
        """The frequency foreseen, in Hz."""
        return self._at(ns, np.array(self.carrier_hz))

    def _at(self, ns: int, values: _FloatArray) -> float:
        first = self.receive_ns[0]
        times = np.array([one - first for one in self.receive_ns], dtype=np.float64)
        return float(np.interp(float(ns - first), times, values))


def unit_vectors(azimuth_deg: _FloatArray, elevation_deg: _FloatArray) -> _FloatArray:
    """Directions (3, n) along north, east and up."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    return np.array([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)])
