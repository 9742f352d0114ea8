"""What Yamcs' UDP frame link takes from somebody who does nothing but send."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from groundsys.backend import LinkPorts

#: frames under way at most: what the receive buffer that Linux gives by default surely holds
WINDOW = 64
#: wall time without progress after which frames are lost
STILL_S = 2.0
#: between two looks at a counter, well below what a window lasts; asking more often would take
#: time from Yamcs itself
_LOOK_S = 0.008


class FramesLostError(RuntimeError):
    """The link did not take all frames of a sender that is meant to lose none."""


@dataclass(slots=True)
class _Course:
    """One link's frames: sent up to `sent`, taken up to `taken`."""

    frames: Sequence[bytes]
    before: int
    sent: int = 0
    taken: int = 0


class BareSender:
    """Sends to some links at once; `counts` tells what a link has taken since Yamcs started."""

    def __init__(
        self, links: Mapping[str, LinkPorts], counts: Mapping[str, Callable[[], int]]
    ) -> None:
        self._targets = {name: (ports.host, ports.tm_port) for name, ports in links.items()}
        self._counts = counts
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, frames: Mapping[str, Sequence[bytes]], window: int = WINDOW) -> None:
        """Send everything with at most `window` frames of a link under way, and lose none.

        The window slides with the link's counter, so that Yamcs never waits for the sender.
        """
        courses = {name: _Course(of_link, self._counts[name]()) for name, of_link in frames.items()}
        deadline = time.monotonic() + STILL_S
        while waiting := [
            name for name, course in courses.items() if course.taken < len(course.frames)
        ]:
            for name in waiting:
                course = courses[name]
                until = min(course.taken + window, len(course.frames))
                for frame in course.frames[course.sent : until]:
                    self._socket.sendto(frame, self._targets[name])
                course.sent = until
                taken = self._counts[name]() - course.before
                if taken > course.taken:
                    course.taken = taken
                    deadline = time.monotonic() + STILL_S
            time.sleep(_LOOK_S)
            if time.monotonic() > deadline:
                raise FramesLostError(
                    ", ".join(
                        f"{name}: {course.taken} of {course.sent} frames sent have arrived"
                        for name, course in courses.items()
                    )
                )

    def blast(self, name: str, frames: Sequence[bytes]) -> tuple[int, float]:
        """Send without looking: how many frames arrive, and within how many seconds."""
        before = self._counts[name]()
        started = time.perf_counter()
        for frame in frames:
            self._socket.sendto(frame, self._targets[name])
        taken, last_progress = 0, time.perf_counter()
        while taken < len(frames) and time.perf_counter() - last_progress < STILL_S:
            time.sleep(_LOOK_S)
            now = self._counts[name]() - before
            if now > taken:
                taken, last_progress = now, time.perf_counter()
        return taken, last_progress - started

    def close(self) -> None:
        self._socket.close()
