"""What may not change from one version of a craft's software to the next."""

from __future__ import annotations

from itertools import pairwise

from groundsys.mission.parsing.reading import Section
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.flown_versions import changes
from groundsys.mission.spacecraft.packet_model import CommandDefinition, PacketDefinition

#: PUS services whose packets ground and Yamcs' services read by name, whoever made them: reports
#: on commands, events, time, time-tagged sequences, files that go up
_FIXED_SERVICES = frozenset({1, 5, 9, 11, 23})
#: packets in which frames and files travel, which hub and desks read themselves
_FIXED_PACKETS = frozenset({"RELAY_TELEMETRY", "RELAY_FILES", "CFDP_PDU"})
_KEY = "later_models"


def check_versions(section: Section, craft: Spacecraft) -> None:
    """Note what is wrong with the later models of `craft`, read from `section`."""
    moments = [craft.sclk_epoch, *(one.since for one in craft.later_models)]
    for before, after in pairwise(moments):
        if after <= before:
            section.note(
                _KEY,
                f"a model flies from {after.utc_iso(0)} on, which is not after {before.utc_iso(0)}",
                "put them in the order of time, after the clock's epoch",
            )
    for since in moments[1:]:
        if (since.tai_ns - craft.sclk_epoch.tai_ns) % 10**9:
            section.note(
                _KEY,
                f"{since.utc_iso(3)} is no whole second of the craft's clock",
                "take a whole one: packets are told apart by their clock's seconds",
            )
    for packet, changed in changes(craft):
        _check_packet(section, packet, changed)
    _check_commands(section, craft)


def _check_packet(
    section: Section, packet: PacketDefinition, after: PacketDefinition | None
) -> None:
    happens = "is dropped" if after is None else "changes"
    if packet.service in _FIXED_SERVICES or packet.name in _FIXED_PACKETS:
        section.note(
            _KEY,
            f"packet {packet.name} {happens}, and the ground segment itself reads it",
            "leave it as it is in every version",
        )
    if after is not None and _is_told_apart_by(packet) != _is_told_apart_by(after):
        section.note(
            _KEY,
            f"what tells packet {packet.name} from others changes",
            "give the packet another name, or leave its selector as it is",
        )


def _is_told_apart_by(packet: PacketDefinition) -> tuple[object, ...]:
    identity = (packet.apid, packet.service, packet.subtype, packet.selector)
    return identity if packet.selector is None else (*identity, packet.fields[0])


def _check_commands(section: Section, craft: Spacecraft) -> None:
    known: dict[str, CommandDefinition] = {}
    for _, model in craft.models:
        for command in model.commands:
            if known.setdefault(command.name, command) != command:
                section.note(
                    _KEY,
                    f"command {command.name} is another one in {model.id}",
                    "give what has changed another name",
                )
