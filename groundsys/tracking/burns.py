"""What a burn out of sight has given, by the Doppler of the first pass after it.

The trajectory that was told leads through the burn as planned, or past it (`given` 1 or 0).  If the
engine gave another share s of the Δv, the craft moves otherwise by δv(t; s), and an antenna sees a
residual n·δv(t; s), n being the unit vector from it to the craft.  Both motions are integrated
alike (RK4, 10 s) from the trajectory's state at ignition, so that what they lack in common cancels:

    r″ = −μ r/r³ + a d      a = u k / (τ − k t)     τ = T / (1 − m₁/m₀)    u = Δv / ln(m₀/m₁)

with d the direction of the Δv, T the planned duration, m₁/m₀ the mass that it leaves of the craft's
(the rocket equation; the same numbers that a CCSDS OPM states of a manoeuvre), k the share of
thrust and flow.  The s whose curve lies nearest to the residuals in the least-squares sense is
taken, of two ways in which an engine falls short: `weak`, k below 1 until the Δv is counted or the
time limit cuts it off, and `cut off`, k = 1 that ends early.  An error of pointing looks like a
shortfall of its own: 3 mrad of 1450 m/s are 4 m/s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.orbits import gm_km3_s2
from groundsys.geometry.rotations import length
from groundsys.geometry.round_trip import round_trip_s
from groundsys.geometry.sight import station_state
from groundsys.geometry.time_scales import FloatArray, instants_ns, tdb_seconds
from groundsys.values.instants import Instant, Interval
from groundsys.values.tracking import TrackingPoint

_STEP_S = 10.0
#: what is measured later tells as much of everything else that the trajectory lacks
_TELLS_FOR_S = 12 * 3600.0
#: shares that are tried, of thrust and of time
_SHARES = np.linspace(0.0, 1.05, 211)
#: residual for each m/s that is missing, below which Doppler tells nothing of it
_LEAST_SENSITIVITY = 0.05

Way = Literal["weak", "cut off"]


@dataclass(frozen=True, slots=True)
class ToldBurn:
    """A burn that a told trajectory has in it, or leaves out: Δv along ICRF axes in m/s."""

    planned: Interval
    delta_v_m_s: tuple[float, float, float]
    time_limit_s: float
    #: of the craft's, what the burn leaves
    mass_share: float
    #: the share of it that the trajectory has
    given: float

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> ToldBurn:
        """From the notice of the trajectory."""
        x, y, z = (float(part) for part in body["delta_v_m_s"])
        planned = Interval(Instant(body["start_ns"]), Instant(body["end_ns"]))
        return cls(
            planned,
            (x, y, z),
            *(float(body[key]) for key in ("time_limit_s", "mass_share", "given")),
        )

    @property
    def size_m_s(self) -> float:
        return float(np.linalg.norm(self.delta_v_m_s))


@dataclass(frozen=True, slots=True)
class BurnEstimate:
    """What Doppler makes of a burn."""

    way: Way
    missing_m_s: float
    #: root mean square of the residuals, and of what the estimate leaves of them
    residual_m_s: float
    left_m_s: float


def estimate_burn(
    geometry: Geometry, points: Sequence[TrackingPoint], burn: ToldBurn
) -> BurnEstimate | None:
    """By one antenna's points of one craft, with residuals; None if they tell nothing of it."""
    over = burn.planned.end
    tells = Interval(over, over.plus_seconds(_TELLS_FOR_S))
    after = [
        one
        for one in points
        if tells.contains(Instant(one.received.tai_ns).plus_seconds(-one.round_trip_s / 2.0))
    ]
    if len(after) < 2:
        return None
    at_s, sight = _lines_of_sight(geometry, after)
    residuals = np.array([one.doppler_residual_mm_s for one in after]) * 1e-3
    found: list[BurnEstimate] = []
    ways: tuple[Way, ...] = ("weak", "cut off")
    for way in ways:
        given, speeds = _foreseen(geometry, after[0].spacecraft, burn, way, at_s)
        foreseen = np.einsum("in,ikn->kn", sight, speeds)
        told = int(np.argmin(np.abs(_SHARES - burn.given)))
        curves = foreseen - foreseen[told]
        missing = (1.0 - given) * burn.size_m_s
        sensitivity = np.abs(np.diff(curves, axis=0)).max() / np.abs(np.diff(missing)).max()
        if sensitivity < _LEAST_SENSITIVITY:
            return None
        squares = np.mean((residuals - curves) ** 2, axis=1)
        best = int(np.clip(np.argmin(squares), 1, squares.size - 2))
        off, left = _bottom(squares[best - 1 : best + 2])
        missing_m_s = float(np.interp(best + off, np.arange(missing.size), missing))
        rms = float(np.sqrt(np.mean(residuals**2)))
        found.append(BurnEstimate(way, missing_m_s, rms, float(np.sqrt(left))))
    return min(found, key=lambda one: one.left_m_s)


def _lines_of_sight(
    geometry: Geometry, points: Sequence[TrackingPoint]
) -> tuple[FloatArray, FloatArray]:
    """The craft's times (TDB) in the middle of each count, and unit vectors to it (3, n)."""
    antenna, craft = points[0].antenna, points[0].spacecraft
    received_ns = np.array([one.received.tai_ns for one in points], dtype=np.int64)
    received_ns -= np.rint([one.count_interval_s * 5e8 for one in points]).astype(np.int64)
    _, down_s = round_trip_s(geometry, antenna, craft, received_ns)
    received_s = tdb_seconds(received_ns)
    bodies = geometry.ephemeris
    place, _ = station_state(bodies, geometry.station(antenna).position_km, received_s)
    way = geometry.craft(craft).position_km(bodies, received_s - down_s) - place
    return received_s - down_s, way / length(way)


def _foreseen(
    geometry: Geometry, craft_id: str, burn: ToldBurn, way: Way, at_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """For each share tried: the share of Δv given, and velocities (3, shares, n) in m/s."""
    trajectory = geometry.craft(craft_id).trajectory
    gm = gm_km3_s2(trajectory.center, geometry.bodies)
    start_s = tdb_seconds(instants_ns(burn.planned.start))
    begin = np.concatenate([trajectory.position_km(start_s), trajectory.velocity_km_s(start_s)])
    state = np.repeat(begin[:, np.newaxis, :], _SHARES.size, axis=1)[:, :, 0]
    planned_s = burn.planned.seconds
    empty_s = planned_s / (1.0 - burn.mass_share)
    exhaust_m_s = -burn.size_m_s / np.log(burn.mass_share)
    if way == "weak":
        strength = np.maximum(_SHARES, 1e-9)
        lasts_s = np.minimum(planned_s / strength, max(burn.time_limit_s, planned_s))
        lasts_s = np.where(strength > 1.0, planned_s, lasts_s)
    else:
        lasts_s, strength = _SHARES * planned_s, np.ones_like(_SHARES)
    direction = np.array(burn.delta_v_m_s)[:, np.newaxis] / burn.size_m_s

    def gained_m_s(elapsed_s: float) -> FloatArray:
        burnt = strength * np.minimum(elapsed_s, lasts_s) / empty_s
        return np.asarray(-exhaust_m_s * np.log1p(-burnt))

    edges = np.arange(0.0, at_s.max() - start_s[0] + 2.0 * _STEP_S, _STEP_S)
    speeds = np.empty((edges.size, 3, _SHARES.size))
    for number, elapsed_s in enumerate(edges):
        speeds[number] = state[3:]
        gained = gained_m_s(elapsed_s + _STEP_S) - gained_m_s(elapsed_s)
        state = _stepped(state, direction * gained / (1000.0 * _STEP_S), gm)
    steps = (at_s - start_s[0]) / _STEP_S
    before = steps.astype(int)
    share = (steps - before)[:, np.newaxis, np.newaxis]
    between = speeds[before] * (1.0 - share) + speeds[before + 1] * share
    return gained_m_s(np.inf) / burn.size_m_s, np.moveaxis(between, 0, 2) * 1000.0


def _stepped(state: FloatArray, push: FloatArray, gm: float) -> FloatArray:
    """Runge and Kutta's fourth order over a step."""

    def rate(now: FloatArray) -> FloatArray:
        place = now[:3]
        distance = length(place)
        return np.concatenate([now[3:], push - gm * place / distance**3])

    one = rate(state)
    two = rate(state + 0.5 * _STEP_S * one)
    three = rate(state + 0.5 * _STEP_S * two)
    four = rate(state + _STEP_S * three)
    return np.asarray(state + _STEP_S / 6.0 * (one + 2.0 * two + 2.0 * three + four))


def _bottom(three: FloatArray) -> tuple[float, float]:
    """Where a parabola through values at −1, 0 and 1 is least, within them, and how much."""
    bend = (three[0] - 2.0 * three[1] + three[2]) / 2.0
    slope = (three[2] - three[0]) / 2.0
    if bend <= 0.0:
        return 0.0, float(three[1])
    off = float(np.clip(-slope / (2.0 * bend), -1.0, 1.0))
    return off, float(max(0.0, three[1] + slope * off + bend * off**2))
