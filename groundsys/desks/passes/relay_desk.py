"""The relay desk: books relay sessions, loads them into the relay and judges each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from groundsys.commanding.ledger import Command
from groundsys.commanding.uplink import UplinkWindow
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import SHOWN_FOR, PassDesk
from groundsys.desks.scheduler import MissionScheduler
from groundsys.planning import PlannedRelaySession
from groundsys.relay.changes import SessionChange, changes_of_sessions, is_fixed
from groundsys.relay.sessions import (
    ClockJumped,
    ClockReached,
    EverythingHeard,
    LoadFailed,
    LoadQueued,
    LoadVerified,
    PacketsArchived,
    RelayEvent,
    RelaySession,
    advance_relay_session,
    load_arguments,
    sessions_to_load,
)
from groundsys.telemetry.completeness import Coverage
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, Interval

#: the relay has recorded what a cube sent it in a session this soon after the session's end
_RECORDED_WITHIN = timedelta(minutes=5)
#: a command waits this long at most between the desk and the antenna
_ISSUE = timedelta(seconds=60)


class RelayDesk:
    """Keeps the relay sessions."""

    def __init__(self, room: ControlRoom, scheduler: MissionScheduler) -> None:
        self._room = room
        self._scheduler = scheduler
        self._sessions = {session.id: session for session in room.store.relay_sessions.all()}
        self._in_order: tuple[RelaySession, ...] | None = None
        for session in self._sessions.values():
            self._arm(session)

    def changes(
        self, plan: Iterable[PlannedRelaySession], version: int
    ) -> tuple[SessionChange, ...]:
        """What has to happen for the sessions to be those of the plan; nothing is done."""
        return changes_of_sessions(self._sessions.values(), plan, self._room.now, version)

    def adopt(self, plan: Iterable[PlannedRelaySession], version: int) -> tuple[SessionChange, ...]:
        """Book what the plan wants and is not, and let go what it does not want."""
        changes = self.changes(plan, version)
        for change in changes:
            self._put(change.after)
            self._arm(change.after)
        return changes

    @property
    def fixed(self) -> frozenset[str]:
        """Ids of sessions ahead that no plan can change any more."""
        now = self._room.now
        return frozenset(one.id for one in self.all if one.end > now and is_fixed(one, now))

    def _arm(self, session: RelaySession) -> None:
        for moment, name in ((session.start, "open"), (session.end, "end")):
            if session.state in ("closed", "cancelled"):
                self._scheduler.cancel(f"{name} {session.id}")
            else:
                self._scheduler.at(moment, self._clock, session.id, name=f"{name} {session.id}")

    @property
    def all(self) -> list[RelaySession]:
        """In order of their start; what was cancelled is not among them."""
        if self._in_order is None:
            booked = [one for one in self._sessions.values() if one.state != "cancelled"]
            self._in_order = tuple(sorted(booked, key=lambda one: (one.start, one.id)))
        return list(self._in_order)

    def _put(self, session: RelaySession) -> None:
        self._sessions[session.id] = session
        self._in_order = None
        self._room.store.relay_sessions.put(session)

    def load(self, ledger: CommandLedger, passes: PassDesk, clock: ClockSolution | None) -> None:
        """Queue the sessions that are worth loading, while an uplink to their relay is open.

        `clock` is the relay's measured clock, or None while nothing has been measured.
        """
        for relay in self._room.speakers:
            window = passes.uplink(relay.id)
            if window is None:
                continue
            arrives_at = _arrival(self._room.now, window)
            mine = [session for session in self.all if session.relay == relay.id]
            solution = clock or ClockSolution.nominal(relay.id, relay.sclk_epoch)
            for session in sessions_to_load(
                mine,
                arrives_at,
                clock_is_measured=clock is not None,
                next_arrives_at=_next_arrival(window, passes.uplinks(relay.id)),
            ):
                cube = self._room.mission.spacecraft[session.spacecraft]
                ledger.queue(
                    relay.id,
                    "RELAY_SESSION_ADD",
                    load_arguments(session, cube.framing.spacecraft_id, solution),
                    purpose="relay_session",
                    subject=session.id,
                    not_after=session.start,
                )
                self._advance(session.id, LoadQueued())

    def take_settled(self, command: Command) -> None:
        """A load has ended, one way or the other."""
        if command.purpose == "relay_session" and command.subject in self._sessions:
            done = command.state == "completed"
            self._advance(command.subject, LoadVerified() if done else LoadFailed())

    def load_anew(self, relay: str) -> None:
        """A relay's clock was reset: its table of sessions is of no use any more."""
        for session in self.all:
            if session.relay == relay:
                self._advance(session.id, ClockJumped())

    def withdraw_late(self, ledger: CommandLedger) -> None:
        """Take back loads that would come after their session's start."""
        for command in ledger.of("relay_session"):
            session = self._sessions.get(command.subject)
            if command.state == "queued" and session and self._room.now >= session.start:
                ledger.withdraw(command, "the session has begun without it")

    def take_packets(self, spacecraft: str, made_at: Iterable[Instant]) -> None:
        """Packets of a cube are in the archive."""
        event = PacketsArchived(tuple(made_at))
        if event.made_at:
            for session in self.all:
                if session.spacecraft == spacecraft:
                    self._advance(session.id, event)

    def take_coverage(self, relay: str, archived: Coverage) -> None:
        """Of `archived` times everything that the relay recorded is in the archive."""
        for session in self.all:
            if session.relay == relay and archived.is_whole(
                Interval(session.start, session.end + _RECORDED_WITHIN)
            ):
                self._advance(session.id, EverythingHeard())

    def _clock(self, session_id: str) -> None:
        self._advance(session_id, ClockReached())

    def _advance(self, session_id: str, event: RelayEvent) -> None:
        before = self._sessions[session_id]
        after = advance_relay_session(before, event, self._room.now)
        if after == before:
            return
        self._put(after)
        if after.verdict != before.verdict:
            severity = "info" if after.verdict == "executed" else "warning"
            self._room.log(after.spacecraft, severity, "relay", f"{after.id}: {after.verdict}")

    def snapshot(self) -> list[dict[str, Any]]:
        """The sessions as watchers see them; those long over are in the store."""
        return [
            {
                "id": session.id,
                "relay": session.relay,
                "spacecraft": session.spacecraft,
                "start_ns": session.start.tai_ns,
                "end_ns": session.end.tai_ns,
                "state": session.state,
                "verdict": session.verdict,
                "rate_bps": session.rate_bps,
                "maximum_elevation_deg": session.maximum_elevation_deg,
                "volume_bits": session.volume_bits,
            }
            for session in self.all
            if session.end + SHOWN_FOR > self._room.now
        ]


def _arrival(issued: Instant, window: UplinkWindow) -> Instant:
    """When a command issued now or then has arrived at the latest."""
    return issued.plus_seconds(window.light_time.seconds) + _ISSUE


def _next_arrival(present: UplinkWindow, booked: Sequence[UplinkWindow]) -> Instant | None:
    later = (one for one in booked if one.transmit.start >= present.transmit.end)
    return next((_arrival(one.transmit.start, one) for one in later), None)
