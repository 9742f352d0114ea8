"""What a cube does by itself while its battery is low.

It looks at its battery every ten minutes, asleep or awake.  Below the threshold it goes to safe
mode, switches its instrument off, lets its warm box cool to `survival_setpoint_c`, and rests for at
least `low_power_rest_h` between two sessions.  Once the battery has recovered, the box is kept warm
again and every hail is answered; instrument and files go on by command alone.  So the Mars
Exploration Rovers lived through the storm of 2007: they slept through sessions, and science waited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sims.craft.probe.lander import Lander

_LOOK_NS = 600_000_000_000
_HOUR_NS = 3_600_000_000_000


class PowerSaving:
    """For a craft whose platform states how it saves power; others go on until they are empty."""

    def __init__(self, lander: Lander) -> None:
        platform = lander.board.craft.platform
        self._lander = lander
        self._rest_ns = round(platform.get("low_power_rest_h", 0.0) * _HOUR_NS)
        self._survival_c = platform.get("survival_setpoint_c")
        self._usual_c = lander.heater.setpoint_c
        self._heard_ns: int | None = None
        self._saves = False
        if self._survival_c is not None:
            start_ns = lander.board.start_ns
            lander.board.agenda.every(start_ns + _LOOK_NS, _LOOK_NS, self._look)

    def may_wake(self, now_ns: int) -> bool:
        """Whether it answers a hail, power permitting."""
        rested = self._heard_ns is None or now_ns - self._heard_ns >= self._rest_ns
        return rested or not self._saves

    def note_session(self, now_ns: int) -> None:
        """It has woken for a session."""
        self._heard_ns = now_ns

    def _look(self, now_ns: int) -> None:
        lander, board = self._lander, self._lander.board
        lander.settle(now_ns)
        percent = lander.platform.battery.percent
        seen = board.sensors.read({"eps_battery_charge": percent}, now_ns)
        board.watch_battery(seen["eps_battery_charge"], now_ns)
        if board.battery_low == self._saves:
            return
        self._saves = board.battery_low
        if self._saves:
            assert self._survival_c is not None
            self._usual_c = lander.heater.setpoint_c
            lander.heater.setpoint_c = self._survival_c
            lander.switch_payload(False, now_ns)
        else:
            lander.heater.setpoint_c = self._usual_c
