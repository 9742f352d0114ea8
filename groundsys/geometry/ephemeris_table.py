"""The bodies over one span, interpolated: a tenth of what the kernels cost, for many instants.

Errors, measured in tests/geometry/test_ephemeris_table.py: positions within 1 cm, velocities
within 1e-7 km/s, Earth's turn within 2e-11 rad (0.1 mm at its surface), Mars' pole 1e-8 rad.
Only where the measured orientation ends and the predicted one starts (with a step: 48 m at the
surface in 2027), that step is spread over 30 min.
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.central_bodies import BARYCENTER, EARTH, Center, CentralBodies
from groundsys.geometry.ephemeris import TO_ECLIPTIC, Ephemeris
from groundsys.geometry.rotations import euler_313, rotate, rotate_back
from groundsys.geometry.time_scales import FloatArray

#: Earth follows the Moon within a month: h⁴/384 times its fourth derivative (5e-19 km/s⁴) is 3 mm
_POSITION_STEP_S = 7200.0
#: Earth turns a body that passes at 38 000 km: 1e-11 km/s⁴ of it leaves 0.01 mm
_SMALL_BODY_STEP_S = 120.0
#: polar motion (1.5e-6 rad) turns once a day in these angles: h⁴/384 of it is 1e-12 rad
_ANGLE_STEP_S = 1800.0
_EARTH_RATE = 7.292_115e-5


class EphemerisTable:
    """`Bodies` between two times; beyond them the outermost cubics go on, and soon diverge."""

    def __init__(self, ephemeris: Ephemeris, start_tdb_s: float, end_tdb_s: float) -> None:
        """`DefinitionError` at once if the kernels do not reach as far."""
        ephemeris.earth_angles(np.array([start_tdb_s, end_tdb_s]))
        self._start_s, self._end_s = start_tdb_s, end_tdb_s
        self._ephemeris = ephemeris
        self.known: CentralBodies = ephemeris.known
        self._positions: dict[Center, _Cubics] = {}
        self._poles: dict[Center, _Cubics] = {}
        nodes = _nodes(start_tdb_s, end_tdb_s, _ANGLE_STEP_S)
        angles, rates = ephemeris.earth_angles(nodes)
        rates[2] -= _EARTH_RATE
        angles[2] -= _EARTH_RATE * (nodes - start_tdb_s)
        angles[2] = np.unwrap(angles[2])
        self._angles = _Cubics(start_tdb_s, _ANGLE_STEP_S, angles, rates)

    def position_km(self, center: Center, tdb_s: FloatArray) -> FloatArray:
        if center == BARYCENTER:
            return np.zeros((3, tdb_s.size))
        return self._cubics(center).at(tdb_s)

    def state(self, center: Center, tdb_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        if center == BARYCENTER:
            return np.zeros((3, tdb_s.size)), np.zeros((3, tdb_s.size))
        return self._cubics(center).with_rate_at(tdb_s)

    def to_earth_fixed(self, tdb_s: FloatArray, vector: FloatArray) -> FloatArray:
        return rotate(self._from_ecliptic(tdb_s), TO_ECLIPTIC @ vector)

    def from_earth_fixed(self, tdb_s: FloatArray, vector: FloatArray) -> FloatArray:
        return np.asarray(TO_ECLIPTIC.T @ rotate_back(self._from_ecliptic(tdb_s), vector))

    def pole(self, body: Center, tdb_s: FloatArray) -> FloatArray:
        if body == EARTH:
            return self.from_earth_fixed(tdb_s, np.array([0.0, 0.0, 1.0]))
        if body not in self._poles:
            nodes = _nodes(self._start_s, self._end_s, _POSITION_STEP_S)
            pole = self._ephemeris.pole(body, nodes)
            rate = np.gradient(pole, nodes, axis=1)
            self._poles[body] = _Cubics(self._start_s, _POSITION_STEP_S, pole, rate)
        return self._poles[body].at(tdb_s)

    def _from_ecliptic(self, tdb_s: FloatArray) -> FloatArray:
        angles = self._angles.at(tdb_s)
        return euler_313(angles[0], angles[1], angles[2] + _EARTH_RATE * (tdb_s - self._start_s))

    def _cubics(self, center: Center) -> _Cubics:
        if center not in self._positions:
            table = self.known[center].definition.ephemeris.table
            step_s = _POSITION_STEP_S if table is None else _SMALL_BODY_STEP_S
            nodes = _nodes(self._start_s, self._end_s, step_s)
            self._positions[center] = _Cubics(
                self._start_s, step_s, *self._ephemeris.state(center, nodes)
            )
        return self._positions[center]


class _Cubics:
    """Cubics through values and rates (3, m) at evenly spaced times (Hermite)."""

    def __init__(
        self, start_s: float, step_s: float, values: FloatArray, rates: FloatArray
    ) -> None:
        self._start_s, self._step_s = start_s, step_s
        left, right = values[:, :-1], values[:, 1:]
        left_rate, right_rate = rates[:, :-1] * step_s, rates[:, 1:] * step_s
        change = right - left
        self._coefficients = (
            np.ascontiguousarray(left),
            left_rate,
            3.0 * change - 2.0 * left_rate - right_rate,
            left_rate + right_rate - 2.0 * change,
        )

    def at(self, time_s: FloatArray) -> FloatArray:
        constant, linear, square, cube, x = self._pieces(time_s)
        return np.asarray(constant + x * (linear + x * (square + x * cube)))

    def with_rate_at(self, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        constant, linear, square, cube, x = self._pieces(time_s)
        value = constant + x * (linear + x * (square + x * cube))
        return value, (linear + x * (2.0 * square + x * (3.0 * cube))) / self._step_s

    def _pieces(
        self, time_s: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        steps = (time_s - self._start_s) / self._step_s
        pieces = np.clip(steps.astype(np.int64), 0, self._coefficients[0].shape[1] - 1)
        a, b, c, d = (part.take(pieces, axis=1) for part in self._coefficients)
        return a, b, c, d, steps - pieces


def _nodes(start_s: float, end_s: float, step_s: float) -> FloatArray:
    count = max(2, int(np.ceil((end_s - start_s) / step_s)) + 1)
    return np.asarray(start_s + step_s * np.arange(count), dtype=np.float64)
