"""What an antenna is at, given its booking and the signal it sees: decisions only.

A `Track` holds what has happened; its state at any moment follows from it, so nothing is lost
between two steps of the clock.

    configuring → searching → locked ⇄ lost        (idle without a booking)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from groundsys.station.booking import Booking
from groundsys.station.search import Search
from groundsys.values.instants import Instant, Interval

#: how long after its pass an antenna still takes what is under way through its receivers
HEAR_OUT_S = 15.0

AntennaState = Literal["idle", "configuring", "searching", "locked", "lost"]


@dataclass(frozen=True, slots=True)
class Track:
    """One booking under way.

    `configured_at`: when the antenna is ready and pointed.  `signal_since`: since when its
    signal is there, or None; a wide search has found it then.  `past_locks`: stretches of lock that
    have ended.  `searched_from`: since when a search goes on that has begun anew.
    """

    booking: Booking
    configured_at: Instant
    acquisition_s: float
    search: Search
    signal_since: Instant | None = None
    searched_from: Instant | None = None
    past_locks: tuple[Interval, ...] = ()

    @property
    def search_from(self) -> Instant:
        """When it begins to look for the signal."""
        return max(self.configured_at, self.booking.span.start)

    def search_step(self, now: Instant) -> int | None:
        """How many places its beam has looked at; None if it need not, or has found the craft."""
        begun = self.searched_from or self.search_from
        if not self.search.is_wide or self.signal_since is not None or now < begun:
            return None
        return self.search.step_at(now.seconds_since(begun))

    def step_begins(self, step: int) -> Instant:
        """When the beam comes to a place."""
        begun = self.searched_from or self.search_from
        return begun.plus_seconds(step * self.search.dwell_s)

    @property
    def locked_from(self) -> Instant | None:
        """When the present signal is, or will be, acquired; None without a signal."""
        if self.signal_since is None:
            return None
        return max(self.signal_since, self.search_from).plus_seconds(self.acquisition_s)

    @property
    def ends_at(self) -> Instant:
        """When the antenna is free again."""
        return self.booking.span.end.plus_seconds(HEAR_OUT_S)


def state_of(track: Track | None, now: Instant) -> AntennaState:
    """What the antenna is at."""
    if track is None:
        return "idle"
    if now < track.search_from:
        return "configuring"
    if track.locked_from is None:
        return "lost" if track.past_locks else "searching"
    return "locked" if track.locked_from <= now else "searching"


def see_signal(track: Track, *, present: bool, at: Instant) -> Track:
    """The track once the signal has appeared or disappeared `at` a moment."""
    if present:
        return track if track.signal_since is not None else replace(track, signal_since=at)
    locked_from = track.locked_from
    locks = track.past_locks
    if locked_from is not None and locked_from < at:
        locks = (*locks, Interval(locked_from, at))
    if track.signal_since is None:
        return track
    return replace(track, signal_since=None, past_locks=locks, searched_from=at)


def cut_short(track: Track, at: Instant) -> Track | None:
    """The track once its pass is released: it ends then, or None if it has not begun to receive."""
    span = track.booking.span
    if at <= track.search_from:
        return None
    booking = replace(track.booking, span=Interval(span.start, min(span.end, at)))
    return replace(track, booking=booking)


def is_received(track: Track, arrival: Instant) -> bool:
    """Whether a frame that arrived then fell into a stretch of lock."""
    if not track.booking.span.contains(arrival):
        return False
    locked_from = track.locked_from
    if locked_from is not None and locked_from <= arrival:
        return True
    return any(lock.contains(arrival) for lock in track.past_locks)


def uplink_window(track: Track) -> Interval | None:
    """When this track's carrier is up: the booked window, as far as the antenna is ready."""
    uplink = track.booking.uplink
    if uplink is None:
        return None
    start = max(uplink.start, track.configured_at)
    end = min(uplink.end, track.booking.span.end)
    return Interval(start, end) if start < end else None


def next_change(track: Track | None, now: Instant) -> Instant | None:
    """The next moment after `now` at which something changes by itself."""
    if track is None:
        return None
    moments = [track.configured_at, track.search_from, track.ends_at]
    if track.locked_from is not None:
        moments.append(track.locked_from)
    step = track.search_step(now)
    if step is not None:
        moments.append(track.step_begins(step + 1))
    window = uplink_window(track)
    if window is not None:
        moments += [window.start, window.end]
    return min((moment for moment in moments if moment > now), default=None)
