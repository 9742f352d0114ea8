"""What the desks hear from the other nodes, and which desk each message is for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from groundsys.authority import Asker, Role
from groundsys.values.errors import GroundsysError
from groundsys.values.messages import Message

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


class Hearing:
    """Hands each message to its desk; one that no desk is for changes nothing."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks

    def take(self, message: Message) -> None:
        """Let the desk act that a message is for."""
        desks, body = self._desks, message.body
        match message.kind:
            case "antenna_status":
                desks.passes.take_status(body)
                desks.look_round_now()
            case "received":
                self._take_received(body)
            case "file_arrivals":
                desks.files.take_arrivals(body)
            case "time_couples":
                desks.clocks.take_couples(body)
            case "found":
                desks.passes.take_found(body)
            case "not_acquired":
                desks.passes.take_search_failure(body)
                self._seek_without_burn(body["spacecraft"])
            case "tone":
                desks.beacons.take_tone(body)
            case "tracking":
                desks.tracking.take(body)
                desks.clocks.take_ranging(body["spacecraft"])
            case "forward_request":
                desks.commands.take_forward_request(body)
                desks.look_round_now()
            case "radiated":
                desks.commands.take_radiated(body)
            case "not_radiated":
                desks.commands.take_not_radiated(body)
            case "audit_head":
                desks.audit.take_head(body)
            case "notice":
                self._take_notice(message.source, body)
            case "recovery":
                desks.recovery.take(body)
            case "solution":
                self._take_solution(body)
            case "injected":
                desks.faults.take_injected(body["faults"])
            case "revived":
                desks.ground.take_revived(body["names"], body["had_no_room"], message.time)
                desks.ground.take_restarts_of_yamcs(body["yamcs_restarts"])
                # what they forget, they are told again
                desks.passes.tell_again({name.removeprefix("antenna:") for name in body["names"]})

    def _take_received(self, body: Mapping[str, Any]) -> None:
        desks = self._desks
        desks.telemetry.take_received(body)
        desks.live_telemetry.take_received(body)
        if not body["archived"]:
            return
        heard = {channel["spacecraft"] for channel in body["channels"]}
        for craft in desks.room.speakers:
            if craft.id in heard:
                desks.sequence.frames_archived(craft)
        if desks.telemetry.is_due:
            desks.read()

    def _take_notice(self, source: str, body: Mapping[str, Any]) -> None:
        content = dict(body)
        kind = str(content.pop("kind", ""))
        try:
            self._desks.planning.take_notice(kind, content, source)
            self._desks.recovery.work()
        except GroundsysError as error:
            text = f"{source}'s notice is of no use: {error}"
            self._desks.room.log("", "warning", "planning", text)

    def _take_solution(self, body: Mapping[str, Any]) -> None:
        """Another agency's orbit, as a program brings it: it may wait for a person."""
        oem, by = str(body["oem"]), str(body["by"])
        source = {
            "format": "OEM",
            "file": f"{body['of']}.oem",
            "sha256": hashlib.sha256(oem.encode()).hexdigest(),
            "object_name": str(body["of"]),
            "name": by,
        }
        try:
            self._desks.solutions.take(str(body["of"]), oem, source, Asker(by, Role.AUTOMATION))
        except GroundsysError as error:
            text = f"an orbit solution of {by} is of no use: {error}"
            self._desks.room.log("", "warning", "planning", text)

    def _seek_without_burn(self, craft: str) -> None:
        """A craft that is not found may not have burnt: it is sought there, and people are told."""
        try:
            sought = self._desks.planning.seek_without_burn(craft)
        except GroundsysError as error:
            text = f"not sought without its burn: {error}"
            self._desks.room.log(craft, "warning", "planning", text)
            return
        if sought:
            text = "not found where its burn would have led it: it is sought as if it had not burnt"
            alarm = (f"burn:{craft}", craft, "burn", "critical", "not found where it leads")
            self._desks.alarms.tell(*alarm, source="planning", text=text)
