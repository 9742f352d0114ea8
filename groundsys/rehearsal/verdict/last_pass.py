"""What a flight's end may leave on board: lost in the last pass, too late to be asked for again.

What is lost on the way down is asked for in the same pass, if there is time, or in the next one.
The flight ends, and the last pass has no next one: of what was lost in it, only what was missed
early enough is home.  A mission goes on, so this is no fault of the ground; all else is: what no
lost frame can have carried, since it was made after the last of them or is more than they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundsys.ccsds.space_packets import CRC_LENGTH, TM_HEADER_LENGTH
from groundsys.commanding.ledger import HARMLESS_TWICE, Command
from groundsys.passes.execution import Pass
from groundsys.rehearsal.truth.packet_comparison import PacketStamp
from groundsys.rehearsal.truth.space_truth import TrueLoss
from groundsys.values.instants import Instant

#: what is lost is missed after one and a half round trips and this long, at the latest
_MISSED_AFTER_ROUND_TRIPS = 1.5
_MISSED_AFTER_S = 300.0
#: packets are stamped by clocks that may be so far off
_CLOCK_S = 60.0


@dataclass(frozen=True, slots=True)
class LastPass:
    """Of one speaker's passes: what was made up to `asked_until` could be asked for again.

    `lost`: frames of that speaker that were truly lost on the link after that, up to `lost_until`.
    Without one, nothing may lack however late it was made.
    """

    asked_until: Instant
    lost: int
    lost_until: Instant | None

    def excuses(self, made: Instant) -> bool:
        """Whether what a craft made at `made` may have been lost for good."""
        if self.lost_until is None:
            return False
        return self.asked_until < made <= self.lost_until.plus_seconds(_CLOCK_S)

    def left(self, missing: Sequence[PacketStamp], frame_length: int) -> frozenset[PacketStamp]:
        """Which of the missing packets may be left on board: none if they are too many.

        A frame of `frame_length` octets carries whole packets, and parts of two more.
        """
        found = frozenset(one for one in missing if self.excuses(one.generation))
        most = frame_length // (TM_HEADER_LENGTH + CRC_LENGTH) + 2
        return found if len(found) <= self.lost * most else frozenset()


def last_pass(passes: Sequence[Pass], losses: Sequence[TrueLoss]) -> LastPass | None:
    """Of one speaker's executed passes, and its frames lost; None where there was no pass.

    What is sent in a pass comes one light time later, is missed `_MISSED_AFTER_…` after that, and
    can be asked for while there is uplink.  Where a pass is too short for that, what was sent in
    the one before is the last that could be.
    """
    flown = sorted((one for one in passes if one.verdict == "executed"), key=lambda one: one.start)
    if not flown:
        return None
    *before, last = flown
    light_s = last.light_time_s
    missed_s = 2.0 * _MISSED_AFTER_ROUND_TRIPS * light_s + _MISSED_AFTER_S
    asked_until = last.uplink_until.plus_seconds(-light_s - missed_s)
    if before and asked_until < last.start.plus_seconds(-light_s):
        asked_until = before[-1].end.plus_seconds(-before[-1].light_time_s)
    later = [one for one in losses if one.sent > asked_until]
    return LastPass(
        asked_until,
        sum(one.frames for one in later),
        max((one.sent for one in later), default=None),
    )


def is_report_left(command: Command, last: LastPass | None) -> bool:
    """Whether what the ground said by itself may have been answered too late to be asked again."""
    if last is None or command.purpose not in HARMLESS_TWICE:
        return False
    arrives = command.attempts[-1].arrives_at if command.attempts else None
    is_open = command.state not in ("completed", "failed")
    return is_open and arrives is not None and last.lost > 0 and arrives > last.asked_until
