"""By when a command's report must have come, in mission time.

From light time, and from when the craft can next be heard: a report made out of lock waits on
board for the next pass, and a cube's report needs a relay session and then a pass.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.values.instants import Instant, Interval, LightTime

#: beyond the light time: waiting in queues, the antenna's serial line, polling of the archive
_PROCESSING_S = 900.0
#: round trips in which FOP-1 can repeat a lost frame and the report still comes
_ROUND_TRIPS = 3.0
#: how long a stored report may wait behind files in the relay's downlink
_PLAYBACK_S = 5_400.0
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
    return _heard_by(issued_at, light_time, [one for one in passes if one.start > issued_at])


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
    return _heard_by(last, light_time, [one for one in passes if one.end > last])


def _heard_by(
    made_at: Instant, light_time: LightTime, passes: Sequence[Interval]
) -> Instant | None:
    """When something made at `made_at` has been heard, if `passes` still come."""
    for one in passes:
        listening = max(one.start.plus_seconds(2.0 * light_time.seconds), made_at)
        heard = listening.plus_seconds(light_time.seconds + _PLAYBACK_S)
        if heard <= one.end:
            return heard
    return passes[-1].end if passes else None
