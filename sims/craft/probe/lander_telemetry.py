"""What a cube tells of itself: the values of all its housekeeping packets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sims.craft.probe.lander import Lander


def lander_telemetry(lander: Lander, now_ns: int) -> dict[str, Any]:
    """Engineering values by parameter; power and heat are brought up to `now_ns` for them."""
    lander.settle(now_ns)
    body = lander.board.sensors.read(lander.platform.telemetry(), now_ns)
    lander.board.watch_battery(body["eps_battery_charge"], now_ns)
    contact = lander.radio.contact
    values = {
        **lander.board.telemetry(now_ns),
        **body,
        **lander.receiver.telemetry(),
        "obc_commands_accepted": lander.executor.accepted,
        "obc_commands_rejected": lander.executor.rejected,
        "comm_uplink_lock": "LOCKED" if contact else "UNLOCKED",
        "comm_uplink_c_n0": lander.c_n0_dbhz if contact else 0.0,
        "comm_downlink_rate": round(contact.rate_bps) if contact else 0,
        "comm_frames_sent": lander.radio.frames_acknowledged,
        "comm_frames_repeated": lander.radio.frames_repeated,
        "recorder_fill": 100.0
        * (lander.bytes_from_before + lander.source.bytes_waiting)
        / lander.recorder_bytes,
        "payload_power": "ON" if lander.logger.is_on else "OFF",
        "payload_gain": lander.payload_gain,
        "payload_samples": lander.logger.records_taken(now_ns),
        "payload_file_sequence": lander.logger.sequence,
        "payload_files_waiting": lander.source.files_waiting,
        "payload_bytes_waiting": lander.source.bytes_waiting,
        "payload_files_delivered": lander.source.files_delivered,
        **({} if lander.explorer is None else lander.explorer.telemetry(now_ns)),
    }
    return lander.board.sensors.read(values, now_ns)
