"""Interpolation in a table of states, as ephemeris files ask for it: Lagrange's or Hermite's.

For every instant the polynomial through the states nearest around it, in Newton's form; all
instants at once.  Windows are chosen as in SPICE's SPK types 9 and 13: an even number of states
encloses the instant, an odd one is centred on the nearest; at the table's ends they stop.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from groundsys.geometry.time_scales import FloatArray

Method = Literal["hermite", "lagrange"]

#: instants done at once: bounds the memory that one call takes
_BLOCK = 100_000


class StateTable:
    """States at rising times: seconds (n,), positions (3, n) in km, velocities (3, n) in km/s.

    Hermite's polynomial of odd `degree` meets positions and velocities, and its derivative is
    the velocity; Lagrange's interpolates each for itself.
    """

    def __init__(
        self,
        times_s: FloatArray,
        positions: FloatArray,
        velocities: FloatArray,
        method: Method,
        degree: int,
    ) -> None:
        self._method: Method = method
        self._window = states_needed(method, degree)
        if times_s.size < self._window:
            raise ValueError(f"{times_s.size} states are too few for degree {degree}")
        self._times, self._positions, self._velocities = times_s, positions, velocities

    def position(self, time_s: FloatArray) -> FloatArray:
        return self._in_blocks(time_s, 0)

    def velocity(self, time_s: FloatArray) -> FloatArray:
        return self._in_blocks(time_s, 1)

    def error_between_states(self) -> FloatArray:
        """Estimated error of positions midway between states (n − 1,), in km.

        It is the difference from the polynomial through one state more; 0 if there is none.
        """
        middles = (self._times[1:] + self._times[:-1]) / 2.0
        if self._times.size == self._window:
            return np.zeros_like(middles)
        per_state = 2 if self._method == "hermite" else 1
        better = StateTable(
            self._times,
            self._positions,
            self._velocities,
            self._method,
            per_state * (self._window + 1) - 1,
        )
        return np.asarray(np.linalg.norm(better.position(middles) - self.position(middles), axis=0))

    def _in_blocks(self, time_s: FloatArray, derivative: int) -> FloatArray:
        blocks = [
            self._evaluate(time_s[first : first + _BLOCK])[derivative]
            for first in range(0, time_s.size, _BLOCK)
        ]
        return np.concatenate(blocks, axis=1) if blocks else np.zeros((3, 0))

    def _evaluate(self, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        starts, which = np.unique(self._first_states(time_s), return_inverse=True)
        members = starts + np.arange(self._window)[:, np.newaxis]
        origin, span = self._times[starts], self._times[members[-1]] - self._times[starts]
        nodes = (self._times[members] - origin) / span
        values, rates = self._positions[:, members], self._velocities[:, members]
        at = (time_s - origin[which]) / span[which]
        if self._method == "hermite":
            differences = _hermite_differences(nodes, values, rates * span)
            value, rate = _newton(np.repeat(nodes, 2, axis=0), differences, at, which)
            return value, rate / span[which]
        value, _ = _newton(nodes, _differences(nodes, values), at, which)
        rate, _ = _newton(nodes, _differences(nodes, rates), at, which)
        return value, rate

    def _first_states(self, time_s: FloatArray) -> NDArray[np.int64]:
        times = self._times
        before = np.clip(np.searchsorted(times, time_s, side="right") - 1, 0, times.size - 2)
        if self._window % 2 == 0:
            first = before - (self._window // 2 - 1)
        else:
            later_is_nearer = times[before + 1] - time_s < time_s - times[before]
            first = before + later_is_nearer - self._window // 2
        return np.asarray(np.clip(first, 0, times.size - self._window), dtype=np.int64)


def states_needed(method: Method, degree: int) -> int:
    """How many states the polynomial takes; `ValueError` if there is none of that degree."""
    if degree < 1 or (method == "hermite" and degree % 2 == 0):
        raise ValueError(f"no {method} interpolation of degree {degree}")
    return (degree + 1) // 2 if method == "hermite" else degree + 1


def _differences(nodes: FloatArray, values: FloatArray) -> list[FloatArray]:
    """Newton's divided differences, (3, w) each, of values (3, k, w) at nodes (k, w)."""
    table = [values[:, number] for number in range(nodes.shape[0])]
    for level in range(1, len(table)):
        for number in range(len(table) - 1, level - 1, -1):
            table[number] = (table[number] - table[number - 1]) / (
                nodes[number] - nodes[number - level]
            )
    return table


def _hermite_differences(
    nodes: FloatArray, values: FloatArray, rates: FloatArray
) -> list[FloatArray]:
    """The same with every node twice; where two coincide the difference is the rate."""
    doubled = np.repeat(nodes, 2, axis=0)
    table = [values[:, number // 2] for number in range(doubled.shape[0])]
    for level in range(1, len(table)):
        for number in range(len(table) - 1, level - 1, -1):
            if level == 1 and number % 2 == 1:
                table[number] = rates[:, number // 2]
            else:
                table[number] = (table[number] - table[number - 1]) / (
                    doubled[number] - doubled[number - level]
                )
    return table


def _newton(
    nodes: FloatArray, differences: list[FloatArray], at: FloatArray, which: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    """Value and derivative (3, n) of the polynomials, of which instant n takes number `which`."""
    value = differences[-1][:, which]
    rate = np.zeros_like(value)
    for number in range(len(differences) - 2, -1, -1):
        from_node = at - nodes[number, which]
        rate = rate * from_node + value
        value = value * from_node + differences[number][:, which]
    return value, rate
