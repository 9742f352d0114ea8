"""Effects of a cube's own commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sims.craft.computer.commands import CommandFailure, Effect, Execution
from sims.craft.payload.payload_files import Campaign

if TYPE_CHECKING:
    from sims.craft.probe.lander import Lander

_SELF_TEST_S = 5.0


def lander_effects(lander: Lander) -> dict[str, Effect]:
    """Effect by command name."""
    board = lander.board

    def payload_power(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        on = arguments["payload_power"] == "ON"
        if on and board.battery_low:
            raise CommandFailure("LOW_POWER")
        return Execution(finish=lambda time_ns: lander.switch_payload(on, time_ns))

    def payload_set_gain(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def set_gain(time_ns: int) -> None:
            lander.payload_gain = arguments["gain"]

        return Execution(finish=set_gain)

    def payload_self_test(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        if not lander.logger.is_on:
            raise CommandFailure("WRONG_MODE")

        def tell_result(time_ns: int) -> None:
            if not lander.logger.is_on:
                raise CommandFailure("HARDWARE_FAULT")
            board.event("INFO", "SELF_TEST_DONE", 1.0, time_ns)

        return Execution(_SELF_TEST_S, tell_result)

    def payload_campaign(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        campaign = Campaign(
            start_ns=arguments["campaign_start_sclk"] * 1_000_000_000,
            length_ns=arguments["campaign_duration_s"] * 1_000_000_000,
            sample_ns=arguments["campaign_interval_ms"] * 1_000_000,
        )
        if campaign.start_ns <= board.clock.reading(now_ns):
            raise CommandFailure("ARGUMENT_OUT_OF_RANGE")
        return Execution(finish=lambda time_ns: lander.plan_campaign(campaign, time_ns))

    def hibernate(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        seconds = arguments["hibernate_s"]
        return Execution(finish=lambda time_ns: lander.hibernate(seconds, time_ns))

    def set_transmit_power(arguments: Mapping[str, Any], now_ns: int) -> Execution:
        def set_power(time_ns: int) -> None:
            lander.settle(time_ns)
            lander.set_transmit_power(float(arguments["transmit_power"]))

        return Execution(finish=set_power)

    return {
        "PAYLOAD_POWER": payload_power,
        "PAYLOAD_SET_GAIN": payload_set_gain,
        "PAYLOAD_SELF_TEST": payload_self_test,
        "PAYLOAD_CAMPAIGN": payload_campaign,
        "HIBERNATE": hibernate,
        "SET_TRANSMIT_POWER": set_transmit_power,
    }
