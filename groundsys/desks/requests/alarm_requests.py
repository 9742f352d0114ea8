"""Requests about alarms and the log-book: who has seen what, who has it in hand, what they say."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from groundsys.alarms import LONGEST_SHELF, Assigned, Shelved, Unshelved
from groundsys.authority import Action, Asker, Role, canonical_name
from groundsys.desks.requests.verbs import Answer, Request, Verb, text_of
from groundsys.store import LogEntry
from groundsys.values.errors import CommandRefusedError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

#: of an entry in the log-book, of a reason and of a comment, in letters
LONGEST_TEXT = 2_000
_WATCHING = (Role.OPERATOR, Role.FLIGHT_DIRECTOR)


class AlarmRequests:
    """Answers `acknowledge_alarm`, the verbs that begin with `alarm_`, and `log_entry`."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        handle = Action.HANDLE_ALARM
        self.verbs: dict[str, Verb] = {
            "acknowledge_alarm": Verb(Action.ACKNOWLEDGE_ALARM, self._acknowledge),
            "alarm_clear": Verb(Action.ACKNOWLEDGE_ALARM, self._clear),
            "alarm_shelve": Verb(handle, self._shelve),
            "alarm_unshelve": Verb(handle, self._unshelve),
            "alarm_assign": Verb(handle, self._assign),
            "log_entry": Verb(Action.WRITE_LOGBOOK, self._write_log),
        }

    def _acknowledge(self, request: Request, asker: Asker) -> Answer:
        alarm_id = text_of(request, "alarm_id")
        self._desks.alarms.acknowledge(alarm_id, asker, _optional_text(request, "comment"))
        return self._told(alarm_id)

    def _clear(self, request: Request, asker: Asker) -> Answer:
        """One whose condition is over is seen, and stands no longer."""
        alarm_id = text_of(request, "alarm_id")
        alarm = self._desks.alarms.standing(alarm_id)
        if alarm.returned_at is None:
            raise CommandRefusedError(
                f"the alarm of {alarm.parameter} cannot be cleared: its condition holds",
                expected="an alarm whose condition is over",
                found=f"{alarm.level}, {alarm.value}",
                remedy="acknowledge it; it clears once its condition is over",
            )
        self._desks.alarms.acknowledge(alarm_id, asker, _optional_text(request, "comment"))
        return self._told(alarm_id)

    def _shelve(self, request: Request, asker: Asker) -> Answer:
        """Off the hands for `for_s` seconds of mission time."""
        alarm_id, reason = text_of(request, "alarm_id"), _optional_text(request, "reason")
        seconds = request.get("for_s")
        if not isinstance(seconds, int | float) or not _is_span(float(seconds)):
            raise CommandRefusedError(
                "an alarm is not shelved without an end",
                expected=f"seconds of mission time, at most {LONGEST_SHELF.days} days",
                found=repr(seconds),
            )
        until = self._desks.room.now + timedelta(seconds=float(seconds))
        self._desks.alarms.handle(
            alarm_id,
            Shelved(asker.name, reason, until),
            asker,
            "shelve",
            reason=reason,
            text=f"shelved by {asker.name} until {until.utc_iso(0)}: {reason}",
        )
        return self._told(alarm_id)

    def _unshelve(self, request: Request, asker: Asker) -> Answer:
        alarm_id = text_of(request, "alarm_id")
        if not self._desks.alarms.standing(alarm_id).is_shelved:
            raise CommandRefusedError(
                f"'{alarm_id}' is on no shelf", expected="a shelved alarm", remedy="look again"
            )
        text = f"taken from the shelf by {asker.name}"
        self._desks.alarms.handle(alarm_id, Unshelved(), asker, "unshelve", reason="", text=text)
        return self._told(alarm_id)

    def _assign(self, request: Request, asker: Asker) -> Answer:
        """To somebody who watches; without `to`, to nobody."""
        alarm_id, to = text_of(request, "alarm_id"), _optional_text(request, "to")
        to = canonical_name(to) if to else ""
        account = self._desks.gate.account(to) if to else None
        if to and (account is None or account.role not in _WATCHING):
            raise CommandRefusedError(
                f"'{to}' cannot have an alarm in hand",
                expected="an operator or a flight director",
                found="no such account" if account is None else account.role,
                remedy="`groundsys user list` shows who there is",
            )
        text = f"in the hands of {to or 'nobody'}, says {asker.name}"
        event = Assigned(to, asker.name if to else "")
        self._desks.alarms.handle(alarm_id, event, asker, "assign", reason="", text=text)
        return self._told(alarm_id)

    def _write_log(self, request: Request, asker: Asker) -> Answer:
        room = self._desks.room
        text = " ".join(text_of(request, "text").split())
        craft = _optional_text(request, "spacecraft")
        if not text or len(text) > LONGEST_TEXT:
            raise CommandRefusedError(
                "this is no entry of a log-book",
                expected=f"a text of at most {LONGEST_TEXT} letters",
                found=f"{len(text)} letters",
            )
        if craft and craft not in room.scenario.spacecraft:
            raise CommandRefusedError(
                f"there is no craft '{craft}'", expected=", ".join(room.scenario.spacecraft)
            )
        with room.store.writing():
            room.store.watch.add_log_entry(LogEntry(room.now, asker.name, asker.role, craft, text))
            room.audit(
                actor=asker.name,
                role=asker.role,
                action="logbook.write",
                subject=craft or "ground",
                reason=text,
            )
            room.log(craft, "info", "logbook", f"{asker.name} writes: {text}")
        return {"time_ns": room.now.tai_ns}

    def _told(self, alarm_id: str) -> Answer:
        self._desks.live.publish(force=True)
        return {"alarm_id": alarm_id}


def _optional_text(request: Request, key: str) -> str:
    value = request.get(key)
    text = str(value).strip() if value is not None else ""
    if len(text) > LONGEST_TEXT:
        raise CommandRefusedError(
            f"'{key}' is too long", expected=f"at most {LONGEST_TEXT} letters", found=str(len(text))
        )
    return text


def _is_span(seconds: float) -> bool:
    return math.isfinite(seconds) and 0.0 < seconds <= LONGEST_SHELF.total_seconds()
