"""The latest knowledge of a craft: what it said last, when it was so, and when we heard it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket, ParameterReading

#: what a craft's own stamp is in time: stamps alone go back once its clock is reset
Dating = Callable[[Instant], Instant]


def by_the_stamp(generation: Instant) -> Instant:
    return generation


@dataclass(frozen=True, slots=True)
class CraftState:
    """One craft as it was last heard; `readings` holds the newest value of each parameter."""

    spacecraft: str
    readings: Mapping[str, ParameterReading] = field(default_factory=dict)
    #: the craft's own stamp on its newest archived packet (its clock read as if it were true)
    newest_generation: Instant | None = None
    #: Earth receive time of the newest frame
    newest_receive_time: Instant | None = None
    frames: int = 0

    def value(self, name: str) -> Any:
        """The newest value of a parameter, or None."""
        reading = self.readings.get(name)
        return None if reading is None else reading.value

    def age_s(self, now: Instant) -> float | None:
        """Seconds since anything was received; None if nothing ever was."""
        heard = self.newest_receive_time
        return None if heard is None else max(0.0, now.seconds_since(heard))


def take_readings(
    state: CraftState, readings: Iterable[ParameterReading], dated: Dating = by_the_stamp
) -> CraftState:
    """Add parameter values; an older one never replaces a newer one."""
    newest = dict(state.readings)
    for reading in readings:
        known = newest.get(reading.name)
        if known is None or dated(reading.generation) >= dated(known.generation):
            newest[reading.name] = reading
    return replace(state, readings=newest)


def take_archived(
    state: CraftState, packets: Iterable[ArchivedPacket], dated: Dating = by_the_stamp
) -> CraftState:
    """Add archived packets, in any order."""
    stamps = [packet.generation for packet in packets]
    if state.newest_generation is not None:
        stamps.append(state.newest_generation)
    return replace(state, newest_generation=max(stamps, default=None, key=dated))


def take_frames(state: CraftState, frames: int, last_receive_time: Instant) -> CraftState:
    """Add frames that came in, the last of them at this Earth receive time."""
    known = state.newest_receive_time
    newest = last_receive_time if known is None else max(known, last_receive_time)
    return replace(state, frames=state.frames + frames, newest_receive_time=newest)
