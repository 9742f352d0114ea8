"""Relay sessions: which to load into the relay's table, when each is over, and whether it was held.

    planned → loading → loaded → open → closed      (loaded → planned once the relay's clock jumps)
            ↘ cancelled

The verdict comes from the archive alone: a session was executed if the cube made packets in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from groundsys.values.clock import ClockSolution
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, Interval

RelaySessionState = Literal["planned", "loading", "loaded", "open", "closed", "cancelled"]
RelayVerdict = Literal["executed", "missed"]

#: a session is loaded this long ahead, and farther only up to when the next uplink can load what
#: follows: the table on board is short, and plans change
LOAD_AHEAD = timedelta(hours=14)
#: without a measured clock only what comes this soon is loaded
LOAD_AHEAD_UNMEASURED = timedelta(hours=3)
#: the load must have arrived this long before the session starts
LOAD_MARGIN = timedelta(seconds=90)
#: a cube's packet belongs to a session if it was made this near it
_SLACK = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class RelaySession:
    """One overflight that is to be used, and what became of it."""

    id: str
    relay: str
    spacecraft: str
    start: Instant
    end: Instant
    state: RelaySessionState = "planned"
    verdict: RelayVerdict | None = None
    #: when the cube made the first and the last packet of this session that are in the archive
    heard_from: Instant | None = None
    heard_until: Instant | None = None
    #: as planned
    rate_bps: float = 0.0
    maximum_elevation_deg: float = 0.0
    volume_bits: float = 0.0
    sigma_s: float = 0.0
    #: the plan's version that booked it or moved it last
    plan_version: int = 0

    @property
    def interval(self) -> Interval:
        return Interval(self.start, self.end)


@dataclass(frozen=True, slots=True)
class LoadQueued:
    """The command that loads it is in the queue."""


@dataclass(frozen=True, slots=True)
class LoadVerified:
    """The relay reports that the session is in its table."""


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """The load was refused, was lost or came too late; it may be tried again."""


@dataclass(frozen=True, slots=True)
class ClockReached:
    """Mission time has come to `now`."""


@dataclass(frozen=True, slots=True)
class PacketsArchived:
    """Packets of the cube, by the time at which the cube made them."""

    made_at: tuple[Instant, ...]


@dataclass(frozen=True, slots=True)
class EverythingHeard:
    """The relay's recorder has been drained to past the session: what is not here never was."""


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The relay's clock was reset: what it has in its table comes at another time."""


RelayEvent = (
    LoadQueued
    | LoadVerified
    | LoadFailed
    | ClockReached
    | ClockJumped
    | PacketsArchived
    | EverythingHeard
)


def advance_relay_session(session: RelaySession, event: RelayEvent, now: Instant) -> RelaySession:
    """The session after `event`."""
    match event:
        case _ if session.state == "cancelled":
            return session
        case LoadQueued() if session.state == "planned":
            return replace(session, state="loading")
        case LoadVerified() if session.state in ("planned", "loading"):
            return _at(replace(session, state="loaded"), now)
        case LoadFailed() if session.state == "loading":
            return replace(session, state="planned")
        case ClockReached():
            return _at(session, now)
        case ClockJumped() if session.state in ("loading", "loaded") and now < session.start:
            return replace(session, state="planned")
        case PacketsArchived():
            return _heard(session, event.made_at)
        case EverythingHeard() if session.state == "closed" and session.verdict is None:
            return replace(session, verdict="missed")
    return session


def may_have_been_held(session: RelaySession) -> bool:
    """Whether the cube may have been handed something; if it was missed, it answered to nothing."""
    return session.state != "cancelled" and session.verdict != "missed"


def _heard(session: RelaySession, made_at: Iterable[Instant]) -> RelaySession:
    around = Interval(session.start - _SLACK, session.end + _SLACK)
    known = (session.heard_from, session.heard_until)
    inside = [instant for instant in made_at if around.contains(instant)]
    if not inside:
        return session
    inside += [instant for instant in known if instant is not None]
    return replace(session, heard_from=min(inside), heard_until=max(inside), verdict="executed")


def _at(session: RelaySession, now: Instant) -> RelaySession:
    if now >= session.end:
        return replace(session, state="closed")
    if now >= session.start and session.state == "loaded":
        return replace(session, state="open")
    return session


def sessions_to_load(
    sessions: Iterable[RelaySession],
    arrives_at: Instant,
    *,
    clock_is_measured: bool,
    next_arrives_at: Instant | None = None,
) -> tuple[RelaySession, ...]:
    """What a command that arrives at the relay at `arrives_at` is worth loading, in order.

    `next_arrives_at` is when the first command of the next booked uplink arrives.
    """
    until = arrives_at + (LOAD_AHEAD if clock_is_measured else LOAD_AHEAD_UNMEASURED)
    if clock_is_measured and next_arrives_at is not None:
        until = max(until, next_arrives_at + LOAD_MARGIN)
    worth = [
        session
        for session in sessions
        if session.state == "planned" and arrives_at + LOAD_MARGIN <= session.start <= until
    ]
    return tuple(sorted(worth, key=lambda session: session.start))


def load_arguments(
    session: RelaySession, spacecraft_id: int, relay_clock: ClockSolution
) -> dict[str, Any]:
    """Arguments of RELAY_SESSION_ADD: the start in whole seconds of the relay's own clock."""
    start_s = relay_clock.sclk_ns(session.start) // NANOSECONDS_PER_SECOND
    return {
        "session_spacecraft_id": spacecraft_id,
        "session_start_sclk": start_s,
        "session_duration_s": round(session.interval.seconds),
    }


def forward_arguments(spacecraft_id: int, tc_frame: bytes) -> dict[str, Any]:
    """Arguments of FORWARD_FRAME: a cube's TC frame, wrapped for its relay."""
    return {
        "forward_spacecraft_id": spacecraft_id,
        "forward_frame_length": len(tc_frame),
        "forward_frame": tc_frame,
    }
