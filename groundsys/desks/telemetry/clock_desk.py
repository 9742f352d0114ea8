"""The clock desk: from time couples to clock histories, which are folds over all couples kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import hypot
from typing import Any

import numpy as np

from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.geometry import SPEED_OF_LIGHT_KM_S
from groundsys.geometry.time_scales import FloatArray, NanosecondArray
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.store import StoredCouple
from groundsys.telemetry.correlation import extend_history, fit_history
from groundsys.telemetry.couples import TimeCouple, couple_from_receive_time, couple_from_relay
from groundsys.values.clock import ClockHistory, ClockReset, ClockSolution
from groundsys.values.errors import BackendError
from groundsys.values.instants import (
    NANOSECONDS_PER_SECOND,
    EarthReceiveTime,
    Instant,
    Interval,
    LightTime,
    SpacecraftEventTime,
)

#: what all couples of a craft share as an error beside its orbit: station delay, clock resolution
_SYSTEMATIC_S = 50e-6
#: for a cube also the relay's hop: radio delays, the orbit's error along track
_SYSTEMATIC_RELAYED_S = 200e-6
#: so many couples are fitted anew when one comes; what was believed of the time before stays
_COUPLES_FITTED = 300


#: by how much light took longer than foreseen to an antenna: `TrackingDesk.farther_s`
FartherAway = Callable[[str, str, NanosecondArray], FloatArray]


class ClockDesk:
    """Correlates the craft's clocks; `on_reset` is told the id of a craft whose clock jumped.

    Light time is that of the trajectory that is believed, put right by ranging where there was any:
    after a burn that navigation has not determined yet, the trajectory is wrong.
    """

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        farther_s: FartherAway,
        on_reset: Callable[[str], None],
    ) -> None:
        self._room = room
        self._farther_s = farther_s
        self._on_reset = on_reset
        self._passes = passes
        self._histories: dict[str, ClockHistory] = {}
        for craft in (*room.speakers, *room.relayed):
            history = self._fitted(craft, room.store.clocks.couples(craft.id))
            if history is not None:
                self._histories[craft.id] = history

    def history(self, spacecraft: str) -> ClockHistory | None:
        """What is believed of a clock for all time, or None while nothing has been measured."""
        return self._histories.get(spacecraft)

    def solution(self, spacecraft: str) -> ClockSolution | None:
        """What is believed of now and of what comes."""
        known = self._histories.get(spacecraft)
        return known.current if known else None

    def believed(self, craft: Spacecraft) -> ClockSolution:
        """As `solution`, or the clock as built."""
        return self.solution(craft.id) or ClockSolution.nominal(craft.id, craft.sclk_epoch)

    def event_time(self, craft: Spacecraft, generation: Instant) -> SpacecraftEventTime:
        """A packet's own stamp as event time, by what is believed now of the time it was made."""
        sclk_ns = generation.tai_ns - craft.sclk_epoch.tai_ns
        known = self._histories.get(craft.id)
        if known is None:
            return self.believed(craft).scet(sclk_ns)
        return known.scet(sclk_ns, self._room.now)

    def stamps(self, craft: Spacecraft, span: Interval) -> list[Interval]:
        """Between which stamps of its own lies what a craft made in a span of event time.

        One interval a partition: a clock that was reset has shown some times twice.
        """
        known = self._histories.get(craft.id)
        resets = [] if known is None else [Instant(one.at.tai_ns) for one in known.resets]
        edges = [span.start, *(at for at in resets if span.start < at < span.end), span.end]
        found = []
        for start, end in pairwise(edges):
            #: just before the clock was reset
            last = Instant(end.tai_ns - 1)
            first_ns, last_ns = (
                (known or self.believed(craft)).sclk_ns(edge) for edge in (start, last)
            )
            epoch_ns = craft.sclk_epoch.tai_ns
            stamps = Instant(epoch_ns + first_ns), Instant(epoch_ns + last_ns + 1)
            if stamps[0] < stamps[1]:
                found.append(Interval(*stamps))
        return found

    def take_couples(self, body: Mapping[str, Any]) -> None:
        """Keep what the hub has paired, and fit anew the clocks that it concerns."""
        couples = [self._stored(item) for item in body["couples"]]
        self._room.store.clocks.add_couples(couples)
        touched = {couple.spacecraft for couple in couples}
        for craft in self._room.speakers:
            if craft.id in touched:
                self._fit(craft)
        for craft in self._room.relayed:
            if craft.id in touched or craft.relay in touched:
                self._fit(craft)

    def take_ranging(self, spacecraft: str) -> None:
        """A craft was ranged: fit anew what was received meanwhile."""
        for craft in (*self._room.speakers, *self._room.relayed):
            if spacecraft in (craft.id, craft.relay):
                self._fit(craft)

    def keep(self) -> None:
        """Write down what is believed, for whoever reads the store, and tell Yamcs."""
        for craft in self._room.craft:
            history = self._histories.get(craft.id)
            if history is None:
                continue
            self._room.store.clocks.keep_history(history)
            try:
                self._room.yamcs.set_time_correlation(craft, history.current)
            except BackendError as error:
                text = f"Yamcs was not told the clock's coefficients: {error.message}"
                self._room.log(craft.id, "warning", "telemetry", text)

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
            taken=self._room.now,
        )

    def _direct(self, craft: Spacecraft, stored: Sequence[StoredCouple]) -> list[TimeCouple]:
        found = []
        for antenna in sorted({couple.antenna for couple in stored if couple.antenna}):
            mine = [couple for couple in stored if couple.antenna == antenna]
            receive_ns = np.array([couple.reference_ns for couple in mine], dtype=np.int64)
            light_times = self._room.geometry.downlink_light_time_s(antenna, craft.id, receive_ns)
            light_times = light_times + self._farther_s(craft.id, antenna, receive_ns)
            found += [
                couple_from_receive_time(
                    couple.sclk_ns,
                    EarthReceiveTime(couple.reference_ns),
                    LightTime.from_seconds(float(light_time_s)),
                )
                for couple, light_time_s in zip(mine, light_times, strict=True)
            ]
        return found

    def _relayed(self, craft: Spacecraft, stored: Sequence[StoredCouple]) -> list[TimeCouple]:
        relay_clock = self._histories.get(craft.relay or "")
        if relay_clock is None or not stored:
            return []
        relay = relay_clock.current.spacecraft
        received = [relay_clock.scet(couple.reference_ns, couple.taken) for couple in stored]
        moments = np.array([moment.tai_ns for moment in received], dtype=np.int64)
        _, range_km = self._room.geometry.overflight(relay, craft.id, moments)
        return [
            couple_from_relay(
                couple.sclk_ns,
                couple.reference_ns,
                relay_clock,
                LightTime.from_seconds(float(distance_km) / SPEED_OF_LIGHT_KM_S),
                couple.taken,
            )
            for couple, distance_km in zip(stored, range_km, strict=True)
        ]

    def _fitted(
        self,
        craft: Spacecraft,
        stored: Sequence[StoredCouple],
        known: ClockHistory | None = None,
    ) -> ClockHistory | None:
        direct = craft.relay is None
        couples = self._direct(craft, stored) if direct else self._relayed(craft, stored)
        return fit_history(
            craft.id,
            couples,
            craft.clock,
            systematic_s=_systematic_s(craft) if direct else _SYSTEMATIC_RELAYED_S,
            valid_from=max((couple.taken for couple in stored), default=self._room.now),
            known=known,
        )

    def _fit(self, craft: Spacecraft) -> None:
        stored = self._room.store.clocks.couples(craft.id, newest=_COUPLES_FITTED)
        if not stored:
            return
        known = self._histories.get(craft.id)
        newer = self._fitted(craft, stored, known)
        if newer is None:
            return
        history = newer if known is None else extend_history(known, newer)
        self._histories[craft.id] = history
        if known is None:
            self._tell_first(craft, history.current)
        elif known.resets != history.resets:
            self._tell_resets(craft, known.resets, history.resets)

    def _tell_first(self, craft: Spacecraft, solution: ClockSolution) -> None:
        offset_s = solution.scet_ref.seconds_since(craft.sclk_epoch) - (
            solution.sclk_ref_ns / NANOSECONDS_PER_SECOND
        )
        text = f"clock measured: {offset_s:+.4f} s ± {solution.uncertainty_s:.4f} s"
        self._room.log(craft.id, "info", "telemetry", text)

    def _tell_resets(
        self, craft: Spacecraft, before: Sequence[ClockReset], now: Sequence[ClockReset]
    ) -> None:
        """Tell once of each reset; one that later couples contradict is taken back."""
        told = {one.partition for one in before}
        held = {one.partition for one in now}
        for reset in now:
            if reset.partition not in told:
                text = (
                    f"clock reset between {reset.within.start.utc_iso()} and "
                    f"{reset.within.end.utc_iso()}: it jumped by "
                    f"{reset.jump_ns / NANOSECONDS_PER_SECOND:+.3f} s; partition "
                    f"{reset.partition} begins, and what waits for its clock on board comes at "
                    f"another time"
                )
                self._room.log(craft.id, "critical", "telemetry", text)
                self._on_reset(craft.id)
        for reset in before:
            if reset.partition not in held:
                text = f"no clock reset after all: partition {reset.partition} is taken back"
                self._room.log(craft.id, "warning", "telemetry", text)


def _systematic_s(craft: Spacecraft) -> float:
    """What couples of a craft that speaks to Earth share: light time is as sure as its place."""
    place = craft.navigation
    place_km = hypot(place.along_track_km, place.cross_track_km, place.radial_km)
    return hypot(_SYSTEMATIC_S, place_km / SPEED_OF_LIGHT_KM_S)
