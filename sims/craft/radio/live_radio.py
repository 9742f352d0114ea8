"""What a capsule sends while nobody can answer: expedited frames, and a tone.

A frame a second, with all that second's packets: where it is lost, they are lost together.  The
tone is a subcarrier whose frequency says the phase, as with the tones of Pathfinder and the Mars
Exploration Rovers; it is found with the energy of one second, so it is sent as one bit a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundsys.ccsds.tm_frames import FrameBuilder
from groundsys.values.instants import Instant
from groundsys.values.messages import Message
from sims.craft.computer.board import Board
from sims.craft.computer.packets import Packet
from sims.craft.radio.proximity import ProximityFrame, encode_proximity_frame

_TONE_BPS = 1.0


class LiveRadio:
    """Sends to `relay` on the craft's channel LIVE, at its slowest rate."""

    def __init__(
        self, board: Board, relay: str, *, clcw: Callable[[], bytes], next_count: Callable[[], int]
    ) -> None:
        framing, radio = board.craft.framing, board.craft.radios["uhf"]
        self._board = board
        self._relay = relay
        self._clcw = clcw
        self._next_count = next_count
        self._channel = framing.virtual_channels["LIVE"]
        self._builder = FrameBuilder(framing.spacecraft_id, self._channel, framing.tm_frame_length)
        self._rate_bps = min(radio.rates_bps)
        self._power_w = radio.transmit_power_w
        self._number = 0

    def send(self, packet: Packet, tone: str, now_ns: int) -> None:
        """Send one packet in a frame of its own, beside the tone."""
        self._say("tone", now_ns, _TONE_BPS, frames=[], tone=tone)
        self._builder.add(packet.data)
        frames = self._builder.take(
            flush=True, ocf=self._clcw(), master_channel_count=self._next_count
        )
        sent = [
            encode_proximity_frame(
                ProximityFrame(
                    self._board.craft.framing.spacecraft_id,
                    "telemetry",
                    (self._number + place) % 256,
                    frame,
                    expedited=True,
                )
            )
            for place, frame in enumerate(frames)
        ]
        lengths_ns = [round(8 * len(octets) / self._rate_bps * 1e9) for octets in sent]
        end_ns = now_ns + sum(lengths_ns)
        self._say(
            "live",
            end_ns,
            self._rate_bps,
            frames=[
                {"data": octets, "before_end_ns": sum(lengths_ns[place:])}
                for place, octets in enumerate(sent)
            ],
            live=[packet.apid, packet.count, packet.sclk_ns],
        )
        self._number = (self._number + len(frames)) % 256
        self._board.truth.frames("live", {self._channel: len(frames)}, end_ns)

    def _say(self, kind: str, end_ns: int, rate_bps: float, **more: Any) -> None:
        body = {
            "to": self._relay,
            "spacecraft": self._board.craft.id,
            "kind": kind,
            "rate_bps": rate_bps,
            "transmit_power_w": self._power_w,
            **more,
        }
        self._board.say(Message(self._board.craft.id, "space", "prox", Instant(end_ns), body))
