"""Foresight of commands: their way over what is booked now, and why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from groundsys.commanding.itinerary import Itinerary, NoWay, Overflight, Way, foresee
from groundsys.commanding.obstacles import obstacle
from groundsys.commanding.uplink import UplinkWindow
from groundsys.desks.commanding.sequence_control import SequenceControl, is_sequence_controlled
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.telemetry.clock_desk import ClockDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.passes.timeline import SERVICE_OPENS
from groundsys.relay.sessions import RelaySession
from groundsys.values.instants import Instant, Interval


class Foresight:
    """Knows the ways to the craft."""

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        sequence: SequenceControl,
        clocks: ClockDesk,
        sessions: Callable[[], Sequence[RelaySession]],
    ) -> None:
        self._room = room
        self._passes = passes
        self._sequence = sequence
        self._clocks = clocks
        self._sessions = sessions

    def way(self, craft: Spacecraft) -> Way:
        """The way to a craft, from now on."""
        speaker = self._room.mission.spacecraft[craft.relay or craft.id]
        now = self._room.now
        overflights = None
        if craft.relay is not None:
            overflights = tuple(
                Overflight(one.id, one.interval)
                for one in self._sessions()
                if one.spacecraft == craft.id and one.end > now and one.state != "cancelled"
            )
        coming = [one for one in self._passes.of(speaker.id) if one.end > now]
        is_served = self._sequence.is_active(speaker.id)
        opening = SERVICE_OPENS if is_sequence_controlled(speaker) else timedelta(0)
        windows = [
            self._usable(one, is_served, opening) for one in self._passes.uplinks(speaker.id)
        ]
        return Way(
            spacecraft=craft.id,
            uplink_rate_bps=speaker.framing.uplink_rate_bps,
            security_octets=craft.security_overhead,
            windows=tuple(one for one in windows if one is not None),
            passes=tuple(one.interval for one in coming),
            overflights=overflights,
            execution_s=craft.platform["command_execution_s"],
            clock=self._clocks.believed(craft),
        )

    def foresee(
        self,
        craft: Spacecraft,
        octets: int,
        *,
        earliest: Instant | None = None,
        exactly: bool = False,
        before: Instant | None = None,
    ) -> Itinerary | NoWay:
        """As `itinerary.foresee`; geometry says what is in the way where no pass is booked."""
        at = max(earliest or self._room.now, self._room.now)
        found = foresee(self.way(craft), octets, at, exactly=exactly, before=before)
        if isinstance(found, NoWay) and exactly:
            speaker = craft.relay or craft.id
            geometry, antennas = self._room.geometry, self._room.scenario.antennas
            if why := obstacle(geometry, antennas, speaker, at):
                return NoWay(why, found.next_at)
        return found

    def _usable(
        self, window: UplinkWindow, is_served: bool, opening: timedelta
    ) -> UplinkWindow | None:
        """The part of an uplink in which commands can still leave; AD service must open first.

        `is_served`: it is open in the present pass; `opening`: how long that takes.
        """
        antenna = self._room.mission.antennas[window.antenna]
        begins = window.transmit.start.plus_seconds(antenna.acquisition_s) + opening
        if is_served and window.transmit.contains(self._room.now):
            begins = self._room.now
        begins = max(begins, self._room.now)
        if begins >= window.transmit.end:
            return None
        return replace(window, transmit=Interval(begins, window.transmit.end))
