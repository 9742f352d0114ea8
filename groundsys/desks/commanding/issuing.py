"""The one place from which commands leave: inside an open uplink, and only if they arrive in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from groundsys.commanding.admission import in_order_of_issue
from groundsys.commanding.deadlines import direct_deadline, heard_by, relayed_deadline
from groundsys.commanding.events import Intended, Issued, NotIssued, Refused
from groundsys.commanding.itinerary import Itinerary, NoWay, foresee
from groundsys.commanding.ledger import Command, Purpose
from groundsys.commanding.packets import content_hash, packet_octets
from groundsys.commanding.uplink import UplinkWindow, fits, radiation_seconds
from groundsys.desks.commanding.command_ledger import CommandLedger
from groundsys.desks.commanding.foresight import Foresight
from groundsys.desks.commanding.link_keys import LinkKeys
from groundsys.desks.commanding.sequence_control import SequenceControl, is_sequence_controlled
from groundsys.desks.commanding.surface_gate import check_release
from groundsys.desks.control_room import ControlRoom
from groundsys.desks.passes.pass_desk import PassDesk
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.relay.sessions import RelaySession
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

#: AD frames that wait for the craft's word at once; FOP-1's own window is wider
OUTSTANDING_LIMIT = 80
#: beyond the round trip: until FOP-1 has seen that a frame is missing, and repeated it
_FOP_1_REPEATS_S = 120.0
#: FOP-1 goes back to the frame that is missing and repeats all behind it, of which some is lost
#: again: AD service gets a batch through within so many round trips
_FOP_1_ROUNDS = 3.0
#: the way of a cube's command through Yamcs, the hub and the desks before it leaves as another
_FORWARDING_S = 60.0


class Issuer:
    """Issues what is due through Yamcs, written down before Yamcs is asked."""

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
        self._keys = LinkKeys(room, ledger)
        self._uplink_free_at: dict[str, Instant] = {}

    def issue_due(self) -> None:
        """Issue what may leave now, to each craft whose uplink is open and to those behind it."""
        for craft in self._room.speakers:
            window = self._passes.uplink(craft.id)
            if window is None:
                continue
            self._issue(craft, window, self._urgent(craft), bypass=True)
            if self._sequence.is_active(craft.id):
                for cube in self._room.relayed:
                    if cube.relay == craft.id:
                        self._issue(cube, window, self._due(cube), bypass=True)
                due = [one for one in self._due(craft) if one.purpose != "upload"]
                bypass = not (is_sequence_controlled(craft) and self._repeats(window))
                self._issue(craft, window, due, bypass=bypass)
            self._issue(craft, window, self._of_uploads(craft), bypass=True)

    def _repeats(self, window: UplinkWindow) -> bool:
        """Whether FOP-1 could still repeat within this uplink what is lost now, and lost again.

        If not, one lost AD frame would hold up all behind it until the next pass: BD frames, and
        commands that leave again once the craft's own reports prove them absent, do better.
        """
        round_s = window.round_trip_s + _FOP_1_REPEATS_S
        heard = self._room.now.plus_seconds(_FOP_1_ROUNDS * round_s)
        return heard < window.transmit.end

    def deadline(self, craft: Spacecraft, leaves_at: Instant) -> Instant | None:
        """By when a command that leaves then must have been reported; None: no way is left."""
        speaker = craft.relay or craft.id
        light_time = self._passes.light_time(speaker)
        passes = [one.interval for one in self._passes.of(speaker)]
        if craft.relay is None:
            return direct_deadline(leaves_at, light_time, passes)
        arrives_at = leaves_at.plus_seconds(light_time.seconds + _FORWARDING_S)
        sessions = [one.interval for one in self._sessions() if one.spacecraft == craft.id]
        return relayed_deadline(arrives_at, light_time, sessions, passes)

    def later_deadline(self, command: Command) -> Instant | None:
        """By when the report of a command, whenever it was made, can still come; None: never."""
        craft = self._room.mission.spacecraft[command.spacecraft]
        speaker = craft.relay or craft.id
        passes = [one.interval for one in self._passes.of(speaker)]
        later = heard_by(self._room.now, self._passes.light_time(speaker), passes)
        return later if later is not None and later > self._room.now else None

    def _due(self, craft: Spacecraft) -> list[Command]:
        mine = self._ledger.of_craft(craft.id)
        waiting = sum(
            command.state in ("issued", "radiated") and command.purpose != "upload"
            for command in mine
        )
        room_left = max(0, OUTSTANDING_LIMIT - waiting)
        return in_order_of_issue(mine, self._room.now)[:room_left]

    def _urgent(self, craft: Spacecraft) -> list[Command]:
        """What leaves by BD before AD service is open: the rate that the antenna can receive.

        Only once the antenna has found the craft's signal: one that hears nothing may be out of
        order, and what it was given would be lost.
        """
        return self._due_in_lock(craft, "downlink")

    def _of_uploads(self, craft: Spacecraft) -> list[Command]:
        """Parts of uploads, behind all else: by BD, as CFDP repairs what is lost.

        One lost AD frame of a long file would hold up, for a round trip, all that people command.
        """
        return self._due_in_lock(craft, "upload")

    def _due_in_lock(self, craft: Spacecraft, purpose: Purpose) -> list[Command]:
        one = self._passes.current(craft.id)
        if one is None or one.state != "locked":
            return []
        return [command for command in self._due(craft) if command.purpose == purpose]

    def _issue(
        self, craft: Spacecraft, window: UplinkWindow, due: Sequence[Command], *, bypass: bool
    ) -> None:
        now = self._room.now
        issued = 0
        rate_bps = self._room.mission.spacecraft[window.spacecraft].framing.uplink_rate_bps
        way = self._foresight.way(craft) if due else None
        for command in due:
            octets = command.packet_octets or packet_octets(command.arguments)
            duration_s = radiation_seconds(octets, rate_bps, craft.security_overhead)
            free_at = max(now, self._uplink_free_at.get(window.spacecraft, now))
            if not fits(window, now, free_at.seconds_since(now), duration_s):
                break
            deadline = self.deadline(craft, free_at)
            if craft.relay is not None and deadline is None:
                continue  # no relay session is left to carry it
            assert way is not None
            itinerary = foresee(way, octets, free_at)
            if command.not_after is not None and (
                isinstance(itinerary, NoWay) or itinerary.reached >= command.not_after
            ):
                continue  # the command desk tells why
            if not issued:
                self._room.set_yamcs_time_of(craft)
                self._keys.follow(craft)
            foreseen = None if isinstance(itinerary, NoWay) else itinerary
            if not self._issue_one(craft, command, deadline, foreseen, bypass=bypass):
                break
            self._uplink_free_at[window.spacecraft] = free_at.plus_seconds(duration_s)
            issued += 1
        if issued:
            self._room.say("hub", "poll_uplink", {"spacecraft": craft.id, "expected": issued})

    def _issue_one(
        self,
        craft: Spacecraft,
        command: Command,
        deadline: Instant | None,
        foreseen: Itinerary | None,
        *,
        bypass: bool,
    ) -> bool:
        """Issue through Yamcs; False if COP-1 turned out closed, so that nothing else can leave."""
        command = self._ledger.advance(command, Intended())
        try:
            definition = craft.model.command(command.name)
            check_release(self._room, definition, command.arguments)
            issued = self._room.yamcs.issue_command(
                craft, command.name, command.arguments, bypass=bypass
            )
        except CommandRefusedError as error:
            if not bypass and self._room.yamcs.cop1_status(craft) != "active":
                self._ledger.advance(command, NotIssued())
                self._sequence.doubt(craft)
                return False
            self._ledger.advance(command, Refused(str(error)))
            return True
        self._ledger.advance(
            command,
            Issued(
                *(issued.id, issued.sequence_count, deadline, foreseen, bypass),
                source=issued.source,
            ),
        )
        if command.packet_sha256 and content_hash(issued.binary) != command.packet_sha256:
            text = f"{command.id} {command.name}: what left is not what was approved"
            self._room.log(craft.id, "critical", "command", text)
        return True
