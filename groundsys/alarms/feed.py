"""Whether a craft is heard as the antenna's lock on it promises."""

from __future__ import annotations

from groundsys.values.instants import Instant

#: a frame at 10 bit/s, the slowest that any craft sends, takes half of it
SILENT_AFTER_S = 1_800.0


def silent_s(lock_since: Instant | None, newest_frame: Instant | None, now: Instant) -> float:
    """Seconds of lock in which no frame was received; 0 without lock.

    `newest_frame` is the ERT of the last frame, of whatever pass.
    """
    if lock_since is None:
        return 0.0
    heard = lock_since if newest_frame is None else max(lock_since, newest_frame)
    return max(0.0, now.seconds_since(heard))
