"""What a craft's computer reads of its sensors, of which some may be stuck.

A stuck sensor goes on telling what it told when it got stuck; both telemetry and whatever on board
acts on the reading see that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sims.craft.computer.faults import StuckSensor


class Sensors:
    """The readings of one craft."""

    def __init__(self, stuck: Sequence[StuckSensor]) -> None:
        self._stuck = tuple(stuck)
        self._told: dict[StuckSensor, Any] = {}

    def get_stuck(self, stuck: Sequence[StuckSensor]) -> None:
        """More sensors stick, each from its time on."""
        self._stuck += tuple(stuck)

    def read(self, values: Mapping[str, Any], now_ns: int) -> dict[str, Any]:
        """The true `values` as they are read at `now_ns` (true TAI)."""
        readings = dict(values)
        for sensor in self._stuck:
            if sensor.parameter in values and sensor.stretch.holds(now_ns):
                readings[sensor.parameter] = self._told.setdefault(sensor, values[sensor.parameter])
        return readings
