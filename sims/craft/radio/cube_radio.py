"""A cube's proximity radio: packets into frames, frames in bursts once a second, and what comes.

Telemetry goes before files.  File frames are made only when the window of the link has room for
them, so that hardly anything is under way when a session ends; what is, goes first in the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from groundsys.ccsds.tm_frames import COUNT_MODULUS, FrameBuilder, decode_tm_frame, encode_tm_frame
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.errors import FrameError
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.craft.computer.board import Board
from sims.craft.computer.packets import Packet
from sims.craft.radio.proximity import (
    Outgoing,
    Port,
    ProximityFrame,
    SequenceReceiver,
    SequenceSender,
    decode_proximity_frame,
)
from sims.craft.radio.relay import answer_time_ns, burst

_TICK_NS = 1_000_000_000
#: no new packets of files or housekeeping this long before a session's announced end
LAST_WORDS_NS = 90 * _TICK_NS


@dataclass(frozen=True, slots=True)
class Contact:
    """The session that the cube is awake for."""

    number: int
    end_ns: int
    rate_bps: float


class CubeRadio:
    """Both directions of the link with the OTV; the numbers outlive a session."""

    def __init__(
        self,
        board: Board,
        scenario: Scenario,
        relay: str,
        *,
        clcw: Callable[[], bytes],
        next_file_packet: Callable[[int, int], bool],
        take: Callable[[ProximityFrame, int], None],
        by_cable: Callable[[], bool] = lambda: False,
    ) -> None:
        """`next_file_packet(room, now_ns)` makes one if it can, and says whether it did.

        `by_cable()` says whether the cube is still held: the same frames go by its cable then.
        """
        framing = board.craft.framing
        self._board = board
        self._relay = relay
        self._clcw = clcw
        self._next_file_packet = next_file_packet
        self._take = take
        self._by_cable = by_cable
        self._telemetry_channel = framing.virtual_channels["TELEMETRY"]
        self._file_channel = framing.virtual_channels["FILES"]
        self._builders = {
            channel: FrameBuilder(framing.spacecraft_id, channel, framing.tm_frame_length)
            for channel in (self._telemetry_channel, self._file_channel)
        }
        self._master_count = 0
        self._sender = SequenceSender(answer_time_ns=answer_time_ns(scenario))
        self._receiver = SequenceReceiver()
        self._busy_until_ns = 0
        self._ticking = False
        self._transmit_ns = 0
        self._new_frames: Counter[int] = Counter()
        self._repeated = 0
        self.contact: Contact | None = None
        self.transmit_power_w = board.craft.radios["uhf"].transmit_power_w
        self.frames_acknowledged = 0
        self.frames_repeated = 0

    def add(self, packet: Packet, *, is_file: bool) -> None:
        """Put a packet behind the others of its channel."""
        channel = self._file_channel if is_file else self._telemetry_channel
        self._builders[channel].add(packet.data)
        self.wake()

    def wake(self) -> None:
        """There may be something to send: go on, if a session is under way."""
        contact = self.contact
        if contact is not None and not self._ticking:
            self._ticking = True
            agenda = self._board.agenda
            agenda.at(agenda.now_ns, lambda time_ns: self._tick(contact, time_ns))

    def begin(self, contact: Contact, now_ns: int) -> None:
        """A session begins: answer the hail, and send once a second while there is anything."""
        self.contact = contact
        self._sender.restart()
        self.answer_hail(now_ns)
        self._ticking = False
        self.wake()

    def end(self) -> None:
        self.contact = None

    def answer_hail(self, now_ns: int) -> None:
        self._say("hail_ack", now_ns)

    def receive(self, body: Mapping[str, Any], now_ns: int) -> None:
        """Take a report or a burst of the present session."""
        if body["kind"] == "ack":
            self.frames_acknowledged += self._sender.acknowledge(
                body["next_expected"], repeat=bool(body["repeat"]), now_ns=now_ns
            )
        elif body["kind"] == "frames":
            for item in body["frames"]:
                try:
                    frame = decode_proximity_frame(item["data"])
                except FrameError:
                    continue
                if self._receiver.accept(frame.number):
                    self._take(frame, now_ns)
            self._say("ack", now_ns, repeat=self._receiver.repeat)

    def send_time_report(self, now_ns: int) -> None:
        """Send a time report first in a frame of its own; the frame tells when it is sent itself.

        Each time the frame leaves, the report's fields are set anew; count and time of the packet
        stay, and the OTV takes only one of the copies.
        """
        self._flush(self._telemetry_channel)
        board = self._board
        packet = board.packets.make("TIME_REPORT", board.time_report_values(now_ns), now_ns)
        self.add(packet, is_file=False)
        (octets,) = self._frames(self._telemetry_channel, flush=True)
        frame = decode_tm_frame(octets)
        start = frame.first_header_pointer
        end = start + len(packet.data)

        def renew(first_bit_ns: int) -> bytes:
            values = board.time_report_values(first_bit_ns)
            data = board.packets.restamp(packet, "TIME_REPORT", values).data
            renewed = replace(frame, data=frame.data[:start] + data + frame.data[end:])
            return encode_tm_frame(renewed, len(octets))

        self._sender.offer(Outgoing("telemetry", octets, renew))
        self.wake()

    def share_transmitting(self, seconds: float) -> float:
        """The share of the last `seconds` that the transmitter sent; asked once, then forgotten."""
        share = min(1.0, self._transmit_ns / 1e9 / seconds) if seconds > 0 else 0.0
        self._transmit_ns = 0
        return share

    def _tick(self, contact: Contact, now_ns: int) -> None:
        if self.contact is not contact:
            return
        start_ns = max(now_ns, self._busy_until_ns)
        frames, end_ns = burst(
            self._sender,
            self._board.craft.framing.spacecraft_id,
            start_ns,
            now_ns + _TICK_NS,
            contact.rate_bps,
            refill=lambda: self._refill(contact, now_ns),
            sent=self._count,
        )
        if frames:
            self._busy_until_ns = end_ns
            self._transmit_ns += end_ns - start_ns
            self._say("frames", end_ns, frames=frames)
            link = "umbilical" if self._by_cable() else "proximity"
            self._board.truth.frames(link, self._new_frames, end_ns, repeated=self._repeated)
            self._new_frames.clear()
            self._repeated = 0
        self._ticking = bool(frames) or self._sender.waiting > 0
        if self._ticking:
            self._board.agenda.at(now_ns + _TICK_NS, lambda time_ns: self._tick(contact, time_ns))

    def _refill(self, contact: Contact, now_ns: int) -> bool:
        """Offer the sender what waits, if its window has room: telemetry, else one file frame."""
        if not self._sender.has_room:
            return False
        if self._flush(self._telemetry_channel):
            return True
        builder = self._builders[self._file_channel]
        if now_ns < contact.end_ns - LAST_WORDS_NS:
            while not builder.frames_ready():
                room = builder.capacity - builder.pending_bytes % builder.capacity
                if not self._next_file_packet(room, now_ns):
                    break
        if builder.frames_ready():
            for frame in self._frames(self._file_channel, flush=False):
                self._sender.offer(Outgoing("telemetry", frame))
            return True
        return self._flush(self._file_channel)

    def _flush(self, channel: int) -> bool:
        frames = self._frames(channel, flush=True)
        for frame in frames:
            self._sender.offer(Outgoing("telemetry", frame))
        return bool(frames)

    def _frames(self, channel: int, *, flush: bool) -> list[bytes]:
        return self._builders[channel].take(
            flush=flush, ocf=self._clcw(), master_channel_count=self.next_master_count
        )

    def _count(self, port: Port, frame: bytes, repeated: bool) -> None:
        if repeated:
            self._repeated += 1
            self.frames_repeated += 1
        else:
            self._new_frames[frame[1] >> 1 & 0x7] += 1

    def _say(self, kind: str, time_ns: int, **more: Any) -> None:
        contact = self.contact
        if contact is None:
            return
        body = {
            "to": self._relay,
            "kind": kind,
            "frames": [],
            "next_expected": self._receiver.next_expected,
            "rate_bps": contact.rate_bps,
            "session": contact.number,
            "transmit_power_w": self.transmit_power_w,
            **more,
        }
        name, time = self._board.craft.id, Instant(time_ns)
        if self._by_cable():
            self._board.say(Message(name, self._relay, "umbilical", time, body))
        else:
            self._board.say(Message(name, "space", "prox", time, body))

    def next_master_count(self) -> int:
        """The count of the craft's next frame, whichever its channel."""
        count = self._master_count
        self._master_count = (count + 1) % COUNT_MODULUS
        return count
