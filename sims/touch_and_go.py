"""How a craft truly goes down to a small body and back: motion, senses, and its own judgement.

Motion is that of a point under the body's gravity (point mass and J2) and thrusters, in steps of
two seconds, along ICRF axes from the body's centre; the ground is the body's ellipsoid.  Guidance
follows a straight line at the speeds of `Descent` by a proportional and a derivative part, and in
the last 400 s goes with the turning site: so Hayabusa2 came down to Ryugu, at 0.4 and 0.1 m/s (Y.
Tsuda et al., Acta Astronautica 171, 2020, pp. 42-54).  Where it is across the line it knows from
landmarks in its pictures, with an error that shrinks with the height (F. Terui et al., *Guidance,
Navigation, and Control of Hayabusa2 Touchdown Operations*, Astrodynamics 4, 2020, pp. 393-409);
its height from an altimeter.  Going up it finds back to its mothership, by which it knows its place
exactly.  On low gain the altimeter hears no echo from dark ground between two heights: on
2018-09-12 Hayabusa2 broke its first rehearsal off by itself at 600 m, as its LIDAR had lost a
surface that was darker than thought.

Left out: attitude, the mass of the propellant, boulders, and what a touch does to the craft; while
it waits beside its mothership, both are held where they are against the body's pull, by thrusters
that are not modelled.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from groundsys.geometry.time_scales import tdb_seconds
from groundsys.geometry.touch_downs import Sites, TouchDown, surface_m
from groundsys.mission.arrival.descent_model import Descent
from groundsys.values.instants import Instant
from sims.draws import generator, normal

Outcome = Literal["NONE", "REACHED", "TOUCHED", "BROKEN_OFF"]
Reason = Literal["NONE", "ALTIMETER", "CORRIDOR", "NO_GO", "COMMANDED"]
Gain = Literal["LOW", "HIGH"]

STEP_S = 2.0
#: of the guidance: its own frequency and damping, in rad/s
_FREQUENCY, _DAMPING = 0.02, 0.9
#: it goes with the turning site from so long before the touch-down, and wholly so
_GOES_ALONG_S, _ALONG_S = 1_000.0, 400.0
#: of how much of a height measured it believes in a step
_BELIEF = 0.2
#: an altimeter that disagrees with guidance so often in a row is not believed
_OFTEN = 3
_NEAR_HOME_M = 20.0


@dataclass(frozen=True, slots=True)
class Errors:
    """One-sigma sizes, drawn once a flight, but for the altimeter's noise; see `scenario.truth`."""

    landmark_m: float
    landmark_share: float
    altimeter_bias_m: float
    altimeter_noise_m: float
    thrust_share: float
    #: no echo on low gain between these heights
    dark_from_m: float
    dark_to_m: float
    #: of a thruster that leaks, sideways
    leak_m_s2: float

    @classmethod
    def of(cls, truth: Mapping[str, float], leak_m_s2: float) -> Errors:
        return cls(
            landmark_m=truth.get("landmark_m", 0.0),
            landmark_share=truth.get("landmark_share", 0.0),
            altimeter_bias_m=truth.get("altimeter_bias_m", 0.0),
            altimeter_noise_m=truth.get("altimeter_noise_m", 0.0),
            thrust_share=truth.get("thrust_share", 0.0),
            dark_from_m=truth.get("dark_ground_from_m", 0.0),
            dark_to_m=truth.get("dark_ground_to_m", 0.0),
            leak_m_s2=leak_m_s2,
        )


class Flight:
    """One way down and up; times are true TAI nanoseconds, vectors (3,) in m."""

    def __init__(
        self,
        descent: Descent,
        sites: Sites,
        plan: TouchDown,
        home_m: np.ndarray,
        lowest_m: float,
        gain: Gain,
        errors: Errors,
        seed: int,
        name: str,
    ) -> None:
        """`lowest_m` is where a rehearsal turns back, 0 for a touch-down."""
        self.plan, self.lowest_m, self.gain = plan, lowest_m, gain
        self._descent, self._home, self._errors = descent, home_m, errors
        self._radii = sites.radii_m
        body = sites.body.definition
        self._gm = body.gm_km3_s2 * 1e9
        self._oblate = 1.5 * body.j2 * self._gm * (1e3 * body.gravity_radius_km) ** 2
        at = tdb_seconds(np.array([plan.at.tai_ns], dtype=np.int64))
        self._pole = sites.body.pole(at)[:, 0]
        self._axes = sites.body.body_fixed_rotation(at)[:, :, 0]
        self._spin = math.radians(body.rotation.prime_meridian_deg[1]) / 86_400.0
        helper = np.eye(3)[int(np.argmin(np.abs(plan.up)))]
        across = np.cross(plan.up, helper)
        across /= np.linalg.norm(across)
        draws = [normal(seed, name, "landmarks", axis) for axis in "xy"]
        self._aside = draws[0] * across + draws[1] * np.cross(plan.up, across)
        self._leak = errors.leak_m_s2 * across
        self._bias = errors.altimeter_bias_m * normal(seed, name, "altimeter")
        self._thrust = np.array(
            [1.0 + errors.thrust_share * normal(seed, name, "thrust", axis) for axis in "xyz"]
        )
        self._noise = generator(seed, name, "altimeter noise")
        self.now_ns = plan.begins.tai_ns
        self.place, self.motion = home_m.copy(), np.zeros(3)
        self.height_m = self._believed_m = self._height(self.place, self._left_s)
        self.measured_m: float | None = self.height_m
        self.off_m = 0.0
        self.phase: Literal["DESCENDING", "ASCENDING", "HOME"] = "DESCENDING"
        self.outcome: Outcome = "NONE"
        self.reason: Reason = "NONE"
        self.has_go = False
        #: where and when it turned back; in contact, how far from the site and how fast
        self.turned_at_m = 0.0
        self.turned_ns = 0
        self.miss_m = self.contact_m_s = 0.0
        self._blind_s = 0.0
        self._strange = 0
        self._leaves = self.place
        self._leaves_ns = 0

    @property
    def _left_s(self) -> float:
        return (self.plan.at.tai_ns - self.now_ns) / 1e9

    @property
    def is_committed(self) -> bool:
        """Whether it takes no order to turn back any more."""
        return self.phase == "DESCENDING" and self._believed_m < self._descent.commit_m

    @property
    def believed_m(self) -> float:
        """Its height, as guidance has it."""
        return self._believed_m

    def advance(self, now_ns: int) -> None:
        """Fly on to `now_ns`, by whole steps."""
        while self.phase != "HOME" and self.now_ns + round(STEP_S * 1e9) <= now_ns:
            self._step()

    def break_off(self, reason: Reason, now_ns: int) -> None:
        """Turn back from wherever it is, also before it has begun."""
        self.now_ns = min(self.now_ns, now_ns)
        self._turn("BROKEN_OFF", reason)

    # --- one step -----------------------------------------------------------------------------

    def _step(self) -> None:
        believed = self._believe()
        if self.phase == "DESCENDING":
            wanted, speed = self._wanted_down(self._left_s)
            self._judge(believed - wanted)
        if self.phase == "ASCENDING":
            wanted, speed = self._wanted_up()
        push = _FREQUENCY**2 * (wanted - believed)
        push += 2.0 * _DAMPING * _FREQUENCY * (speed - self.motion) - self._gravity(believed)
        size = float(np.linalg.norm(push))
        if size > self._descent.acceleration_m_s2:
            push *= self._descent.acceleration_m_s2 / size
        before = self.motion
        self.motion = before + STEP_S * (
            self._gravity(self.place) + self._thrust * push + self._leak
        )
        self.place = self.place + 0.5 * STEP_S * (before + self.motion)
        self.now_ns += round(STEP_S * 1e9)
        self.height_m = self._height(self.place, self._left_s)
        if self.phase == "DESCENDING" and self.height_m <= 0.0:
            self._touch()
        elif self.phase == "ASCENDING" and self._is_home():
            self.phase = "HOME"
            self.place, self.motion = self._home.copy(), np.zeros(3)

    def _believe(self) -> np.ndarray:
        """Where it takes itself to be."""
        up = self.place / np.linalg.norm(self.place)
        self._believed_m += STEP_S * float(self.motion @ up)
        self.measured_m = self._measure()
        if self.measured_m is None:
            self._blind_s += STEP_S
        else:
            self._blind_s = 0.0
            off = self.measured_m - self._believed_m
            self._strange = self._strange + 1 if abs(off) > self._descent.limits.altitude_m else 0
            self._believed_m += _BELIEF * off
        if self.phase == "ASCENDING":
            return self.place
        errors = self._errors
        size = errors.landmark_m + errors.landmark_share * self.height_m
        return np.asarray(self.place + size * self._aside + (self._believed_m - self.height_m) * up)

    def _measure(self) -> float | None:
        errors = self._errors
        is_dark = errors.dark_to_m <= self.height_m <= errors.dark_from_m
        noise = errors.altimeter_noise_m * float(self._noise.standard_normal())
        return None if is_dark and self.gain == "LOW" else self.height_m + self._bias + noise

    def _judge(self, off: np.ndarray) -> None:
        """Whether it goes on down: what it decides by itself."""
        descent, limits = self._descent, self._descent.limits
        self.off_m = float(np.linalg.norm(off))
        if self._blind_s > limits.blind_s or self._strange >= _OFTEN:
            self._turn("BROKEN_OFF", "ALTIMETER")
        elif self.off_m > max(limits.corridor_m, limits.corridor_share * self._believed_m):
            self._turn("BROKEN_OFF", "CORRIDOR")
        elif self.lowest_m > 0.0 and self._believed_m <= self.lowest_m:
            self._turn("REACHED", "NONE")
        elif self._believed_m <= descent.go_below_m and not self.has_go and not self.lowest_m:
            self._turn("BROKEN_OFF", "NO_GO")

    def _turn(self, outcome: Outcome, reason: Reason) -> None:
        self.phase, self.outcome, self.reason = "ASCENDING", outcome, reason
        self.turned_at_m, self.turned_ns = self._believed_m, self.now_ns
        self._leaves, self._leaves_ns = self.place, self.now_ns

    def _touch(self) -> None:
        site = self._turned(self.plan.aim_m, self._left_s)
        self.miss_m = float(np.linalg.norm(self.place - site))
        ground = self._spin * np.cross(self._pole, self.place)
        self.contact_m_s = float(np.linalg.norm(self.motion - ground))
        self.motion = ground
        self._turn("TOUCHED", "NONE")

    # --- where it should be -------------------------------------------------------------------

    def _wanted_down(self, left_s: float) -> tuple[np.ndarray, np.ndarray]:
        here, later = self._on_the_way(left_s), self._on_the_way(left_s - 1.0)
        return here, later - here

    def _on_the_way(self, left_s: float) -> np.ndarray:
        along = min(1.0, max(0.0, (_GOES_ALONG_S - left_s) / (_GOES_ALONG_S - _ALONG_S)))
        share = along * along * (3.0 - 2.0 * along)
        aim = self.plan.aim_m
        if share > 0.0:
            aim = aim + share * (self._turned(aim, left_s) - aim)
        left_m = min(self.plan.way_m, self._descent.left_m(left_s))
        return np.asarray(aim + left_m * self.plan.up)

    def _wanted_up(self) -> tuple[np.ndarray, np.ndarray]:
        way = self._home - self._leaves
        length = float(np.linalg.norm(way))
        gone_m = self._descent.ascent_m_s * (self.now_ns - self._leaves_ns) / 1e9
        if gone_m >= length:
            return self._home, np.zeros(3)
        ahead = way / max(length, 1e-9)
        return self._leaves + gone_m * ahead, self._descent.ascent_m_s * ahead

    def _is_home(self) -> bool:
        return float(np.linalg.norm(self.place - self._home)) < _NEAR_HOME_M

    # --- the body -----------------------------------------------------------------------------

    def _turned(self, place: np.ndarray, left_s: float) -> np.ndarray:
        """Where a place of the ground is, so long before it is at `place`."""
        angle = -self._spin * left_s
        cosine, sine = math.cos(angle), math.sin(angle)
        along = self._pole * float(self._pole @ place)
        return np.asarray(along + cosine * (place - along) + sine * np.cross(self._pole, place))

    def _height(self, place: np.ndarray, left_s: float) -> float:
        """Over the ellipsoid, along the line to the centre."""
        along = self._axes @ self._turned(place, -left_s)
        return float(np.linalg.norm(place)) - surface_m(self._radii, along)

    def _gravity(self, place: np.ndarray) -> np.ndarray:
        """Point mass and J2: O. Montenbruck & E. Gill, *Satellite Orbits*, 2000, section 3.2."""
        square = float(place @ place)
        distance = math.sqrt(square)
        over = float(place @ self._pole)
        oblate = self._oblate / (square * square * distance)
        share = 5.0 * over * over / square
        return np.asarray(
            -self._gm / (square * distance) * place
            + oblate * ((share - 1.0) * place - 2.0 * over * self._pole)
        )


def sample_g(median_g: float, seed: int, name: str, *, fired: bool) -> float:
    """What a touch brings: log-normal about a median; a horn alone, without its projectile, 1 %.

    Hayabusa2's two touch-downs brought 5.4 g together (T. Yada et al., Nature Astronomy 6, 2022,
    pp. 214-220); Hayabusa's, whose projectiles did not fire, some thousand grains.
    """
    drawn = median_g * math.exp(0.5 * normal(seed, name, "sample"))
    return drawn if fired else 0.01 * drawn


def instants_of(plan: TouchDown, descent: Descent) -> Mapping[str, Instant]:
    """When it is foreseen at the heights that count."""
    return {
        "go_below": plan.at.plus_seconds(-descent.go_below_m / descent.slow_m_s),
        "commit": plan.at.plus_seconds(-descent.commit_m / descent.slow_m_s),
    }
