"""An uplink: when an antenna may transmit to a craft, and how long a command takes to leave."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.values.instants import Instant, Interval, LightTime

#: octets that a TC frame adds to its packet, and a CLTU of BCH codewords to its frame
TC_FRAME_OVERHEAD = 7
_CLTU_START_AND_TAIL = 10


@dataclass(frozen=True, slots=True)
class UplinkWindow:
    """When an antenna may transmit to a craft, in transmit time; `receive` is the pass itself."""

    pass_id: str
    antenna: str
    spacecraft: str
    transmit: Interval
    receive: Interval
    light_time: LightTime
    rate_bps: float

    @property
    def round_trip_s(self) -> float:
        return 2.0 * self.light_time.seconds


def cltu_octets(packet_octets: int, security_octets: int = 0) -> int:
    """Octets of the CLTU that carries a packet (CCSDS 231.0-B, 7 information octets a codeword).

    `security_octets` are what the craft's link security adds to a frame.
    """
    frame = packet_octets + security_octets + TC_FRAME_OVERHEAD
    return _CLTU_START_AND_TAIL + -(-frame // 7) * 8


def radiation_seconds(packet_octets: int, rate_bps: float, security_octets: int = 0) -> float:
    """Seconds that an antenna needs to transmit the packet."""
    return cltu_octets(packet_octets, security_octets) * 8 / rate_bps


def fits(window: UplinkWindow, now: Instant, waiting_s: float, duration_s: float) -> bool:
    """Whether a command would leave wholly inside the window, behind `waiting_s` of others.

    The window's ends are chosen in planning so that what leaves inside it also arrives in view.
    """
    start = now.plus_seconds(waiting_s)
    return window.transmit.start <= start and start.plus_seconds(duration_s) <= window.transmit.end
