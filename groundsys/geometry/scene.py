"""What a search for windows asks again and again: one craft, some stations, interpolated bodies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.central_bodies import EARTH, CentralBody
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.ephemeris_table import EphemerisTable
from groundsys.geometry.geometry import Geometry
from groundsys.geometry.rotations import length
from groundsys.geometry.sight import (
    RECEIVING,
    SPEED_OF_LIGHT_KM_S,
    Craft,
    Direction,
    aberrated,
    clearance_of_body_km,
    light_time_to_craft,
    station_state,
)
from groundsys.geometry.stations import Station
from groundsys.geometry.time_scales import FloatArray

#: starts and ends of separate stretches of time, in order, TDB since J2000
Stretches = tuple[FloatArray, FloatArray]

_LIGHT_TIME_STEP_S = 7200.0
#: of craft about Earth, whose distance changes by much within an hour
_NEAR_LIGHT_TIME_STEP_S = 300.0
#: how far beyond the span the craft may be asked for
BEYOND_S = 10.0
#: a span's first and last steps are halved so often, as a turning point needs both neighbours
_END_HALVINGS = 6
_FEWEST_SAMPLES = 5


class Scene:
    """A span of the stations' time and a direction of the signal.

    Times are TDB since J2000: of the station, or of the craft at the other end of the light's way.
    `which` are numbers of stations, one for each time.
    """

    def __init__(
        self,
        geometry: Geometry,
        stations: Sequence[Station],
        craft: Craft,
        start_s: float,
        end_s: float,
        direction: Direction,
    ) -> None:
        self.stations, self.craft, self.direction = stations, craft, direction
        self.start_s, self.end_s = start_s, end_s
        ends = np.array([start_s, end_s])
        near = craft.trajectory.center == EARTH
        step_s = _NEAR_LIGHT_TIME_STEP_S if near else _LIGHT_TIME_STEP_S
        nodes = even_times(start_s, end_s, step_s)
        self.bodies = _table(geometry.ephemeris, craft, ends, direction)
        # light time from Earth's centre at nodes: between them good to 0.1 s, and refined
        self._node_light_s, _ = light_time_to_craft(
            self.bodies, craft, self.bodies.position_km(EARTH, nodes), nodes, direction
        )
        self._nodes_s = nodes
        self.craft_nodes_s = nodes + direction * self._node_light_s

        self._places = np.array([one.position_km for one in stations]).T.reshape(3, -1)
        self._axes = np.array([one.axes for one in stations]).reshape(-1, 3, 3)
        self.horizons = [
            one.receive_horizon if direction == RECEIVING else one.transmit_horizon
            for one in stations
        ]

    def from_earth(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The craft as seen from Earth's centre: Earth-fixed (km), and its distance."""
        earth, velocity = self.bodies.state(EARTH, times)
        light_time = np.interp(times, self._nodes_s, self._node_light_s)
        craft = self.craft.position_km(self.bodies, times + self.direction * light_time)
        sight = aberrated(craft - earth, velocity, self.direction)
        return self.bodies.to_earth_fixed(times, sight), length(sight)

    def local(self, times: FloatArray, which: NDArray[np.int64]) -> FloatArray:
        """The apparent direction along north, east and up of the stations `which`."""
        bodies, direction = self.bodies, self.direction
        place, velocity = station_state(bodies, self._places.take(which, axis=1), times)
        guess = np.interp(times, self._nodes_s, self._node_light_s)
        _, craft = light_time_to_craft(bodies, self.craft, place, times, direction, guess)
        sight = bodies.to_earth_fixed(times, aberrated(craft - place, velocity, direction))
        return np.asarray(np.einsum("nij,jn->in", self._axes[which], sight))

    def excess(self, times: FloatArray, which: NDArray[np.int64]) -> FloatArray:
        """How far the craft stands above the masks of the stations `which`, in radians."""
        north, east, up = self.local(times, which)
        result = np.zeros(times.size)
        for number in np.unique(which):
            its = which == number
            result[its] = self.horizons[number].excess(north[its], east[its], up[its])
        return result

    def clearance(
        self, body: CentralBody, times: FloatArray, which: NDArray[np.int64] | None
    ) -> tuple[FloatArray, FloatArray]:
        """Clearance of the craft's line past `body`, in km.

        It goes to the stations `which`, or to Earth's centre; by the craft's time.  And the light
        time on that line.
        """
        bodies, direction = self.bodies, self.direction
        craft = self.craft.position_km(bodies, times)
        light_time = self.light_times(times)
        other_times = times - direction * light_time
        other = bodies.position_km(EARTH, other_times)
        if which is not None:
            other_times = times - direction * length(other - craft) / SPEED_OF_LIGHT_KM_S
            place = bodies.from_earth_fixed(other_times, self._places.take(which, axis=1))
            other = bodies.position_km(EARTH, other_times) + place
        line = other - craft
        clearance = clearance_of_body_km(bodies, self.craft, body, times, line, direction)
        return clearance, length(line) / SPEED_OF_LIGHT_KM_S

    def station_times(self, craft_times: FloatArray) -> FloatArray:
        """When the signal that is at the craft then is at Earth's centre, good to 0.1 s."""
        return craft_times - self.direction * self.light_times(craft_times)

    def light_times(self, craft_times: FloatArray) -> FloatArray:
        """Light time to Earth's centre by the craft's time, good to 0.1 s."""
        return np.interp(craft_times, self.craft_nodes_s, self._node_light_s)


def _table(
    bodies: Ephemeris, craft: Craft, ends: FloatArray, direction: Direction
) -> EphemerisTable:
    """Interpolated bodies for a span, and for as long as light is on its way beyond its ends.

    A geometry that is tabulated brings its own.
    """
    if isinstance(bodies, EphemerisTable):
        return bodies
    earth = bodies.position_km(EARTH, ends)
    reach = direction * light_time_to_craft(bodies, craft, earth, ends, direction)[0]
    return EphemerisTable(
        bodies,
        float((ends + np.minimum(reach, 0.0)).min()) - 2.0 * BEYOND_S,
        float((ends + np.maximum(reach, 0.0)).max()) + 2.0 * BEYOND_S,
    )


def even_times(start: float, end: float, step: float) -> FloatArray:
    return np.linspace(start, end, max(_FEWEST_SAMPLES, int(np.ceil((end - start) / step)) + 1))


def halved_ends(times: FloatArray) -> FloatArray:
    """With the first and last steps halved towards the ends, again and again."""
    halves = 0.5 ** np.arange(1, _END_HALVINGS + 1)
    first = times[0] + (times[1] - times[0]) * halves[::-1]
    last = times[-1] - (times[-1] - times[-2]) * halves
    return np.concatenate([times[:1], first, times[1:-1], last, times[-1:]])


def by_turns(positive: bool, crossings: FloatArray, start_s: float, end_s: float) -> Stretches:
    """Where something is positive between `start_s` and `end_s`, by turns from its first sign."""
    edges = np.concatenate([[start_s] if positive else [], crossings])
    if edges.size % 2:
        edges = np.append(edges, end_s)
    return edges[::2], edges[1::2]
