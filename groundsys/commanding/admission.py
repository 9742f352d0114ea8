"""May a command leave now: would it arrive inside the booked uplink, and who stands for it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundsys.commanding.ledger import Command, Purpose
from groundsys.mission.model import CommandDefinition
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant, Interval, LightTime

#: octets that a TC frame adds to its packet, and a CLTU of BCH codewords to its frame
TC_FRAME_OVERHEAD = 7
_CLTU_START_AND_TAIL = 10

_HAZARDOUS = frozenset({"critical", "severe"})
_ORDER: dict[Purpose, int] = {
    "downlink": -1,
    "relay_session": 0,
    "operator": 1,
    "procedure": 1,
    "plan": 2,
    "file": 3,
    "forward": 4,
    "replay": 5,
    "quiet": 6,
}


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


def cltu_octets(packet_octets: int) -> int:
    """Octets of the CLTU that carries a packet (CCSDS 231.0-B, 7 information octets a codeword)."""
    frame = packet_octets + TC_FRAME_OVERHEAD
    return _CLTU_START_AND_TAIL + -(-frame // 7) * 8


def radiation_seconds(packet_octets: int, rate_bps: float) -> float:
    """Seconds that an antenna needs to transmit the packet."""
    return cltu_octets(packet_octets) * 8 / rate_bps


def fits(window: UplinkWindow, now: Instant, waiting_s: float, duration_s: float) -> bool:
    """Whether a command would leave wholly inside the window, behind `waiting_s` of others.

    The window's ends are chosen in planning so that what leaves inside it also arrives in view.
    """
    start = now.plus_seconds(waiting_s)
    return window.transmit.start <= start and start.plus_seconds(duration_s) <= window.transmit.end


def in_order_of_issue(commands: Iterable[Command], now: Instant) -> list[Command]:
    """The queued commands whose time has come, most urgent first, then first come first served."""
    due = [
        command for command in commands if command.state == "queued" and command.not_before <= now
    ]
    return sorted(due, key=lambda c: (_ORDER[c.purpose], c.not_before, c.queued_at, c.id))


def check_authority(
    definition: CommandDefinition, *, operator: str, second_operator: str = ""
) -> None:
    """Raise `CommandRefusedError` for a hazardous command that only one person stands for."""
    if not operator:
        raise CommandRefusedError(
            f"nobody stands for {definition.name}", expected="an operator's name"
        )
    if definition.significance not in _HAZARDOUS:
        return
    if not second_operator or second_operator == operator:
        raise CommandRefusedError(
            f"{definition.name} is {definition.significance}: {definition.significance_reason}",
            expected="a second person who agrees",
            found=f"{operator} alone",
            remedy="let another operator authorise it with `second_operator`",
        )
