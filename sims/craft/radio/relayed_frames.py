"""What the OTV makes of other craft's frames: packets that carry them home, each at its turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from groundsys.ccsds.cuc import split_sclk
from groundsys.ccsds.tm_frames import decode_tm_frame
from groundsys.mission.spacecraft.craft_model import Spacecraft
from sims.craft.computer.board import Board
from sims.craft.computer.packets import Packet
from sims.craft.computer.recorder import Recorder
from sims.craft.radio.relay import Received
from sims.craft.radio.relay_index import RelayIndex


class RelayedFrames:
    """Keeps frames of `cubes` (by SCID); `send_live(packet, priority, now_ns)` sends at once."""

    def __init__(
        self,
        board: Board,
        cubes: Mapping[int, Spacecraft],
        recorder: Recorder,
        send_live: Callable[[Packet, int, int], None],
    ) -> None:
        self._board = board
        self._cubes = cubes
        self._recorder = recorder
        self._send_live = send_live
        self.index: RelayIndex[Packet] = RelayIndex()

    def keep(self, received: Received, now_ns: int) -> None:
        """A frame of a session goes home with all that is stored."""
        frame = decode_tm_frame(received.frame.data)
        cube = self._cubes[frame.spacecraft_id]
        is_file = frame.virtual_channel == cube.framing.virtual_channels["FILES"]
        name = "RELAY_FILES" if is_file else "RELAY_TELEMETRY"
        packet = self._board.emit(name, self._values(received), now_ns)
        if is_file:
            self.index.note(frame, packet)

    def keep_live(self, received: Received, now_ns: int) -> None:
        """What an entering capsule sent goes home before all that is stored."""
        packet = self._board.packets.make("RELAY_TELEMETRY", self._values(received), now_ns)
        self._recorder.store(packet)
        cube = self._cubes[received.frame.spacecraft_id]
        self._send_live(packet, round(cube.platform.get("relay_priority", 1.0)), now_ns)

    def tell_tone(self, craft_id: str, tone: str, c_n0_dbhz: float, now_ns: int) -> None:
        """A capsule's tone has changed."""
        scid = next(scid for scid, cube in self._cubes.items() if cube.id == craft_id)
        values = {"tone_spacecraft_id": scid, "tone_phase": tone, "tone_c_n0": c_n0_dbhz}
        self._board.emit("RELAY_TONE", values, now_ns)

    def _values(self, received: Received) -> dict[str, Any]:
        octets = received.frame.data
        seconds, fraction = split_sclk(self._board.clock.reading(received.first_bit_ns))
        return {
            "relay_spacecraft_id": received.frame.spacecraft_id,
            "relay_reception_sclk_s": seconds,
            "relay_reception_sclk_fraction": fraction,
            "relay_frame_length": len(octets),
            "relay_frame": octets,
        }
