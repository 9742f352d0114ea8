"""Attitude of the OTV: wheels that soak up the Sun's pressure, and a pointing error.

    d(speed)/dt = torque / inertia of one wheel, shared by four wheels in a pyramid

The torque of sunlight, about (S/c) · A · (1 + q) · arm (Wertz & Larson, *Space Mission Analysis
and Design*, table 11-9A: 6.6e-6 N·m for 3 m² and 0.3 m at Earth), is constant in a Sun-fixed
attitude, so wheels run up and must be unloaded by thrusters; a turn to another attitude takes a
fixed time, during which nothing is pointed.  Simple because no telemetry shows control loops:
rates and error are noise about zero of the size that a star tracker and wheels leave.

Only from a launcher until the panels are to the Sun does the body turn by the equations of motion:
`sun_acquisition`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from sims.craft.nature.planets import Vector
from sims.craft.platform.sun_acquisition import SunAcquisition
from sims.craft.platform.tank import Tank
from sims.draws import normal, uniform

#: BURN: the engine pushes along the Δv that is set; the last three are before the Sun is found
AttitudeMode = Literal[
    "SUN_POINTING", "EARTH_POINTING", "NADIR_POINTING", "BURN",
    "STANDBY", "RATE_DAMPING", "SUN_ACQUISITION",
]  # fmt: skip

SLEW_S = 240.0
_STAR_TRACKER_SEARCH_S = 40.0
_UNLOAD_AT_RPM = 4_800.0
_UNLOADED_RPM = 1_200.0
#: 2.2e-5 N·m over four wheels of 0.019 kg·m² (12 N·m·s at 6000 rpm)
_RUN_UP_RPM_S = 0.0028
#: hydrazine to take 12 N·m·s out of a wheel, arm 0.9 m, specific impulse 220 s: 6.2 g
_PROPELLANT_KG_AN_UNLOADING = 0.0062
_RATE_NOISE_DEG_S = 0.0006
_POINTING_NOISE_DEG = 0.012
#: the panels' normal is 16° off the Sun at most when the craft points elsewhere
_PANEL_SHARE_ELSEWHERE = 0.96


@dataclass(slots=True)
class Attitude:
    """Where the craft points and what that costs."""

    seed: int
    craft: str
    tank: Tank
    mode: AttitudeMode = "EARTH_POINTING"
    _slewing_until_ns: int = 0
    _searching_until_ns: int = 0
    _wheels_rpm: list[float] | None = None
    #: of a craft that began on its launcher
    first: SunAcquisition | None = None
    _sun: Vector = (1.0, 0.0, 0.0)

    def begin_on_launcher(self, first: SunAcquisition) -> None:
        """Begin so, before the craft has lived an instant."""
        self.first, self.mode = first, first.phase

    @property
    def is_acquiring(self) -> bool:
        """Whether the Sun is still to be found."""
        return self.first is not None and not self.first.is_over

    def follow_sky(self, from_ns: int, seconds: float, sun: Vector, earth: Vector) -> None:
        """Let `seconds` pass of a craft that began on its launcher; unit vectors are inertial."""
        if self.first is None:
            return
        acquired = self.first.is_over
        self._sun = sun
        self.first.advance(from_ns, seconds, sun, earth)
        if not acquired:
            self.mode = self.first.phase

    def panel_share(self, sun: Vector) -> float:
        """Of what the panels give at right angles to the Sun."""
        if self.first is not None and not self.first.is_over:
            return self.first.panel_share(sun)
        return 1.0 if self.mode == "SUN_POINTING" else _PANEL_SHARE_ELSEWHERE

    def off_earth_deg(self, now_ns: int, earth: Vector) -> float:
        """Between the dishes' axis and Earth, of a craft that began on its launcher."""
        if self.first is None or self.faces_earth(now_ns):
            return 0.0
        off_deg = self.first.off_earth_deg(earth)
        if self.mode == "EARTH_POINTING":
            off_deg *= (self._slewing_until_ns - now_ns) / 1e9 / SLEW_S
        return off_deg

    @property
    def wheels_rpm(self) -> list[float]:
        if self._wheels_rpm is None:
            self._wheels_rpm = [
                600.0 + 2_400.0 * uniform(self.seed, self.craft, "wheel", wheel)
                for wheel in range(4)
            ]
        return self._wheels_rpm

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass: the wheels run up, and are unloaded when fast."""
        wheels = self.wheels_rpm
        for wheel, speed in enumerate(wheels):
            wheels[wheel] = speed + _RUN_UP_RPM_S * seconds * (1.0 + 0.1 * wheel)
            if wheels[wheel] > _UNLOAD_AT_RPM:
                wheels[wheel] = _UNLOADED_RPM
                self.tank.draw(_PROPELLANT_KG_AN_UNLOADING)

    def turn_to(self, mode: AttitudeMode, now_ns: int) -> float:
        """Begin to turn; the seconds it takes (none if already there, or the Sun is not found)."""
        if mode == self.mode or self.is_acquiring:
            return 0.0
        self.mode = mode
        self._slewing_until_ns = now_ns + round(SLEW_S * 1e9)
        return SLEW_S

    def restart_star_tracker(self, now_ns: int) -> None:
        self._searching_until_ns = now_ns + round(_STAR_TRACKER_SEARCH_S * 1e9)

    def faces_earth(self, now_ns: int) -> bool:
        """Whether the high-gain antenna is on Earth."""
        return self.mode == "EARTH_POINTING" and now_ns >= self._slewing_until_ns

    def is_steady(self, now_ns: int) -> bool:
        """Whether no turn is under way and the star tracker holds the attitude."""
        at_rest_ns = max(self._slewing_until_ns, self._searching_until_ns)
        return now_ns >= at_rest_ns and not self.is_acquiring

    def telemetry(self, now_ns: int) -> dict[str, float | str]:
        """Engineering values of the AOCS packet."""
        slewing = now_ns < self._slewing_until_ns
        searching = now_ns < self._searching_until_ns
        turning: Vector = (0.0, 0.0, 0.0)
        error_deg = 5.0 if slewing else 0.15 if searching else 0.0
        if self.first is not None and self.is_acquiring:
            turning, searching = self.first.rate_rad_s, True
            error_deg = self.first.off_sun_deg(self._sun)
        second = now_ns // 1_000_000_000
        rates = {
            f"aocs_rate_{axis}": _RATE_NOISE_DEG_S
            * normal(self.seed, self.craft, "rate", axis, second)
            + (0.35 if slewing and axis == "z" else 0.0)
            + math.degrees(rate)
            for axis, rate in zip("xyz", turning, strict=True)
        }
        wheels = {
            f"aocs_wheel_speed_{wheel + 1}": speed for wheel, speed in enumerate(self.wheels_rpm)
        }
        error = abs(_POINTING_NOISE_DEG * normal(self.seed, self.craft, "pointing", second))
        return {
            **rates,
            **wheels,
            "aocs_mode": self.mode,
            "aocs_star_tracker": "SEARCHING" if searching else "TRACKING",
            "aocs_pointing_error": error + error_deg,
            "aocs_propellant": self.tank.propellant_kg,
        }
