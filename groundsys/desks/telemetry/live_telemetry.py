"""The parameter values of craft that somebody follows, published as they come.

Yamcs is asked only of craft whose topic a watcher has subscribed to: while something comes in, at
most once in `LOOK_S`.  An event holds what has changed; whoever begins to follow, and everybody
each `WHOLE_S`, gets all of it, so that no lost event leaves a value behind for long.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.telemetry.telemetry_model import DerivedParameter
from groundsys.ports import Publisher
from groundsys.telemetry.freshness import CraftState, take_readings
from groundsys.telemetry.live_values import LiveValue, craft_of, derive, topic_of
from groundsys.values.errors import BackendError
from groundsys.values.instants import Instant
from groundsys.values.records import ParameterReading

#: wall seconds between two looks at a craft's values
LOOK_S = 0.5
#: … for which it is looked at after frames have come: Yamcs decodes behind the hub
_DECODED_WITHIN_S = 3.0
#: … after which everything is told again
WHOLE_S = 10.0


class LiveTelemetry:
    """Tells followers of a craft its parameters; keeps nothing of craft that nobody follows."""

    def __init__(
        self,
        room: ControlRoom,
        publisher: Publisher,
        event_time: Callable[[Spacecraft, Instant], Instant],
    ) -> None:
        self._room = room
        self._publisher = publisher
        self._event_time = event_time
        self._states: dict[str, CraftState] = {}
        self._told: dict[str, Mapping[str, ParameterReading]] = {}
        self._looked_at: dict[str, float] = {}
        self._whole_at: dict[str, float] = {}
        self._heard_at: dict[str, float] = {}

    def take_received(self, body: Mapping[str, Any]) -> None:
        """The hub has given frames to Yamcs."""
        wall = self._room.wall_s()
        for channel in body["channels"]:
            self._heard_at[channel["spacecraft"]] = wall

    def work(self) -> None:
        """Publish what followers have not been told yet."""
        begun = _craft_of(self._publisher.take_begun())
        followed = _craft_of(self._publisher.followed())
        for spacecraft in self._told.keys() - followed:
            del self._told[spacecraft], self._states[spacecraft]
        if not followed:
            return
        wall = self._room.wall_s()
        for craft in self._room.craft:
            if craft.id not in followed:
                continue
            is_new = craft.id in begun or craft.id not in self._told
            if is_new or wall - self._whole_at[craft.id] >= WHOLE_S:
                self._tell(craft, wall, whole=True)
            elif self._is_due(craft.id, wall):
                self._tell(craft, wall, whole=False)

    def _is_due(self, spacecraft: str, wall: float) -> bool:
        heard_s = wall - self._heard_at.get(spacecraft, float("-inf"))
        return heard_s <= _DECODED_WITHIN_S and wall - self._looked_at[spacecraft] >= LOOK_S

    def _tell(self, craft: Spacecraft, wall: float, *, whole: bool) -> None:
        self._looked_at[craft.id] = wall
        known = self._told.setdefault(craft.id, {})
        state = self._states.setdefault(craft.id, CraftState(craft.id))
        if whole:
            self._whole_at[craft.id] = wall
        with contextlib.suppress(BackendError):  # what is not told grows old on the screens
            readings = self._room.yamcs.parameter_values(craft, parameter_names(craft))
            state = take_readings(
                state, readings.values(), lambda stamp: self._event_time(craft, stamp)
            )
        self._states[craft.id] = state
        now = {**state.readings, **derive(self._room.mission.derived, state.readings)}
        changed = {name: one for name, one in now.items() if whole or known.get(name) != one}
        if not changed and not whole:
            return
        self._told[craft.id] = now
        event = {"spacecraft": craft.id, "whole": whole, "values": self._to_wire(craft, changed)}
        self._publisher.publish(topic_of(craft.id), event)

    def _to_wire(
        self, craft: Spacecraft, readings: Mapping[str, ParameterReading]
    ) -> dict[str, list[Any]]:
        #: parameters of one packet have one stamp
        dated: dict[Instant, int] = {}
        values = {}
        for name, one in readings.items():
            if one.generation not in dated:
                dated[one.generation] = self._event_time(craft, one.generation).tai_ns
            received = None if one.reception is None else one.reception.tai_ns
            live = LiveValue(*(one.value, dated[one.generation], received, one.level, one.is_valid))
            values[name] = live.to_wire()
        return values


def parameter_names(craft: Spacecraft) -> list[str]:
    """What a craft sends, by all its models; octets alone tell a watcher nothing."""
    found = {
        field.name: None
        for _, model in craft.models
        for packet in model.packets
        for field in packet.fields
        if field.kind != "binary"
    }
    return list(found)


def derived_of(
    craft: Spacecraft, derived: tuple[DerivedParameter, ...]
) -> tuple[DerivedParameter, ...]:
    """The derived values that can be made of what this craft sends."""
    return tuple(one for one in derived if any(one.is_of(model) for _, model in craft.models))


def _craft_of(prefixes: frozenset[str]) -> frozenset[str]:
    """Who follows everything gets what others have asked for, and asks for nothing by it."""
    return frozenset(craft for prefix in prefixes if (craft := craft_of(prefix)) is not None)
