"""The OTV's transmitter: which packets go into which frames, and when each frame leaves.

Priorities: what happens now (REALTIME), what entering capsules have just sent (in the channel
RELAY), replays, stored platform packets (PLAYBACK), cubes' frames (RELAY).  A frame is made when
its turn comes, so a packet's frame is never older than the packet.  The bits of a CADU leave at
the downlink rate, one frame after the other.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from groundsys.ccsds.tm_frames import COUNT_MODULUS, FrameBuilder
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.link_model import Framing
from sims.craft.computer.packets import Packet

#: channels that carry packets, the most urgent first
PRIORITIES = ("REALTIME", "REPLAY", "PLAYBACK", "RELAY")
#: a capsule's packet is due so long after it came, times its priority: nobody waits for ever
_PATIENCE_NS = 2_000_000_000
#: octets that Reed–Solomon (255,223) adds to each interleaved codeword, and the sync marker
_PARITY, _CODEWORD_DATA, _MARKER = 32, 223, 4


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A frame, and the true times at which its first bit leaves and its last one has left."""

    start_ns: int
    end_ns: int
    channel: int
    frame: bytes


class Downlink:
    """Queues of packets, and the frames made of them."""

    def __init__(self, framing: Framing, rate_bps: float) -> None:
        self._channels: Mapping[str, int] = framing.virtual_channels
        self._builders = {
            name: FrameBuilder(framing.spacecraft_id, channel, framing.tm_frame_length)
            for name, channel in framing.virtual_channels.items()
        }
        self._queues: dict[str, deque[Packet]] = {name: deque() for name in PRIORITIES}
        #: what entering capsules sent: when it is due, its turn, the packet
        self._live: list[tuple[int, int, Packet]] = []
        self._turns = itertools.count()
        self._live_has_begun = False
        codewords = framing.tm_frame_length // _CODEWORD_DATA
        self.cadu_bits = 8 * (framing.tm_frame_length + codewords * _PARITY + _MARKER)
        self.rate_bps = rate_bps
        self.frames_sent = 0
        self.report_wanted = False
        self._master_count = 0
        #: when the last bit of what was sent last has left
        self.free_from_ns = 0

    @property
    def frame_ns(self) -> int:
        """How long one CADU takes."""
        return round(self.cadu_bits / self.rate_bps * 1e9)

    def queue(self, channel: str, packet: Packet) -> None:
        """Put `packet` behind the others of its channel."""
        self._queues[channel].append(packet)

    def drop(self, packet: Packet) -> None:
        """Send `packet` no more, as nobody has it any longer; harmless if it does not wait."""
        for queue in self._queues.values():
            if packet in queue:
                queue.remove(packet)
        self._live = [waiting for waiting in self._live if waiting[2] is not packet]
        heapq.heapify(self._live)

    def queue_live(self, packet: Packet, priority: int, now_ns: int) -> None:
        """Queue what a capsule sent, to leave the earlier the higher its priority (1 is highest).

        Earliest due first: at equal times the higher priority goes first, and what has waited
        longer than the difference of their patience overtakes it.
        """
        due_ns = now_ns + priority * _PATIENCE_NS
        heapq.heappush(self._live, (due_ns, next(self._turns), packet))

    @property
    def packets_waiting(self) -> int:
        return len(self._live) + sum(len(queue) for queue in self._queues.values())

    def waits(self, channel: str) -> frozenset[Packet]:
        """The packets that wait in `channel`."""
        return frozenset(self._queues[channel])

    @property
    def has_work(self) -> bool:
        """Whether anything but an idle frame could be sent."""
        return self.report_wanted or self.packets_waiting > 0 or self._has_begun()

    def compose(
        self,
        from_ns: int,
        until_ns: int,
        ocf: bytes,
        time_report: Callable[[int], Packet],
    ) -> list[SentFrame]:
        """The frames whose bits all leave between `from_ns` and `until_ns`.

        `time_report(start_ns)` makes the time report for a frame that starts at `start_ns`.
        """
        sent: list[SentFrame] = []
        start_ns = max(from_ns, self.free_from_ns)
        while start_ns + self.frame_ns <= until_ns:
            taken = self._next_frame(start_ns, ocf, time_report)
            if taken is None:
                break
            sent.append(self._send(start_ns, *taken))
            start_ns = self.free_from_ns
        return sent

    def finish(self, now_ns: int, ocf: bytes) -> list[SentFrame]:
        """The frames that complete packets half sent; the lock is gone, nothing else is begun.

        What waits as REALTIME will be PLAYBACK.
        """
        sent: list[SentFrame] = []
        start_ns = max(now_ns, self.free_from_ns)
        for name in PRIORITIES:
            for frame in self._builders[name].take(
                flush=True, ocf=ocf, master_channel_count=self._next_master_count
            ):
                sent.append(self._send(start_ns, name, frame))
                start_ns = self.free_from_ns
        self._live_has_begun = False
        self._queues["PLAYBACK"].extendleft(reversed(self._queues["REALTIME"]))
        self._queues["REALTIME"].clear()
        return sent

    def idle_frame(self, now_ns: int, ocf: bytes) -> SentFrame:
        """A frame of idle data, to hold the station's lock."""
        frame = self._builders["IDLE"].idle_frame(
            ocf=ocf, master_channel_count=self._next_master_count
        )
        return self._send(max(now_ns, self.free_from_ns), "IDLE", frame)

    def _next_frame(
        self, start_ns: int, ocf: bytes, time_report: Callable[[int], Packet]
    ) -> tuple[str, bytes] | None:
        if self.report_wanted:
            builder = self._builders["REALTIME"]
            if builder.pending_bytes == 0:
                self.report_wanted = False
                builder.add(time_report(start_ns).data)
                return self._take("REALTIME", ocf)
            return "REALTIME", self._take_one(builder, ocf)
        if (taken := self._take("REALTIME", ocf)) is not None:
            return taken
        if self._live or self._live_has_begun:
            return self._take_live(ocf)
        for name in PRIORITIES:
            if (taken := self._take(name, ocf)) is not None:
                return taken
        return None

    def _take_live(self, ocf: bytes) -> tuple[str, bytes]:
        """One frame with what is due first, or the end of what the last one began."""
        builder = self._builders["RELAY"]
        while self._live and not builder.frames_ready():
            builder.add(heapq.heappop(self._live)[2].data)
        frame = self._take_one(builder, ocf)
        self._live_has_begun = builder.pending_bytes > 0
        return "RELAY", frame

    def _take(self, name: str, ocf: bytes) -> tuple[str, bytes] | None:
        """One frame of a channel, filled from its queue as far as that goes."""
        builder, queue = self._builders[name], self._queues[name]
        while queue and not builder.frames_ready():
            builder.add(queue.popleft().data)
        if builder.pending_bytes == 0:
            return None
        return name, self._take_one(builder, ocf)

    def _take_one(self, builder: FrameBuilder, ocf: bytes) -> bytes:
        (frame,) = builder.take(
            flush=True, ocf=ocf, master_channel_count=self._next_master_count, limit=1
        )
        return frame

    def _send(self, start_ns: int, name: str, frame: bytes) -> SentFrame:
        self.free_from_ns = start_ns + self.frame_ns
        self.frames_sent += 1
        return SentFrame(start_ns, self.free_from_ns, self._channels[name], frame)

    def _has_begun(self) -> bool:
        return any(self._builders[name].pending_bytes for name in PRIORITIES)

    def _next_master_count(self) -> int:
        count = self._master_count
        self._master_count = (count + 1) % COUNT_MODULUS
        return count


def first_rate_bps(craft: Spacecraft) -> float:
    """The rate after launch: `downlink_rate_bps` of the platform, or the radio's middle one."""
    rates = craft.radios["x_band"].rates_bps
    return craft.platform.get("downlink_rate_bps", rates[len(rates) // 2])
