"""Propulsion of the OTV: catalyst bed, latch valve, arming, and a burn from order to cut-off.

    NONE → SET → WAITING (turning, then still) → BURNING → ENDED

A burn is set first, armed, and then begun with a lead in which the craft turns its engine to the
Δv; at ignition everything is looked at again, and a burn that may not begin ends there.  Whatever
ends it, the craft disarms, closes its latch valve, and turns back to Earth.  Safe mode ends it as
well, within a second.  `tank`, `engine` and `burn` have the physics and its sources.

The catalyst bed is one thermal node with its heater: 15 W, 20 minutes, 200 K above the structure;
it must be at 120 °C so that ignition does not break the catalyst (G. P. Sutton & O. Biblarz,
*Rocket Propulsion Elements*, on monopropellant thrusters; the numbers are ours).  The heat of the
decomposition itself, which only makes it warmer, is left out.  The push is taken as an impulse
for each half minute of burning, at its centroid; how good that is, `sims.orbits` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

from sims.craft.computer.board import Board
from sims.craft.computer.commands import CommandFailure
from sims.craft.nature.planets import Vector
from sims.craft.platform.attitude import SLEW_S, Attitude, AttitudeMode
from sims.craft.platform.burn import Burn, BurnPlan, CutOff, draw_execution
from sims.craft.platform.engine import Engine
from sims.craft.platform.tank import Tank
from sims.craft.platform.thermal import ThermalNode

BurnState = Literal["NONE", "SET", "WAITING", "BURNING", "ENDED"]
BurnEnd = Literal[
    "NONE", "REACHED", "TIME_LIMIT", "NO_PROPELLANT", "COMMANDED", "SAFE_MODE", "NOT_POINTED",
    "CATBED_COLD", "LOW_POWER",
]  # fmt: skip

_SECOND_NS = 1_000_000_000
CATBED_READY_C = 120.0
_CATBED_HEATER_W, _CATBED_RISE_K, _CATBED_TIME_CONSTANT_S = 15.0, 200.0, 1_200.0
_THRUST_VALVE_W = 35.0
#: a burn is taken as pushes, each of at most so much of it
_PUSH_S = 30.0
#: the craft is still for so long between turn and ignition
SETTLING_S = 60.0
#: a burn is begun only so far above the charge that leads to safe mode, percent
_BATTERY_MARGIN = 10.0


class Ship(Protocol):
    """What propulsion needs of the craft that it pushes."""

    def turn_to(self, mode: AttitudeMode, now_ns: int) -> float: ...

    def look_again(self, now_ns: int) -> None: ...

    def settle(self, now_ns: int) -> None: ...

    def push(self, at_ns: int, delta_v_m_s: Vector) -> None:
        """Take a true Δv along ICRF axes."""
        ...

    @property
    def mass_kg(self) -> float: ...

    @property
    def battery_percent(self) -> float: ...


class Propulsion:
    """State of the propulsion subsystem; times are true TAI nanoseconds."""

    def __init__(
        self,
        board: Board,
        ship: Ship,
        tank: Tank,
        attitude: Attitude,
        truth: Mapping[str, float],
        seed: int,
    ) -> None:
        platform = board.craft.platform
        self._board, self._ship, self._attitude = board, ship, attitude
        self._truth, self._seed = truth, seed
        self.tank, self.engine = tank, Engine.of(platform)
        conductance_w_k = _CATBED_HEATER_W / _CATBED_RISE_K
        first_c = platform["temperature_initial_c"]
        self.catbed = ThermalNode(first_c, _CATBED_TIME_CONSTANT_S, conductance_w_k)
        self.catbed_heated = False
        self.is_armed = self.valve_is_open = False
        self.state: BurnState = "NONE"
        self.end: BurnEnd = "NONE"
        self.plan: BurnPlan | None = None
        self.burn: Burn | None = None
        self.ignition_ns: int | None = None
        self.burns_done = self.burns_aborted = 0
        self._now_ns = board.start_ns
        self._order = 0
        board.at_safe_mode.append(lambda now_ns: self.shut_down("SAFE_MODE", now_ns))

    @property
    def is_busy(self) -> bool:
        """Whether a burn is begun: the attitude is its own."""
        return self.state in ("WAITING", "BURNING")

    @property
    def load_w(self) -> float:
        heater_w = _CATBED_HEATER_W if self.catbed_heated else 0.0
        return heater_w + (_THRUST_VALVE_W if self.state == "BURNING" else 0.0)

    def advance(self, now_ns: int, structure_c: float, tank_c: float) -> None:
        """Let time pass up to `now_ns`, with these temperatures about bed and tank."""
        seconds = max(0, now_ns - self._now_ns) / 1e9
        self._now_ns = max(self._now_ns, now_ns)
        self.catbed.advance(seconds, structure_c, _CATBED_HEATER_W if self.catbed_heated else 0.0)
        self.tank.temperature_c = tank_c
        if self.burn is not None and self.state == "BURNING":
            self.burn.advance(seconds)

    # --- what is ordered -----------------------------------------------------------------------

    def set_burn(self, plan: BurnPlan) -> None:
        self.plan, self.state, self.end = plan, "SET", "NONE"
        self.burn = self.ignition_ns = None

    def require_idle(self) -> None:
        if self.is_busy:
            raise CommandFailure("WRONG_MODE")

    def arm(self, now_ns: int) -> None:
        """Open the latch valve; armed if it has opened."""
        if self._board.faults.stuck_valve:
            self._board.truth.note("fault", fault="stuck_valve", time_ns=now_ns)
            raise CommandFailure("HARDWARE_FAULT")
        self.is_armed = self.valve_is_open = True
        self._board.event("INFO", "PROPULSION_ARMED", self.tank.pressure_pa, now_ns)

    def require_ready(self, lead_s: float, now_ns: int) -> None:
        """Whether a burn may be begun that ignites in `lead_s`; `CommandFailure` if not."""
        self.require_idle()
        if self._board.mode != "NOMINAL":
            raise CommandFailure("WRONG_MODE")
        if self.state != "SET":
            raise CommandFailure("NOT_FOUND")
        if not self.is_armed:
            raise CommandFailure("NOT_ARMED")
        if self._battery_is_low():
            raise CommandFailure("LOW_POWER")
        turned = self._attitude.mode == "BURN" and self._attitude.is_steady(now_ns)
        if not turned and lead_s < SLEW_S + SETTLING_S:
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")

    def begin(self, lead_s: float, now_ns: int) -> None:
        """Turn in time, and ignite in `lead_s`."""
        self._order += 1
        order = self._order
        self.state = "WAITING"
        self.ignition_ns = now_ns + round(lead_s * 1e9)
        turn_ns = self.ignition_ns - round((SLEW_S + SETTLING_S) * 1e9)
        agenda = self._board.agenda
        agenda.at(turn_ns, lambda time_ns: self._if_still(order, self._turn, time_ns))
        agenda.at(self.ignition_ns, lambda time_ns: self._if_still(order, self._ignite, time_ns))

    def shut_down(self, why: BurnEnd, now_ns: int) -> None:
        """Close everything; a burn that is begun ends here."""
        self.is_armed = self.valve_is_open = False
        if self.is_busy:
            self._ship.settle(now_ns)
            self._finish(why, now_ns)

    def forget_burn(self) -> None:
        """A burn that was set and not begun is none any more."""
        self.plan, self.state = None, "NONE"

    # --- what follows --------------------------------------------------------------------------

    def _if_still(self, order: int, act: Callable[[int], None], now_ns: int) -> None:
        if order == self._order and self.is_busy:
            act(now_ns)

    def _turn(self, now_ns: int) -> None:
        self._ship.turn_to("BURN", now_ns)

    def _ignite(self, now_ns: int) -> None:
        self._ship.settle(now_ns)
        assert self.plan is not None
        if (why := self._obstacle(now_ns)) is not None:
            self._finish(why, now_ns)
            return
        number = self.burns_done + self.burns_aborted + 1
        execution = draw_execution(self.plan, self._truth, self._seed, self._board.craft.id, number)
        share = self._board.faults.thrust_share
        if share != 1.0:
            self._board.truth.note("fault", fault="weak_engine", time_ns=now_ns)
        self.burn = Burn(
            self.plan, execution, self.engine, self.tank, self._ship.mass_kg, thrust_share=share
        )
        self.state = "BURNING"
        self._board.event("INFO", "BURN_STARTED", self.plan.size_m_s, now_ns)
        self._watch(now_ns)

    def _obstacle(self, now_ns: int) -> BurnEnd | None:
        if self._attitude.mode != "BURN" or not self._attitude.is_steady(now_ns):
            return "NOT_POINTED"
        if self.catbed.temperature_c < CATBED_READY_C:
            return "CATBED_COLD"
        return "LOW_POWER" if self._battery_is_low() else None

    def _watch(self, now_ns: int) -> None:
        order = self._order

        def look(time_ns: int) -> None:
            self._ship.settle(time_ns)
            if self.burn is not None and self.burn.ended is not None:
                self._finish(self.burn.ended, time_ns)
                return
            if self.burn is not None and self.burn.untaken_s > _PUSH_S - 1.0:
                self._push(self.burn)
            self._watch(time_ns)

        self._board.agenda.at(
            now_ns + _SECOND_NS, lambda time_ns: self._if_still(order, look, time_ns)
        )

    def _finish(self, why: BurnEnd | CutOff, now_ns: int) -> None:
        """The burn is over, or does not take place."""
        board, burn = self._board, self.burn
        self.state, self.end = "ENDED", why
        self.is_armed = self.valve_is_open = False
        counted = 0.0 if burn is None else burn.counted_m_s
        if why == "REACHED":
            self.burns_done += 1
            board.event("INFO", "BURN_ENDED", counted, now_ns)
        else:
            self.burns_aborted += 1
            board.event("HIGH", "BURN_ABORTED", counted, now_ns)
        if burn is not None and burn.gained_m_s > 0.0 and self.ignition_ns is not None:
            centroid_ns = self.ignition_ns + round(burn.centroid_s * 1e9)
            board.truth.note(
                "burn", ignition_ns=self.ignition_ns, seconds=burn.seconds, end=why,
                centroid_ns=centroid_ns, delta_v_m_s=list(burn.gained), counted_m_s=counted,
                propellant_kg=self.tank.propellant_kg, time_ns=now_ns,
            )  # fmt: skip
            self._push(burn)
        self._turn_back(now_ns)

    def _push(self, burn: Burn) -> None:
        assert self.ignition_ns is not None
        if (part := burn.take_push()) is not None:
            centroid_s, delta_v_m_s = part
            self._ship.push(self.ignition_ns + round(centroid_s * 1e9), delta_v_m_s)

    def _turn_back(self, now_ns: int) -> None:
        seconds = self._ship.turn_to("EARTH_POINTING", now_ns)
        self._board.agenda.at(now_ns + round(seconds * 1e9), self._ship.look_again)

    def _battery_is_low(self) -> bool:
        least = self._board.battery_threshold + _BATTERY_MARGIN
        return self._board.battery_low or self._ship.battery_percent < least

    # --- what is shown -------------------------------------------------------------------------

    def telemetry(self) -> dict[str, Any]:
        """Engineering values of the PROPULSION packet."""
        x, y, z = (0.0, 0.0, 0.0) if self.plan is None else self.plan.delta_v_m_s
        burn = self.burn
        clock = self._board.clock
        return {
            "prop_propellant_mass": self.tank.propellant_kg,
            "prop_tank_pressure": self.tank.pressure_pa,
            "prop_latch_valve": "OPEN" if self.valve_is_open else "CLOSED",
            "prop_armed": "ON" if self.is_armed else "OFF",
            "prop_catbed_heater": "ON" if self.catbed_heated else "OFF",
            "prop_catbed_temperature": self.catbed.temperature_c,
            "prop_burn_state": self.state,
            "prop_burn_end": self.end,
            "prop_burn_x": x,
            "prop_burn_y": y,
            "prop_burn_z": z,
            "prop_burn_time_limit": 0 if self.plan is None else round(self.plan.time_limit_s),
            "prop_ignition_sclk": 0
            if self.ignition_ns is None
            else clock.reading(self.ignition_ns) // _SECOND_NS,
            "prop_delta_v": 0.0 if burn is None else burn.counted_m_s,
            "prop_burn_duration": 0.0 if burn is None else burn.seconds,
            "prop_burns_done": self.burns_done,
            "prop_burns_aborted": self.burns_aborted,
        }
