"""The alarm desk: Yamcs' limits → store → operators, and their word back to Yamcs.

The ground has alarms of its own, for what no limit of a parameter shows: a pass that heard
nothing, a capsule that is lost.  Each stands until somebody has acknowledged it, or it turns out
not to be so; Yamcs knows nothing of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.mission.model import Spacecraft
from groundsys.store import StoredAlarm, StoredEvent
from groundsys.values.errors import CommandRefusedError
from groundsys.values.instants import Instant
from groundsys.values.records import AlarmRecord

#: alarms and events are read at most this often
READ_PERIOD = timedelta(minutes=5)
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
        return self._last_read is None or self._room.now >= self._last_read + READ_PERIOD

    def read(self, heard: frozenset[str]) -> None:
        """Take Yamcs' alarms and events of the craft that were heard, as they stand."""
        self._last_read = self._room.now
        for craft in self._room.craft:
            if craft.id not in heard:
                continue
            self._take_alarms(craft, list(self._room.yamcs.alarms(craft)))
            self._take_events(craft)

    def tell(
        self,
        about: str,
        spacecraft: str,
        what: str,
        level: str,
        value: str,
        *,
        source: str = "alarm",
        text: str = "",
    ) -> None:
        """An alarm of the ground's own: `about` is its subject, and `what` the kind of thing.

        Told again with another level or value, it is another occasion, and is to be acknowledged
        again.  `text` is what its desk, `source`, has to say in full.
        """
        alarm = StoredAlarm(
            f"{GROUND}{about}", spacecraft, what, level, value, since=self._room.now
        )
        known = self._alarms.get(alarm.id)
        withdrawn = known is not None and not known.acknowledged and known.cleared_at is not None
        if known and not withdrawn and (known.level, known.value) == (level, value):
            return
        self._keep(alarm)
        severity = _SEVERITY.get(level, "critical")
        self._room.log(spacecraft, severity, source, text or f"{what} is {value}: {level}")

    def withdraw(self, about: str, why: str) -> None:
        """It is not so, or no longer."""
        alarm = self._alarms.get(f"{GROUND}{about}")
        if alarm is not None and alarm.cleared_at is None:
            self._keep(replace(alarm, cleared_at=self._room.now))
            self._room.log(alarm.spacecraft, "info", "alarm", f"{alarm.parameter}: {why}")

    def acknowledge(self, alarm_id: str, operator: str, role: str, comment: str) -> None:
        """An operator has seen an alarm: Yamcs is told first, then everybody."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or alarm.cleared_at is not None:
            raise CommandRefusedError(
                f"there is no alarm '{alarm_id}'",
                expected=", ".join(sorted(self._alarms)) or "none stands",
                remedy="it may be over; look again",
            )
        if not operator:
            raise CommandRefusedError("nobody acknowledges", expected="an operator's name")
        of_ground = alarm_id.startswith(GROUND)
        if not of_ground:
            craft = self._room.mission.spacecraft[alarm.spacecraft]
            yamcs_id = alarm_id.removeprefix(f"{craft.id}:")
            self._room.yamcs.acknowledge_alarm(craft, yamcs_id, operator=operator, comment=comment)
        with self._room.store.writing():
            self._keep(
                replace(
                    alarm,
                    acknowledged=True,
                    acknowledged_by=operator,
                    acknowledged_at=self._room.now,
                    comment=comment,
                    cleared_at=self._room.now if of_ground else None,
                )
            )
            self._room.audit(
                actor=operator,
                role=role,
                action="alarm.acknowledge",
                subject=alarm_id,
                reason=comment,
                detail={"parameter": alarm.parameter, "level": alarm.level, "value": alarm.value},
            )
        text = f"{alarm.parameter}: {alarm.level} acknowledged by {operator}"
        text = f"{text}: {comment}" if comment else text
        self._room.log(alarm.spacecraft, "info", "alarm", text)

    def _take_alarms(self, craft: Spacecraft, records: list[AlarmRecord]) -> None:
        standing = {f"{craft.id}:{record.id}": record for record in records}
        for alarm_id, record in standing.items():
            known = self._alarms.get(alarm_id)
            alarm = StoredAlarm(
                id=alarm_id,
                spacecraft=craft.id,
                parameter=record.parameter,
                level=record.level,
                value=record.value,
                since=record.since,
                acknowledged=record.acknowledged,
                acknowledged_by=record.acknowledged_by,
                acknowledged_at=known.acknowledged_at if known else None,
                comment=known.comment if known else "",
                cleared_at=None,
            )
            if known is None:
                severity = _SEVERITY.get(record.level, "critical")
                text = f"{record.parameter} is {record.value}: {record.level}"
                self._room.log(craft.id, severity, "alarm", text)
            if alarm != known:
                self._keep(alarm)
        for alarm_id, alarm in list(self._alarms.items()):
            if (
                alarm.spacecraft == craft.id
                and not alarm_id.startswith(GROUND)
                and alarm.cleared_at is None
                and alarm_id not in standing
            ):
                self._keep(replace(alarm, cleared_at=self._room.now))
                self._room.log(craft.id, "info", "alarm", f"{alarm.parameter} is well again")

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

    def _keep(self, alarm: StoredAlarm) -> None:
        self._alarms[alarm.id] = alarm
        self._room.store.watch.put_alarm(alarm)

    def snapshot(self) -> Mapping[str, Any]:
        """The standing alarms as watchers see them."""
        return {
            "alarms": [
                {
                    "id": alarm.id,
                    "spacecraft": alarm.spacecraft,
                    "parameter": alarm.parameter,
                    "level": alarm.level,
                    "value": alarm.value,
                    "since_ns": alarm.since.tai_ns,
                    "acknowledged": alarm.acknowledged,
                    "acknowledged_by": alarm.acknowledged_by,
                    "acknowledged_ns": (
                        None if alarm.acknowledged_at is None else alarm.acknowledged_at.tai_ns
                    ),
                    "comment": alarm.comment,
                }
                for alarm in self._alarms.values()
                if alarm.cleared_at is None
            ]
        }


def _events_fact(craft: Spacecraft) -> str:
    return f"events_since:{craft.id}"
