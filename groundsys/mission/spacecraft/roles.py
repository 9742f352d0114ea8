"""What a craft must have for the part it plays: orbiter or lander, relay or relayed.

The names are those that simulators and ground agree on; a craft that lacks one would fail only
in flight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import CommandDefinition

_EVERY_PLATFORM = (
    "battery_wh", "battery_initial_percent", "battery_empty_v", "battery_full_v",
    "safe_mode_below_percent", "panel_w", "base_load_w", "heater_w", "heater_setpoint_c",
    "transmitter_load_w", "recorder_mb", "temperature_initial_c", "temperature_time_constant_s",
    "boot_s", "command_execution_s",
)  # fmt: skip
_ORBITER_PLATFORM = (
    *_EVERY_PLATFORM, "relay_load_w", "propellant_kg", "time_report_period_s",
    "idle_frame_period_s", "upload_area_kb", "software_version", "mass_kg", "tank_volume_l",
    "tank_pressure_bar", "tank_regulator_bar", "engine_low_bar", "engine_high_bar",
    "engine_low_thrust_n", "engine_high_thrust_n", "engine_low_isp_s", "engine_high_isp_s",
)  # fmt: skip
_CUBE_PLATFORM = (
    *_EVERY_PLATFORM, "sleep_load_w", "payload_load_w", "housekeeping_period_s", "mass_kg",
)  # fmt: skip
#: of one that its relay carries: what the cable between them gives
_CARRIED_PLATFORM = (*_CUBE_PLATFORM, "umbilical_w", "umbilical_bps")

_ORBITER_CHANNELS = ("REALTIME", "PLAYBACK", "RELAY", "REPLAY", "IDLE")
_LANDER_CHANNELS = ("TELEMETRY", "FILES")

_RELAY_PACKETS = ("RELAY_TELEMETRY", "RELAY_FILES", "RECORDER")
_RELAY_COMMANDS = (
    "RECORDER_REPLAY", "RELAY_SESSION_ADD", "RELAY_SESSIONS_CLEAR", "FORWARD_FRAME", "CFDP_PDU",
)  # fmt: skip
#: of whoever carries a payload
_CARRYING_PACKETS = ("CFDP_PDU", "RECORDER")
#: … and speaks to Earth itself: by these the ground has its files repeated, and lets them go
_OWN_FILES_COMMANDS = ("RECORDER_REPLAY", "CFDP_PDU")
#: what a capsule tells while it enters, and the channel on which it does so live
_ENTERING_PACKETS = ("ENTRY",)
_ENTERING_CHANNELS = ("LIVE",)

#: Frames that fill a codeblock of Reed-Solomon (255,223), by how many codewords are interleaved
#: (CCSDS 131.0-B-5, 4.3.5).
_TM_FRAME_LENGTHS = tuple(223 * depth for depth in (1, 2, 3, 4, 5, 8))

#: Octets of a TC frame beside its packet: header and CRC (CCSDS 232.0-B 4.1).
_FRAME_OVERHEAD = 5 + 2
#: Octets of a command packet beside its arguments: headers, function number and CRC.
_PACKET_OVERHEAD = 6 + 5 + 1 + 2


def check_role(section: Section, craft: Spacecraft) -> None:
    """Note what `craft`, read from `section`, lacks on its own."""
    names: tuple[str, ...] = _ORBITER_PLATFORM
    if craft.is_cube:
        names = _CUBE_PLATFORM if craft.site is not None else _CARRIED_PLATFORM
    _need(section, "platform", "platform number", names, craft.platform)
    channels = _LANDER_CHANNELS if craft.is_cube else _ORBITER_CHANNELS
    _need(section, "framing", "virtual channel", channels, craft.framing.virtual_channels)
    _need(section, "radios", "radio", ("uhf",) if craft.relay else ("x_band",), craft.radios)
    if craft.relay is None and craft.framing.tm_frame_length not in _TM_FRAME_LENGTHS:
        section.note(
            "framing", f"frames of {craft.framing.tm_frame_length} octets fill no codeblock",
            f"write one of {', '.join(map(str, _TM_FRAME_LENGTHS))}",
        )  # fmt: skip
    if craft.relay is not None and craft.framing.uplink_mode != "BD":
        section.note("framing", "COP-1 cannot run through a relay", "write uplink_mode: BD")
    packets = [packet.name for packet in craft.model.packets]
    if packets and (craft.relay is not None or craft.payload is not None):
        _need(section, "model", "packet", _CARRYING_PACKETS, packets)
    if craft.relay is None and craft.payload is not None and craft.model.commands:
        commands = [command.name for command in craft.model.commands]
        _need(section, "model", "command", _OWN_FILES_COMMANDS, commands)
        _need(section, "platform", "platform number", ("payload_load_w",), craft.platform)
    if craft.entry is not None:
        _check_entering(section, craft, packets)
    for command in craft.model.commands:
        length = longest_packet(command) + _FRAME_OVERHEAD + craft.security_overhead
        if length > craft.framing.tc_frame_length:
            section.note(
                "framing",
                f"{command.name} takes a command frame of up to {length} bytes, "
                f"frames hold {craft.framing.tc_frame_length}",
                "raise tc_frame_length or limit the command's length argument",
            )
    if any(command.name == "SCHEDULE_INSERT" for command in craft.model.commands):
        _need(section, "platform", "platform number", ("schedule_entries",), craft.platform)
    if craft.security is not None and craft.model.commands:
        commands = [command.name for command in craft.model.commands]
        _need(section, "security", "command", ("CHANGE_KEY",), commands)


def _check_entering(section: Section, craft: Spacecraft, packets: Sequence[str]) -> None:
    if craft.site is None or craft.relay is None:
        section.note("entry", "a capsule needs a site to land at and a relay", "add both")
    if packets:
        _need(section, "model", "packet", _ENTERING_PACKETS, packets)
    channels = craft.framing.virtual_channels
    _need(section, "framing", "virtual channel", _ENTERING_CHANNELS, channels)


def check_relaying(section: Section, craft: Spacecraft, others: Mapping[str, Spacecraft]) -> None:
    """Note what the relay named by `craft` lacks to serve it."""
    if craft.relay is None:
        return
    note_unknown(section.findings, section.place("relay"), "spacecraft", craft.relay, others)
    relay = others.get(craft.relay)
    if relay is None:
        return
    if relay.is_cube:
        section.note("relay", f"relay {relay.id!r} is in no orbit", "name an orbiting craft")
    elif "uhf" not in relay.radios:
        section.note("relay", f"radio uhf of {relay.id} is missing", "add uhf")
    if not relay.model.commands:
        return
    commands = {command.name: command for command in relay.model.commands}
    _need(section, "relay", f"command of {relay.id}", _RELAY_COMMANDS, commands)
    packets = [packet.name for packet in relay.model.packets]
    _need(section, "relay", f"packet of {relay.id}", _RELAY_PACKETS, packets)
    forward = commands.get("FORWARD_FRAME")
    longest = _longest(forward, "forward_frame_length") if forward is not None else None
    if longest is not None and craft.framing.tc_frame_length > longest:
        section.note(
            "framing",
            f"command frames of {craft.framing.tc_frame_length} bytes, "
            f"{relay.id} forwards up to {longest:g}",
            "lower tc_frame_length",
        )


def longest_packet(command: CommandDefinition) -> int:
    """Octets of the command's longest packet, headers and CRC included."""
    octets = sum(item.bits for item in command.arguments if not item.length_field) // 8
    for item in command.arguments:
        if item.length_field:
            octets += int(_longest(command, item.length_field) or 0)
    return octets + _PACKET_OVERHEAD


def _longest(command: CommandDefinition, length: str) -> float | None:
    for item in command.arguments:
        if item.name == length:
            return item.maximum if item.maximum is not None else (1 << item.bits) - 1
    return None


def _need(
    section: Section,
    key: str,
    kind: str,
    needed: Sequence[str],
    present: Iterable[str],
) -> None:
    known = set(present)
    for name in needed:
        if name not in known:
            section.note(key, f"{kind} {name} is missing", f"add {name}")
