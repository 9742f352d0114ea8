"""What a craft does by itself once it has left its launcher, until its panels are to the Sun.

    STANDBY → RATE_DAMPING → SUN_ACQUISITION → SUN_POINTING

On the launcher it is held still.  It leaves with a tip-off rate about each axis and turns freely
(`rigid_body`) until it is clear of the stage; then thrusters work against the rate,

    T = −τ ω / max(|ω|, ω₀),   of rotational energy dE/dt = T · ω = −τ |ω|  beyond ω₀

with a stated mean torque τ (J. R. Wertz (ed.), *Spacecraft Attitude Determination and Control*,
1978, section 18.3: rates are nulled by pulses against them).  Once the rate is below 0.05°/s the
panels unfold, and the craft turns about one axis to the Sun at the rate of all its turns.  Folded
panels show a part of their cells outwards.  Power follows the cosine of the angle between the Sun
and the panels' normal (Wertz & Larson, *Space Mission Analysis and Design*, equation 11-7), which
is the body's x; the dishes look along z, and are kept as near Earth as x to the Sun allows.

Propellant: angular momentum / (arm · Isp · g₀), as for unloading a wheel in `attitude`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sims.craft.nature.planets import Vector, dot
from sims.craft.platform.rigid_body import (
    Quaternion,
    RigidBody,
    along,
    between,
    free,
    turn_angle,
    turned,
)
from sims.draws import normal

Phase = Literal["STANDBY", "RATE_DAMPING", "SUN_ACQUISITION", "SUN_POINTING"]

#: of every turn that the craft makes by its wheels
TURN_RATE_RAD_S = math.radians(0.35)
_DAMPED_RAD_S = math.radians(0.05)
_NEAR_REST_RAD_S = math.radians(0.1)
_PROPELLANT_KG_NMS = 0.0062 / 12.0
_PANELS: Vector = (1.0, 0.0, 0.0)
_DISHES: Vector = (0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Build:
    """Numbers of a craft's `platform` that say how it turns, and what stops it."""

    inertia_kg_m2: Vector
    damping_torque_nm: float
    #: after its separation, when it is clear of the stage
    damping_after_s: float
    panel_deployment_s: float
    #: of the panels' cells, seen from outside while they are folded
    panel_folded_share: float

    @classmethod
    def of(cls, platform: Mapping[str, float]) -> Build:
        """From a craft's platform numbers."""
        return cls(
            (
                platform["inertia_x_kg_m2"],
                platform["inertia_y_kg_m2"],
                platform["inertia_z_kg_m2"],
            ),
            platform["damping_torque_nm"],
            platform["damping_after_s"],
            platform["panel_deployment_s"],
            platform["panel_folded_share"],
        )


class SunAcquisition:
    """How a craft stands and turns from its launcher on; times are true TAI nanoseconds."""

    def __init__(
        self,
        build: Build,
        craft: str,
        seed: int,
        separation_ns: int,
        tip_off_deg_s: float,
        *,
        fails: Callable[[int], bool],
        draw_propellant: Callable[[float], None],
    ) -> None:
        """`fails`: whether nothing damps the rates then."""
        self._build = build
        self._separation_ns = separation_ns
        self._fails = fails
        self._draw_propellant = draw_propellant
        x, y, z = (
            math.radians(tip_off_deg_s) * normal(seed, craft, "tip-off", axis) for axis in "xyz"
        )
        self._tip_off: Vector = (x, y, z)
        parts = [normal(seed, craft, "stands", part) for part in "wxyz"]
        size = math.sqrt(sum(part * part for part in parts))
        w, x, y, z = (part / size for part in parts)
        self._body = RigidBody(build.inertia_kg_m2, (w, x, y, z), (0.0, 0.0, 0.0))
        self.phase: Phase = "STANDBY"
        self._deployed_ns: int | None = None
        self._turn: tuple[Quaternion, int] | None = None

    @property
    def is_over(self) -> bool:
        return self.phase == "SUN_POINTING"

    @property
    def rate_rad_s(self) -> Vector:
        return self._body.rate

    @property
    def turns_fast(self) -> bool:
        """Whether a star tracker could tell nothing."""
        return self.phase == "STANDBY" or self._body.spin > _DAMPED_RAD_S

    def advance(self, from_ns: int, seconds: float, sun: Vector, earth: Vector) -> None:
        """Let `seconds` pass, short ones; unit vectors are inertial."""
        now_ns = from_ns + round(seconds * 1e9)
        match self.phase:
            case "STANDBY" if now_ns >= self._separation_ns:
                self._body.rate = self._tip_off
                self.phase = "RATE_DAMPING"
            case "RATE_DAMPING":
                self._damp(from_ns, seconds)
                if self._body.spin < _DAMPED_RAD_S:
                    self._body.rate = (0.0, 0.0, 0.0)
                    self._deployed_ns = now_ns + round(self._build.panel_deployment_s * 1e9)
                    self.phase = "SUN_ACQUISITION"
            case "SUN_ACQUISITION" if self._deployed_ns is not None:
                if now_ns >= self._deployed_ns:
                    self._turn_to_sun(now_ns, along(sun, earth))
            case "SUN_POINTING":
                self._body.attitude = along(sun, earth)

    def panel_share(self, sun: Vector) -> float:
        """Of what the panels give at right angles to the Sun."""
        if self.phase == "STANDBY":
            return 0.0
        share = max(0.0, dot(turned(self._body.attitude, _PANELS), sun))
        return share if self._is_deployed else share * self._build.panel_folded_share

    def off_sun_deg(self, sun: Vector) -> float:
        """Between the panels' normal and the Sun."""
        return _angle_deg(turned(self._body.attitude, _PANELS), sun)

    def off_earth_deg(self, earth: Vector) -> float:
        """Between the dishes' axis and Earth."""
        return _angle_deg(turned(self._body.attitude, _DISHES), earth)

    @property
    def _is_deployed(self) -> bool:
        return self.is_over or self._turn is not None

    def _damp(self, from_ns: int, seconds: float) -> None:
        clear_ns = self._separation_ns + round(self._build.damping_after_s * 1e9)
        if from_ns < clear_ns or self._fails(from_ns):
            self._body.advance(seconds, free)
            return
        torque_nm = self._build.damping_torque_nm

        def against(rate: Vector) -> Vector:
            share = -torque_nm / max(math.sqrt(dot(rate, rate)), _NEAR_REST_RAD_S)
            return (share * rate[0], share * rate[1], share * rate[2])

        self._body.advance(seconds, against)
        self._draw_propellant(torque_nm * seconds * _PROPELLANT_KG_NMS)

    def _turn_to_sun(self, now_ns: int, target: Quaternion) -> None:
        if self._turn is None:
            self._turn = self._body.attitude, now_ns
        start, since_ns = self._turn
        angle = turn_angle(start, target)
        done = TURN_RATE_RAD_S * (now_ns - since_ns) / 1e9
        if done >= angle:
            self._body.attitude, self._body.rate = target, (0.0, 0.0, 0.0)
            self.phase = "SUN_POINTING"
        else:
            self._body.attitude = between(start, target, done / angle)
            self._body.rate = (0.0, 0.0, TURN_RATE_RAD_S)


def _angle_deg(a: Vector, b: Vector) -> float:
    return math.degrees(math.acos(min(1.0, max(-1.0, dot(a, b)))))
