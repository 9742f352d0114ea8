"""Parameter values as watchers are told them while they follow a craft, and numbers made of them.

One topic a craft; each event holds what has changed since the last, and now and then everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.mission.spacecraft.packet_model import AlarmRange
from groundsys.mission.telemetry.telemetry_model import DerivedParameter
from groundsys.values.instants import Instant
from groundsys.values.records import ParameterReading

#: limit levels from mild to grave
LEVELS = ("watch", "warning", "distress", "critical", "severe")

_PREFIX, _SUFFIX = "telemetry/", "/values"


@dataclass(frozen=True, slots=True)
class LiveValue:
    """A value as watchers are told it.

    `at` is its event time (SCET, TAI ns) by the craft's clock solution, `received` the mission
    time at which the archive took it, None where that is not known; `level` the limit that it
    exceeds, "" for none.
    """

    value: Any
    at: int
    received: int | None = None
    level: str = ""
    is_valid: bool = True

    def to_wire(self) -> list[Any]:
        return [self.value, self.at, self.received, self.level, self.is_valid]

    @classmethod
    def from_wire(cls, wire: Sequence[Any]) -> LiveValue:
        return cls(*wire)


def topic_of(spacecraft: str) -> str:
    """The topic of a craft's values; no craft's is the beginning of another's."""
    return f"{_PREFIX}{spacecraft}{_SUFFIX}"


def craft_of(topic: str) -> str | None:
    """Whose values a topic tells, None if it is another kind of topic."""
    if topic.startswith(_PREFIX) and topic.endswith(_SUFFIX):
        return topic.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    return None


def derive(
    definitions: Collection[DerivedParameter], readings: Mapping[str, ParameterReading]
) -> dict[str, ParameterReading]:
    """The derived values that can be made of readings; one is as old as the oldest it is made of.

    Nothing is told of one that is no finite number.
    """
    found = {}
    for one in definitions:
        made_of = [readings.get(name) for name in one.expression.names]
        known = [reading for reading in made_of if reading is not None]
        if len(known) < len(made_of) or not all(is_number(reading.value) for reading in known):
            continue
        value = one.expression.value({reading.name: float(reading.value) for reading in known})
        if value is None:
            continue
        receptions = [reading.reception for reading in known]
        told = [reception for reception in receptions if reception is not None]
        found[one.name] = ParameterReading(
            name=one.name,
            value=value,
            generation=min(reading.generation for reading in known),
            reception=max(told) if len(told) == len(receptions) else None,
            level=level_of(one.alarms, value),
            is_valid=all(reading.is_valid for reading in known),
        )
    return found


def derive_history(
    definition: DerivedParameter, histories: Mapping[str, Sequence[ParameterReading]]
) -> list[tuple[Instant, float]]:
    """A derived number at each stamp at which all that it is made of was stamped."""
    by_stamp: dict[Instant, dict[str, float]] = {}
    for name in definition.expression.names:
        for reading in histories[name]:
            if is_number(reading.value):
                by_stamp.setdefault(reading.generation, {})[name] = float(reading.value)
    wanted = len(definition.expression.names)
    found = (
        (stamp, definition.expression.value(values))
        for stamp, values in sorted(by_stamp.items())
        if len(values) == wanted
    )
    return [(stamp, value) for stamp, value in found if value is not None]


def level_of(alarms: Collection[AlarmRange], value: float) -> str:
    """The gravest limit that a number exceeds, "" for none."""
    exceeded = [
        one.level
        for one in alarms
        if (one.minimum is not None and value < one.minimum)
        or (one.maximum is not None and value > one.maximum)
    ]
    return max(exceeded, key=LEVELS.index, default="")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
