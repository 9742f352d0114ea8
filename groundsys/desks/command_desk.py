"""The command desk: the ledger of all commands, and the one place from which they leave.

Written down before Yamcs is asked; issued only while an uplink is open and the command would
arrive inside it; followed by the craft's reports until it has ended.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from groundsys.ccsds.space_packets import decode_tc_packet
from groundsys.ccsds.tc_frames import decode_tc_frame
from groundsys.commanding.admission import (
    UplinkWindow,
    fits,
    in_order_of_issue,
    radiation_seconds,
)
from groundsys.commanding.deadlines import direct_deadline, relayed_deadline
from groundsys.commanding.ledger import (
    UNDER_WAY,
    Command,
    CommandEvent,
    DeadlinePassed,
    Intended,
    Issued,
    NotIssued,
    Purpose,
    Radiated,
    Refused,
    Reported,
    Withdrawn,
    adopt,
    advance_command,
)
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.pass_desk import PassDesk
from groundsys.desks.sequence_control import SequenceControl
from groundsys.mission.model import Spacecraft
from groundsys.relay.sessions import RelaySession, forward_arguments, next_session
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import (
    Instant,
    Interval,
    SpacecraftEventTime,
    TransmitTime,
)
from groundsys.values.records import CommandRecord

#: AD frames that wait for the craft's word at once; FOP-1's own window is wider
OUTSTANDING_LIMIT = 80
#: octets by which a packet may be longer than its arguments: headers, function, CRC
_PACKET_OVERHEAD = 20
_RECORDS_SINCE_S = -300.0
#: a craft reports a command's acceptance this soon after its arrival
_REPORTS_WITHIN = timedelta(seconds=60)
_SEQUENCE_COUNT_IN_ID = re.compile(r":p(\d+)(?::|$)")


class CommandDesk:
    """Queues, issues and follows commands."""

    def __init__(
        self,
        room: ControlRoom,
        passes: PassDesk,
        sequence: SequenceControl,
        sessions: Callable[[], Sequence[RelaySession]],
        on_settled: Callable[[Command], None],
    ) -> None:
        self._room = room
        self._passes = passes
        self._sequence = sequence
        self._sessions = sessions
        self._on_settled = on_settled
        self._commands = {command.id: command for command in room.store.commands.all()}
        self._owner = {
            attempt.yamcs_id: command.id for command in self.all for attempt in command.attempts
        }
        self._not_radiated: dict[str, list[str]] = {}
        self._uplink_free_at: dict[str, Instant] = {}
        self._recover()
        self._queue_plan()

    # --- what others ask -----------------------------------------------------------------------

    @property
    def all(self) -> list[Command]:
        """In order of queueing."""
        return list(self._commands.values())

    def of(self, purpose: Purpose) -> list[Command]:
        return [command for command in self._commands.values() if command.purpose == purpose]

    def queue(
        self,
        spacecraft: str,
        name: str,
        arguments: Mapping[str, Any],
        *,
        purpose: Purpose,
        subject: str = "",
        not_before: Instant | None = None,
        attempt_limit: int = 2,
        operator: str = "",
    ) -> Command:
        """Put a command into the queue; it leaves when its time and an uplink have come."""
        now = self._room.now
        number = sum(command.spacecraft == spacecraft for command in self._commands.values()) + 1
        command = Command(
            id=f"{spacecraft}-{number:04d}",
            spacecraft=spacecraft,
            name=name,
            arguments=dict(arguments),
            purpose=purpose,
            subject=subject,
            queued_at=now,
            not_before=not_before or now,
            attempt_limit=attempt_limit,
            operator=operator,
        )
        self._commands[command.id] = command
        self._room.store.commands.record(command, "queued", now, durable=False)
        return command

    def withdraw(self, command: Command, why: str) -> None:
        """Take a command back that has not been issued."""
        self._advance(command, Withdrawn(why))

    # --- what happens --------------------------------------------------------------------------

    def work(self) -> None:
        """Expire what is overdue and issue what may leave now."""
        now = self._room.now
        for reason, radiations in self._not_radiated.items():
            text = f"{len(radiations)} not radiated ({radiations[0]} …): {reason}"
            self._room.log("", "warning", "command", text)
        self._not_radiated.clear()
        for command in self.all:
            overdue = command.deadline is not None and command.deadline <= now
            if command.state in UNDER_WAY and overdue:
                self._advance(command, DeadlinePassed())
        for craft in self._room.speakers:
            window = self._passes.uplink(craft.id)
            if window is None:
                continue
            self._issue(craft, window, self._urgent(craft), bypass=True)
            if self._sequence.is_active(craft.id):
                for cube in self._room.relayed:
                    if cube.relay == craft.id:
                        self._issue(cube, window, self._due(cube), bypass=True)
                self._issue(craft, window, self._due(craft), bypass=False)

    def take_drained(self, craft: Spacecraft, until: Instant) -> None:
        """Every report that the craft made up to `until` is in the archive.

        A command of an earlier pass that should have arrived by then and was never reported has
        not been accepted: FOP-1 began anew with this pass, so nothing will bring it there.
        """
        window = self._passes.uplink(craft.id)
        if window is None:
            return
        for command in self.all:
            if command.spacecraft != craft.id or command.state not in ("issued", "radiated"):
                continue
            last = command.attempts[-1]
            arrived = last.arrives_at or last.issued_at.plus_seconds(window.light_time.seconds)
            if last.issued_at < window.receive.start and arrived + _REPORTS_WITHIN < until:
                self._advance(command, DeadlinePassed())

    def take_radiated(self, body: Mapping[str, Any]) -> None:
        """An antenna has transmitted a CLTU."""
        craft = self._room.mission.spacecraft[body["spacecraft"]]
        command = self._radiated_command(craft.id, str(body["radiation_id"]))
        if command is None:
            return
        radiated_at = TransmitTime(body["txt_ns"])
        arrives_at = radiated_at.arriving_after(self._passes.light_time(craft.id))
        attempt = command.attempts[-1]
        self._advance(command, Radiated(attempt.sequence_count, radiated_at, arrives_at))
        carried = self._commands.get(command.subject) if command.purpose == "forward" else None
        if carried is not None and carried.attempts:
            session = next_session(self._sessions(), carried.spacecraft, arrives_at)
            reaches = session.start if session else arrives_at
            count = carried.attempts[-1].sequence_count
            event = Radiated(count, radiated_at, SpacecraftEventTime(reaches.tai_ns))
            self._advance(carried, event)

    def take_not_radiated(self, body: Mapping[str, Any]) -> None:
        """An antenna could not transmit a CLTU; COP-1 or the deadline will repeat it."""
        self._not_radiated.setdefault(str(body["reason"]), []).append(str(body["radiation_id"]))

    def take_forward_request(self, body: Mapping[str, Any]) -> None:
        """A cube's TC frame has come out of Yamcs: the relay is to carry it."""
        cube = self._room.mission.spacecraft[body["spacecraft"]]
        frame = bytes(body["tc_frame"])
        count = decode_tc_packet(decode_tc_frame(frame).data).sequence_count
        carried = next(
            (
                command
                for command in reversed(self.all)
                if command.spacecraft == cube.id
                and any(attempt.sequence_count == count for attempt in command.attempts)
            ),
            None,
        )
        self.queue(
            cube.relay or "",
            "FORWARD_FRAME",
            forward_arguments(cube.framing.spacecraft_id, frame),
            purpose="forward",
            subject=carried.id if carried else "",
        )

    def read_reports(self) -> None:
        """Take from Yamcs' history what the craft have reported."""
        for craft in self._room.craft:
            open_attempts = [
                attempt.issued_at
                for command in self.all
                if command.spacecraft == craft.id
                and (command.state in UNDER_WAY or _may_still_report(command))
                for attempt in command.attempts
            ]
            if not open_attempts:
                continue
            since = min(open_attempts).plus_seconds(_RECORDS_SINCE_S)
            for record in self._room.yamcs.command_records(craft, since):
                if record.id in self._owner:
                    self._advance(self._commands[self._owner[record.id]], Reported(record))

    # --- issuing -------------------------------------------------------------------------------

    def _due(self, craft: Spacecraft) -> list[Command]:
        mine = [command for command in self.all if command.spacecraft == craft.id]
        waiting = sum(command.state in ("issued", "radiated") for command in mine)
        room_left = max(0, OUTSTANDING_LIMIT - waiting)
        return in_order_of_issue(mine, self._room.now)[:room_left]

    def _urgent(self, craft: Spacecraft) -> list[Command]:
        """What leaves by BD before AD service is open: the rate that the antenna can receive."""
        return [command for command in self._due(craft) if command.purpose == "downlink"]

    def _issue(
        self, craft: Spacecraft, window: UplinkWindow, due: Sequence[Command], *, bypass: bool
    ) -> None:
        now = self._room.now
        issued = 0
        rate_bps = self._room.mission.spacecraft[window.spacecraft].framing.uplink_rate_bps
        for command in due:
            duration_s = radiation_seconds(_packet_octets(command), rate_bps)
            free_at = max(now, self._uplink_free_at.get(window.spacecraft, now))
            if not fits(window, now, free_at.seconds_since(now), duration_s):
                break
            deadline = self._deadline(craft, window, free_at)
            if craft.relay is not None and deadline is None:
                continue
            if not issued:
                self._room.set_yamcs_time()
            if not self._issue_one(craft, command, deadline, bypass=bypass):
                break
            self._uplink_free_at[window.spacecraft] = free_at.plus_seconds(duration_s)
            issued += 1
        if issued:
            self._room.say("hub", "poll_uplink", {"spacecraft": craft.id, "expected": issued})

    def _issue_one(
        self, craft: Spacecraft, command: Command, deadline: Instant | None, *, bypass: bool
    ) -> bool:
        """Issue through Yamcs; False if COP-1 turned out closed, so that nothing else can leave."""
        command = self._advance(command, Intended())
        try:
            issued = self._room.yamcs.issue_command(
                craft, command.name, command.arguments, bypass=bypass
            )
        except CommandRefusedError as error:
            if not bypass and self._room.yamcs.cop1_status(craft) != "active":
                self._advance(command, NotIssued())
                self._sequence.doubt(craft)
                return False
            self._advance(command, Refused(str(error)))
            return True
        self._advance(command, Issued(issued.id, issued.sequence_count, deadline))
        return True

    def _deadline(
        self, craft: Spacecraft, window: UplinkWindow, leaves_at: Instant
    ) -> Instant | None:
        passes = [one.interval for one in self._passes.of(window.spacecraft)]
        if craft.relay is None:
            return direct_deadline(leaves_at, window.light_time, passes)
        arrives = leaves_at.plus_seconds(window.light_time.seconds + 60.0)
        sessions: list[Interval] = [
            session.interval for session in self._sessions() if session.spacecraft == craft.id
        ]
        return relayed_deadline(arrives, window.light_time, sessions, passes)

    # --- the ledger ----------------------------------------------------------------------------

    def _advance(self, command: Command, event: CommandEvent) -> Command:
        now = self._room.now
        before = self._commands[command.id]
        after = advance_command(before, event, now)
        if after == before:
            return before
        self._commands[command.id] = after
        self._owner.update(dict.fromkeys((one.yamcs_id for one in after.attempts), after.id))
        name = type(event).__name__.lower()
        detail = {"message": after.message, "attempts": len(after.attempts)}
        durable = isinstance(event, Intended)
        self._room.store.commands.record(after, name, now, detail, durable=durable)
        if after.is_settled and not before.is_settled:
            self._settled(after)
        return after

    def _settled(self, command: Command) -> None:
        if command.state != "completed":
            severity = "info" if command.state == "cancelled" else "warning"
            text = f"{command.id} {command.name}: {command.state}: {command.message}"
            self._room.log(command.spacecraft, severity, "command", text)
        if command.purpose == "forward" and command.state in ("failed", "expired"):
            carried = self._commands.get(command.subject)
            if carried is not None and carried.state in UNDER_WAY:
                self._advance(carried, DeadlinePassed())
        self._on_settled(command)

    def _radiated_command(self, spacecraft: str, radiation_id: str) -> Command | None:
        """The command that a radiation carried: by its packet's count, else the oldest waiting."""
        stated = _SEQUENCE_COUNT_IN_ID.search(radiation_id)
        for command in self._commands.values():
            if command.spacecraft != spacecraft or not command.attempts:
                continue
            attempt = command.attempts[-1]
            if attempt.radiated_at is not None:
                continue
            if stated is None or attempt.sequence_count == int(stated.group(1)):
                return command
        return None

    def _recover(self) -> None:
        """After a crash: commands that were being issued are found in Yamcs' history, or queued."""
        known = frozenset(attempt.yamcs_id for command in self.all for attempt in command.attempts)
        for command in self.all:
            if command.state != "issuing" or command.intended_at is None:
                continue
            craft = self._room.mission.spacecraft[command.spacecraft]
            since = command.intended_at.plus_seconds(_RECORDS_SINCE_S)
            records: list[CommandRecord] = list(self._room.yamcs.command_records(craft, since))
            found = adopt(command, records, known)
            if found is None or found.sequence_count is None:
                self._advance(command, NotIssued())
                continue
            known |= {found.id}
            deadline = command.intended_at.plus_seconds(
                6.0 * self._passes.light_time(craft.relay or craft.id).seconds + 86_400.0
            )
            self._advance(command, Issued(found.id, found.sequence_count, deadline))

    def _queue_plan(self) -> None:
        """The scenario's command list, each entry once."""
        queued = {command.subject for command in self.of("plan")}
        for number, planned in enumerate(self._room.scenario.commands):
            if str(number) not in queued and planned.not_before < self._room.scenario.quiet_from:
                self.queue(
                    planned.spacecraft,
                    planned.command,
                    planned.arguments,
                    purpose="plan",
                    subject=str(number),
                    not_before=planned.not_before,
                )

    def snapshot(self, recent: int = 30) -> dict[str, Any]:
        """Counts by state, and the commands that moved last."""
        states = [command.state for command in self._commands.values()]
        last = sorted(self._commands.values(), key=_last_moved)[-recent:]
        return {
            "counts": {state: states.count(state) for state in sorted(set(states))},
            "recent": [
                {
                    "id": command.id,
                    "spacecraft": command.spacecraft,
                    "name": command.name,
                    "purpose": command.purpose,
                    "state": command.state,
                    "issued_ns": command.attempts[-1].issued_at.tai_ns
                    if command.attempts
                    else None,
                    "message": command.message,
                }
                for command in last
            ],
        }


def _last_moved(command: Command) -> tuple[int, str]:
    times = [command.queued_at, command.settled_at, command.intended_at]
    return max(time.tai_ns for time in times if time is not None), command.id


def _issued_ns(command: Command) -> int | None:
    return command.attempts[-1].issued_at.tai_ns if command.attempts else None


def _may_still_report(command: Command) -> bool:
    """Given up or queued again, yet a late report of an attempt would settle it."""
    return bool(command.attempts) and command.state in ("expired", "queued", "issuing")


def _packet_octets(command: Command) -> int:
    """About how long the packet will be: octets count themselves, everything else is small."""
    octets = itertools.chain(
        (len(value) if isinstance(value, bytes) else 8 for value in command.arguments.values()),
        (_PACKET_OVERHEAD,),
    )
    return sum(octets)
