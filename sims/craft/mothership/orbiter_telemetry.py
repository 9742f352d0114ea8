"""What the OTV tells of itself: the values of all its housekeeping packets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sims.craft.mothership.orbiter import Orbiter

_SECOND_NS = 1_000_000_000


def orbiter_telemetry(orbiter: Orbiter, now_ns: int) -> dict[str, Any]:
    """Engineering values by parameter; the models are brought up to `now_ns` for them."""
    orbiter.settle(now_ns)
    body = orbiter.board.sensors.read(orbiter.platform.telemetry(), now_ns)
    orbiter.board.watch_battery(body["eps_battery_charge"], now_ns)
    downlink = orbiter.transmitter.downlink
    load = 18.0 + 12.0 * orbiter.transmitter.is_locked + 25.0 * (orbiter.relay.state == "ACTIVE")
    values = {
        **orbiter.board.telemetry(now_ns),
        **body,
        **orbiter.platform.attitude.telemetry(now_ns),
        **orbiter.transmitter.telemetry(now_ns),
        **orbiter.receiver.telemetry(),
        **orbiter.propulsion.telemetry(),
        **orbiter.release.telemetry(),
        **orbiter.schedule.telemetry(),
        "obc_cpu_load": load,
        "obc_memory_errors": (now_ns - orbiter.board.booted_ns) // (5_400 * _SECOND_NS),
        "obc_software_version": orbiter.uploads.running_version,
        "obc_commands_accepted": orbiter.executor.accepted,
        "obc_commands_rejected": orbiter.executor.rejected,
        "comm_farm_report_value": orbiter.receiver.farm.expected,
        "comm_farm_lockout": "ON" if orbiter.receiver.farm.lockout else "OFF",
        **orbiter.recorder.telemetry(),
        "recorder_packets_unsent": downlink.packets_waiting,
        "recorder_replays": orbiter.replays,
        **orbiter.relay.telemetry(),
        "relay_c_n0": orbiter.relay_c_n0_dbhz if orbiter.relay.state == "ACTIVE" else 0.0,
        "relay_files_indexed": len(orbiter.index),
        **({} if orbiter.payload is None else orbiter.payload.telemetry(now_ns)),
        "payload_temperature": orbiter.platform.structure_c,
        "sample_container": "SEALED" if orbiter.has_sample else "EMPTY",
        # the container is bolted to the structure, and warms no further
        "sample_seal_temperature": orbiter.platform.structure_c,
    }
    return orbiter.board.sensors.read(values, now_ns)
