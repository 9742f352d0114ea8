"""The clock desk: from time couples to clock solutions, each kept with what it was made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.pass_desk import PassDesk
from groundsys.geometry import SPEED_OF_LIGHT_KM_S
from groundsys.mission.model import Spacecraft
from groundsys.store import StoredCouple
from groundsys.telemetry.correlation import (
    TimeCouple,
    couple_from_receive_time,
    couple_from_relay,
    fit_clock,
)
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    LightTime,
    SpacecraftEventTime,
)

#: what all couples of a craft share as an error: orbit, station delay, clock resolution
_SYSTEMATIC_S = 50e-6
#: for a cube also the relay's hop: radio delays, the orbit's error along track
_SYSTEMATIC_RELAYED_S = 200e-6
_COUPLES_KEPT = 500


class ClockDesk:
    """Correlates the craft's clocks."""

    def __init__(self, room: ControlRoom, passes: PassDesk) -> None:
        self._room = room
        self._passes = passes
        self._solutions: dict[str, tuple[int, ClockSolution]] = {}
        for craft in room.craft:
            latest = room.store.clocks.latest(craft.id)
            if latest is not None:
                self._solutions[craft.id] = latest

    def solution(self, spacecraft: str) -> ClockSolution | None:
        """What is believed now, or None while nothing has been measured."""
        known = self._solutions.get(spacecraft)
        return known[1] if known else None

    def believed(self, craft: Spacecraft) -> ClockSolution:
        """As `solution`, or the clock as built."""
        return self.solution(craft.id) or ClockSolution.nominal(craft.id, craft.sclk_epoch)

    def event_time(self, craft: Spacecraft, generation: Instant) -> SpacecraftEventTime:
        """A packet's own stamp as event time, by what is believed now."""
        return self.believed(craft).scet(generation.tai_ns - craft.sclk_epoch.tai_ns)

    def numbered(self, spacecraft: str) -> tuple[int, ClockSolution] | None:
        """The solution with its number in the store."""
        return self._solutions.get(spacecraft)

    def take_couples(self, body: Mapping[str, Any]) -> None:
        """Keep what the hub has paired, and fit anew the clocks that it concerns."""
        couples = [self._stored(item) for item in body["couples"]]
        self._room.store.clocks.add_couples(couples)
        touched = {couple.spacecraft for couple in couples}
        for craft in self._room.speakers:
            if craft.id in touched:
                self._fit(craft, self._direct(craft))
        for craft in self._room.relayed:
            if craft.id in touched or craft.relay in touched:
                self._fit(craft, self._relayed(craft))

    def _stored(self, item: Mapping[str, Any]) -> StoredCouple:
        antenna = str(item.get("antenna") or "")
        reference_ns = int(item["reference_ns"])
        if item["reference"] == "ert" and not antenna:
            one = self._passes.at(item["spacecraft"], EarthReceiveTime(reference_ns))
            antenna = one.antenna if one else ""
        return StoredCouple(
            spacecraft=item["spacecraft"],
            sclk_ns=round(item["sclk_s"] * NANOSECONDS_PER_SECOND),
            reference=item["reference"],
            reference_ns=reference_ns,
            antenna=antenna,
        )

    def _direct(self, craft: Spacecraft) -> list[TimeCouple]:
        stored = self._room.store.clocks.couples(craft.id)[-_COUPLES_KEPT:]
        found = []
        for antenna in sorted({couple.antenna for couple in stored if couple.antenna}):
            mine = [couple for couple in stored if couple.antenna == antenna]
            receive_ns = np.array([couple.reference_ns for couple in mine], dtype=np.int64)
            light_times = self._room.geometry.downlink_light_time_s(antenna, craft.id, receive_ns)
            found += [
                couple_from_receive_time(
                    couple.sclk_ns,
                    EarthReceiveTime(couple.reference_ns),
                    LightTime.from_seconds(float(light_time_s)),
                )
                for couple, light_time_s in zip(mine, light_times, strict=True)
            ]
        return found

    def _relayed(self, craft: Spacecraft) -> list[TimeCouple]:
        relay_clock = self.solution(craft.relay or "")
        stored = self._room.store.clocks.couples(craft.id)[-_COUPLES_KEPT:]
        if relay_clock is None or not stored:
            return []
        received = [relay_clock.scet(couple.reference_ns) for couple in stored]
        moments = np.array([moment.tai_ns for moment in received], dtype=np.int64)
        _, range_km = self._room.geometry.overflight(relay_clock.spacecraft, craft.id, moments)
        return [
            couple_from_relay(
                couple.sclk_ns,
                couple.reference_ns,
                relay_clock,
                LightTime.from_seconds(float(distance_km) / SPEED_OF_LIGHT_KM_S),
            )
            for couple, distance_km in zip(stored, range_km, strict=True)
        ]

    def _fit(self, craft: Spacecraft, couples: Sequence[TimeCouple]) -> None:
        solution = fit_clock(
            craft.id,
            couples,
            systematic_s=_SYSTEMATIC_S if craft.relay is None else _SYSTEMATIC_RELAYED_S,
            valid_from=self._room.now,
        )
        if solution is None:
            return
        number = self._room.store.clocks.add_solution(solution)
        if craft.id not in self._solutions:
            offset_s = solution.scet_ref.seconds_since(craft.sclk_epoch) - (
                solution.sclk_ref_ns / NANOSECONDS_PER_SECOND
            )
            text = f"clock measured: {offset_s:+.4f} s ± {solution.uncertainty_s:.4f} s"
            self._room.log(craft.id, "info", "telemetry", text)
        self._solutions[craft.id] = (number, solution)
