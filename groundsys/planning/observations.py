"""Observation windows of a scenario's cameras, by the limits that their payloads state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.central_bodies import SUN
from groundsys.geometry.observing import ObservationLimits, ObservationWindow, observation_windows
from groundsys.geometry.time_scales import FloatArray, instants_ns, tai_nanoseconds, tdb_seconds
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True, slots=True)
class Observation:
    """A window of one camera, in time of the craft."""

    spacecraft: str
    target: str
    interval: Interval
    window: ObservationWindow
    resolution_rad: float

    def plain(self) -> dict[str, Any]:
        """For machines: times in UTC, units in the names."""
        window = self.window
        return {
            "spacecraft": self.spacecraft,
            "target": self.target,
            "start": self.interval.start.utc_iso(0),
            "end": self.interval.end.utc_iso(0),
            "pictures": window.pictures,
            "bits": window.bits,
            "nearest_km": round(window.nearest_km, 3),
            "farthest_km": round(window.farthest_km, 3),
            "finest_m_per_pixel": round(window.nearest_km * 1e3 * self.resolution_rad, 3),
            "lowest_phase_deg": round(window.lowest_phase_deg, 2),
            "highest_phase_deg": round(window.highest_phase_deg, 2),
            "fastest_deg_s": window.fastest_deg_s,
        }

    def words(self) -> tuple[str, str]:
        """For people: when, and what there is to be seen."""
        window = self.window
        finest, coarsest = (
            one * 1e3 * self.resolution_rad for one in (window.nearest_km, window.farthest_km)
        )
        return (
            f"{self.spacecraft} of {self.target}, {self.interval.start.utc_iso(0)} … "
            f"{self.interval.end.utc_iso(0)}",
            f"{window.pictures} pictures, {window.bits / 8e6:.2f} MB · {window.nearest_km:.1f} … "
            f"{window.farthest_km:.1f} km · {finest:.1f} … {coarsest:.1f} m a pixel · phase "
            f"{window.lowest_phase_deg:.0f} … {window.highest_phase_deg:.0f}° · turns up to "
            f"{window.fastest_deg_s * 3600.0:.0f} °/h",
        )


def observations_of(
    mission: Mission, scenario: Scenario, geometry: Geometry
) -> tuple[Observation, ...]:
    """Every window of every camera that states limits, in order of cameras and of time."""
    found = []
    for id in scenario.spacecraft:
        for name in mission.spacecraft[id].payloads:
            payload = mission.payloads[name]
            if "observation" in payload.settings:
                found += _of_camera(id, payload, scenario, geometry)
    return tuple(found)


def _of_camera(
    spacecraft: str, payload: Payload, scenario: Scenario, geometry: Geometry
) -> list[Observation]:
    target = str(payload.settings["target"])
    craft, ephemeris = geometry.craft(spacecraft), geometry.ephemeris

    def from_body_km(tdb_s: FloatArray) -> FloatArray:
        return craft.from_body_km(ephemeris, target, tdb_s)

    def sun_km(tdb_s: FloatArray) -> FloatArray:
        return ephemeris.position_km(SUN, tdb_s) - ephemeris.position_km(target, tdb_s)

    start, end = tdb_seconds(instants_ns(scenario.span.start, scenario.span.end))
    windows = observation_windows(
        from_body_km, sun_km, limits_of(payload), float(start), float(end)
    )
    return [
        Observation(
            *(spacecraft, target, _interval(one), one),
            float(payload.settings["resolution_rad"]),
        )
        for one in windows
    ]


def limits_of(payload: Payload) -> ObservationLimits:
    """The limits of a camera, as its definition states them."""
    stated = payload.settings["observation"]
    bits = sum(one.bits for one in payload.record)
    lines = payload.file_interval_s / payload.sample_interval_s
    return ObservationLimits(
        highest_phase_deg=float(stated["highest_phase_deg"]),
        nearest_km=float(stated["nearest_km"]),
        farthest_km=float(stated["farthest_km"]),
        fastest_deg_s=float(stated["fastest_deg_h"]) / 3600.0,
        picture_every_s=payload.file_interval_s,
        picture_bits=bits * round(lines),
        room_bits=float(stated["room_mb"]) * 8e6,
    )


def _interval(window: ObservationWindow) -> Interval:
    edges = tai_nanoseconds(np.array([window.start_tdb_s, window.end_tdb_s]))
    return Interval(Instant(int(edges[0])), Instant(int(edges[1])))
