"""Light time, elevation and occultation between antennas on Earth and craft about Mars.

All functions take and give arrays over n instants (TAI nanoseconds, shape (n,)).  Light time is
iterated in the barycentre's frame until it stands still (Newtonian; the Sun's Shapiro delay, at
most 0.2 ms near conjunction, is left out).  Elevation is geometric: of the direction to where
the craft was (or will be), without aberration (0.006°) and refraction (0.1° at 10°, which would
show the craft earlier): masks are stated for it.  Mars is its bare ellipsoid, without atmosphere.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry import mars
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.orbits import SecularOrbit, SurfaceSite, Trajectory
from groundsys.geometry.rotations import dot, length, rotate_back
from groundsys.geometry.stations import Station
from groundsys.geometry.time_scales import FloatArray, NanosecondArray, tdb_seconds
from groundsys.mission.model import KeplerOrbit, LandingSite, Mission
from groundsys.values.errors import DefinitionError

SPEED_OF_LIGHT_KM_S = 299_792.458

BooleanArray = NDArray[np.bool_]

#: The first, without motion, is 0.1 s off; each gains four digits (v/c = 1e-4): 1 ns at last.
_LIGHT_TIME_ROUNDS = 3


class Geometry:
    """The mission's antennas and craft in space; built from one `Mission`, ready at once."""

    def __init__(
        self, mission: Mission, spacecraft_orbits: Mapping[str, KeplerOrbit] | None = None
    ) -> None:
        """`spacecraft_orbits` replaces the orbits of some craft (a new orbit determination)."""
        self.mission = mission
        self._ephemeris = Ephemeris.load()
        self._stations = {id: Station(antenna) for id, antenna in mission.antennas.items()}
        self._trajectories: dict[str, Trajectory] = {}
        self._sites: dict[str, SurfaceSite] = {}
        orbits = spacecraft_orbits or {}
        for id, craft in mission.spacecraft.items():
            orbit: KeplerOrbit | None = orbits.get(id, craft.orbit)
            site: LandingSite | None = craft.site
            if site is not None:
                self._trajectories[id] = self._sites[id] = SurfaceSite(site)
            elif orbit is not None:
                self._trajectories[id] = SecularOrbit(orbit)

    # --- Earth ↔ craft -----------------------------------------------------------------------

    def downlink_light_time_s(
        self, antenna_id: str, craft_id: str, receive_ns: NanosecondArray
    ) -> FloatArray:
        """Light time of what the antenna receives at `receive_ns`."""
        tdb = tdb_seconds(receive_ns)
        return self._light_time_to_craft(self._station_km(antenna_id, tdb)[0], craft_id, tdb, -1)

    def uplink_light_time_s(
        self, antenna_id: str, craft_id: str, transmit_ns: NanosecondArray
    ) -> FloatArray:
        """Light time of what the antenna transmits at `transmit_ns`."""
        tdb = tdb_seconds(transmit_ns)
        return self._light_time_to_craft(self._station_km(antenna_id, tdb)[0], craft_id, tdb, +1)

    def emission_light_time_s(
        self, antenna_id: str, craft_id: str, emission_ns: NanosecondArray
    ) -> FloatArray:
        """Light time of what the craft emits at `emission_ns`, on its way to the antenna."""
        tdb = tdb_seconds(emission_ns)
        craft = self._craft_km(craft_id, tdb)
        light_time = np.zeros_like(tdb)
        for _ in range(_LIGHT_TIME_ROUNDS):
            station, _ = self._station_km(antenna_id, tdb + light_time)
            light_time = length(craft - station) / SPEED_OF_LIGHT_KM_S
        return light_time

    def elevation_deg(
        self, antenna_id: str, craft_id: str, receive_ns: NanosecondArray
    ) -> FloatArray:
        """Elevation of the craft at the antenna for what it receives at `receive_ns`."""
        return self._look(antenna_id, craft_id, receive_ns, -1)[0]

    def range_km(self, antenna_id: str, craft_id: str, receive_ns: NanosecondArray) -> FloatArray:
        """Distance the signal has travelled that the antenna receives at `receive_ns`."""
        light_time = self.downlink_light_time_s(antenna_id, craft_id, receive_ns)
        return light_time * SPEED_OF_LIGHT_KM_S

    def occulted(self, antenna_id: str, craft_id: str, receive_ns: NanosecondArray) -> BooleanArray:
        """Whether Mars stands in the way of what the antenna would receive at `receive_ns`."""
        return self._look(antenna_id, craft_id, receive_ns, -1)[1]

    def visible_downlink(
        self, antenna_id: str, craft_id: str, receive_ns: NanosecondArray
    ) -> BooleanArray:
        """Above the antenna's mask and not behind Mars, by receive time at the antenna."""
        return self._visible(antenna_id, craft_id, receive_ns, -1)

    def visible_uplink(
        self, antenna_id: str, craft_id: str, transmit_ns: NanosecondArray
    ) -> BooleanArray:
        """Above the antenna's mask and not behind Mars on arrival, by transmit time."""
        return self._visible(antenna_id, craft_id, transmit_ns, +1)

    # --- craft ↔ craft -----------------------------------------------------------------------

    def overflight(
        self, orbiter_id: str, lander_id: str, ns: NanosecondArray
    ) -> tuple[FloatArray, FloatArray]:
        """Elevation (deg) of the orbiter at the lander's site, and their distance (km).

        Both at the same instant: light crosses in some 10 ms, in which the orbiter moves 30 m.
        """
        tdb = tdb_seconds(ns)
        site = self._site(lander_id)
        position, up = site.position_and_up(tdb)
        sight = self._trajectory(orbiter_id).position_km(tdb) - position
        distance = length(sight)
        return np.degrees(np.arcsin(dot(sight, up) / distance)), distance

    def elevation_mask_deg(self, lander_id: str) -> float:
        """The mask of a lander's site."""
        return self._site(lander_id).elevation_mask_deg

    # --- how ---------------------------------------------------------------------------------

    def _visible(
        self, antenna_id: str, craft_id: str, ns: NanosecondArray, direction: int
    ) -> BooleanArray:
        elevation, hidden = self._look(antenna_id, craft_id, ns, direction)
        return (elevation >= self._stations[antenna_id].elevation_mask_deg) & ~hidden

    def _look(
        self, antenna_id: str, craft_id: str, ns: NanosecondArray, direction: int
    ) -> tuple[FloatArray, BooleanArray]:
        """Elevation at the antenna and occultation; `direction` −1: receiving, +1: transmitting."""
        tdb = tdb_seconds(ns)
        station, up = self._station_km(antenna_id, tdb)
        light_time = self._light_time_to_craft(station, craft_id, tdb, direction)
        craft_tdb = tdb + direction * light_time
        mars_km = self._ephemeris.mars_km(craft_tdb)
        craft = self._trajectory(craft_id).position_km(craft_tdb)
        sight = mars_km + craft - station
        elevation = np.degrees(np.arcsin(dot(sight, up) / length(sight)))
        if craft_id in self._sites:
            _, zenith = self._sites[craft_id].position_and_up(craft_tdb)
            hidden = dot(sight, zenith) > 0.0
        else:
            hidden = _behind_mars(craft, -sight, craft_tdb)
        return elevation, hidden

    def _light_time_to_craft(
        self, station_km: FloatArray, craft_id: str, tdb: FloatArray, direction: int
    ) -> FloatArray:
        light_time = np.zeros_like(tdb)
        for _ in range(_LIGHT_TIME_ROUNDS):
            craft = self._craft_km(craft_id, tdb + direction * light_time)
            light_time = length(craft - station_km) / SPEED_OF_LIGHT_KM_S
        return light_time

    def _station_km(self, antenna_id: str, tdb: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Position from the barycentre and unit vector to the zenith."""
        if antenna_id not in self._stations:
            raise _unknown("antenna", antenna_id, self._stations)
        station = self._stations[antenna_id]
        rotation = self._ephemeris.earth_rotation(tdb)
        position = self._ephemeris.earth_km(tdb) + rotate_back(rotation, station.position_km)
        return position, rotate_back(rotation, station.up)

    def _craft_km(self, craft_id: str, tdb: FloatArray) -> FloatArray:
        return self._ephemeris.mars_km(tdb) + self._trajectory(craft_id).position_km(tdb)

    def _trajectory(self, craft_id: str) -> Trajectory:
        if craft_id not in self._trajectories:
            raise _unknown("craft with an orbit or a site", craft_id, self._trajectories)
        return self._trajectories[craft_id]

    def _site(self, craft_id: str) -> SurfaceSite:
        if craft_id not in self._sites:
            raise _unknown("landed craft", craft_id, self._sites)
        return self._sites[craft_id]


def _behind_mars(craft: FloatArray, to_station: FloatArray, tdb: FloatArray) -> BooleanArray:
    """Whether the ray from `craft` (seen from Mars' centre) along `to_station` meets the ellipsoid.

    Mars is taken where it was when the light left (or reached) the craft; light passes it within
    0.1 s of that.
    """
    pole = mars.body_fixed_rotation(tdb)[2]
    stretch = mars.EQUATORIAL_RADIUS_KM / mars.POLAR_RADIUS_KM - 1.0
    start = craft + stretch * dot(craft, pole) * pole
    ray = to_station + stretch * dot(to_station, pole) * pole
    along = -dot(start, ray) / dot(ray, ray)
    nearest = length(start + along * ray)
    return np.asarray((along > 0.0) & (nearest < mars.EQUATORIAL_RADIUS_KM))


def _unknown(what: str, id: str, known: Mapping[str, object]) -> DefinitionError:
    return DefinitionError(
        f"no {what} named '{id}'", expected=", ".join(sorted(known)) or "none", found=id
    )
