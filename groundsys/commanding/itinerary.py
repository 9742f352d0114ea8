"""Where a command will be when: every hop of its way, foreseen from what is booked now.

    radiated → arrived [→ forwarded → reached] → completed → confirmed

A craft that antennas speak to is reached as it arrives.  A cube's command is kept by the relay
until an overflight.  `confirmed` is the earliest moment at which the ground can know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundsys.commanding.uplink import UplinkWindow, radiation_seconds
from groundsys.planning.contact_graph.volumes import HAIL_S
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import (
    EarthReceiveTime,
    Instant,
    Interval,
    LightTime,
    SpacecraftEventTime,
    TransmitTime,
)

#: a command that should have left so long ago is foreseen again
_OVERDUE_S = 300.0
#: a relay hands nothing new to a cube so near a session's end, so that its reports get out
NOTHING_NEW_S = 60.0


@dataclass(frozen=True, slots=True)
class Overflight:
    """A booked relay session with the craft."""

    id: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Way:
    """What lies between the ground and a craft, as booked and known now.

    `windows` are the uplinks to the craft, or to its relay, in order of time; `passes` the times
    in which Earth can hear it, receive time; `overflights` are a cube's, else None.
    """

    spacecraft: str
    uplink_rate_bps: float
    #: what the craft's link security adds to a frame
    security_octets: int
    windows: tuple[UplinkWindow, ...]
    passes: tuple[Interval, ...]
    overflights: tuple[Overflight, ...] | None
    #: seconds that the craft takes to execute a command
    execution_s: float
    clock: ClockSolution


@dataclass(frozen=True, slots=True)
class Itinerary:
    """Every hop of a command, foreseen."""

    pass_id: str
    antenna: str
    #: the overflight that hands it to a cube; "" for a craft that antennas speak to
    session_id: str
    light_time_s: float
    #: its last bit leaves the antenna
    radiated: TransmitTime
    #: at the craft that antennas speak to
    arrived: SpacecraftEventTime
    #: at the craft that executes it, and what that craft's clock then shows, in seconds
    reached: SpacecraftEventTime
    sclk_s: float
    completed: SpacecraftEventTime
    #: None: no pass is booked in which its report could come
    confirmed: EarthReceiveTime | None


@dataclass(frozen=True, slots=True)
class NoWay:
    """Why a command cannot go, and the next moment at which it could leave, if there is one."""

    reason: str
    next_at: Instant | None = None


def foresee(
    way: Way,
    octets: int,
    earliest: Instant,
    *,
    exactly: bool = False,
    before: Instant | None = None,
) -> Itinerary | NoWay:
    """The way of a packet of so many octets that may leave at `earliest` or later.

    `exactly`: it must leave at that moment.  `before`: it must reach the craft before that, as
    what it is for begins then.
    """
    found = _first(way, octets, earliest, exactly=exactly)
    if isinstance(found, NoWay):
        if exactly:
            later = _first(way, octets, earliest, exactly=False)
            return NoWay(found.reason, _leaves(later, way, octets))
        return found
    if before is not None and found.reached >= before:
        return NoWay(
            f"it would reach {way.spacecraft} at {found.reached.utc_iso(0)}, "
            f"not before {before.utc_iso(0)}"
        )
    return found


def holds(itinerary: Itinerary, way: Way, now: Instant) -> bool:
    """Whether an itinerary still stands as things are booked: pass, time and overflight.

    One whose time has just passed stands a little longer: the command is about to leave.
    """
    in_window = any(
        one.pass_id == itinerary.pass_id
        and one.transmit.start <= itinerary.radiated <= one.transmit.end
        for one in way.windows
    )
    in_session = way.overflights is None or any(
        one.id == itinerary.session_id and one.interval.contains(itinerary.reached)
        for one in way.overflights
    )
    return in_window and in_session and itinerary.radiated.plus_seconds(_OVERDUE_S) >= now


def _leaves(found: Itinerary | NoWay, way: Way, octets: int) -> Instant | None:
    if isinstance(found, NoWay):
        return None
    return Instant(found.radiated.plus_seconds(-_duration_s(way, octets)).tai_ns)


def _duration_s(way: Way, octets: int) -> float:
    return radiation_seconds(octets, way.uplink_rate_bps, way.security_octets)


def _first(way: Way, octets: int, earliest: Instant, *, exactly: bool) -> Itinerary | NoWay:
    duration_s = _duration_s(way, octets)
    reason = f"no uplink to {way.spacecraft} is booked"
    for window in way.windows:
        start = max(earliest, window.transmit.start)
        if start.plus_seconds(duration_s) > window.transmit.end:
            continue
        if exactly and start > earliest:
            return NoWay(f"{reason} at {earliest.utc_iso(0)}")
        found = _along(way, window, start.plus_seconds(duration_s))
        if found is not None:
            return found
        reason = f"{way.spacecraft} sleeps: no overflight is booked after the command's arrival"
    return NoWay(reason)


def _along(way: Way, window: UplinkWindow, leaves_at: Instant) -> Itinerary | None:
    radiated = TransmitTime(leaves_at.tai_ns)
    arrived = radiated.arriving_after(window.light_time)
    reached, session = arrived, ""
    if way.overflights is not None:
        held = _next_overflight(way.overflights, arrived)
        if held is None:
            return None
        begins = held.interval.start.plus_seconds(HAIL_S)
        reached = SpacecraftEventTime(max(begins, arrived).tai_ns)
        session = held.id
    completed = reached.plus_seconds(way.execution_s)
    return Itinerary(
        pass_id=window.pass_id,
        antenna=window.antenna,
        session_id=session,
        light_time_s=window.light_time.seconds,
        radiated=radiated,
        arrived=arrived,
        reached=reached,
        sclk_s=way.clock.sclk_s(reached),
        completed=completed,
        confirmed=heard_at(completed, window.light_time, way.passes),
    )


def _next_overflight(overflights: Sequence[Overflight], after: Instant) -> Overflight | None:
    coming = [one for one in overflights if one.interval.end.plus_seconds(-NOTHING_NEW_S) > after]
    return min(coming, key=lambda one: one.interval.start, default=None)


def heard_at(
    made_at: SpacecraftEventTime, light_time: LightTime, passes: Sequence[Interval]
) -> EarthReceiveTime | None:
    """The earliest moment at which Earth can know what a craft made at `made_at`.

    At once if a pass is under way; else stored, and played back one round trip after the
    carrier of the next pass has left.
    """
    arrives = made_at.received_after(light_time)
    for one in passes:
        if one.contains(arrives):
            return arrives
        if one.start > arrives:
            begins = one.start.plus_seconds(2.0 * light_time.seconds)
            return EarthReceiveTime(begins.tai_ns) if begins < one.end else None
    return None
