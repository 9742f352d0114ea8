"""A craft's packets and parameters over all versions of its software, and their names in Yamcs.

Yamcs has one database an instance.  What decides is in every packet: its own time code.  A packet
definition holds for packets whose clock shows at least `since_sclk_s` and less than
`until_sclk_s`, whole seconds; so each is decoded by the version that made it, whenever it comes and
however often it is replayed.

The first definition of a name keeps the name; a later one of other content is `<name>__<version>`,
versions counted from 1.  Who reads from Yamcs sees plain names alone (`plain_name`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import CommandDefinition, Field, PacketDefinition

_VERSIONED = re.compile(r"__\d+$")


@dataclass(frozen=True, slots=True)
class FlownPacket:
    """A packet definition, from when to when it flies, and what Yamcs calls it and its fields."""

    name: str
    definition: PacketDefinition
    #: names of its parameters, in the fields' order
    parameters: tuple[str, ...]
    since_sclk_s: int | None = None
    until_sclk_s: int | None = None


def plain_name(name: str) -> str:
    """The name of a packet or parameter in the models, for one of Yamcs'."""
    return _VERSIONED.sub("", name)


def flown_packets(craft: Spacecraft) -> tuple[FlownPacket, ...]:
    """Every different packet definition, in order of its first flight."""
    flown: list[FlownPacket] = []
    open_ones: dict[str, int] = {}
    names = _FieldNames()
    known: set[str] = set()
    for version, (since, model) in enumerate(craft.models, start=1):
        sclk_s = None if since is None else sclk_second(craft, since.tai_ns)
        defined = {packet.name: packet for packet in model.packets}
        for name, at in list(open_ones.items()):
            if defined.get(name) != flown[at].definition:
                flown[at] = replace(flown[at], until_sclk_s=sclk_s)
                del open_ones[name]
        for name, packet in defined.items():
            parameters = tuple(names.name_of(item, version) for item in packet.fields)
            if name in open_ones:
                continue
            called = name if name not in known else f"{name}__{version}"
            known.add(name)
            open_ones[name] = len(flown)
            flown.append(FlownPacket(called, packet, parameters, sclk_s))
    return tuple(flown)


def flown_fields(craft: Spacecraft) -> dict[str, Field]:
    """Every parameter by its name in Yamcs."""
    return {
        called: item
        for packet in flown_packets(craft)
        for called, item in zip(packet.parameters, packet.definition.fields, strict=True)
    }


def flown_commands(craft: Spacecraft) -> tuple[CommandDefinition, ...]:
    """The commands of all versions; one that is in several is the same in all."""
    found = {command.name: command for _, model in craft.models for command in model.commands}
    return tuple(found.values())


class Names:
    """What Yamcs calls each packet and parameter of a craft."""

    def __init__(self, craft: Spacecraft) -> None:
        self._called: dict[str, list[str]] = {}
        for packet in flown_packets(craft) if craft.later_models else ():
            for name in (packet.name, *packet.parameters):
                called = self._called.setdefault(plain_name(name), [])
                if name not in called:
                    called.append(name)

    def of(self, name: str) -> list[str]:
        """Every name of it; a header's parameter has its own alone."""
        return self._called.get(name, [name])


class _FieldNames:
    """Gives each definition of a field a name of its own."""

    def __init__(self) -> None:
        self._definitions: dict[str, list[tuple[Field, str]]] = {}

    def name_of(self, item: Field, version: int) -> str:
        known = self._definitions.setdefault(item.name, [])
        for definition, name in known:
            if definition == item:
                return name
        name = item.name if not known else f"{item.name}__{version}"
        known.append((item, name))
        return name


def sclk_second(craft: Spacecraft, tai_ns: int) -> int:
    """What the craft's clock shows at a generation time, in whole seconds since its epoch."""
    return (tai_ns - craft.sclk_epoch.tai_ns) // 10**9


def changes(craft: Spacecraft) -> Iterator[tuple[PacketDefinition, PacketDefinition | None]]:
    """Packets that a version changes or drops: before and after."""
    for (_, before), (_, after) in zip(craft.models, craft.models[1:], strict=False):
        defined = {packet.name: packet for packet in after.packets}
        for packet in before.packets:
            if defined.get(packet.name) != packet:
                yield packet, defined.get(packet.name)
