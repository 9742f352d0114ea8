"""The OTV's ear for capsules that nobody can answer: several at once, each on its own channel.

The relays in service demodulate one user at a time and record a whole band of the rest, to be
demodulated on Earth (Electra: C. D. Edwards et al., *The Electra Proximity Link Payload …*,
IAC-03-Q.3.a.06; Mars Reconnaissance Orbiter heard InSight so).  Ours demodulates as many as it has
channels, after the frequencies that are agreed for each, as any software-defined receiver of a
wide band can.  It does so whenever the OTV is not in safe mode, beside a session with a cube.

A channel is a capsule's from when it is first heard until it has been silent for a minute.  Who
comes when all are taken is not heard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from groundsys.values.errors import FrameError
from sims.craft.radio.proximity import decode_proximity_frame
from sims.craft.radio.relay import Received

_RELEASED_AFTER_NS = 60_000_000_000


class Listener:
    """Takes what capsules say (message kinds `tone` and `live`)."""

    def __init__(
        self,
        channels: int,
        *,
        is_awake: Callable[[], bool],
        keep: Callable[[Received, int], None],
        tell_tone: Callable[[str, str, float, int], None],
    ) -> None:
        """`keep` takes a frame, `tell_tone` a craft's tone with its C/N₀ when it changes."""
        self._channels = channels
        self._is_awake = is_awake
        self._keep = keep
        self._tell_tone = tell_tone
        #: capsule → when it was heard last
        self._heard: dict[str, int] = {}
        self._tones: dict[str, str] = {}
        self.frames_received = 0
        self.unheard = 0

    def receive(self, body: Mapping[str, Any], arrived_ns: int, now_ns: int) -> None:
        """What a capsule sent, its last bit arriving at `arrived_ns`."""
        craft = body["spacecraft"]
        if not self._is_awake() or not self._has_channel(craft, arrived_ns):
            self.unheard += 1
            return
        self._heard[craft] = arrived_ns
        if body["kind"] == "tone":
            if self._tones.get(craft) != body["tone"]:
                self._tones[craft] = body["tone"]
                self._tell_tone(craft, body["tone"], body.get("c_n0_dbhz", 0.0), now_ns)
            return
        for item in body["frames"]:
            try:
                frame = decode_proximity_frame(item["data"])
            except FrameError:
                continue
            self.frames_received += 1
            self._keep(Received(frame, arrived_ns - item["before_end_ns"]), now_ns)

    def _has_channel(self, craft: str, now_ns: int) -> bool:
        self._heard = {
            other: last
            for other, last in self._heard.items()
            if now_ns - last <= _RELEASED_AFTER_NS
        }
        return craft in self._heard or len(self._heard) < self._channels
