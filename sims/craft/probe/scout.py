"""A scouting drone: once a sol it hops, takes pictures on the way, and chooses where to land.

It knows where it is by odometry alone, which errs by 2 % of the way (there is no satellite
navigation; Ingenuity's erred by some per cent: H. F. Grip et al., *Flying a Helicopter on Mars*,
IEEE Aerospace Conference, 2022).  At the end it hovers, takes one more picture, chooses a place in
it (`landing_choice`) and descends there.  Flying takes `hover_power_w` out of the battery for as
long as it flies.  It stays on the ground when its battery is low or below `hop_least_percent`, when
the Sun is lower than 20°, when dust is thicker than τ = 2, and when its instrument is off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from groundsys.ccsds.records import encode_records, record_length
from groundsys.mission.ground.customer_model import Payload
from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.values.instants import SOL_S
from sims.craft.computer.agenda import Action
from sims.craft.computer.clock import OnBoardClock
from sims.craft.nature.dust import Dust
from sims.craft.nature.mars import (
    local_solar_hours,
    sun_azimuth_deg,
    sun_elevation_deg,
    sun_from_mars,
)
from sims.craft.nature.terrain import Terrain
from sims.craft.payload.camera import Camera, Light, Picture
from sims.craft.payload.payload_files import HEADER, MAGIC, Campaign, PayloadFile
from sims.craft.probe.landing_choice import LandingChoice, choose_landing
from sims.craft.probe.rotor import hover_power_w
from sims.draws import generator, normal

if TYPE_CHECKING:
    from sims.craft.probe.lander import Lander

_SECOND_NS = 1_000_000_000
_LOWEST_SUN_DEG = 20.0
_THICKEST_DUST = 2.0
_ODOMETRY_ERROR = 0.02
#: lines are read out one after the other, each in so long
_LINE_NS = 100_000
_DESCENT_M_S = 1.0
#: what it may land on
_STEEPEST_DEG, _ROUGHEST_M = 15.0, 0.12
_GROUND_STEP_M = 0.05
#: in a picture that no landing followed
NO_PLACE = 0xFFFF


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is, in m east and north of where it landed first: truly, and as it believes."""

    east_m: float = 0.0
    north_m: float = 0.0
    believed_east_m: float = 0.0
    believed_north_m: float = 0.0

    def moved(self, east_m: float, north_m: float, error: tuple[float, float]) -> Place:
        """After a way that odometry measures with an error in m."""
        return Place(
            self.east_m + east_m,
            self.north_m + north_m,
            self.believed_east_m + east_m + error[0],
            self.believed_north_m + north_m + error[1],
        )


class PictureLog:
    """Files of one picture each; stands where other instruments have a `PayloadLogger`."""

    def __init__(self, payload: Payload, clock: OnBoardClock) -> None:
        self._payload = payload
        self._clock = clock
        self.sequence = 1
        self.is_on = True

    def keep(
        self, picture: Picture, place: Place, altitude_m: float, choice: LandingChoice | None,
        taken_ns: int,
    ) -> PayloadFile:  # fmt: skip
        """The file of a picture taken at true time `taken_ns`: a record a line."""
        record = self._payload.record
        lines = len(picture)
        first_ns = self._clock.reading(taken_ns)
        told = {
            "line": np.arange(lines),
            "east": np.full(lines, round(place.believed_east_m * 100.0)),
            "north": np.full(lines, round(place.believed_north_m * 100.0)),
            "altitude": np.full(lines, round(altitude_m * 100.0)),
            "landing_line": np.full(lines, NO_PLACE if choice is None else choice.line),
            "landing_column": np.full(lines, NO_PLACE if choice is None else choice.column),
            "pixels": picture,
        }
        header = HEADER.pack(
            *(MAGIC, int(self._payload.settings["number"]), record_length(record)),
            *(lines, self.sequence, first_ns, _LINE_NS),
        )
        file = PayloadFile(
            self.sequence,
            f"{self._payload.id}-{self.sequence:06d}.dat",
            header + encode_records(record, told),
            lines,
            first_ns,
            first_ns + (lines - 1) * _LINE_NS,
        )
        self.sequence += 1
        return file

    def next_boundary_tai_ns(self, now_tai_ns: int) -> int:
        """No file is open between pictures; it is asked again in a day."""
        return now_tai_ns + 86_400 * _SECOND_NS

    def records_taken(self, now_tai_ns: int) -> int:
        """Pictures."""
        return self.sequence - 1

    def close(self, now_tai_ns: int) -> PayloadFile | None:
        return None

    def switch_off(self, now_tai_ns: int) -> PayloadFile | None:
        self.is_on = False
        return None

    def switch_on(self, now_tai_ns: int) -> None:
        self.is_on = True

    def begin_anew(self, now_tai_ns: int) -> None:
        """A picture knows of no other."""

    def plan_campaign(self, campaign: Campaign) -> None:
        """It has no cadence that could change."""


class Scout:
    """The flying part of a lander whose instrument is a camera."""

    def __init__(
        self, lander: Lander, payload: Payload, site: LandingSite, log: PictureLog, dust: Dust,
        seed: int,
    ) -> None:  # fmt: skip
        settings = payload.settings
        self._lander, self._site, self._log, self._dust = lander, site, log, dust
        self._seed, self._craft = seed, lander.board.craft.id
        self._hop_m = float(settings["hop_m"])
        self._pictures = int(settings["pictures_per_hop"])
        self._altitude_m = float(settings["altitude_m"])
        self._speed_m_s = float(settings["speed_m_s"])
        self._heading_deg = float(settings["heading_deg"])
        self._hour = float(settings["hop_hour"])
        self._footprint_m = float(settings["footprint_m"])
        self._camera = Camera(int(settings["pixels"]), float(settings["resolution_rad"]))
        platform = lander.board.craft.platform
        self._least_percent = platform["hop_least_percent"]
        self._power_w = hover_power_w(
            platform["mass_kg"], platform["rotor_diameter_m"], platform["air_density_kg_m3"]
        )
        self.terrain = Terrain(seed, self._craft, float(settings["rock_share"]))
        self.place = Place()
        self.hops = 0
        self._wait_for_hop(lander.board.start_ns)

    def _wait_for_hop(self, now_ns: int) -> None:
        """The hour of the day is that of the Sun at the site, to a minute or two."""
        sun = sun_from_mars(now_ns)
        hour = float(local_solar_hours(self._site, sun, np.array([now_ns]))[0])
        away_h = (self._hour - hour - 0.1) % 24.0 + 0.1
        self._lander.board.agenda.at(now_ns + round(away_h / 24.0 * SOL_S * 1e9), self._begin)

    def _begin(self, now_ns: int) -> None:
        lander, board = self._lander, self._lander.board
        lander.settle(now_ns)
        light = self._light(now_ns)
        flies = (
            self._log.is_on
            and not board.battery_low
            and lander.platform.battery.percent >= self._least_percent
            and light.elevation_deg >= _LOWEST_SUN_DEG
            and light.optical_depth <= _THICKEST_DUST
        )
        if flies:
            self.hops += 1
            self._fly(light, now_ns)
        board.truth.note("hop", hop=self.hops, flown=flies, time_ns=now_ns)
        self._wait_for_hop(now_ns)

    def _fly(self, light: Light, now_ns: int) -> None:
        """Put down in the agenda what happens on the way."""
        step_m = self._hop_m / max(1, self._pictures - 1)
        heading = math.radians(self._heading_deg)
        east_m, north_m = step_m * math.sin(heading), step_m * math.cos(heading)
        at = self.place
        for number in range(self._pictures):
            if number:
                at = at.moved(east_m, north_m, self._odometry(number, step_m))
            lands = number == self._pictures - 1
            taken_ns = now_ns + round((10.0 + number * step_m / self._speed_m_s) * 1e9)
            self._lander.board.agenda.at(taken_ns, self._picture_at(at, light, lands=lands))

    def _odometry(self, number: int, way_m: float) -> tuple[float, float]:
        """Errors of one step, which add up like a random walk's."""
        size = _ODOMETRY_ERROR * way_m * math.sqrt(self._pictures)
        key = (self._seed, self._craft, "odometry", self.hops, number)
        return size * normal(*key, "east"), size * normal(*key, "north")

    def _picture_at(self, place: Place, light: Light, *, lands: bool) -> Action:
        def take(now_ns: int) -> None:
            noise = generator(self._seed, self._craft, "picture", self._log.sequence)
            picture = self._camera.take(
                self.terrain, (place.east_m, place.north_m), self._altitude_m, light, noise
            )
            footprint = round(self._footprint_m / self._camera.pixel_m(self._altitude_m))
            choice = choose_landing(picture, footprint) if lands else None
            file = self._log.keep(picture, place, self._altitude_m, choice, now_ns)
            self._lander.keep_file(file, now_ns)
            if choice is not None:
                self._land(place, choice, now_ns)

        return take

    def _land(self, place: Place, choice: LandingChoice, now_ns: int) -> None:
        """Descend to the chosen place; the truth record tells how good it is."""
        pixel_m, middle = self._camera.pixel_m(self._altitude_m), (self._camera.pixels - 1) / 2.0
        east_m, north_m = (choice.column - middle) * pixel_m, (middle - choice.line) * pixel_m
        self.place = place.moved(east_m, north_m, (0.0, 0.0))
        flight_s = 10.0 + self._hop_m / self._speed_m_s + self._altitude_m / _DESCENT_M_S
        self._lander.settle(now_ns)
        self._lander.platform.battery.take(self._power_w * flight_s / 3600.0)
        ground = ground_at(self.terrain, self.place, self._footprint_m)
        self._lander.board.truth.note(
            "landing",
            hop=self.hops,
            east_m=round(self.place.east_m, 2),
            north_m=round(self.place.north_m, 2),
            believed_east_m=round(self.place.believed_east_m, 2),
            believed_north_m=round(self.place.believed_north_m, 2),
            slope_deg=round(ground.slope_deg, 2),
            roughness_m=round(ground.roughness_m, 3),
            safe=ground.is_safe,
            time_ns=now_ns,
        )

    def _light(self, now_ns: int) -> Light:
        sun = sun_from_mars(now_ns)
        return Light(
            sun_elevation_deg(self._site, sun, now_ns),
            sun_azimuth_deg(self._site, sun, now_ns),
            self._dust.optical_depth(now_ns),
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """What legs stand on: the slope of the plane that fits best, and what strays from it most."""

    slope_deg: float
    roughness_m: float

    @property
    def is_safe(self) -> bool:
        """Legs of 0.25 m stand on no steeper slope and on nothing that is higher."""
        return self.slope_deg <= _STEEPEST_DEG and self.roughness_m <= _ROUGHEST_M


def ground_at(terrain: Terrain, place: Place, footprint_m: float) -> Ground:
    """The true ground beneath a footprint, a square about a place."""
    away = np.arange(-footprint_m / 2.0, footprint_m / 2.0 + 1e-9, _GROUND_STEP_M)
    heights = terrain.heights(place.east_m + away, place.north_m + away)
    x, y = np.meshgrid(away, away)
    plane = np.stack([x.ravel(), y.ravel(), np.ones(x.size)], axis=1)
    fitted = np.linalg.lstsq(plane, heights.ravel(), rcond=None)[0]
    left = heights.ravel() - plane @ fitted
    slope = math.degrees(math.atan(math.hypot(fitted[0], fitted[1])))
    return Ground(slope, float(np.abs(left).max()))
