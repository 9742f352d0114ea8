"""Giving frames to Yamcs' UDP link, which has no flow control and loses without a word.

Frames go in windows that fit the socket's buffer; after each, the link's own counter tells how
many frames Yamcs has taken to their end, archive included.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence

from groundsys.backend import LinkPorts

#: frames under way at once: 64 of 1115 octets take 150 kB of a buffer of 208 kB (Linux' default)
WINDOW = 64
#: wall time without any progress after which frames count as lost
STALL_S = 2.0
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.001, 0.02


class LinkFeeder:
    """Sends to one link; `count` asks for the frames that it has taken since Yamcs started."""

    def __init__(self, ports: LinkPorts, count: Callable[[], int]) -> None:
        self._target = (ports.host, ports.tm_port)
        self._count = count
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sent = count()
        self._taken = self._sent

    def send_unwatched(self, frames: Sequence[bytes]) -> None:
        """Send frames whose loss does no harm; they are waited for with the next ones."""
        for frame in frames:
            self._socket.sendto(frame, self._target)
        self._sent += len(frames)

    def send(self, frames: Sequence[bytes]) -> bool:
        """Send the frames and wait until the link has them; False if it lacks one at the end."""
        for start in range(0, len(frames), WINDOW):
            window = frames[start : start + WINDOW]
            for frame in window:
                self._socket.sendto(frame, self._target)
            self._sent += len(window)
            if not self._await_counter():
                self._sent = self._taken
                return False
        return True

    def close(self) -> None:
        self._socket.close()

    def _await_counter(self) -> bool:
        """Wait until the counter has reached what was sent; False once it stands still."""
        wait_s = _SHORTEST_WAIT_S
        deadline = time.monotonic() + STALL_S
        while True:
            taken = self._count()
            if taken < self._taken:  # Yamcs was started anew: what was under way is lost
                self._taken = taken
                return False
            if taken >= self._sent:
                self._taken = self._sent = taken
                return True
            if taken > self._taken:
                self._taken = taken
                deadline = time.monotonic() + STALL_S
            if time.monotonic() > deadline:
                return False
            time.sleep(wait_s)  # a condition is polled here, with a deadline
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
