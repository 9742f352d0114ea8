"""A craft model's packets and commands: one definition serves XTCE, simulators and checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FieldKind = Literal["uint", "int", "float", "enum", "binary", "string"]
AlarmLevel = Literal["watch", "warning", "distress", "critical", "severe"]


@dataclass(frozen=True, slots=True)
class AlarmRange:
    """In alarm at `level` below `minimum` or above `maximum`, in engineering units."""

    level: AlarmLevel
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a packet or argument of a command, big-endian, in bits.

    `polynomial` maps raw to engineering (`c0 + c1·x + …`).  A `binary` field with
    `length_field` takes its length in bytes from that earlier field; with neither it takes
    `bits`.  `enumeration` maps raw value to label.
    """

    name: str
    kind: FieldKind
    bits: int = 0
    unit: str = ""
    description: str = ""
    polynomial: tuple[float, ...] = ()
    enumeration: Mapping[int, str] = field(default_factory=dict)
    alarms: tuple[AlarmRange, ...] = ()
    alarm_labels: Mapping[str, AlarmLevel] = field(default_factory=dict)
    length_field: str = ""
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None


@dataclass(frozen=True, slots=True)
class PacketDefinition:
    """A telemetry packet: told apart by APID, PUS service and message subtype (and `selector`)."""

    name: str
    apid: int
    service: int
    subtype: int
    fields: tuple[Field, ...]
    description: str = ""
    period_s: float = 0.0
    #: (field name, raw value): a further discriminator, e.g. ("event_id", 3)
    selector: tuple[str, int] | None = None


Significance = Literal["none", "watch", "warning", "distress", "critical", "severe"]


@dataclass(frozen=True, slots=True)
class CommandDefinition:
    """A telecommand: PUS service and subtype, then `function` (8 bits), then its arguments."""

    name: str
    apid: int
    service: int
    subtype: int
    function: int
    arguments: tuple[Field, ...]
    description: str = ""
    significance: Significance = "none"
    significance_reason: str = ""
    #: it commands the payload that the craft carries, so that payload's customer may ask for it
    payload: bool = False
    #: the argument that is the SCID of a craft which this lets go towards a surface, or ""
    releases: str = ""


@dataclass(frozen=True, slots=True)
class SpacecraftModel:
    """What all craft of one build share: their packets and commands."""

    id: str
    packets: tuple[PacketDefinition, ...]
    commands: tuple[CommandDefinition, ...]
    version: str
    #: models whose packets and commands it has beside its own
    extends: tuple[str, ...] = ()

    def is_a(self, model: str) -> bool:
        """Whether what is written for craft of `model` holds for its craft."""
        return model == self.id or model in self.extends

    def packet(self, name: str) -> PacketDefinition:
        return next(p for p in self.packets if p.name == name)

    def command(self, name: str) -> CommandDefinition:
        return next(c for c in self.commands if c.name == name)
