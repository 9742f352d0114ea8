"""Giving frames to Yamcs' UDP links, which have no flow control and lose without a word.

A window of frames that fits the socket's buffer is under way.  It slides with the link's own
counter, which tells how many frames Yamcs has taken to their end, archive included.  Who waits
for that says so to `together`, which feeds several links at once.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence

from groundsys.backend import LinkPorts

#: frames under way at once: 64 of 1115 octets take 150 kB of a buffer of 208 kB (Linux' default)
WINDOW = 64
#: wall time without any progress after which frames count as lost
STALL_S = 2.0
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.001, 0.02

#: a job that yields the seconds for which looking again is of no use
Waiting = Generator[float, None, None]


class LinkFeeder:
    """Sends to one link; `count` asks for the frames that it has taken since Yamcs started."""

    def __init__(self, ports: LinkPorts, count: Callable[[], int]) -> None:
        self._target = (ports.host, ports.tm_port)
        self._count = count
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._queue: deque[bytes] = deque()
        self._sent = count()
        self._taken = self._sent
        self._looked = time.monotonic()
        #: wall time that the link took for a frame lately
        self._frame_s = 0.0005

    def send_unwatched(self, frames: Sequence[bytes]) -> None:
        """Send frames whose loss does no harm; they are waited for with the next ones."""
        for frame in frames:
            self._send(frame)

    def offer(self, frames: Iterable[bytes]) -> None:
        """Line frames up, and send what the window has room for; nothing is waited for."""
        self._queue.extend(frames)
        self._fill_window()
        if self._queue and time.monotonic() > self._looked + WINDOW // 2 * self._frame_s:
            self._taken = max(self._taken, self._count())
            self._looked = time.monotonic()
            self._fill_window()

    def finish(self) -> Generator[float, None, bool]:
        """Send all that was offered; True once the link has it, False if it lacks one."""
        self._looked = time.monotonic()
        deadline = self._looked + STALL_S
        self._fill_window()
        while True:
            before, taken = self._taken, self._count()
            if taken < before:  # Yamcs was started anew: what was under way is lost
                self._taken = taken
                return self._give_up()
            self._taken = taken
            if taken >= self._sent and not self._queue:
                self._sent = taken
                return True
            if taken > before:
                deadline = time.monotonic() + STALL_S
            elif time.monotonic() > deadline:
                return self._give_up()
            self._fill_window()
            yield self._wait_s(taken - before)

    def close(self) -> None:
        self._socket.close()

    def _wait_s(self, progress: int) -> float:
        """How long the link needs, at its present pace, for half a window or for what is left.

        Asking costs Yamcs as much as some frames do, so it is not asked more often.
        """
        now = time.monotonic()
        since_s, self._looked = now - self._looked, now
        self._frame_s = since_s / progress if progress else min(2 * self._frame_s, _LONGEST_WAIT_S)
        ahead = min(WINDOW // 2, self._sent - self._taken)
        return min(max(ahead * self._frame_s, _SHORTEST_WAIT_S), _LONGEST_WAIT_S)

    def _fill_window(self) -> None:
        while self._queue and self._sent < self._taken + WINDOW:
            self._send(self._queue.popleft())

    def _send(self, frame: bytes) -> None:
        self._socket.sendto(frame, self._target)
        self._sent += 1

    def _give_up(self) -> bool:
        self._queue.clear()
        self._sent = self._taken
        return False


def together(jobs: Iterable[Waiting]) -> None:
    """Go on with each job in turn until all have ended, and sleep while all of them wait."""
    under_way = list(jobs)
    while under_way:
        waits = {job: next(job, None) for job in under_way}
        under_way = [job for job, wait_s in waits.items() if wait_s is not None]
        if under_way:
            time.sleep(min(wait_s for wait_s in waits.values() if wait_s is not None))
