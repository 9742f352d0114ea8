"""Alarms that stand, and the events that led to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundsys.values.instants import NANOSECONDS_PER_SECOND
from ops_tui.picture import Picture, Snapshot
from ops_tui.views.phrases import (
    UNKNOWN,
    Phrase,
    Tone,
    clock_text_without_year,
    rough_duration_text,
)

EVENTS_SHOWN = 200

#: level → (rank, sign, tone); the worst first, as XTCE orders them
_LEVELS: dict[str, tuple[int, str, Tone]] = {
    "severe": (0, "✖", "bad"),
    "critical": (1, "✖", "bad"),
    "distress": (2, "▲", "bad"),
    "warning": (3, "▲", "caution"),
    "watch": (4, "△", "notice"),
}

_SEVERITIES: dict[str, tuple[str, Tone]] = {
    "info": ("·", "quiet"),
    "low": ("·", "plain"),
    "watch": ("△", "notice"),
    "medium": ("△", "notice"),
    "warning": ("▲", "caution"),
    "distress": ("▲", "bad"),
    "high": ("▲", "bad"),
    "critical": ("✖", "bad"),
    "severe": ("✖", "bad"),
    "error": ("✖", "bad"),
}


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm; `acknowledgement` names who, or says that nobody has yet."""

    id: str
    level: Phrase
    spacecraft: str
    parameter: str
    value: Phrase
    since: str
    stands: Phrase
    acknowledgement: Phrase
    acknowledged_at: str
    comment: str
    is_acknowledged: bool

    @property
    def title(self) -> str:
        return f"{self.spacecraft} {self.parameter}"


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a craft or of the ground."""

    id: str
    time: str
    spacecraft: str
    severity: Phrase
    text: str


def alarm_rows(picture: Picture) -> tuple[AlarmRow, ...]:
    """Those to acknowledge first, then the worst level, then the newest."""
    alarms = sorted(picture.alarms.get("alarms", ()), key=_urgency)
    now_ns = picture.clock.get("now_ns")
    return tuple(_alarm_row(alarm, now_ns) for alarm in alarms)


def level_of(alarm: Snapshot) -> tuple[int, str, str, Tone]:
    """An alarm's level: its rank, the gravest first, its sign, its word and its tone."""
    word = _word(alarm.get("level"))
    rank, sign, tone = _LEVELS.get(word, (5, "?", "plain"))
    return rank, sign, word, tone


def waiting_alarms(picture: Picture) -> int:
    """How many alarms nobody has acknowledged."""
    return sum(not alarm.get("acknowledged") for alarm in picture.alarms.get("alarms", ()))


def event_rows(picture: Picture) -> tuple[EventRow, ...]:
    """The latest, newest first."""
    return tuple(_event_row(event) for event in reversed(picture.events[-EVENTS_SHOWN:]))


def _urgency(alarm: Snapshot) -> tuple[bool, int, int]:
    rank = _LEVELS.get(_word(alarm.get("level")), (5, "", "plain"))[0]
    return bool(alarm.get("acknowledged")), rank, -int(alarm.get("since_ns") or 0)


def _alarm_row(alarm: Snapshot, now_ns: int | None) -> AlarmRow:
    level = _word(alarm.get("level"))
    _, sign, tone = _LEVELS.get(level, (5, "?", "plain"))
    acknowledged = bool(alarm.get("acknowledged"))
    return AlarmRow(
        id=str(alarm["id"]),
        level=Phrase(f"{sign} {level}", "quiet" if acknowledged else tone),
        spacecraft=str(alarm.get("spacecraft") or UNKNOWN),
        parameter=str(alarm.get("parameter") or UNKNOWN).rpartition("/")[2],
        value=Phrase(_value_text(alarm.get("value")), right=True),
        since=clock_text_without_year(alarm.get("since_ns")),
        stands=Phrase(_stands(alarm.get("since_ns"), now_ns), right=True),
        acknowledgement=_acknowledgement(alarm),
        acknowledged_at=clock_text_without_year(alarm.get("acknowledged_ns")),
        comment=str(alarm.get("comment") or ""),
        is_acknowledged=acknowledged,
    )


def _acknowledgement(alarm: Snapshot) -> Phrase:
    if not alarm.get("acknowledged"):
        return Phrase("waiting", "bad")
    return Phrase(f"✔ {alarm.get('acknowledged_by') or 'somebody'}", "good")


def _stands(since_ns: int | None, now_ns: int | None) -> str:
    if since_ns is None or now_ns is None:
        return UNKNOWN
    return rough_duration_text((now_ns - since_ns) / NANOSECONDS_PER_SECOND)


def _value_text(value: Any) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _event_row(event: Snapshot) -> EventRow:
    severity = _word(event.get("severity"))
    sign, tone = _SEVERITIES.get(severity, ("·", "plain"))
    spacecraft, text = str(event.get("spacecraft") or "ground"), str(event.get("text") or "")
    return EventRow(
        id=f"{event['time_ns']}|{spacecraft}|{severity}|{text}",
        time=clock_text_without_year(event["time_ns"]),
        spacecraft=spacecraft,
        severity=Phrase(f"{sign} {severity}", tone),
        text=text,
    )


def _word(value: Any) -> str:
    return str(value or UNKNOWN).lower()
