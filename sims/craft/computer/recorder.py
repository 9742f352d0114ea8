"""The mass memory of a craft: every packet, findable by APID and count, oldest overwritten first.

A plain ring over packets.  Simple because flash wear, bad blocks and file systems leave no trace
in telemetry; what the ground sees of a recorder is its fill and what it still has.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from groundsys.ccsds.space_packets import SEQUENCE_COUNT_MODULUS
from sims.craft.computer.packets import Packet


class Recorder:
    """Keeps packets up to `capacity_bytes`; `overwritten` is told each that has given way."""

    def __init__(
        self, capacity_bytes: int, overwritten: Callable[[Packet], None] = lambda packet: None
    ) -> None:
        self._capacity = capacity_bytes
        self._overwritten = overwritten
        self._order: deque[Packet] = deque()
        #: packets of one APID and count, oldest first: counts come again after 16384 packets
        self._held: defaultdict[tuple[int, int], deque[Packet]] = defaultdict(deque)
        self.used_bytes = 0
        #: of packets from before, which give way first and cannot be found
        self._bytes_from_before = 0

    def begin_filled(self, percent: float) -> None:
        """Begin with memory in use by packets that nobody knows any more."""
        self._bytes_from_before = round(self._capacity * percent / 100.0)
        self.used_bytes += self._bytes_from_before

    def store(self, packet: Packet) -> None:
        """Keep `packet`; the oldest give way to it."""
        self._order.append(packet)
        self._held[packet.apid, packet.count].append(packet)
        self.used_bytes += len(packet.data)
        self._make_room()

    def shrink(self, capacity_bytes: int) -> None:
        """Have no more than `capacity_bytes` from now on, as blocks of memory have failed."""
        self._capacity = min(self._capacity, capacity_bytes)
        self._make_room()

    def _make_room(self) -> None:
        surplus = min(max(0, self.used_bytes - self._capacity), self._bytes_from_before)
        self._bytes_from_before -= surplus
        self.used_bytes -= surplus
        while self.used_bytes > self._capacity:
            gone = self._order.popleft()
            self.used_bytes -= len(gone.data)
            alike = self._held[gone.apid, gone.count]
            alike.popleft()
            if not alike:
                del self._held[gone.apid, gone.count]
            self._overwritten(gone)

    def find(self, apid: int, first_count: int, last_count: int) -> list[Packet]:
        """Every packet of `apid` counted from `first_count` to `last_count`, both included.

        The range may pass through the count's wrap from 16383 to 0.  Of a long flight there are
        several with one count; whoever asks cannot say which, and would never get an older one if
        this gave the newest alone.
        """
        length = (last_count - first_count) % SEQUENCE_COUNT_MODULUS + 1
        counts = ((first_count + step) % SEQUENCE_COUNT_MODULUS for step in range(length))
        return [packet for count in counts for packet in self._held.get((apid, count), ())]

    def __contains__(self, packet: Packet) -> bool:
        """Whether it is still held."""
        return packet in self._held.get((packet.apid, packet.count), ())

    def __len__(self) -> int:
        return len(self._order)

    @property
    def fill_percent(self) -> float:
        return 100.0 * self.used_bytes / self._capacity

    def telemetry(self) -> dict[str, Any]:
        return {"recorder_fill": self.fill_percent, "recorder_packets_stored": len(self)}
