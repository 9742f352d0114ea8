"""The hop between cube and OTV: Proximity-1's sequence-controlled service, reduced.

After COP-P (CCSDS 211.0-B-6 §7): frames carry an 8-bit number V(S); the receiver takes them in
order only and reports the number it expects next with a flag that asks for a repeat; the sender
goes back to the oldest unacknowledged frame (go-back-N) when asked or when an answer is overdue.
Both ends keep their numbers from one session to the next, so a session may break off anywhere.
Reduced: no separate control words and no resynchronisation directive, because numbers never get
lost here; one queue a direction.  The data of a frame is a version-3 transfer frame (§3.2.2).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from groundsys.values.errors import FrameError

NUMBER_MODULUS = 256
#: the most frames under way: half the numbers, so that old and new are told apart
LARGEST_WINDOW = 127
HEADER_LENGTH = 5
LONGEST_FRAME = 2048

Port = Literal["telemetry", "telecommand", "file"]
_PORT_NUMBERS: dict[Port, int] = {"telemetry": 1, "telecommand": 2, "file": 3}
_PORTS: dict[int, Port] = {number: port for port, number in _PORT_NUMBERS.items()}


@dataclass(frozen=True, slots=True)
class ProximityFrame:
    """A version-3 transfer frame: `port` says what `data` is, `spacecraft_id` whose it is."""

    spacecraft_id: int
    port: Port
    number: int
    data: bytes
    #: by the expedited service: nobody acknowledges it
    expedited: bool = False


def encode_proximity_frame(frame: ProximityFrame) -> bytes:
    """Header of five octets (211.0-B-6 §3.2.2) and data; source-or-destination is "source"."""
    length = HEADER_LENGTH + len(frame.data)
    if length > LONGEST_FRAME:
        raise FrameError(
            "a Proximity-1 frame is too long",
            expected=f"at most {LONGEST_FRAME} octets",
            found=f"{length} octets",
        )
    header = (
        0b10 << 38
        | frame.expedited << 37
        | frame.spacecraft_id << 24
        | _PORT_NUMBERS[frame.port] << 20
        | (length - 1) << 8
        | frame.number
    )
    return header.to_bytes(HEADER_LENGTH, "big") + frame.data


def decode_proximity_frame(data: bytes) -> ProximityFrame:
    """The frame in `data`; `FrameError` if its version, length or port is not ours."""
    header = int.from_bytes(data[:HEADER_LENGTH], "big")
    port = _PORTS.get(header >> 20 & 0x7)
    if len(data) < HEADER_LENGTH or header >> 38 != 0b10 or port is None:
        raise FrameError(
            "not a Proximity-1 frame", expected="a version-3 header", found=data[:5].hex()
        )
    if (header >> 8 & 0x7FF) + 1 != len(data):
        raise FrameError(
            "a Proximity-1 frame has the wrong length",
            expected=f"{(header >> 8 & 0x7FF) + 1} octets",
            found=f"{len(data)} octets",
        )
    return ProximityFrame(
        header >> 24 & 0x3FF,
        port,
        header & 0xFF,
        data[HEADER_LENGTH:],
        expedited=bool(header >> 37 & 1),
    )


@dataclass(slots=True)
class Outgoing:
    """Something to send: its port, its data, and how to renew it each time it is sent.

    `renew(start_ns)` gives the data anew for a frame whose first bit leaves at true time
    `start_ns`; it is for time reports, which tell that very instant.
    """

    port: Port
    data: bytes
    renew: Callable[[int], bytes] | None = None


@dataclass(slots=True)
class _UnderWay:
    number: int
    content: Outgoing
    sent_ns: int | None = None
    times_sent: int = 0


@dataclass(frozen=True, slots=True)
class Transmission:
    """One frame as it leaves: `repeated` if it has left before."""

    number: int
    content: Outgoing
    repeated: bool


class SequenceSender:
    """The sending end; `answer_time_ns` is how long an answer may take before frames repeat."""

    def __init__(self, *, answer_time_ns: int, window: int = LARGEST_WINDOW) -> None:
        if not 1 <= window <= LARGEST_WINDOW:
            raise ValueError(f"window {window} is not between 1 and {LARGEST_WINDOW}")
        self._answer_time_ns = answer_time_ns
        self._window = window
        self._queue: deque[Outgoing] = deque()
        self._under_way: deque[_UnderWay] = deque()
        self._next_number = 0
        self._next_to_send = 0
        self._went_back_ns: int | None = None

    def offer(self, content: Outgoing) -> None:
        """Queue `content` behind the others."""
        self._queue.append(content)

    @property
    def waiting(self) -> int:
        """What has not been acknowledged, sent or not."""
        return len(self._queue) + len(self._under_way)

    @property
    def has_room(self) -> bool:
        """Whether a frame offered now could leave now."""
        return not self._queue and len(self._under_way) < self._window

    def restart(self) -> None:
        """A new session: whatever was under way is sent again first."""
        self._next_to_send = 0
        self._went_back_ns = None

    def peek(self, now_ns: int) -> Outgoing | None:
        """What would leave next, if anything may."""
        self._go_back_if_overdue(now_ns)
        if self._next_to_send < len(self._under_way):
            return self._under_way[self._next_to_send].content
        if self._queue and len(self._under_way) < self._window:
            return self._queue[0]
        return None

    def send_next(self, now_ns: int) -> Transmission | None:
        """The next frame to leave at `now_ns`, or None if the window or the queue is spent."""
        if self.peek(now_ns) is None:
            return None
        if self._next_to_send == len(self._under_way):
            self._under_way.append(_UnderWay(self._next_number, self._queue.popleft()))
            self._next_number = (self._next_number + 1) % NUMBER_MODULUS
        frame = self._under_way[self._next_to_send]
        self._next_to_send += 1
        frame.sent_ns = now_ns
        frame.times_sent += 1
        return Transmission(frame.number, frame.content, repeated=frame.times_sent > 1)

    def acknowledge(self, next_expected: int, *, repeat: bool, now_ns: int) -> int:
        """Take the receiver's report; how many frames it newly acknowledges.

        A report beyond what was sent is old or wrong, and is left aside.
        """
        if not self._under_way:
            return 0
        acknowledged = (next_expected - self._under_way[0].number) % NUMBER_MODULUS
        if acknowledged > len(self._under_way):
            return 0
        for _ in range(acknowledged):
            self._under_way.popleft()
        self._next_to_send = max(0, self._next_to_send - acknowledged)
        if repeat and self._may_go_back(now_ns):
            self._go_back(now_ns)
        return acknowledged

    def _may_go_back(self, now_ns: int) -> bool:
        """One answer time after going back, reports still speak of what went before."""
        return self._went_back_ns is None or now_ns - self._went_back_ns >= self._answer_time_ns

    def _go_back(self, now_ns: int) -> None:
        self._next_to_send = 0
        self._went_back_ns = now_ns

    def _go_back_if_overdue(self, now_ns: int) -> None:
        if not self._next_to_send:
            return
        oldest = self._under_way[0]
        if oldest.sent_ns is not None and now_ns - oldest.sent_ns >= self._answer_time_ns:
            self._go_back(now_ns)


class SequenceReceiver:
    """The receiving end: V(R), and whether a repeat must be asked for."""

    def __init__(self) -> None:
        self.next_expected = 0
        self.repeat = False

    def accept(self, number: int) -> bool:
        """True if the frame is the expected one; otherwise it is dropped.

        A number ahead means that one was lost; a number behind is a frame taken before.
        """
        ahead = (number - self.next_expected) % NUMBER_MODULUS
        if ahead == 0:
            self.next_expected = (self.next_expected + 1) % NUMBER_MODULUS
            self.repeat = False
            return True
        if ahead <= LARGEST_WINDOW:
            self.repeat = True
        return False
