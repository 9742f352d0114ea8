"""Effects of the commands that every craft knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sims.craft.computer.board import Board, Housekeeping
from sims.craft.computer.command_receiver import CommandReceiver
from sims.craft.computer.commands import CommandFailure, Effect, Execution
from sims.craft.platform.thermal import Heater


class CommandedCraft(Protocol):
    """What the common commands act on."""

    @property
    def board(self) -> Board: ...

    @property
    def heater(self) -> Heater: ...

    @property
    def housekeeping(self) -> Housekeeping: ...

    @property
    def receiver(self) -> CommandReceiver: ...

    def settle(self, now_ns: int) -> None:
        """Bring the models of power and heat up to `now_ns`, before something changes."""
        ...

    def report_time(self, now_ns: int) -> None:
        """Send a time report with the next frame."""
        ...

    def reset_counters(self) -> None: ...

    def may_enter(self, mode: str) -> bool:
        """Whether this craft has that mode."""
        ...

    def reset_subsystem(self, subsystem: str, now_ns: int) -> float:
        """Switch a subsystem off and on; the seconds that takes, or `CommandFailure`."""
        ...


def common_effects(craft: CommandedCraft) -> dict[str, Effect]:
    """Effect by command name."""
    board = craft.board

    def ping(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def answer(time_ns: int) -> None:
            board.emit("PING_REPORT", {}, time_ns)

        return Execution(finish=answer)

    def set_mode(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        mode = arguments["mode"]
        if not craft.may_enter(mode):
            raise CommandFailure("WRONG_MODE")
        if mode == "NOMINAL" and board.battery_low:
            raise CommandFailure("LOW_POWER")
        return _then(craft, lambda time_ns: board.set_mode(mode, time_ns))

    def safe_mode(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return _then(craft, lambda time_ns: board.set_mode("SAFE", time_ns))

    def set_heater(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def switch(time_ns: int) -> None:
            craft.heater.mode = arguments["heater_state"]
            codes = {"OFF": 0.0, "ON": 1.0, "AUTO": 2.0}
            board.event("INFO", "HEATER_SWITCHED", codes[craft.heater.mode], time_ns)

        return _then(craft, switch)

    def set_heater_setpoint(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def set_point(time_ns: int) -> None:
            craft.heater.setpoint_c = float(arguments["heater_setpoint"])

        return _then(craft, set_point)

    def set_housekeeping_period(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        period_s = float(arguments["period_s"])
        return Execution(finish=lambda time_ns: craft.housekeeping.set_period(period_s, time_ns))

    def report_time(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return Execution(finish=craft.report_time)

    def clear_events(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def clear(time_ns: int) -> None:
            kept, board.events_kept = board.events_kept, 0
            board.event("INFO", "EVENTS_CLEARED", float(kept), time_ns)

        return Execution(finish=clear)

    def report_housekeeping(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        name = craft.housekeeping.structure(arguments["housekeeping_structure"])
        if name is None:
            raise CommandFailure("NOT_FOUND")
        return Execution(finish=lambda time_ns: craft.housekeeping.make((name,), time_ns))

    def set_battery_threshold(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def set_threshold(time_ns: int) -> None:
            board.battery_threshold = float(arguments["threshold_percent"])

        return Execution(finish=set_threshold)

    def reset_counters(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return Execution(finish=lambda time_ns: craft.reset_counters())

    def reset_subsystem(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        craft.settle(now_ns)
        seconds = craft.reset_subsystem(arguments["subsystem"], now_ns)
        return Execution(
            seconds, lambda time_ns: board.event("LOW", "SUBSYSTEM_RESET", seconds, time_ns)
        )

    def change_key(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        association = int(arguments["security_parameter_index"])
        craft.receiver.security.require(association)
        return Execution(
            finish=lambda time_ns: craft.receiver.security.change_key(association, time_ns)
        )

    return {
        "PING": ping,
        "SET_MODE": set_mode,
        "SAFE_MODE": safe_mode,
        "CHANGE_KEY": change_key,
        "SET_HEATER": set_heater,
        "SET_HEATER_SETPOINT": set_heater_setpoint,
        "SET_HOUSEKEEPING_PERIOD": set_housekeeping_period,
        "REPORT_TIME": report_time,
        "CLEAR_EVENTS": clear_events,
        "REPORT_HOUSEKEEPING": report_housekeeping,
        "SET_BATTERY_THRESHOLD": set_battery_threshold,
        "RESET_COUNTERS": reset_counters,
        "RESET_SUBSYSTEM": reset_subsystem,
    }


def _then(craft: CommandedCraft, change: Callable[[int], None]) -> Execution:
    """A change at completion that the models of power and heat see from that instant on."""

    def settle_and_change(now_ns: int) -> None:
        craft.settle(now_ns)
        change(now_ns)

    return Execution(finish=settle_and_change)
