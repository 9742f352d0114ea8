"""Light time, direction and occultation between antennas on Earth and craft in deep space.

All functions take and give arrays over n instants (TAI nanoseconds, shape (n,)), straight from the
kernels, for one antenna or for `Listeners`, one at each instant.  What light time, aberration and
occultation mean here is said in `sight`; view periods come faster from `windows`, by the same
formulas over interpolated bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.central_bodies import EARTH, Center, bodies_of
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.occultation import stands_between
from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.released import ReleasedTrajectory
from groundsys.geometry.rotations import dot, length
from groundsys.geometry.sight import (
    RECEIVING,
    SPEED_OF_LIGHT_KM_S,
    TRANSMITTING,
    Craft,
    Direction,
    aberrated,
    clearance_of_bodies_km,
    light_time_to_craft,
    station_state,
    turn_of,
)
from groundsys.geometry.stations import Listeners, Station, StationByInstant
from groundsys.geometry.time_scales import FloatArray, NanosecondArray, tdb_seconds
from groundsys.geometry.trajectories import trajectory_of
from groundsys.mission.model import Mission
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.errors import DefinitionError

__all__ = ["SPEED_OF_LIGHT_KM_S", "BooleanArray", "Geometry"]

BooleanArray = NDArray[np.bool_]

#: as `light_time_to_craft`: 1 ns at last
_LIGHT_TIME_ROUNDS = 3


class Geometry:
    """The mission's antennas and craft in space; built from one `Mission`, ready at once."""

    def __init__(
        self,
        mission: Mission,
        spacecraft_orbits: Mapping[str, KeplerOrbit] | None = None,
        trajectories: Mapping[str, Trajectory] | None = None,
    ) -> None:
        """`spacecraft_orbits` and `trajectories` replace those of some craft (a new orbit
        determination); the latter win."""
        self.mission = mission
        self.bodies = bodies_of(mission)
        self.ephemeris = Ephemeris.load(self.bodies)
        self._stations = {id: Station(antenna) for id, antenna in mission.antennas.items()}
        self._craft: dict[str, Craft] = {}
        orbits = spacecraft_orbits or {}
        for id, definition in mission.spacecraft.items():
            trajectory = (trajectories or {}).get(id)
            if trajectory is None:
                trajectory = trajectory_of(definition, mission.root, orbits.get(id), self.bodies)
            if trajectory is not None:
                self._craft[id] = self._moving(trajectory)
        for id, definition in mission.spacecraft.items():
            carrier = self._craft.get(definition.relay or "")
            if definition.release is not None and carrier is not None and id not in self._craft:
                released = ReleasedTrajectory(carrier.trajectory, definition.release, self.bodies)
                self._craft[id] = self._moving(released)

    def station(self, antenna_id: str) -> Station:
        if antenna_id not in self._stations:
            raise _unknown("antenna", antenna_id, self._stations)
        return self._stations[antenna_id]

    def craft(self, craft_id: str) -> Craft:
        if craft_id not in self._craft:
            raise _unknown("craft with an orbit or a site", craft_id, self._craft)
        return self._craft[craft_id]

    def with_trajectory(self, craft_id: str, trajectory: Trajectory) -> Geometry:
        """The same, but for how one craft moves."""
        changed = copy(self)
        changed._craft = {**self._craft, craft_id: self._moving(trajectory)}
        return changed

    def with_body(self, body: Center, table: Trajectory) -> Geometry:
        """The same, but for where a small body is, and with it all that moves about it."""
        changed = copy(self)
        changed.ephemeris = self.ephemeris.with_table(body, table)
        return changed

    # --- Earth ↔ craft -----------------------------------------------------------------------

    def downlink_light_time_s(
        self, antenna: str | Listeners, craft_id: str, receive_ns: NanosecondArray
    ) -> FloatArray:
        """Light time of what the antenna receives at `receive_ns`."""
        return self._light_time_s(antenna, craft_id, receive_ns, RECEIVING)

    def uplink_light_time_s(
        self, antenna: str | Listeners, craft_id: str, transmit_ns: NanosecondArray
    ) -> FloatArray:
        """Light time of what the antenna transmits at `transmit_ns`."""
        return self._light_time_s(antenna, craft_id, transmit_ns, TRANSMITTING)

    def emission_light_time_s(
        self, antenna: str | Listeners, craft_id: str, emission_ns: NanosecondArray
    ) -> FloatArray:
        """Light time of what the craft emits at `emission_ns`, on its way to the antenna."""
        tdb = tdb_seconds(emission_ns)
        fixed = self._standing(antenna).position_km
        craft = self.craft(craft_id).position_km(self.ephemeris, tdb)
        light_time = np.zeros_like(tdb)
        for _ in range(_LIGHT_TIME_ROUNDS):
            station, _ = station_state(self.ephemeris, fixed, tdb + light_time)
            light_time = length(craft - station) / SPEED_OF_LIGHT_KM_S
        return light_time

    def light_time_and_elevation(
        self, antenna: str | Listeners, craft_id: str, receive_ns: NanosecondArray
    ) -> tuple[FloatArray, FloatArray]:
        """Light time in s and elevation in degrees, for little more than one of them costs."""
        sight = self._sight(antenna, craft_id, receive_ns, RECEIVING)
        north, east, up = self._local(sight, RECEIVING)
        return sight.light_time_s, np.degrees(np.arctan2(up, np.hypot(north, east)))

    def azimuth_elevation_deg(
        self,
        antenna: str | Listeners,
        craft_id: str,
        ns: NanosecondArray,
        direction: Direction = RECEIVING,
    ) -> tuple[FloatArray, FloatArray]:
        """Where the antenna must point at `ns`: azimuth (north over east) and elevation.

        With light time and stellar aberration, for what it receives then, or transmits.
        """
        sight = self._sight(antenna, craft_id, ns, direction)
        north, east, up = self._local(sight, direction)
        azimuth = np.degrees(np.mod(np.arctan2(east, north), 2.0 * np.pi))
        return azimuth, np.degrees(np.arctan2(up, np.hypot(north, east)))

    def elevation_deg(
        self, antenna: str | Listeners, craft_id: str, receive_ns: NanosecondArray
    ) -> FloatArray:
        """Elevation of the craft at the antenna for what it receives at `receive_ns`."""
        return self.azimuth_elevation_deg(antenna, craft_id, receive_ns)[1]

    def range_km(
        self, antenna: str | Listeners, craft_id: str, receive_ns: NanosecondArray
    ) -> FloatArray:
        """Distance the signal has travelled that the antenna receives at `receive_ns`."""
        light_time = self.downlink_light_time_s(antenna, craft_id, receive_ns)
        return light_time * SPEED_OF_LIGHT_KM_S

    def mask_excess_deg(
        self,
        antenna: str | Listeners,
        craft_id: str,
        ns: NanosecondArray,
        direction: Direction = RECEIVING,
    ) -> FloatArray:
        """How far the craft stands above the antenna's mask for that direction of the signal."""
        return self._mask_excess_deg(self._sight(antenna, craft_id, ns, direction), direction)

    def clearance_km(
        self,
        antenna: str | Listeners,
        craft_id: str,
        ns: NanosecondArray,
        direction: Direction = RECEIVING,
    ) -> FloatArray:
        """Negative where a body stands in the way; see `sight.clearance_of_bodies_km`."""
        return self._clearance_km(
            craft_id, self._sight(antenna, craft_id, ns, direction), direction
        )

    def occulted(
        self, antenna: str | Listeners, craft_id: str, receive_ns: NanosecondArray
    ) -> BooleanArray:
        """Whether a body stands in the way of what the antenna would receive at `receive_ns`."""
        return np.asarray(self.clearance_km(antenna, craft_id, receive_ns) < 0.0)

    def visible_downlink(
        self, antenna: str | Listeners, craft_id: str, receive_ns: NanosecondArray
    ) -> BooleanArray:
        """Above the antenna's mask and not behind a body, by receive time at the antenna."""
        return self._visible(antenna, craft_id, receive_ns, RECEIVING)

    def visible_uplink(
        self, antenna: str | Listeners, craft_id: str, transmit_ns: NanosecondArray
    ) -> BooleanArray:
        """Above the antenna's mask and not behind a body on arrival, by transmit time."""
        return self._visible(antenna, craft_id, transmit_ns, TRANSMITTING)

    # --- craft ↔ craft -----------------------------------------------------------------------

    def line_of_sight(self, first_id: str, second_id: str, ns: NanosecondArray) -> BooleanArray:
        """Whether neither Earth nor what may hide one of two craft stands between them.

        Both at the same instant: between craft about one body light crosses in milliseconds.
        """
        tdb = tdb_seconds(ns)
        places = [self.craft(id).position_km(self.ephemeris, tdb) for id in (first_id, second_id)]
        free = np.ones(tdb.size, dtype=np.bool_)
        hiding = [one for id in (first_id, second_id) for one in self.craft(id).hidden_by]
        for body in {one.id: one for one in (*hiding, self.bodies[EARTH])}.values():
            center = self.ephemeris.position_km(body.id, tdb)
            turn = turn_of(self.ephemeris, body, tdb)
            free &= ~stands_between(body.ellipsoid, turn, places[0] - center, places[1] - center)
        return free

    def overflight(
        self, orbiter_id: str, lander_id: str, ns: NanosecondArray
    ) -> tuple[FloatArray, FloatArray]:
        """Elevation (deg) of the orbiter at the lander's site, and their distance (km).

        Of a cube in orbit, over the plane across its own radius.  Both at the same instant: light
        crosses in some 10 ms, in which the orbiter moves 30 m.
        """
        if orbiter_id == lander_id:
            raise DefinitionError(
                f"'{orbiter_id}' does not fly over itself", expected="two craft", found=orbiter_id
            )
        tdb = tdb_seconds(ns)
        cube = self.craft(lander_id)
        if cube.site is not None:
            position, up = cube.site.position_and_up(tdb)
        else:
            position = cube.trajectory.position_km(tdb)
            up = position / length(position)
        center = cube.trajectory.center
        sight = self.craft(orbiter_id).from_body_km(self.ephemeris, center, tdb) - position
        distance = length(sight)
        return np.degrees(np.arcsin(np.clip(dot(sight, up) / distance, -1, 1))), distance

    def elevation_mask_deg(self, lander_id: str) -> float:
        """The mask of a lander's site; none is in the way of a cube in orbit."""
        site = self.craft(lander_id).site
        return -90.0 if site is None else site.elevation_mask_deg

    # --- how ---------------------------------------------------------------------------------

    def _moving(self, trajectory: Trajectory) -> Craft:
        return Craft(trajectory, self.bodies.hiding(trajectory.center))

    def _standing(self, antenna: str | Listeners) -> Station | StationByInstant:
        if isinstance(antenna, str):
            return self.station(antenna)
        return StationByInstant([self.station(id) for id in antenna.ids], antenna.which)

    def _visible(
        self, antenna: str | Listeners, craft_id: str, ns: NanosecondArray, direction: Direction
    ) -> BooleanArray:
        sight = self._sight(antenna, craft_id, ns, direction)
        above = self._mask_excess_deg(sight, direction) >= 0.0
        return np.asarray(above & (self._clearance_km(craft_id, sight, direction) >= 0.0))

    def _light_time_s(
        self, antenna: str | Listeners, craft_id: str, ns: NanosecondArray, direction: Direction
    ) -> FloatArray:
        return self._sight(antenna, craft_id, ns, direction).light_time_s

    def _sight(
        self, antenna: str | Listeners, craft_id: str, ns: NanosecondArray, direction: Direction
    ) -> _Sight:
        tdb = tdb_seconds(ns)
        station, craft = self._standing(antenna), self.craft(craft_id)
        place, velocity = station_state(self.ephemeris, station.position_km, tdb)
        light_time, position = light_time_to_craft(self.ephemeris, craft, place, tdb, direction)
        return _Sight(station, tdb, light_time, position - place, velocity)

    def _mask_excess_deg(self, sight: _Sight, direction: Direction) -> FloatArray:
        return np.degrees(sight.station.excess(self._local(sight, direction), direction))

    def _clearance_km(self, craft_id: str, sight: _Sight, direction: Direction) -> FloatArray:
        craft_tdb = sight.tdb_s + direction * sight.light_time_s
        return clearance_of_bodies_km(
            self.ephemeris, self.craft(craft_id), craft_tdb, -sight.line_km, direction
        )

    def _local(self, sight: _Sight, direction: Direction) -> FloatArray:
        """The apparent direction along the antenna's north, east and up, any length."""
        apparent = aberrated(sight.line_km, sight.velocity_km_s, direction)
        return sight.station.local(self.ephemeris.to_earth_fixed(sight.tdb_s, apparent))


@dataclass(frozen=True, slots=True)
class _Sight:
    """From an antenna to a craft, for one direction of the signal, at n times of the antenna."""

    station: Station | StationByInstant
    tdb_s: FloatArray
    light_time_s: FloatArray
    #: from where the antenna is to where the craft is at the other end of the light's way
    line_km: FloatArray
    #: of the antenna
    velocity_km_s: FloatArray


def _unknown(what: str, id: str, known: Mapping[str, object]) -> DefinitionError:
    return DefinitionError(
        f"no {what} named '{id}'", expected=", ".join(sorted(known)) or "none", found=id
    )
