"""The command desk: queues the plan, lets commands leave, and follows each until it has ended.

What antennas tell (radiated) comes here; what Yamcs and the craft tell, to `command_reports`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from groundsys.commanding.deadlines import AT_THE_ANTENNA, REPORTS_WITHIN
from groundsys.commanding.events import (
    DeadlinePassed,
    Deferred,
    Foreseen,
    Issued,
    NotIssued,
    Overtaken,
    Radiated,
)
from groundsys.commanding.itinerary import Itinerary, NoWay, Way, foresee, holds
from groundsys.commanding.keeping import is_outnumbered, kept_by_relay
from groundsys.commanding.ledger import (
    HARMLESS_TWICE,
    OF_PEOPLE,
    UNDER_WAY,
    UNSENT,
    Command,
    adopt,
    may_leave_again,
)
from groundsys.commanding.packets import packet_octets
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.commanding.command_reports import HISTORY_SLACK_S
from groundsys.desks.commanding.foresight import Foresight
from groundsys.desks.commanding.issuing import Issuer
from groundsys.desks.commanding.sequence_control import SequenceControl
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.relay.sessions import RelaySession, forward_arguments, may_have_been_held
from groundsys.values.instants import Instant, SpacecraftEventTime, TransmitTime
from groundsys.values.records import CommandRecord

#: a cube's frame has come out of Yamcs, and its relay is to carry it, this soon after its issue
_TO_THE_RELAY = timedelta(seconds=300)
#: what the relay keeps, with no overflight booked, is looked at again this much later
_KEPT = timedelta(hours=1)
#: the hub names in a radiation's id source and sequence count of the packet that it carries
_REQUEST_IN_ID = re.compile(r":s(\d+):p(\d+)(?::|$)")


class CommandDesk:
    """Works the ledger."""

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        sequence: SequenceControl,
        foresight: Foresight,
        sessions: Callable[[], Sequence[RelaySession]],
        ledger: CommandLedger,
    ) -> None:
        self._room = room
        self._passes = passes
        self._sequence = sequence
        self._foresight = foresight
        self._sessions = sessions
        self._ledger = ledger
        self._issuer = Issuer(room, passes, sequence, foresight, sessions, ledger)
        self._not_radiated: dict[str, list[str]] = {}
        self._recover()
        self._queue_plan()

    def work(self) -> None:
        """Expire what is overdue and issue what may leave now."""
        now = self._room.now
        for reason, radiations in self._not_radiated.items():
            text = f"{len(radiations)} not radiated ({radiations[0]} …): {reason}"
            self._room.log("", "warning", "command", text)
        self._not_radiated.clear()
        for command in self._ledger.open:
            overdue = command.deadline is not None and command.deadline <= now
            if command.state in UNDER_WAY and overdue:
                self._take_overdue(command)
            elif command.state == "issued" and self._never_left(command):
                self._ledger.advance(command, DeadlinePassed(absent=True))
            elif self._may_be_said_again(command):
                self._ledger.advance(command, DeadlinePassed())
            elif useless := self._is_of_no_use(command):
                self._ledger.withdraw(command, useless)
        self._look_ahead()
        self._issuer.issue_due()

    def _take_overdue(self, command: Command) -> None:
        """No report by the deadline: only what is harmless leaves again without more ado.

        Anything else waits for the next pass in which its report could come, or in which the
        craft's recorder shows that there is none (`CommandReports`), and what the relay keeps for
        an overflight that is not booked yet, for that.
        """
        later = None
        if not may_leave_again(command, absent=False):
            later = self._issuer.later_deadline(command)
            if later is None and self._is_kept(command):
                later = self._room.now + _KEPT
        self._ledger.advance(command, Deferred(later) if later else DeadlinePassed())

    def _is_kept(self, command: Command) -> bool:
        overflights = [
            one.interval
            for one in self._sessions()
            if one.spacecraft == command.spacecraft and may_have_been_held(one)
        ]
        return kept_by_relay(command, self._ledger.of("forward"), overflights, self._room.now)

    def _never_left(self, command: Command) -> bool:
        """Whether a cube's frame was lost on the ground: its relay was never to carry it.

        Who lost it (the hub, or we, at a kill) will not bring it; if it came all the same, it
        would be of an attempt that was given up.
        """
        last = command.attempts[-1]
        if self._room.mission.spacecraft[command.spacecraft].relay is None:
            return False
        return self._room.now > last.issued_at + _TO_THE_RELAY and not any(
            one.subject == command.id and one.queued_at >= last.issued_at
            for one in self._ledger.of("forward")
        )

    def _may_be_said_again(self, command: Command) -> bool:
        """Whether a BD frame seems lost, and saying it again harms nobody.

        Its report is late, or no antenna has told of it long since: the hub or Yamcs was killed
        with it.  To wait for the proof could cost a relay session, or the end of the uplink.
        """
        if command.state not in ("issued", "radiated") or command.purpose not in HARMLESS_TWICE:
            return False
        last = command.attempts[-1]
        if not last.bypass or not may_leave_again(command, absent=False):
            return False
        if last.radiated_at is None:
            return self._room.now > last.issued_at + AT_THE_ANTENNA
        if self._room.mission.spacecraft[command.spacecraft].relay is not None:
            return False
        round_trip_s = 2.0 * self._passes.light_time(command.spacecraft).seconds
        heard = Instant(last.radiated_at.tai_ns).plus_seconds(round_trip_s) + 2 * REPORTS_WITHIN
        return self._passes.uplink(command.spacecraft) is not None and self._room.now > heard

    def _is_of_no_use(self, command: Command) -> str:
        """Why a cube's frame that was lost on its way to the relay is not sent again, if so.

        What it carried is then prepared anew, while attempts and overflights are left.
        """
        if command.purpose != "forward" or command.state != "queued" or not command.attempts:
            return ""
        carried = self._ledger.get(command.subject)
        if carried is None:
            return ""
        cube = self._room.mission.spacecraft[carried.spacecraft]
        if cube.security is not None and is_outnumbered(
            carried, self._ledger.of_craft(cube.id), cube.security.replay_window
        ):
            return "later frames may come before it, and the cube would refuse it"
        found = self._foresight.foresee(cube, packet_octets(command.arguments))
        return "no overflight is left to hand it over" if isinstance(found, NoWay) else ""

    def _look_ahead(self) -> None:
        """Foresee again what waits, where the plan has changed; drop what would come too late."""
        now = self._room.now
        ways: dict[str, Way] = {}
        for command in self._ledger.open:
            if command.state not in UNSENT or command.purpose not in OF_PEOPLE:
                continue
            if command.not_after is not None and now >= command.not_after:
                text = f"it was to arrive before {command.not_after.utc_iso(0)}"
                self._ledger.advance(command, Overtaken(text))
                continue
            if command.spacecraft not in ways:
                craft = self._room.mission.spacecraft[command.spacecraft]
                ways[craft.id] = self._foresight.way(craft)
            way = ways[command.spacecraft]
            if command.foreseen is None or not holds(command.foreseen, way, now):
                self._ledger.advance(command, Foreseen(self._foreseen(command, way)))

    def _foreseen(self, command: Command, way: Way) -> Itinerary | None:
        octets = command.packet_octets or packet_octets(command.arguments)
        earliest = max(self._room.now, command.not_before)
        found = foresee(way, octets, earliest, before=command.not_after)
        return None if isinstance(found, NoWay) else found

    # --- the way out ---------------------------------------------------------------------------

    def take_radiated(self, body: Mapping[str, Any]) -> None:
        """An antenna has transmitted a CLTU."""
        craft = self._room.mission.spacecraft[body["spacecraft"]]
        command = self._radiated_command(craft.id, str(body["radiation_id"]))
        if command is None:
            return
        radiated_at = TransmitTime(body["txt_ns"])
        arrives_at = radiated_at.arriving_after(self._passes.light_time(craft.id))
        self._ledger.advance(command, _radiated(command, radiated_at, arrives_at))
        carried = self._ledger.get(command.subject) if command.purpose == "forward" else None
        if carried is not None and carried.attempts:
            self._ledger.advance(carried, _radiated(carried, radiated_at, arrives_at))

    def take_not_radiated(self, body: Mapping[str, Any]) -> None:
        """A CLTU could not be transmitted; COP-1 or the deadline will repeat it.

        If FOP-1 can only repeat it `spoilt`, AD service of that craft begins anew.
        """
        if "spoilt" in body:
            self._sequence.restart(self._room.mission.spacecraft[body["spoilt"]])
        self._not_radiated.setdefault(str(body["reason"]), []).append(str(body["radiation_id"]))

    def take_forward_request(self, body: Mapping[str, Any]) -> None:
        """A cube's TC frame has come out of Yamcs: the relay is to carry it."""
        cube = self._room.mission.spacecraft[body["spacecraft"]]
        frame = bytes(body["tc_frame"])
        if any(one.arguments["forward_frame"] == frame for one in self._ledger.of("forward")):
            return  # said again, as we were killed after we had queued it
        request = int(body["source"]), int(body["sequence_count"])
        carried = next(
            (
                command
                for command in reversed(self._ledger.of_craft(cube.id))
                if command.state == "issued" and command.attempts[-1].request == request
            ),
            None,
        )
        if carried is None:
            text = f"a frame with packet {request[1]} is not forwarded: no command waits for it"
            self._room.log(cube.id, "warning", "command", text)
            return
        self._ledger.queue(
            cube.relay or "",
            "FORWARD_FRAME",
            forward_arguments(cube.framing.spacecraft_id, frame),
            purpose="forward",
            subject=carried.id,
        )

    def _radiated_command(self, spacecraft: str, radiation_id: str) -> Command | None:
        """The command that a radiation carried: by its packet, else the oldest waiting."""
        stated = _REQUEST_IN_ID.search(radiation_id)
        request = None if stated is None else (int(stated[1]), int(stated[2]))
        for command in self._ledger.of_craft(spacecraft):
            if not command.attempts or command.attempts[-1].radiated_at is not None:
                continue
            if request is None or command.attempts[-1].request == request:
                return command
        return None

    # --- at the start --------------------------------------------------------------------------

    def _recover(self) -> None:
        """After a crash: commands that were being issued are found in Yamcs' history, or queued."""
        commands = self._ledger.all
        known = frozenset(attempt.yamcs_id for one in commands for attempt in one.attempts)
        for command in commands:
            if command.state != "issuing" or command.intended_at is None:
                continue
            craft = self._room.mission.spacecraft[command.spacecraft]
            since = command.intended_at.plus_seconds(-HISTORY_SLACK_S)
            records: list[CommandRecord] = list(self._room.yamcs.command_records(craft, since))
            found = adopt(command, records, known)
            if found is None or found.sequence_count is None or found.source is None:
                self._ledger.advance(command, NotIssued())
                continue
            known |= {found.id}
            deadline = self._issuer.deadline(craft, command.intended_at)
            self._ledger.advance(
                command, Issued(found.id, found.sequence_count, deadline, source=found.source)
            )

    def _queue_plan(self) -> None:
        """The scenario's command list, each entry once."""
        queued = {command.subject for command in self._ledger.of("plan")}
        for number, planned in enumerate(self._room.scenario.commands):
            if str(number) not in queued and planned.not_before < self._room.scenario.quiet_from:
                self._ledger.queue(
                    planned.spacecraft,
                    planned.command,
                    planned.arguments,
                    purpose="plan",
                    subject=str(number),
                    not_before=planned.not_before,
                )


def _radiated(
    command: Command, radiated_at: TransmitTime, arrives_at: SpacecraftEventTime
) -> Radiated:
    """What happened to the last attempt of a command."""
    last = command.attempts[-1]
    return Radiated(last.sequence_count, radiated_at, arrives_at, last.source)
