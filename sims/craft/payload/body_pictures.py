"""A camera on a mothership that takes pictures of a body that it passes: a picture a file.

The camera turns a mirror of its own, by which it keeps the body near the middle of its field
(`pointing_deg`, one sigma a picture) wherever the mothership points, north up.  Each line tells
where it looked as the star tracker had it, which errs by `attitude_arcsec` about each axis.  The
body turns as defined, but for its prime meridian, which nobody knows better than
`body_meridian_deg` of the scenario's `truth`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.optimize import minimize_scalar

from groundsys.ccsds.records import encode_records, record_length
from groundsys.geometry.cameras import Camera, camera_angles_deg, camera_axes
from groundsys.geometry.central_bodies import SUN, bodies_of
from groundsys.geometry.ephemeris import Ephemeris
from groundsys.geometry.figures import across
from groundsys.geometry.rotations import euler_313
from groundsys.geometry.time_scales import FloatArray, tdb_seconds
from groundsys.geometry.trajectories import orbit_trajectory
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Interval
from sims.craft.computer.clock import OnBoardClock
from sims.craft.computer.truth import TruthRecord
from sims.craft.payload.body_camera import Scene, take
from sims.craft.payload.payload_files import HEADER, MAGIC, Campaign, PayloadFile, raw_columns
from sims.draws import generator, normal

_SECOND_NS = 1_000_000_000
#: lines are read out one after the other, each in so long
_LINE_NS = 100_000
#: the closest approach is looked for so densely, before it is found to a millisecond
_SEARCH_STEP_S = 60.0
#: velocities are differences over so long before and after
_STEP_S = 1.0


class TrueFlyby:
    """Where a craft truly is from a body, along ICRF axes, and how the body is turned."""

    def __init__(
        self, orbit: KeplerOrbit, body_id: str, mission: Mission, meridian_deg: float
    ) -> None:
        bodies = bodies_of(mission)
        self.body = bodies[body_id]
        self._meridian = np.array([math.radians(meridian_deg)])
        self._ephemeris = Ephemeris.load(bodies)
        self._path = orbit_trajectory(orbit, bodies)

    def from_body_km(self, tdb_s: FloatArray) -> FloatArray:
        center = self._ephemeris.position_km(self._path.center, tdb_s)
        body = self._ephemeris.position_km(self.body.id, tdb_s)
        return np.asarray(center - body + self._path.position_km(tdb_s))

    def motion_km_s(self, tdb_s: FloatArray) -> FloatArray:
        """How fast it moves from the body, (3,), at one time."""
        later, before = (self.from_body_km(tdb_s + step) for step in (_STEP_S, -_STEP_S))
        return np.asarray((later - before)[:, 0] / (2.0 * _STEP_S))

    def sun(self, tdb_s: FloatArray) -> FloatArray:
        """The unit vector (3,) from the body to the Sun, at one time."""
        line = self._ephemeris.position_km(SUN, tdb_s) - self._ephemeris.position_km(
            self.body.id, tdb_s
        )
        return np.asarray(line[:, 0] / np.linalg.norm(line[:, 0]))

    def body_axes(self, tdb_s: FloatArray) -> FloatArray:
        """ICRF → the axes of the figure, (3, 3), at one time."""
        none = np.zeros(1)
        turned = euler_313(none, none, self._meridian)[:, :, 0]
        return np.asarray(turned @ self.body.body_fixed_rotation(tdb_s)[:, :, 0])

    def closest(self, span: Interval) -> tuple[int, float]:
        """When in TAI ns it comes nearest within a span, and how near in km."""
        seconds = np.arange(0.0, span.seconds, _SEARCH_STEP_S)

        def away_km(later_s: FloatArray) -> FloatArray:
            ns = span.start.tai_ns + np.rint(later_s * 1e9).astype(np.int64)
            return np.asarray(np.linalg.norm(self.from_body_km(tdb_seconds(ns)), axis=0))

        nearest = float(seconds[int(np.argmin(away_km(seconds)))])
        found = minimize_scalar(
            lambda later_s: float(away_km(np.array([later_s]))[0]),
            bounds=(nearest - _SEARCH_STEP_S, nearest + _SEARCH_STEP_S),
            method="bounded",
            options={"xatol": 1e-3},
        )
        return span.start.tai_ns + round(float(found.x) * 1e9), float(found.fun)


def flyby_of(
    craft: Spacecraft,
    payload: Payload,
    mission: Mission,
    scenario: Scenario,
    seed: int,
    truth: TruthRecord,
) -> TrueFlyby:
    """The true way past the payload's target; when it is nearest is noted in the truth record.

    `DefinitionError` for a camera that no mothership holds.
    """
    carrier = mission.spacecraft.get(str(craft.relay))
    if craft.id not in scenario.attached or carrier is None or carrier.orbit is None:
        raise DefinitionError(
            f"the simulated camera {craft.id} takes pictures from its mothership alone",
            expected="a craft in the scenario's `attached`, whose relay flies by elements",
            remedy="name it in `attached`, or give the craft another payload",
        )
    target = str(payload.settings["target"])
    off_deg = scenario.truth.get("body_meridian_deg", 0.0) * normal(seed, "meridian", target)
    flyby = TrueFlyby(carrier.orbit, target, mission, off_deg)
    nearest_ns, distance_km = flyby.closest(scenario.span)
    truth.note("closest", body=target, distance_km=distance_km, time_ns=nearest_ns)
    return flyby


class BodyPictureLog:
    """Stands where other instruments have a `PayloadLogger`: a file closes as it is taken."""

    def __init__(
        self,
        payload: Payload,
        flyby: TrueFlyby,
        clock: OnBoardClock,
        start_ns: int,
        seed: int,
        truth: TruthRecord,
        misaligned_deg: float,
    ) -> None:
        """`misaligned_deg`: by how much more than it tells it looks aside."""
        settings = payload.settings
        self._payload, self._flyby, self._clock = payload, flyby, clock
        self._seed, self._truth = seed, truth
        self._camera = Camera(int(settings["pixels"]), float(settings["resolution_rad"]))
        self._pointing_rad = math.radians(float(settings["pointing_deg"]))
        self._attitude_rad = math.radians(float(settings["attitude_arcsec"]) / 3600.0)
        self._misaligned_rad = math.radians(misaligned_deg)
        self._period_ns = round(payload.file_interval_s * 1e9)
        self._origin_ns = clock.reading(start_ns)
        self.sequence = 1
        self.is_on = True

    def next_boundary_tai_ns(self, now_tai_ns: int) -> int:
        """When the next picture is taken; one that was taken a hair too early is not the next."""
        since_ns = self._clock.reading(now_tai_ns) - self._origin_ns
        periods = (since_ns + self._period_ns // 2) // self._period_ns + 1
        return self._clock.when(self._origin_ns + periods * self._period_ns)

    def records_taken(self, now_tai_ns: int) -> int:
        """Pictures."""
        return self.sequence - 1

    def close(self, now_tai_ns: int) -> PayloadFile | None:
        """Take a picture."""
        if not self.is_on:
            return None
        tdb_s = tdb_seconds(np.array([now_tai_ns], dtype=np.int64))
        from_body = self._flyby.from_body_km(tdb_s)[:, 0]
        axes = self._looking(-from_body)
        scene = Scene(
            -from_body,
            self._flyby.sun(tdb_s),
            self._flyby.body.radii_km,
            self._turned(axes, "misaligned", self._misaligned_rad),
            self._flyby.body_axes(tdb_s),
        )
        picture = take(self._camera, scene, self._noise("picture"))
        self._truth.note(
            "picture",
            body=self._flyby.body.id,
            sequence=self.sequence,
            from_body_km=[float(one) for one in from_body],
            from_body_km_s=[float(one) for one in self._flyby.motion_km_s(tdb_s)],
            time_ns=now_tai_ns,
        )
        told = self._turned(axes, "attitude", self._attitude_rad)
        return self._file(picture, camera_angles_deg(told), now_tai_ns)

    def switch_off(self, now_tai_ns: int) -> PayloadFile | None:
        self.is_on = False
        return None

    def switch_on(self, now_tai_ns: int) -> None:
        self.is_on = True

    def begin_anew(self, now_tai_ns: int) -> None:
        """The clock has jumped: count pictures from what it shows now."""
        self._origin_ns = self._clock.reading(now_tai_ns)

    def plan_campaign(self, campaign: Campaign) -> None:
        """Its cadence is fixed."""

    def _looking(self, to_body: FloatArray) -> FloatArray:
        """The camera's axes with the body near their z."""
        ahead = to_body / np.linalg.norm(to_body)
        aside, noise = np.array(across(ahead)), self._noise("pointing")
        bore = ahead + self._pointing_rad * noise.standard_normal(2) @ aside
        bore = bore / np.linalg.norm(bore)
        right_ascension = math.degrees(math.atan2(bore[1], bore[0]))
        return camera_axes(right_ascension, math.degrees(math.asin(bore[2])), 0.0)

    def _turned(self, axes: FloatArray, what: str, size_rad: float) -> FloatArray:
        """Axes a little off, by a draw about each; a misalignment is the same in all pictures."""
        which = () if what == "misaligned" else (self.sequence,)
        x, y, z = (
            size_rad * normal(self._seed, self._payload.id, what, axis, *which) for axis in "xyz"
        )
        return np.asarray(np.array([[1.0, z, -y], [-z, 1.0, x], [y, -x, 1.0]]) @ axes)

    def _noise(self, what: str) -> np.random.Generator:
        return generator(self._seed, self._payload.id, what, self.sequence)

    def _file(
        self, picture: np.ndarray, angles_deg: tuple[float, float, float], taken_ns: int
    ) -> PayloadFile:
        record = self._payload.record
        lines = len(picture)
        first_ns = self._clock.reading(taken_ns)
        names = ("right_ascension", "declination", "twist")
        told: Mapping[str, np.ndarray] = {
            "line": np.arange(lines, dtype=np.float64),
            **{name: np.full(lines, one) for name, one in zip(names, angles_deg, strict=True)},
        }
        columns = raw_columns(tuple(one for one in record if one.kind != "binary"), told)
        header = HEADER.pack(
            *(MAGIC, int(self._payload.settings["number"]), record_length(record)),
            *(lines, self.sequence, first_ns, _LINE_NS),
        )
        file = PayloadFile(
            self.sequence,
            f"{self._payload.id}-{self.sequence:06d}.dat",
            header + encode_records(record, {**columns, "pixels": picture}),
            lines,
            first_ns,
            first_ns + (lines - 1) * _LINE_NS,
        )
        self.sequence += 1
        return file
