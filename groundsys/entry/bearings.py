"""Where bearings on a beacon cross: least squares on the plane about the landing zone's middle.

Bearings are from north over east, as a direction finder reads them; each station is a place of
that plane.  The plane errs by less than 0.1° of bearing over 100 km at middle latitudes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from groundsys.entry.falling import KM_PER_DEG, offset_km
from groundsys.mission.arrival.arrival_model import Arrival

_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Crossing:
    """Geodetic, with its covariance to east and north."""

    latitude_deg: float
    longitude_deg: float
    covariance_km2: tuple[tuple[float, float], tuple[float, float]]


def crossing_of(arrival: Arrival, bearings_deg: Mapping[str, float]) -> Crossing | None:
    """Where bearings by station's name cross; None of fewer than two, or of parallel ones."""
    zone = arrival.zone
    heard = [one for one in arrival.beacon.stations if one.name in bearings_deg]
    if len(heard) < 2:
        return None
    places = np.array(
        [
            offset_km(zone.latitude_deg, zone.longitude_deg, one.latitude_deg, one.longitude_deg)
            for one in heard
        ]
    )
    told = np.radians([bearings_deg[one.name] for one in heard])
    point = np.zeros(2)
    sigma = np.radians(arrival.beacon.bearing_deg)
    for _ in range(_ROUNDS):
        away = point - places
        squared = np.maximum((away**2).sum(axis=1), 1e-6)
        off = told - np.arctan2(away[:, 0], away[:, 1])
        off = (off + np.pi) % (2.0 * np.pi) - np.pi
        slopes = np.array([away[:, 1], -away[:, 0]]).T / squared[:, np.newaxis]
        normal = slopes.T @ slopes
        if np.linalg.cond(normal) > 1e8:
            return None
        step = np.linalg.solve(normal, slopes.T @ off)
        point = point + step
        if np.hypot(*step) < 1e-6:
            break
    covariance = np.linalg.inv(normal) * sigma**2
    east, north = point
    latitude = zone.latitude_deg + north / KM_PER_DEG
    middle = np.radians((zone.latitude_deg + latitude) / 2.0)
    return Crossing(
        latitude_deg=float(latitude),
        longitude_deg=float(zone.longitude_deg + east / KM_PER_DEG / np.cos(middle)),
        covariance_km2=(
            (float(covariance[0, 0]), float(covariance[0, 1])),
            (float(covariance[1, 0]), float(covariance[1, 1])),
        ),
    )
