"""Effects of the OTV's commands to propulsion and to the release mechanism."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sims.craft.computer.commands import CommandFailure, Effect, Execution
from sims.craft.platform.burn import BurnPlan

if TYPE_CHECKING:
    from sims.craft.mothership.orbiter import Orbiter

#: pyrotechnic nuts fire, springs push, and the separation switch has settled
_RELEASE_S = 3.0
#: smaller Δv are not the main engine's: its least impulse alone is some 0.02 m/s
_LEAST_DELTA_V_M_S = 0.1


def propulsion_effects(orbiter: Orbiter) -> dict[str, Effect]:
    """Effect by command name."""
    board, propulsion = orbiter.board, orbiter.propulsion

    def catbed_heater(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def switch(time_ns: int) -> None:
            orbiter.settle(time_ns)
            propulsion.catbed_heated = arguments["catbed_heater"] == "ON"

        return Execution(finish=switch)

    def set_burn(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        propulsion.require_idle()
        x, y, z = (float(arguments[f"burn_delta_v_{axis}"]) for axis in "xyz")
        plan = BurnPlan((x, y, z), float(arguments["burn_time_limit_s"]))
        if not plan.size_m_s >= _LEAST_DELTA_V_M_S:
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        return Execution(finish=lambda time_ns: propulsion.set_burn(plan))

    def arm(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        propulsion.require_idle()
        if board.mode != "NOMINAL":
            raise CommandFailure("WRONG_MODE")
        return Execution(finish=propulsion.arm)

    def disarm(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return Execution(finish=lambda time_ns: propulsion.shut_down("COMMANDED", time_ns))

    def execute_burn(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        orbiter.settle(now_ns)
        lead_s = float(arguments["burn_lead_s"])
        propulsion.require_ready(lead_s, now_ns)
        return Execution(0.0, lambda time_ns: propulsion.begin(lead_s, time_ns))

    def abort_burn(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        if propulsion.state == "SET":
            return Execution(finish=lambda time_ns: propulsion.forget_burn())
        if not propulsion.is_busy:
            raise CommandFailure("NOT_FOUND")
        return Execution(0.0, lambda time_ns: propulsion.shut_down("COMMANDED", time_ns))

    return {
        "CATBED_HEATER": catbed_heater,
        "SET_BURN": set_burn,
        "PROPULSION_ARM": arm,
        "PROPULSION_DISARM": disarm,
        "EXECUTE_BURN": execute_burn,
        "ABORT_BURN": abort_burn,
    }


def release_effects(orbiter: Orbiter) -> dict[str, Effect]:
    """Effect by command name."""
    release = orbiter.release

    def arm(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        cube = arguments["release_spacecraft_id"]
        release.require_armable(cube)
        return Execution(finish=lambda time_ns: release.arm(cube, time_ns))

    def disarm(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        return Execution(finish=lambda time_ns: release.disarm())

    def release_cube(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        cube = arguments["release_spacecraft_id"]
        release.require_releasable(cube, now_ns)

        def let_go(time_ns: int) -> None:
            release.release(cube, orbiter.mass_kg, time_ns)

        return Execution(_RELEASE_S, let_go)

    return {
        "RELEASE_ARM": arm,
        "RELEASE_DISARM": disarm,
        "RELEASE_CUBE": release_cube,
    }
