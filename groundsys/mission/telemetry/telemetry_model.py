"""What is defined about showing telemetry: derived values, and pages of what belongs together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundsys.mission.parsing.expressions import Expression
from groundsys.mission.spacecraft.packet_model import AlarmRange, SpacecraftModel

Show = Literal["sparkline", "plot", "value"]
Scope = Literal["craft", "fleet"]


@dataclass(frozen=True, slots=True)
class DerivedParameter:
    """A number that no craft sends: arithmetic over what it does send."""

    name: str
    expression: Expression
    unit: str = ""
    description: str = ""
    alarms: tuple[AlarmRange, ...] = ()

    def is_of(self, model: SpacecraftModel) -> bool:
        """Whether craft of this model send all that it is made of."""
        sent = {field.name for packet in model.packets for field in packet.fields}
        return sent.issuperset(self.expression.names)


@dataclass(frozen=True, slots=True)
class PageItem:
    """One parameter of a page; `plot` is drawn against time, `sparkline` in its line."""

    parameter: str
    show: Show = "sparkline"


@dataclass(frozen=True, slots=True)
class TelemetryPage:
    """A page of parameters: of one craft at a time, or of the whole `fleet` below each other."""

    id: str
    title: str
    scope: Scope
    items: tuple[PageItem, ...]
    description: str = ""
