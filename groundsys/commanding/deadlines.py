"""By when a command's report must have come, in mission time.

From light time, and from when the craft can next be heard: a report made out of lock waits on
board for the next pass, and a cube's report needs a relay session and then a pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from groundsys.values.instants import Instant, Interval, LightTime

#: a CLTU that nobody has told of may have waited so long for its turn to be radiated
AT_THE_ANTENNA = timedelta(seconds=300)
#: a craft reports a command's acceptance this soon after its arrival
REPORTS_WITHIN = timedelta(seconds=60)
#: beyond the light time: waiting in queues, the antenna's serial line, polling of the archive
_PROCESSING_S = 900.0
#: round trips in which FOP-1 can repeat a lost frame and the report still comes
_ROUND_TRIPS = 3.0
#: how long a stored report waits behind others in the craft's own playback, which comes first,
#: and a cube's behind files in its relay's
_OWN_PLAYBACK_S = 900.0
_RELAYED_PLAYBACK_S = 5_400.0
#: sessions in which a frame can reach a sleeping cube before it counts as lost
_RELAY_SESSIONS = 2


def direct_deadline(
    issued_at: Instant, light_time: LightTime, passes: Sequence[Interval]
) -> Instant | None:
    """For a craft that antennas speak to; `passes` are receive times, in order.

    None: no pass is left in which its report could come.
    """
    quick = issued_at.plus_seconds(_ROUND_TRIPS * 2.0 * light_time.seconds + _PROCESSING_S)
    if any(one.contains(issued_at) and quick < one.end for one in passes):
        return quick
    later = [one for one in passes if one.start > issued_at]
    return heard_by(issued_at, light_time, later)


def relayed_deadline(
    arrives_at_relay: Instant,
    light_time: LightTime,
    sessions: Sequence[Interval],
    passes: Sequence[Interval],
) -> Instant | None:
    """For a cube behind its relay; `sessions` are the relay sessions with it, in order.

    None: no session or pass is left.
    """
    coming = [one for one in sessions if one.start >= arrives_at_relay]
    if not coming:
        return None
    last = coming[min(_RELAY_SESSIONS, len(coming)) - 1].end
    later = [one for one in passes if one.end > last]
    return heard_by(last, light_time, later, _RELAYED_PLAYBACK_S)


def heard_by(
    made_at: Instant,
    light_time: LightTime,
    passes: Sequence[Interval],
    playback_s: float = _OWN_PLAYBACK_S,
) -> Instant | None:
    """When something made at `made_at` has been heard, if `passes` still come.

    A pass's playback begins to arrive one round trip after its carrier has left.
    """
    for one in passes:
        begins = one.start.plus_seconds(2.0 * light_time.seconds)
        heard = max(begins, made_at.plus_seconds(light_time.seconds)).plus_seconds(playback_s)
        if heard <= one.end:
            return heard
    return passes[-1].end if passes else None
