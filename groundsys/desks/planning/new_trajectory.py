"""A fresh trajectory takes over from the one that was flown by so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.central_bodies import Center
from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.solutions.covariances import Covariance
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.geometry.trajectories import read_trajectory
from groundsys.mission.spacecraft.place_model import TrajectoryFile
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

#: light that arrives within the plan left or passes the craft so much before or after it, or its
#: light time and half of it again, where that is longer
_BEYOND_S = 3600.0
_LIGHT_TIMES = 1.5


@dataclass(frozen=True, slots=True)
class Succession:
    """Two trajectories about one centre: `before` up to a time (TDB since J2000), then `after`."""

    before: Trajectory
    after: Trajectory
    from_tdb_s: float

    @property
    def center(self) -> Center:
        return self.after.center

    @property
    def covariances(self) -> tuple[Covariance, ...]:
        """As the later one states."""
        return getattr(self.after, "covariances", ())

    @property
    def tdb_span(self) -> tuple[float, float] | None:
        first, last = self.before.tdb_span, self.after.tdb_span
        if first is None and last is None:
            return None
        return (
            -np.inf if first is None else first[0],
            np.inf if last is None else last[1],
        )

    @property
    def epoch_tdb_s(self) -> float:
        return self.after.epoch_tdb_s

    def position_km(self, tdb_s: FloatArray) -> FloatArray:
        return self._joined(self.before.position_km, self.after.position_km, tdb_s)

    def velocity_km_s(self, tdb_s: FloatArray) -> FloatArray:
        return self._joined(self.before.velocity_km_s, self.after.velocity_km_s, tdb_s)

    def _joined(
        self,
        before: Callable[[FloatArray], FloatArray],
        after: Callable[[FloatArray], FloatArray],
        tdb_s: FloatArray,
    ) -> FloatArray:
        new = tdb_s >= self.from_tdb_s
        result = np.empty((3, tdb_s.size))
        for chosen, what in ((~new, before), (new, after)):
            if chosen.any():
                result[:, chosen] = what(tdb_s[chosen])
        return result


def take_over(geometry: Geometry, craft_id: str, path: str, reach: Interval) -> Geometry:
    """The same geometry with the craft moving as the OEM at `path` says, from `reach.start` on.

    `DefinitionError` if the file is no good, is about another body than the craft's trajectory so
    far, or does not cover `reach` and an hour on either side (longer where light takes longer).
    """
    fresh = read_trajectory(TrajectoryFile("oem", path), "", geometry.bodies)
    before = geometry.craft(craft_id).trajectory
    beyond_s = _beyond_s(geometry, craft_id, reach.start)
    joined = _succession(before, fresh, path, craft_id, reach, beyond_s)
    return geometry.with_trajectory(craft_id, joined)


def _succession(
    before: Trajectory,
    fresh: Trajectory,
    path: str,
    of: str,
    reach: Interval,
    beyond_s: float = _BEYOND_S,
) -> Succession:
    if fresh.center != before.center:
        raise DefinitionError(
            f"{path} tells where {of} is from another centre than flown by",
            expected=before.center,
            found=fresh.center,
            remedy="ask for a trajectory about that centre",
        )
    edges = instants_ns(reach.start.plus_seconds(-beyond_s), reach.end.plus_seconds(beyond_s))
    fresh.position_km(tdb_seconds(edges))
    changed_at = float(tdb_seconds(instants_ns(reach.start.plus_seconds(-beyond_s)))[0])
    return Succession(before, fresh, changed_at)


def take_over_body(geometry: Geometry, body: str, path: str, reach: Interval) -> Geometry:
    """The same geometry with a small body moving as the OEM at `path` says, as `take_over`."""
    fresh = read_trajectory(TrajectoryFile("oem", path), "", geometry.bodies)
    before = geometry.ephemeris.table_of(body)
    return geometry.with_body(body, _succession(before, fresh, path, body, reach))


def _beyond_s(geometry: Geometry, craft_id: str, at: Instant) -> float:
    antenna_id = next(iter(geometry.mission.antennas))
    light_s = geometry.downlink_light_time_s(antenna_id, craft_id, instants_ns(at))
    return max(_BEYOND_S, _LIGHT_TIMES * float(light_s[0]))


def kept_oem(path: str) -> str:
    """The text of an OEM that was kept; `DefinitionError` if it is not there any more."""
    try:
        return Path(path).read_text()
    except OSError as error:
        raise DefinitionError(
            f"the trajectory {path} cannot be read: {error.strerror}",
            remedy="have navigation tell its trajectory again",
        ) from error


def keep_oem(text: str, folder: Path, craft_id: str, at: Instant) -> Path:
    """The file in `folder` that keeps an OEM for as long as it is flown by."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{craft_id}-{at.tai_ns}.oem"
    temporary = kept.with_suffix(".part")
    temporary.write_text(text)
    temporary.replace(kept)
    return kept.absolute()
