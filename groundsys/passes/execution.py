"""The life of a booked pass, and the verdict on it.

    planned → configuring → searching → locked → closed
            ↘ cancelled

What the antenna reports and what the clock says move it on; loss of lock brings it back to
searching.  Once closed, a pass is executed, degraded or missed, with figures.  A pass that the
plan has let go before it began is cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from groundsys.values.instants import Instant, Interval

PassState = Literal["planned", "configuring", "searching", "locked", "closed", "cancelled"]
PassVerdict = Literal["executed", "degraded", "missed"]
AntennaState = Literal["idle", "configuring", "searching", "locked", "lost"]

#: a pass with lock for at least this share of its time in view was executed, else degraded
EXECUTED_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Pass:
    """One booked pass: the plan (receive and transmit times at the station) and what happened."""

    id: str
    antenna: str
    spacecraft: str
    start: Instant
    end: Instant
    uplink_from: Instant
    uplink_until: Instant
    light_time_s: float
    rate_bps: float
    maximum_elevation_deg: float = 0.0
    #: seconds of the booked time in which the craft is in view (Mars may hide it)
    view_s: float | None = None
    state: PassState = "planned"
    verdict: PassVerdict | None = None
    first_lock: Instant | None = None
    #: since when lock is held; None while it is not
    lock_since: Instant | None = None
    lock_s: float = 0.0
    losses_of_lock: int = 0
    uplink: bool = False
    c_n0_dbhz: float | None = None
    frames_good: int = 0
    frames_corrected: int = 0
    symbols_corrected: int = 0
    frames_bad: int = 0
    #: as planned: what the link brings, how sure the times are, which needs it serves
    volume_bits: float = 0.0
    sigma_s: float = 0.0
    serves: tuple[str, ...] = ()
    #: the plan's version that booked it or moved it last
    plan_version: int = 0
    #: the antenna that has been told to prepare for it, at whatever times
    told: str | None = None
    #: as the antenna reported it: preparing, pointed and searching, its carrier up and down again,
    #: lock ended last; and when AD service was open
    configuring_from: Instant | None = None
    searching_from: Instant | None = None
    carrier_from: Instant | None = None
    carrier_until: Instant | None = None
    service_from: Instant | None = None
    last_lock: Instant | None = None

    @property
    def interval(self) -> Interval:
        return Interval(self.start, self.end)

    @property
    def lock_share(self) -> float:
        """Time in lock over booked time in view."""
        view_s = self.interval.seconds if self.view_s is None else self.view_s
        return self.lock_s / view_s if view_s else 0.0


@dataclass(frozen=True, slots=True)
class ConfigureOrdered:
    """The antenna has been told to prepare."""


@dataclass(frozen=True, slots=True)
class AntennaReport:
    """What the antenna's front end says of itself, and its counts since the pass began."""

    time: Instant
    state: AntennaState
    uplink: bool
    c_n0_dbhz: float | None
    frames_good: int
    frames_corrected: int
    symbols_corrected: int
    frames_bad: int


@dataclass(frozen=True, slots=True)
class EndReached:
    """The booked time is over and the antenna is free again."""


@dataclass(frozen=True, slots=True)
class ServiceOpened:
    """AD frames may leave: FOP-1 and the craft's FARM-1 agree."""


PassEvent = ConfigureOrdered | AntennaReport | EndReached | ServiceOpened


def advance_pass(one: Pass, event: PassEvent, now: Instant) -> Pass:
    """The pass after `event`; nothing moves a closed pass but late counts of its antenna."""
    match event:
        case ConfigureOrdered() if one.state == "planned":
            return replace(one, state="configuring", told=one.antenna)
        case _ if one.state == "cancelled":
            return one
        case AntennaReport():
            return _reported(one, event)
        case ServiceOpened() if one.state != "closed":
            return replace(one, service_from=one.service_from or now)
        case EndReached() if one.state != "closed":
            over = min(now, one.end)
            closed = _with_carrier(_with_lock(one, over, locked=False), over, is_up=False)
            closed = replace(closed, state="closed", uplink=False)
            return replace(closed, verdict=_verdict(closed))
    return one


def milestones(one: Pass) -> tuple[Instant | None, ...]:
    """When the antenna did what: said once, so that it must be kept at once."""
    times = (one.configuring_from, one.searching_from, one.carrier_from, one.carrier_until)
    return (*times, one.service_from)


def _reported(one: Pass, report: AntennaReport) -> Pass:
    counted = replace(
        one,
        frames_good=max(one.frames_good, report.frames_good),
        frames_corrected=max(one.frames_corrected, report.frames_corrected),
        symbols_corrected=max(one.symbols_corrected, report.symbols_corrected),
        frames_bad=max(one.frames_bad, report.frames_bad),
    )
    if one.state == "closed":
        return replace(counted, verdict=_verdict(counted))
    heard = replace(
        _with_carrier(counted, report.time, is_up=report.uplink), c_n0_dbhz=report.c_n0_dbhz
    )
    match report.state:
        case "configuring":
            since = heard.configuring_from or report.time
            return replace(heard, state="configuring", configuring_from=since)
        case "searching" | "lost":
            searching = _with_lock(heard, report.time, locked=False)
            since = heard.searching_from or report.time
            return replace(searching, state="searching", searching_from=since)
        case "locked":
            return replace(_with_lock(heard, report.time, locked=True), state="locked")
    return _with_lock(heard, report.time, locked=False)


def _with_carrier(one: Pass, at: Instant, *, is_up: bool) -> Pass:
    """The uplink's carrier is up, or is not, at `at`."""
    if is_up:
        return replace(one, uplink=True, carrier_from=one.carrier_from or at, carrier_until=None)
    return replace(one, uplink=False, carrier_until=at if one.uplink else one.carrier_until)


def _with_lock(one: Pass, at: Instant, *, locked: bool) -> Pass:
    """Count the time in lock, which begins or ends at `at`; only booked time counts."""
    at = min(max(at, one.start), one.end)
    if locked:
        if one.lock_since is not None:
            return one
        return replace(one, lock_since=at, first_lock=one.first_lock or at)
    if one.lock_since is None:
        return one
    held_s = max(0.0, at.seconds_since(one.lock_since))
    losses = one.losses_of_lock + (at < one.end)
    return replace(
        one, lock_since=None, lock_s=one.lock_s + held_s, losses_of_lock=losses, last_lock=at
    )


def _verdict(one: Pass) -> PassVerdict:
    if not one.frames_good:
        return "missed"
    return "executed" if one.lock_share >= EXECUTED_SHARE else "degraded"
