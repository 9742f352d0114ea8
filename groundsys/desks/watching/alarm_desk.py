"""The alarm desk: Yamcs' limits → store → operators, and their word back to Yamcs.

The ground has alarms of its own, for what no limit of a parameter shows: a pass that heard
nothing, a capsule that is lost.  What has happened once is over at once and stands until somebody
has acknowledged it; what lasts stands until it is over and acknowledged.  Yamcs knows nothing of
them, nor of shelves and of who has an alarm in hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from groundsys.alarms import (
    Acknowledged,
    Alarm,
    AlarmEvent,
    Cleared,
    Raised,
    Returned,
    Unshelved,
    advance_alarm,
    is_worse,
    next_end,
    on_the_same_shelf,
    shelves_over,
)
from groundsys.authority import Asker
from groundsys.desks.control_room import ControlRoom
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.store import StoredEvent
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant
from groundsys.values.records import AlarmRecord

#: alarms and events are read at most this often, and by the wall where the clock keeps to a rate
READ_PERIOD = timedelta(minutes=5)
_READ_PERIOD_WALL_S = 0.5
#: of the ground's own alarms
GROUND = "ground:"
_SEVERITY = {"watch": "watch", "warning": "warning", "distress": "warning"}


class AlarmDesk:
    """Keeps alarms and the craft's own events."""

    def __init__(self, room: ControlRoom) -> None:
        self._room = room
        self._alarms = {alarm.id: alarm for alarm in room.store.watch.alarms()}
        self._last_read: Instant | None = None
        self._events_since: dict[str, Instant] = {
            craft.id: Instant(int(room.store.facts.get(_events_fact(craft), 0)))
            for craft in room.craft
        }
        self._events_known: set[tuple[int, str, str]] = {
            (event.time.tai_ns, event.spacecraft, event.text)
            for event in room.store.watch.recent_events(500)
        }

    @property
    def is_due(self) -> bool:
        if self._last_read is None:
            return True
        period = self._room.between_looks(READ_PERIOD, _READ_PERIOD_WALL_S)
        return self._room.now >= self._last_read + period

    def read(self, heard: frozenset[str]) -> None:
        """Take Yamcs' alarms and events of the craft that were heard, as they stand."""
        self._last_read = self._room.now
        for craft in self._room.craft:
            if craft.id not in heard:
                continue
            self._take_alarms(craft, list(self._room.yamcs.alarms(craft)))
            self._take_events(craft)

    @property
    def next_due(self) -> Instant | None:
        """When an alarm comes back from the shelf by itself."""
        return next_end(self._alarms.values())

    def work(self) -> None:
        """Take from the shelf what has been there long enough."""
        for alarm in shelves_over(self._alarms.values(), self._room.now):
            self._keep(advance_alarm(alarm, Unshelved(), self._room.now))
            if alarm.cleared_at is None:
                text = f"{alarm.parameter} comes back from the shelf: {alarm.level}"
                self._room.log(alarm.spacecraft, _severity(alarm.level), "alarm", text)

    def tell(
        self,
        about: str,
        spacecraft: str,
        what: str,
        level: str,
        value: str,
        *,
        lasts: bool = False,
        source: str = "alarm",
        text: str = "",
    ) -> None:
        """An alarm of the ground's own: `about` is its subject, and `what` the kind of thing.

        With `lasts` its condition holds until it is withdrawn; else it has happened, and is over.
        Told again with another level or value, it is another occasion, and is to be acknowledged
        again.  `text` is what its desk, `source`, has to say in full.
        """
        now = self._room.now
        known = self._alarms.get(f"{GROUND}{about}")
        if known is not None and _is_known(known, level, value, lasts=lasts):
            return
        if known is None:
            alarm = Alarm(f"{GROUND}{about}", spacecraft, what, level, value, since=now)
        else:
            alarm = advance_alarm(known, Raised(level, value), now)
        self._keep(alarm if lasts else advance_alarm(alarm, Returned(), now))
        self._room.log(spacecraft, _severity(level), source, text or f"{what} is {value}: {level}")

    def withdraw(self, about: str, why: str) -> None:
        """It is not so, or no longer: what lasted is over, what had happened has not."""
        alarm = self._alarms.get(f"{GROUND}{about}")
        if alarm is None or alarm.cleared_at is not None or _has_lasted(alarm):
            return
        event = Returned() if alarm.returned_at is None else Cleared()
        self._keep(advance_alarm(alarm, event, self._room.now))
        self._room.log(alarm.spacecraft, "info", "alarm", f"{alarm.parameter}: {why}")

    def standing(self, alarm_id: str) -> Alarm:
        """An alarm that stands; raises `CommandRefusedError` if none of this name does."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or alarm.cleared_at is not None:
            standing = sorted(one.id for one in self._alarms.values() if one.cleared_at is None)
            raise CommandRefusedError(
                f"there is no alarm '{alarm_id}'",
                expected=", ".join(standing) or "none stands",
                remedy="it may be over; look again",
            )
        return alarm

    def acknowledge(self, alarm_id: str, asker: Asker, comment: str) -> None:
        """An operator has seen an alarm: Yamcs is told first, then everybody."""
        alarm = self.standing(alarm_id)
        after = advance_alarm(alarm, Acknowledged(asker.name, comment), self._room.now)
        if after == alarm:
            return
        if not alarm_id.startswith(GROUND):
            craft = self._room.mission.spacecraft[alarm.spacecraft]
            self._room.yamcs.acknowledge_alarm(
                craft,
                alarm_id.removeprefix(f"{craft.id}:"),
                operator=asker.name,
                comment=comment,
            )
        detail = {"parameter": alarm.parameter, "level": alarm.level, "value": alarm.value}
        self._record(after, asker, "acknowledge", comment, detail)
        text = f"{alarm.parameter}: {alarm.level} acknowledged by {asker.name}"
        text = f"{text}: {comment}" if comment else text
        self._room.log(alarm.spacecraft, "info", "alarm", text)

    def handle(
        self, alarm_id: str, event: AlarmEvent, asker: Asker, verb: str, *, reason: str, text: str
    ) -> Alarm:
        """What people do with an alarm beside acknowledging it; it is written down who did it."""
        alarm = self.standing(alarm_id)
        after = advance_alarm(alarm, event, self._room.now)
        until = after.shelved_until
        detail = {
            "parameter": alarm.parameter,
            "level": alarm.level,
            "shelved_until_ns": None if until is None else until.tai_ns,
            "assignee": after.assignee,
        }
        self._record(after, asker, verb, reason, detail)
        self._room.log(alarm.spacecraft, "info", "alarm", f"{alarm.parameter}: {text}")
        return after

    def _record(
        self, alarm: Alarm, asker: Asker, verb: str, reason: str, detail: Mapping[str, Any]
    ) -> None:
        with self._room.store.writing():
            self._keep(alarm)
            self._room.audit(
                actor=asker.name,
                role=asker.role,
                action=f"alarm.{verb}",
                subject=alarm.id,
                reason=reason,
                detail=detail,
            )

    def _take_alarms(self, craft: Spacecraft, records: list[AlarmRecord]) -> None:
        standing = {f"{craft.id}:{record.id}": record for record in records}
        for alarm_id, record in standing.items():
            known = self._alarms.get(alarm_id)
            if known is not None and known.cleared_at is not None and record.cleared:
                continue  # seen here, and not yet forgotten there
            alarm = self._as_told(alarm_id, record, known)
            if known is None:
                text = f"{record.parameter} is {record.value}: {record.level}"
                self._room.log(craft.id, _severity(record.level), "alarm", text)
            if alarm != known:
                self._keep(alarm)
        for alarm_id, alarm in list(self._alarms.items()):
            if (
                alarm.spacecraft == craft.id
                and not alarm_id.startswith(GROUND)
                and alarm.cleared_at is None
                and alarm_id not in standing
            ):
                self._keep(advance_alarm(alarm, Cleared(), self._room.now))
                self._room.log(craft.id, "info", "alarm", f"{alarm.parameter} is well again")

    def _as_told(self, alarm_id: str, record: AlarmRecord, known: Alarm | None) -> Alarm:
        """Yamcs' word on an alarm, and ours on its shelf and on who has it in hand."""
        now = self._room.now
        if known is None:
            new = Alarm(
                alarm_id,
                record.spacecraft,
                record.parameter,
                record.level,
                record.value,
                since=record.since,
            )
            known = on_the_same_shelf(new, self._alarms.values(), now)
        elif is_worse(record.level, known.level):
            known = advance_alarm(known, Unshelved(), now)
        returned_at = known.returned_at or now if record.cleared else None
        return replace(
            known,
            level=record.level,
            value=record.value,
            since=record.since,
            acknowledged=record.acknowledged,
            acknowledged_by=record.acknowledged_by,
            returned_at=returned_at,
            cleared_at=None,
        )

    def _take_events(self, craft: Spacecraft) -> None:
        since = self._events_since[craft.id]
        for event in self._room.yamcs.events(craft, since):
            key = (event.time.tai_ns, event.spacecraft, event.text)
            if key in self._events_known:
                continue
            self._events_known.add(key)
            self._room.log_event(
                StoredEvent(event.time, craft.id, event.severity, event.source, event.text)
            )
            if event.time > self._events_since[craft.id]:
                self._events_since[craft.id] = event.time
        if self._events_since[craft.id] != since:
            self._room.store.facts.put(_events_fact(craft), self._events_since[craft.id].tai_ns)

    def _keep(self, alarm: Alarm) -> None:
        self._alarms[alarm.id] = alarm
        self._room.store.watch.put_alarm(alarm)

    def snapshot(self) -> Mapping[str, Any]:
        """The standing alarms as watchers see them."""
        standing = [one for one in self._alarms.values() if one.cleared_at is None]
        return {"alarms": [_told(one) for one in standing]}


def _told(alarm: Alarm) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "spacecraft": alarm.spacecraft,
        "parameter": alarm.parameter,
        "level": alarm.level,
        "value": alarm.value,
        "state": alarm.state,
        "since_ns": alarm.since.tai_ns,
        "returned_ns": _ns(alarm.returned_at),
        "acknowledged": alarm.acknowledged,
        "acknowledged_by": alarm.acknowledged_by,
        "acknowledged_ns": _ns(alarm.acknowledged_at),
        "comment": alarm.comment,
        "shelved_by": alarm.shelved_by,
        "shelved_until_ns": _ns(alarm.shelved_until),
        "shelf_reason": alarm.shelf_reason,
        "assignee": alarm.assignee,
    }


def _is_known(known: Alarm, level: str, value: str, *, lasts: bool) -> bool:
    """Whether the ground has told this very occasion: not if it was withdrawn unseen."""
    if (known.level, known.value) != (level, value):
        return False
    if lasts:
        return known.cleared_at is None and known.returned_at is None
    return known.acknowledged or known.cleared_at is None


def _has_lasted(alarm: Alarm) -> bool:
    """Whether its condition held for a while and is over: it stands until it is seen."""
    return alarm.returned_at is not None and alarm.returned_at > alarm.since


def _ns(instant: Instant | None) -> int | None:
    return None if instant is None else instant.tai_ns


def _severity(level: str) -> str:
    return _SEVERITY.get(level, "critical")


def _events_fact(craft: Spacecraft) -> str:
    return f"events_since:{craft.id}"
