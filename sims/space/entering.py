"""The way between a capsule that is coming down and its relay: geometry, and plasma in between."""

from __future__ import annotations

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.time_scales import tdb_seconds
from sims.entry import TrueEntry
from sims.space.paths import Overflight


class EnteringPath:
    """As an `Overflight`, of a capsule's true place until it has landed, and of its site then.

    In the air only the planet itself is in the way: the relay is seen from 0° of elevation up.
    """

    def __init__(
        self, geometry: Geometry, orbiter_id: str, flight: TrueEntry, landed: Overflight
    ) -> None:
        self._orbiter = geometry.craft(orbiter_id).trajectory
        self._body = geometry.bodies[self._orbiter.center]
        self._flight = flight
        self._landed = landed

    def is_seen(self, ns: int) -> bool:
        """Whether the two can hear each other, if their signals are strong enough."""
        if ns > self._flight.end_ns:
            return self._landed.is_seen(ns)
        if self._flight.is_dark(ns):
            return False
        place, line = self._place_and_line_km(ns)
        return bool(place @ line >= 0.0)

    def range_km(self, ns: int) -> float:
        if ns > self._flight.end_ns:
            return self._landed.range_km(ns)
        return float(np.linalg.norm(self._place_and_line_km(ns)[1]))

    def elevation_deg(self, ns: int) -> float:
        """Of the relay over the plane of the capsule's horizon, however the capsule lies."""
        if ns > self._flight.end_ns:
            return self._landed.elevation_deg(ns)
        place, line = self._place_and_line_km(ns)
        sine = place @ line / (np.linalg.norm(place) * np.linalg.norm(line))
        return float(np.degrees(np.arcsin(sine)))

    def _place_and_line_km(self, ns: int) -> tuple[np.ndarray, np.ndarray]:
        """The capsule from the planet's centre, and the relay from the capsule, along ICRF axes."""
        tdb_s = tdb_seconds(np.array([ns], dtype=np.int64))
        turn = self._body.body_fixed_rotation(tdb_s)[:, :, 0]
        place = turn.T @ self._flight.position_m(ns) / 1000.0
        return place, self._orbiter.position_km(tdb_s)[:, 0] - place
