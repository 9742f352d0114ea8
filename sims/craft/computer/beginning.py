"""Craft begun in a stated state, as a scenario's `initial` asks: what is not stated is as defined.

A simulator is a model of its craft: it has more state than telemetry tells.  What is derived here
instead of stated: in safe mode, a battery within the recovery margin above its threshold counts
as not recovered (the worse of both, as telemetry does not show on which side of the hysteresis it
is); a cube that is in no safe mode sleeps until it is hailed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from groundsys.mission.scenario.simulator_data import CraftState
from groundsys.values.errors import DefinitionError
from sims.craft.computer.board import RECOVERY_MARGIN, Board
from sims.craft.computer.commands import CommandExecutor
from sims.craft.platform.burn import BurnPlan
from sims.craft.platform.power import Battery
from sims.craft.platform.propulsion import BurnEnd
from sims.craft.platform.thermal import Heater

if TYPE_CHECKING:
    from sims.craft.mothership.orbiter import Orbiter
    from sims.craft.probe.lander import Lander

_SECOND_NS = 1_000_000_000


class _State:
    """A stated state, of which every part must be taken by somebody."""

    def __init__(self, craft: str, stated: CraftState) -> None:
        self._craft = craft
        self._left = dict(stated)

    def number(self, name: str) -> float | None:
        found = self._left.pop(name, None)
        return None if found is None else float(found)

    def label(self, name: str, known: tuple[str, ...]) -> Any:
        found = self._left.pop(name, None)
        if found is not None and found not in known:
            raise DefinitionError(
                f"{self._craft} cannot begin with {name} {found!r}", expected=", ".join(known)
            )
        return found

    def finish(self) -> None:
        """Raise `DefinitionError` if a part is left that this kind of craft does not have."""
        if self._left:
            raise DefinitionError(
                f"the simulator of {self._craft} has no state {', '.join(sorted(self._left))}",
                remedy="remove it from the scenario's `initial` and the model's simulator.yaml",
            )


def begin_orbiter(orbiter: Orbiter, stated: CraftState) -> None:
    """Begin an OTV; called before it has lived an instant."""
    state = _State(orbiter.board.craft.id, stated)
    platform, attitude = orbiter.platform, orbiter.platform.attitude
    platform.set_temperatures(
        structure_c=state.number("structure_temperature_c"),
        tank_c=state.number("tank_temperature_c"),
        panel_c=state.number("panel_temperature_c"),
    )
    _begin_common(state, orbiter.board, platform.battery, orbiter.heater, orbiter.executor)
    mode = state.label("mode", ("SAFE", "NOMINAL"))
    if mode is not None:
        orbiter.board.mode = mode
    _judge_battery(orbiter.board, platform.battery)
    pointing = state.label("attitude_mode", ("SUN_POINTING", "EARTH_POINTING", "NADIR_POINTING"))
    if pointing is not None:
        attitude.mode = pointing
    for wheel in range(4):
        speed = state.number(f"wheel_{wheel + 1}_rpm")
        if speed is not None:
            attitude.wheels_rpm[wheel] = speed
    propellant_kg = state.number("propellant_kg")
    if propellant_kg is not None:
        attitude.tank.propellant_kg = propellant_kg
    _begin_propulsion(state, orbiter)
    _begin_release(state, orbiter)
    container = state.label("sample_container", ("EMPTY", "SEALED"))
    orbiter.has_sample = container == "SEALED"
    power_w = state.number("transmit_power_w")
    if power_w is not None:
        platform.transmit_power_w = power_w
    transmitter = state.label("transmitter", ("ON", "OFF"))
    if transmitter is not None:
        orbiter.transmitter.is_on = transmitter == "ON"
    fill_percent = state.number("recorder_fill_percent")
    if fill_percent is not None:
        orbiter.recorder.begin_filled(fill_percent)
    orbiter.receiver.accepted = round(state.number("frames_accepted") or 0)
    orbiter.receiver.rejected = round(state.number("frames_rejected") or 0)
    state.finish()
    orbiter.transmitter.look(orbiter.board.start_ns)


def _begin_propulsion(state: _State, orbiter: Orbiter) -> None:
    """A burn that is set, or over; none is begun in the middle of one."""
    propulsion = orbiter.propulsion
    burn_state = state.label("burn_state", ("NONE", "SET", "ENDED"))
    burn_end = state.label("burn_end", get_args(BurnEnd))
    x, y, z = (state.number(f"burn_{axis}_m_s") or 0.0 for axis in "xyz")
    limit_s = state.number("burn_time_limit_s") or 0.0
    if burn_state in ("SET", "ENDED"):
        propulsion.set_burn(BurnPlan((x, y, z), limit_s))
        propulsion.state, propulsion.end = burn_state, burn_end or "NONE"
    armed = state.label("propulsion_armed", ("OFF", "ON")) == "ON"
    propulsion.is_armed = propulsion.valve_is_open = armed
    propulsion.catbed_heated = state.label("catbed_heater", ("OFF", "ON")) == "ON"
    catbed_c = state.number("catbed_temperature_c")
    if catbed_c is not None:
        propulsion.catbed.temperature_c = catbed_c
    propulsion.burns_done = round(state.number("burns_done") or 0)
    propulsion.burns_aborted = round(state.number("burns_aborted") or 0)


def _begin_release(state: _State, orbiter: Orbiter) -> None:
    release = orbiter.release
    flags = state.number("cubes_attached")
    if flags is not None:
        release.attached = release.held_by(round(flags))
    release.armed = round(state.number("release_armed_scid") or 0) or None
    release.last = round(state.number("release_last_scid") or 0) or None
    release.done = round(state.number("releases_done") or 0)
    release.failed = round(state.number("releases_failed") or 0)


def begin_lander(lander: Lander, stated: CraftState) -> None:
    """Begin a cube; called before it has lived an instant."""
    state = _State(lander.board.craft.id, stated)
    battery = lander.platform.battery
    lander.platform.set_temperatures(
        shell_c=state.number("structure_temperature_c"),
        computer_c=state.number("computer_temperature_c"),
    )
    _begin_common(state, lander.board, battery, lander.heater, lander.executor)
    if state.label("mode", ("SAFE", "NOMINAL", "SLEEP")) == "SAFE":
        lander.board.mode = "SAFE"
    _judge_battery(lander.board, battery)
    power_w = state.number("transmit_power_w")
    if power_w is not None:
        lander.set_transmit_power(power_w)
    fill_percent = state.number("recorder_fill_percent") or 0.0
    lander.bytes_from_before = round(lander.recorder_bytes * fill_percent / 100.0)
    if state.label("payload_power", ("ON", "OFF")) == "OFF":
        lander.logger.switch_off(lander.board.start_ns)
    lander.payload_gain = round(state.number("payload_gain") or 0)
    lander.receiver.accepted = round(state.number("frames_accepted") or 0)
    lander.receiver.rejected = round(state.number("frames_rejected") or 0)
    state.finish()


def _begin_common(
    state: _State, board: Board, battery: Battery, heater: Heater, executor: CommandExecutor
) -> None:
    percent = state.number("battery_percent")
    if percent is not None:
        battery.percent = percent
    threshold = state.number("battery_threshold_percent")
    if threshold is not None:
        board.battery_threshold = threshold
    heating = state.label("heater_mode", ("OFF", "ON", "AUTO"))
    if heating is not None:
        heater.mode = cast(Any, heating)
    setpoint_c = state.number("heater_setpoint_c")
    if setpoint_c is not None:
        heater.setpoint_c = setpoint_c
    board.boots = round(state.number("boots") or board.boots)
    board.booted_ns -= round((state.number("uptime_s") or 0.0) * _SECOND_NS)
    executor.accepted = round(state.number("commands_accepted") or 0)
    executor.rejected = round(state.number("commands_rejected") or 0)


def _judge_battery(board: Board, battery: Battery) -> None:
    """Whether safe mode is for the battery's sake; in other modes the board finds out itself."""
    recovered_at = board.battery_threshold + RECOVERY_MARGIN
    board.battery_low = board.mode == "SAFE" and battery.percent <= recovered_at
