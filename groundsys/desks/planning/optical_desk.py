"""The optical navigation desk: pictures of a body become a better orbit of their craft.

Each picture that is home is measured once and its sighting kept; the orbit is always that of the
mission's definitions, put right by all sightings together.  It is told as an OEM, as any navigation
tells its own, when it is first known from enough pictures, and again when it is known much better;
never while the pictures do not fit it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.planning.planning_desk import PlanningDesk
from groundsys.geometry import Geometry
from groundsys.geometry.cameras import Camera, camera_axes
from groundsys.geometry.central_bodies import SUN
from groundsys.geometry.orbits import gm_km3_s2
from groundsys.geometry.sight import Craft
from groundsys.geometry.solutions.covariances import Covariance
from groundsys.geometry.time_scales import (
    FloatArray,
    instants_ns,
    tai_nanoseconds,
    tdb_seconds,
)
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.geometry.two_bodies import coasted
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.optical.flyby import (
    Approach,
    CorrectedTrajectory,
    closest_approach,
    prior_state,
)
from groundsys.optical.measuring import measure
from groundsys.optical.orbit_update import Sighting, State, Update, place_at, update_orbit
from groundsys.products.payload_file import decode_payload_file, engineering_values
from groundsys.store import Store
from groundsys.values.clock import ClockSolution
from groundsys.values.errors import GroundsysError
from groundsys.values.instants import Instant, Interval

_SOURCE = "optical navigation"
#: an OEM reaches so far beyond both ends of the scenario, and has states so often
_BEYOND_S = 86_400.0
_OEM_STEP_S = 120.0


class OpticalDesk:
    """Measures pictures of cameras that look at a body, and tells their craft's orbits."""

    def __init__(self, room: ControlRoom, planning: PlanningDesk) -> None:
        self._room, self._planning = room, planning
        #: the definitions' own paths, whatever is flown by later
        self._geometry: Geometry = room.first_geometry

    def take_picture(
        self, camera: Spacecraft, payload: Payload, content: bytes, clock: ClockSolution
    ) -> None:
        """A file of a payload is home, whole; one of a camera that navigates is measured."""
        if payload.kind != "camera" or "navigation" not in payload.settings:
            return
        craft = self.navigated_by(camera)
        sighting = self._measured(payload, content, clock)
        if sighting is None:
            text = f"a picture of {payload.id} shows no whole body: nothing to measure"
            self._room.log(craft.id, "info", _SOURCE, text)
            return
        name = sightings_fact_of(craft.id)
        kept = [*self._room.store.facts.get(name, []), sighting]
        self._room.store.facts.put(name, sorted(kept, key=lambda one: one["time_ns"]))
        if len(kept) >= payload.settings["navigation"]["least_pictures"]:
            self._update(craft, payload, kept)

    def navigated_by(self, camera: Spacecraft) -> Spacecraft:
        """The craft whose orbit a camera's pictures tell: its mothership's while that holds it."""
        held = camera.id in self._room.scenario.attached
        return self._room.mission.spacecraft[str(camera.relay)] if held else camera

    def _measured(
        self, payload: Payload, content: bytes, clock: ClockSolution
    ) -> dict[str, Any] | None:
        file = decode_payload_file(payload, content)
        spot = measure(file.raw["pixels"], file.present)
        if spot is None:
            return None
        fields = {one.name: one for one in payload.record}
        first = int(np.flatnonzero(file.present)[0])
        angles = [
            float(engineering_values(fields[name], file.raw[name])[first])
            for name in ("right_ascension", "declination", "twist")
        ]
        settings = payload.settings
        camera = Camera(int(settings["pixels"]), float(settings["resolution_rad"]))
        direction = camera_axes(*angles).T @ camera.direction(spot.line, spot.column)
        centroid_rad = camera.resolution_rad * max(spot.sigma_line, spot.sigma_column)
        attitude_rad = float(np.radians(settings["attitude_arcsec"] / 3600.0))
        return {
            "time_ns": clock.scet(file.header.start_sclk_ns).tai_ns,
            "sequence": file.header.sequence,
            "direction": [float(one) for one in direction],
            "sigma_rad": float(np.hypot(centroid_rad, attitude_rad)),
        }

    def _update(self, craft: Spacecraft, payload: Payload, kept: list[Mapping[str, Any]]) -> None:
        room, settings = self._room, payload.settings["navigation"]
        target = str(payload.settings["target"])
        before = self._geometry.craft(craft.id).trajectory
        gm = gm_km3_s2(before.center, self._geometry.bodies)
        prior = prior_state(before, craft.navigation, settings["velocity_sigma_m_s"] / 1e3)
        radii = self._geometry.bodies[target].radii_km
        seen = self._sightings(
            kept, target, craft, prior, settings["figure_share"] * float(radii.max())
        )
        turn_sigma_rad = float(np.radians(settings["turn_sigma_deg"]))
        update = update_orbit(prior, seen, radii, gm, turn_sigma_rad)
        if update.rms_sigmas > settings["worst_rms_sigmas"]:
            text = (
                f"{len(kept)} pictures of {target} fit no orbit (residuals "
                f"{update.rms_sigmas:.1f} sigmas): none is told; see whether {payload.id} looks "
                "where it says"
            )
            room.log(craft.id, "warning", _SOURCE, text)
            return
        correction = update.state.values - prior.values
        path = CorrectedTrajectory(before, prior.tdb_s, correction, gm)
        start, end = tdb_seconds(instants_ns(self._span.start, self._span.end))
        approach = closest_approach(
            *(Craft(path, ()), target, self._geometry.ephemeris, update.state, gm),
            (float(start), float(end)),
        )
        told = told_of(room, craft.id)
        if told is not None and approach.sigma_s > settings["better_by"] * told["closest_sigma_s"]:
            return
        geometry = self._geometry.with_trajectory(craft.id, path)
        text = write_oem(
            *(geometry, craft.id, self._reach, room.now, "OPTICAL-NAVIGATION", _OEM_STEP_S, ()),
            (Covariance(update.state.tdb_s, update.state.covariance),),
        )
        try:
            content = {"spacecraft": craft.id, "oem": text}
            self._planning.take_notice("trajectory", content, _SOURCE)
        except GroundsysError as error:
            room.log(craft.id, "warning", _SOURCE, f"its trajectory is of no use: {error}")
            return
        fact = self._fact(target, kept, update, prior, approach, craft, gm)
        room.store.facts.put(update_fact_of(craft.id), fact)
        self._tell(craft, target, fact)

    def _tell(self, craft: Spacecraft, target: str, fact: Mapping[str, Any]) -> None:
        nearest = Instant(fact["closest_ns"])
        text = (
            f"orbit from {fact['used']} of {fact['pictures']} pictures of {target} "
            f"(residuals {fact['rms_sigmas']:.1f} sigmas): nearest at {nearest.utc_iso(0)} "
            f"± {fact['closest_sigma_s']:.0f} s, {fact['distance_km']:.2f} "
            f"± {fact['distance_sigma_km']:.2f} km from its centre"
        )
        self._room.log(craft.id, "info", _SOURCE, text)

    def _sightings(
        self,
        kept: list[Mapping[str, Any]],
        target: str,
        craft: Spacecraft,
        prior: State,
        figure_km: float,
    ) -> list[Sighting]:
        """As the update takes them: about a prior under two bodies' law.

        What else moves the craft moves the body's place instead, by as much the other way.
        """
        ephemeris, body = self._geometry.ephemeris, self._geometry.bodies[target]
        before = self._geometry.craft(craft.id).trajectory
        times = tdb_seconds(np.array([one["time_ns"] for one in kept], dtype=np.int64))
        gm = gm_km3_s2(before.center, self._geometry.bodies)
        places = coasted(prior.values, times - prior.tdb_s, gm)
        beside = -self._geometry.craft(craft.id).from_body_km(ephemeris, target, times)
        sun = ephemeris.position_km(SUN, times) - ephemeris.position_km(target, times)
        axes = body.body_fixed_rotation(times)
        return [
            Sighting(
                float(times[number]),
                np.array(one["direction"]),
                float(np.hypot(one["sigma_rad"], figure_km / np.linalg.norm(beside[:, number]))),
                places[:, number] + beside[:, number],
                _unit(sun[:, number]),
                axes[:, :, number],
            )
            for number, one in enumerate(kept)
        ]

    def _fact(
        self,
        target: str,
        kept: list[Mapping[str, Any]],
        update: Update,
        prior: State,
        approach: Approach,
        craft: Spacecraft,
        gm: float,
    ) -> dict[str, Any]:
        """What was found, for gates, people and the verdict; places along ICRF from the body."""
        last_ns = max(one["time_ns"] for one in kept)
        at = tdb_seconds(np.array([last_ns], dtype=np.int64))
        found, covariance = place_at(update.state, float(at[0]), gm)
        believed, _ = place_at(prior, float(at[0]), gm)
        beside = self._geometry.craft(craft.id).from_body_km(self._geometry.ephemeris, target, at)[
            :, 0
        ]
        return {
            "target": target,
            "told_ns": self._room.now.tai_ns,
            "pictures": len(kept),
            "used": sum(update.used),
            "rms_sigmas": update.rms_sigmas,
            "last_ns": last_ns,
            "before_km": [float(one) for one in beside],
            "from_body_km": [float(one) for one in beside + found - believed],
            "covariance_km2": [[float(one) for one in row] for row in covariance],
            "closest_ns": int(tai_nanoseconds(np.array([approach.tdb_s]))[0]),
            "closest_sigma_s": approach.sigma_s,
            "distance_km": approach.distance_km,
            "distance_sigma_km": approach.sigma_km,
            "place_sigma_km": approach.place_sigma_km,
        }

    @property
    def _span(self) -> Interval:
        return self._room.scenario.span

    @property
    def _reach(self) -> Interval:
        span = self._span
        return Interval(span.start.plus_seconds(-_BEYOND_S), span.end.plus_seconds(_BEYOND_S))


def sightings_fact_of(craft: str) -> str:
    """The name of the fact that keeps what a craft's pictures showed."""
    return f"sightings:{craft}"


def told_of(room: ControlRoom, craft: str) -> Mapping[str, Any] | None:
    """What was told last of a craft's orbit by its pictures; None if nothing was."""
    return told_of_store(room.store, craft)


def told_of_store(store: Store, craft: str) -> Mapping[str, Any] | None:
    """As `told_of`, for whoever reads a store that is closed."""
    found: Mapping[str, Any] | None = store.facts.get(update_fact_of(craft))
    return found


def update_fact_of(craft: str) -> str:
    """The name of the fact that keeps what was told of a craft's orbit by its pictures."""
    return f"optical:{craft}"


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.linalg.norm(vector))
