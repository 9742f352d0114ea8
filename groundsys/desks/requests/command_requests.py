"""Requests about commands: foresee, draft, approve, decline, list, show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.authority import Action, Asker, check_approval, may, needs_two_people, owner_of
from groundsys.commanding.arguments import check_arguments, check_known, definition_of
from groundsys.commanding.events import Approved, Declined, Foreseen, Prepared, Superseded
from groundsys.commanding.hops import hops_of
from groundsys.commanding.itinerary import Itinerary, NoWay
from groundsys.commanding.ledger import SETTLED, UNSENT, Command
from groundsys.commanding.packets import content_hash
from groundsys.desks.commanding.drafting import check_draft
from groundsys.desks.commanding.surface_gate import check_release
from groundsys.desks.requests.payload_requests import owner_of_payload_command
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.packet_model import CommandDefinition
from groundsys.scheduling import SCHEDULE_INSERT
from groundsys.store.rows import from_json, to_json
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


class CommandRequests:
    """Answers the verbs that begin with `command_`.

    A draft is encoded by Yamcs and its way foreseen before it is put down: what is refused leaves
    no trace.  It leaves once it is approved: by its issuer, or a hazardous one by somebody else.
    """

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {
            "command_foresee": Verb(Action.DRAFT_COMMAND, self._foresee),
            "command_draft": Verb(Action.DRAFT_COMMAND, self._draft),
            "command_approve": Verb(Action.APPROVE_COMMAND, self._approve),
            "command_decline": Verb(Action.DRAFT_COMMAND, self._decline),
            "command_list": Verb(Action.WATCH, self._list),
            "command_show": Verb(Action.WATCH, self._show),
        }

    def _foresee(self, request: Request, asker: Asker) -> Answer:
        wish = _Wish.of(request, self._desks, asker)
        self._check(wish, asker)
        packet = wish.encode(self._desks)
        way = self._way(wish, len(packet))
        return {
            "way": itinerary_for_watchers(way),
            "packet_octets": len(packet),
            **_hazard(wish.definition),
        }

    def _check(self, wish: _Wish, asker: Asker) -> None:
        room = self._desks.room
        check_release(room, wish.definition, wish.arguments)
        check_draft(
            *(self._desks.room, self._desks.ledger.all, asker),
            *(wish.craft, wish.definition, wish.arguments),
        )
        self._desks.uploads.check_command(wish.craft, wish.definition.name, wish.arguments)

    def _draft(self, request: Request, asker: Asker) -> Answer:
        ledger = self._desks.ledger
        wish = _Wish.of(request, self._desks, asker)
        self._check(wish, asker)
        replaces = str(request.get("replaces", ""))
        if replaces:
            _require_unsent(self._command(replaces, asker))
        packet = wish.encode(self._desks)
        way = self._way(wish, len(packet))
        command = ledger.draft(
            wish.craft.id,
            wish.definition.name,
            wish.arguments,
            operator=asker.name,
            role=asker.role,
            why=_why(request, asker),
            not_before=wish.not_before,
            not_after=wish.not_after,
            replaces=replaces,
        )
        command = ledger.advance(command, Prepared(len(packet), content_hash(packet)))
        command = ledger.advance(command, Foreseen(way))
        if not needs_two_people(wish.definition):
            command = self._release(command, asker, "")
        return self._told(command)

    def _approve(self, request: Request, asker: Asker) -> Answer:
        command = self._command(text_of(request, "command_id"))
        definition = self._definition(command)
        if command.state != "prepared":
            raise CommandRefusedError(
                f"{command.id} {command.name} waits for nobody's approval",
                expected="a prepared command",
                found=command.state,
            )
        check_approval(definition, issuer=command.operator, approver=asker.name)
        room = self._desks.room
        craft = room.mission.spacecraft[command.spacecraft]
        self._desks.uploads.check_command(craft, command.name, command.arguments)
        check_release(room, definition, command.arguments)
        return self._told(self._release(command, asker, str(request.get("why", ""))))

    def _release(self, command: Command, approver: Asker, why: str) -> Command:
        """Approve it, and let it take the place of what it replaces, if that has not left."""
        ledger = self._desks.ledger
        if command.replaces:
            replaced = self._command(command.replaces)
            _require_unsent(replaced)
            ledger.advance(replaced, Superseded(command.id))
        command = ledger.advance(command, Approved(approver.name, why, approver.role))
        return ledger.advance(command, Foreseen(command.foreseen))

    def _decline(self, request: Request, asker: Asker) -> Answer:
        """Anybody may take back what is his own; others', whoever might approve it."""
        command = self._command(text_of(request, "command_id"), asker)
        if command.operator != asker.name:
            may(asker, Action.APPROVE_COMMAND)
        _require_unsent(command)
        event = Declined(asker.name, text_of(request, "why"), asker.role)
        return self._told(self._desks.ledger.advance(command, event))

    def _list(self, request: Request, _: Asker) -> Answer:
        states = frozenset(request.get("states") or ())
        spacecraft = str(request.get("spacecraft", ""))
        of_people = bool(request.get("of_people", False))
        found = [
            command
            for command in self._desks.ledger.all
            if (not states or command.state in states)
            and (not spacecraft or command.spacecraft == spacecraft)
            and (not of_people or command.purpose in ("operator", "procedure"))
        ]
        limit = int(request.get("limit", 200))
        return {"commands": [self.for_watchers(one) for one in found[-limit:]], "of": len(found)}

    def _show(self, request: Request, _: Asker) -> Answer:
        command = self._command(text_of(request, "command_id"))
        lines = self._desks.room.store.commands.log(command.id)
        return {
            **self._told(command),
            "log": [
                {
                    "time_ns": line.time.tai_ns,
                    "event": line.event,
                    "state": line.state,
                    "detail": line.detail,
                }
                for line in lines
            ],
        }

    def for_watchers(self, command: Command) -> Answer:
        """A command as maps of plain values; times in ns of TAI."""
        craft = self._desks.room.mission.spacecraft[command.spacecraft]
        hazard = _hazard(self._definition(command))
        return {
            "id": command.id,
            "spacecraft": command.spacecraft,
            "name": command.name,
            "arguments": from_json(to_json(_plain(command.arguments))),
            "purpose": command.purpose,
            "state": command.state,
            "settled": command.state in SETTLED,
            "operator": command.operator,
            "why": command.why,
            "approver": command.approver,
            "waits_for_approval": command.state == "prepared",
            "message": command.message,
            "attempts": len(command.attempts),
            "queued_ns": command.queued_at.tai_ns,
            "not_before_ns": command.not_before.tai_ns,
            "not_after_ns": command.not_after.tai_ns if command.not_after else None,
            "packet_octets": command.packet_octets,
            "way": itinerary_for_watchers(command.foreseen),
            "hops": [
                {
                    "name": hop.name,
                    "where": hop.where,
                    "foreseen_ns": hop.foreseen.tai_ns if hop.foreseen else None,
                    "actual_ns": hop.actual.tai_ns if hop.actual else None,
                }
                for hop in hops_of(command, craft.relay)
            ],
            **hazard,
        }

    def _told(self, command: Command) -> Answer:
        return {"command": self.for_watchers(command)}

    def _way(self, wish: _Wish, octets: int) -> Itinerary:
        found = self._desks.foresight.foresee(
            wish.craft, octets, earliest=wish.not_before, exactly=wish.exactly,
            before=wish.not_after,
        )  # fmt: skip
        if isinstance(found, NoWay):
            remedy = "have a pass or an overflight booked: see `groundsys plan show --run`"
            if found.next_at is not None:
                remedy = f"let it leave at {found.next_at.utc_iso(0)} or later"
            raise CommandRefusedError(
                f"{wish.definition.name} would not reach {wish.craft.id} in time",
                found=found.reason,
                remedy=remedy,
            )
        check_known(wish.craft, wish.definition.name, Instant(found.reached.tai_ns))
        return found

    def _command(self, command_id: str, asker: Asker | None = None) -> Command:
        """The command; to a customer's `asker` another's is one that there is not."""
        command = self._desks.ledger.get(command_id)
        customer = asker.customer if asker is not None else ""
        hidden = (
            command is not None
            and bool(customer)
            and owner_of_payload_command(self._desks, command) != customer
        )
        if command is None or hidden:
            raise CommandRefusedError(
                f"there is no command '{command_id}'", remedy="see `groundsys command list`"
            )
        return command

    def _definition(self, command: Command) -> CommandDefinition:
        craft = self._desks.room.mission.spacecraft[command.spacecraft]
        return craft.command(command.name)


class _Wish:
    """What an operator asks for, checked against the craft's model."""

    def __init__(self, craft: Spacecraft, definition: CommandDefinition, request: Request) -> None:
        self.craft = craft
        self.definition = definition
        self.arguments = dict(request.get("arguments") or {})
        at, before = request.get("at_ns"), request.get("before_ns")
        since = request.get("not_before_ns")
        self.exactly = at is not None
        earliest = at if at is not None else since
        self.not_before = None if earliest is None else Instant(int(earliest))
        self.not_after = None if before is None else Instant(int(before))

    @classmethod
    def of(cls, request: Request, desks: Desks, asker: Asker) -> _Wish:
        id, mission = text_of(request, "spacecraft"), desks.room.mission
        if asker.customer:  # a craft that is not theirs is refused in the words for one that is not
            there = next((one for one in desks.room.craft if one.id == id), None)
            owner = owner_of(mission.customers, there) if there is not None else ""
            may(asker, Action.DRAFT_COMMAND, owner=owner)
        craft = flown(desks, id)
        wish = cls(craft, definition_of(craft, text_of(request, "command")), request)
        if wish.definition.name == SCHEDULE_INSERT:
            raise CommandRefusedError(
                f"{SCHEDULE_INSERT} is no command to give by hand",
                expected="a packet numbered by the ledger, and read back once it is on board",
                remedy="write a procedure with a step `do: sequence`",
            )
        check_arguments(wish.definition, wish.arguments)
        return wish

    def encode(self, desks: Desks) -> bytes:
        return desks.room.yamcs.prepare_command(self.craft, self.definition.name, self.arguments)


def flown(desks: Desks, id: str) -> Spacecraft:
    """The craft of this id; `CommandRefusedError` if it is not flown here."""
    craft = desks.room.mission.spacecraft.get(id)
    if craft is None or craft not in desks.room.craft:
        raise CommandRefusedError(
            f"no craft '{id}' is flown here",
            expected=", ".join(one.id for one in desks.room.craft),
        )
    return craft


def _why(request: Request, asker: Asker) -> str:
    """Why it is asked for; asked with a key, the log also tells which."""
    why = str(request.get("why", ""))
    return f"{why} (by key {asker.key})".strip() if asker.key else why


def _require_unsent(command: Command) -> None:
    if command.state not in UNSENT:
        raise CommandRefusedError(
            f"{command.id} {command.name} cannot be taken back any more",
            expected="a command that has not been issued",
            found=command.state,
        )


def _hazard(definition: CommandDefinition) -> Answer:
    return {
        "significance": definition.significance,
        "significance_reason": definition.significance_reason,
        "hazardous": needs_two_people(definition),
    }


def _plain(arguments: Mapping[str, Any]) -> Answer:
    return {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in arguments.items()
    }


def itinerary_for_watchers(way: Itinerary | None) -> Answer | None:
    """An itinerary as plain values; times in ns of TAI."""
    if way is None:
        return None
    return {
        "pass_id": way.pass_id,
        "antenna": way.antenna,
        "session_id": way.session_id,
        "light_time_s": way.light_time_s,
        "radiated_ns": way.radiated.tai_ns,
        "arrived_ns": way.arrived.tai_ns,
        "reached_ns": way.reached.tai_ns,
        "sclk_s": way.sclk_s,
        "completed_ns": way.completed.tai_ns,
        "confirmed_ns": way.confirmed.tai_ns if way.confirmed else None,
    }
