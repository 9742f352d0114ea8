"""Alarms that stand, and the events that led to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundsys.locales import tr
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
#: the ground's own alarms have words for values
VALUE_COLUMNS = 12

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


#: states in which an alarm waits for somebody
_WAITING = ("unacknowledged", "latched")
#: levels for which the bell rings
_RINGING = ("critical", "severe")
#: what belongs to no craft
GROUND = "ground"


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm; `standing` says in a word how it stands, `story` in a line who did what."""

    id: str
    level: Phrase
    #: as the mission database has it, by which it is found in any language
    level_word: str
    spacecraft: str
    parameter: str
    value: Phrase
    full_value: str
    since: str
    stands: Phrase
    state: str
    standing: Phrase
    story: str
    assignee: str

    @property
    def title(self) -> str:
        return f"{self.spacecraft} {self.parameter}"

    @property
    def is_waiting(self) -> bool:
        return self.state in _WAITING


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a craft or of the ground."""

    id: str
    time: str
    spacecraft: str
    severity: Phrase
    text: str


def alarm_rows(picture: Picture, wanted: str = "") -> tuple[AlarmRow, ...]:
    """By craft, the one with the most urgent alarm first; of each the most urgent first.

    Those to acknowledge come before the others, then the worst level, then the newest; what is
    shelved comes last.  `wanted`: only what has each of these words in it.
    """
    now_ns = picture.clock.get("now_ns")
    alarms = sorted(picture.alarms.get("alarms", ()), key=_urgency)
    groups: dict[str, list[Snapshot]] = {}
    for alarm in alarms:
        groups.setdefault(_craft(alarm), []).append(alarm)
    rows = (_alarm_row(alarm, now_ns) for group in groups.values() for alarm in group)
    return tuple(row for row in rows if _fits(row, wanted))


def wants_somebody(alarm: Snapshot) -> bool:
    """Whether an alarm is to be acknowledged: a shelved one is not."""
    return alarm.get("state") in _WAITING


def level_of(alarm: Snapshot) -> tuple[int, str, str, Tone]:
    """An alarm's level: its rank, the gravest first, its sign, its word and its tone."""
    word = _word(alarm.get("level"))
    rank, sign, tone = _LEVELS.get(word, (5, "?", "plain"))
    return rank, sign, word, tone


def waiting_alarms(picture: Picture) -> int:
    """How many alarms nobody has acknowledged; those on the shelf do not count."""
    return sum(wants_somebody(alarm) for alarm in picture.alarms.get("alarms", ()))


def ringing_alarms(picture: Picture) -> frozenset[tuple[str, int]]:
    """The occasions for which the bell rings: critical, and nobody has acknowledged them."""
    return frozenset(
        (str(alarm["id"]), int(alarm.get("since_ns") or 0))
        for alarm in picture.alarms.get("alarms", ())
        if wants_somebody(alarm) and _word(alarm.get("level")) in _RINGING
    )


def alarms_summary(picture: Picture, shown: int, wanted: str, *, is_muted: bool) -> Phrase:
    """How many there are, and what is not shown or heard."""
    alarms = picture.alarms.get("alarms", ())
    waiting = waiting_alarms(picture)
    shelved = sum(alarm.get("state") == "shelved" for alarm in alarms)
    standing = tr("{alarms} standing", alarms=len(alarms))
    if wanted:
        standing = tr(
            "filter “{wanted}” shows {shown} of {standing}",
            wanted=wanted,
            shown=shown,
            standing=standing,
        )
    bell = tr("bell muted") if is_muted else tr("bell on")
    parts = [
        standing,
        tr("{waiting} to acknowledge", waiting=waiting),
        tr("{shelved} shelved", shelved=shelved),
        bell,
    ]
    return Phrase(" · ".join(parts), "bad" if waiting else "quiet")


def event_rows(picture: Picture) -> tuple[EventRow, ...]:
    """The latest, newest first."""
    return tuple(_event_row(event) for event in reversed(picture.events[-EVENTS_SHOWN:]))


def _urgency(alarm: Snapshot) -> tuple[bool, bool, int, int]:
    rank = _LEVELS.get(_word(alarm.get("level")), (5, "", "plain"))[0]
    is_shelved = alarm.get("state") == "shelved"
    return is_shelved, not wants_somebody(alarm), rank, -int(alarm.get("since_ns") or 0)


def _craft(alarm: Snapshot) -> str:
    return str(alarm.get("spacecraft") or GROUND)


def _fits(row: AlarmRow, wanted: str) -> bool:
    told = (row.level.text, row.spacecraft, row.parameter, row.state, row.standing.text)
    text = " ".join((*told, row.level_word, row.assignee))
    return all(word in text.casefold() for word in wanted.casefold().split())


def _alarm_row(alarm: Snapshot, now_ns: int | None) -> AlarmRow:
    level = _word(alarm.get("level"))
    _, sign, tone = _LEVELS.get(level, (5, "?", "plain"))
    state = str(alarm.get("state") or UNKNOWN)
    return AlarmRow(
        id=str(alarm["id"]),
        level_word=level,
        level=Phrase(f"{sign} {tr(level)}", tone if wants_somebody(alarm) else "quiet"),
        spacecraft=_craft(alarm),
        parameter=str(alarm.get("parameter") or UNKNOWN).rpartition("/")[2],
        value=Phrase(_shortened(_value_text(alarm.get("value"))), right=True),
        full_value=_value_text(alarm.get("value")),
        since=clock_text_without_year(alarm.get("since_ns")),
        stands=Phrase(_stands(alarm.get("since_ns"), now_ns), right=True),
        state=state,
        standing=_standing(alarm, state, now_ns),
        story=_story(alarm, state),
        assignee=str(alarm.get("assignee") or ""),
    )


def _standing(alarm: Snapshot, state: str, now_ns: int | None) -> Phrase:
    assignee = alarm.get("assignee")
    match state:
        case "acknowledged":
            by = alarm.get("acknowledged_by") or tr("somebody")
            return Phrase(f"✔ {by}", "good")
        case "shelved":
            return Phrase(
                tr("◷ shelved {span}", span=_stands(now_ns, alarm.get("shelved_until_ns"))), "quiet"
            )
        case "latched":
            return Phrase(
                tr("▷ {assignee}, over", assignee=assignee) if assignee else tr("○ over, unseen"),
                "caution",
            )
        case "unacknowledged":
            return Phrase(f"▶ {assignee}", "notice") if assignee else Phrase(tr("✖ waiting"), "bad")
        case _:
            return Phrase(f"? {state}")


def _story(alarm: Snapshot, state: str) -> str:
    """Who did what, as a line; of an alarm that nobody has touched, what can be done."""
    in_hand = (
        tr("in the hands of {assignee}  ", assignee=alarm["assignee"])
        if alarm.get("assignee")
        else ""
    )
    returned = clock_text_without_year(alarm.get("returned_ns"))
    match state:
        case "acknowledged":
            comment = f"  “{alarm['comment']}”" if alarm.get("comment") else ""
            at = clock_text_without_year(alarm.get("acknowledged_ns"))
            by = alarm.get("acknowledged_by") or tr("somebody")
            return f"{in_hand}✔ {by} {at}{comment}"
        case "shelved":
            until = clock_text_without_year(alarm.get("shelved_until_ns"))
            by, why = alarm.get("shelved_by"), alarm.get("shelf_reason")
            return tr(
                "{in_hand}shelved by {by} until {until}: “{why}”",
                in_hand=in_hand,
                by=by,
                until=until,
                why=why,
            )
        case "latched":
            return tr(
                "{in_hand}over since {returned}, and nobody has seen it: c clears it",
                in_hand=in_hand,
                returned=returned,
            )
        case _:
            return tr("{in_hand}press a to acknowledge", in_hand=in_hand)


def _stands(since_ns: int | None, now_ns: int | None) -> str:
    if since_ns is None or now_ns is None:
        return UNKNOWN
    return rough_duration_text((now_ns - since_ns) / NANOSECONDS_PER_SECOND)


def _value_text(value: Any) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _shortened(text: str) -> str:
    """A value in its column; in full it stands below."""
    return text if len(text) <= VALUE_COLUMNS else f"{text[: VALUE_COLUMNS - 1]}…"


def _event_row(event: Snapshot) -> EventRow:
    severity = _word(event.get("severity"))
    sign, tone = _SEVERITIES.get(severity, ("·", "plain"))
    spacecraft, text = str(event.get("spacecraft") or "ground"), str(event.get("text") or "")
    return EventRow(
        id=f"{event['time_ns']}|{spacecraft}|{severity}|{text}",
        time=clock_text_without_year(event["time_ns"]),
        spacecraft=spacecraft,
        severity=Phrase(f"{sign} {tr(severity)}", tone),
        text=text,
    )


def _word(value: Any) -> str:
    return str(value or UNKNOWN).lower()
