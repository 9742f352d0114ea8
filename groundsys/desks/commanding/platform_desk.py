"""The platform desk: what the ground tells a relay craft about itself, unasked by any operator.

The rate that the tracking antenna can receive, before anything else in a pass; and, once the
scenario grows quiet, no more housekeeping but a last word of the recorder, so that it can drain.
"""

from __future__ import annotations

from datetime import timedelta

from groundsys.commanding.ledger import UNDER_WAY
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.desks.telemetry.telemetry_desk import TelemetryDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.passes.execution import Pass

#: the rate of the next pass is set this long before the uplink of this one ends
_LAST_WORD = timedelta(seconds=240)
_RECORDER_STRUCTURE = "RECORDER"
#: a report that has not come after so many round trips has been lost: the recorder knows
_LOST_AFTER_ROUND_TRIPS = 1.5
_LOST_AFTER_S = 300.0


class PlatformDesk:
    """Keeps the downlink fit to be received, and makes the craft quiet in the end."""

    def __init__(self, room: ControlRoom, passes: PassDesk, ledger: CommandLedger) -> None:
        self._room = room
        self._passes = passes
        self._ledger = ledger

    def work(self) -> None:
        """Queue what a craft is to be told now."""
        for craft in self._room.speakers:
            one = self._passes.current(craft.id)
            if one is not None and self._passes.uplink(craft.id) is not None:
                self._forget_other_rates(craft, one)
                self._fit_downlink(craft, one)

    def grow_quiet(self, telemetry: TelemetryDesk) -> None:
        """After `quiet_from`: stop housekeeping, then ask the recorder how far it has come."""
        if self._room.now < self._room.scenario.quiet_from:
            return
        for command in self._ledger.of("plan"):
            if command.state == "queued":
                self._ledger.withdraw(command, "the scenario has grown quiet")
        for craft in self._room.speakers:
            if self._passes.uplink(craft.id) is not None:
                self._silence(craft, telemetry)

    def _fit_downlink(self, craft: Spacecraft, one: Pass) -> None:
        """Now what this antenna can receive; at the end of its uplink what the next one can.

        Before the first command of a pass can reach it, the craft already plays back: at a rate
        that the new antenna cannot receive, all of that would be lost.
        """
        self._set_rate(craft, one.rate_bps, f"{one.id}:now")
        following = self._passes.following(one)
        if following is None or self._room.now < one.uplink_until - _LAST_WORD:
            return
        if following.rate_bps < one.rate_bps:
            self._set_rate(craft, following.rate_bps, f"{one.id}:next")

    def _forget_other_rates(self, craft: Spacecraft, one: Pass) -> None:
        """Take back what was for an earlier pass that could not command the craft."""
        for command in self._ledger.of("downlink"):
            mine = command.spacecraft == craft.id and command.state == "queued"
            if mine and not command.attempts and command.subject.partition(":")[0] != one.id:
                self._ledger.withdraw(command, "its pass is over")

    def _set_rate(self, craft: Spacecraft, rate_bps: float, subject: str) -> None:
        known = [c for c in self._ledger.of("downlink") if c.spacecraft == craft.id]
        if any(command.subject == subject for command in known):
            return
        done = [c for c in known if c.state == "completed"]
        if done and done[-1].arguments["downlink_rate_bps"] == round(rate_bps):
            return
        self._ledger.queue(
            craft.id,
            "SET_DOWNLINK_RATE",
            {"downlink_rate_bps": round(rate_bps)},
            purpose="downlink",
            subject=subject,
            attempt_limit=3,
        )

    def _silence(self, craft: Spacecraft, telemetry: TelemetryDesk) -> None:
        said = [c for c in self._ledger.of("quiet") if c.spacecraft == craft.id]
        if not said:
            self._ledger.queue(
                craft.id,
                "SET_HOUSEKEEPING_PERIOD",
                {"period_s": 0},
                purpose="quiet",
                subject="housekeeping",
                attempt_limit=3,
            )
            return
        if said[0].state != "completed" or any(not command.is_settled for command in said[1:]):
            return
        words = said[1:]
        if (
            not words
            or self._report_was_lost(craft)
            or not telemetry.tails_known_since(craft, said[0])
        ):
            self._ledger.queue(
                craft.id,
                "REPORT_HOUSEKEEPING",
                {"housekeeping_structure": _structure(craft)},
                purpose="quiet",
                subject=f"recorder:{len(words)}",
                attempt_limit=3,
            )

    def _report_was_lost(self, craft: Spacecraft) -> bool:
        """Whether a command's report is overdue, so that the recorder holds what we do not know."""
        round_trip_s = 2.0 * self._passes.light_time(craft.id).seconds
        overdue = timedelta(seconds=_LOST_AFTER_ROUND_TRIPS * round_trip_s + _LOST_AFTER_S)
        return any(
            command.spacecraft == craft.id
            and command.state in UNDER_WAY
            and command.attempts[-1].issued_at + overdue < self._room.now
            for command in self._ledger.open
        )


def _structure(craft: Spacecraft) -> int:
    """The number of the recorder's housekeeping structure."""
    selector = craft.model.packet(_RECORDER_STRUCTURE).selector
    return selector[1] if selector is not None else 0
