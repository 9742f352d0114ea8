"""A shift as Markdown, short enough to be read aloud at the change of crews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groundsys.alarms import Alarm
from groundsys.commanding.ledger import Command
from groundsys.handover.shift import Shift
from groundsys.passes.execution import Pass
from groundsys.procedures.run import Run
from groundsys.values.instants import Instant

_NOTHING = "None."


def handover_report(shift: Shift, scenario: str, *, simulated: bool) -> str:
    """The report; its times are mission time in UTC."""
    start, end = (_minute(moment) for moment in (shift.span.start, shift.span.end))
    kind = "SIMULATED" if simulated else "FLIGHT"
    sections = [
        f"# Hand-over of {scenario} ({kind})\n\n{start} to {end} UTC, mission time",
        _section(
            "On shift",
            ("Who", "Role", "First deed", "Last deed", "Deeds"),
            (
                (one.name, one.role, _minute(one.first), _minute(one.last), one.deeds)
                for one in shift.crew
            ),
        ),
        _section(
            "Open alarms",
            ("Level", "Craft", "What", "Value", "Since", "State"),
            (_open_alarm(one) for one in shift.open_alarms),
        ),
        _section(
            "Log-book",
            ("When", "Who", "What"),
            ((_minute(one.time), one.who, one.what) for one in shift.entries),
        ),
        _section(
            "Passes",
            ("Pass", "From", "To", "Way", "Outcome", "Frames", "Lost lock"),
            (_pass(one) for one in shift.passes),
        ),
        _section(
            "Relay sessions",
            ("Session", "From", "To", "Craft", "Outcome"),
            (
                (
                    *(one.id, _minute(one.start), _minute(one.end), one.spacecraft),
                    one.verdict or one.state,
                )
                for one in shift.sessions
            ),
        ),
        _section(
            "Alarms raised",
            ("When", "Level", "Craft", "What", "Value", "Now"),
            (
                (
                    *(_minute(one.since), one.level, one.spacecraft or "ground"),
                    *(one.parameter, one.value, one.state),
                )
                for one in shift.raised
            ),
        ),
        _section(
            "What was done about alarms",
            ("When", "Who", "What", "Why"),
            ((_minute(one.time), one.who, one.what, one.why) for one in shift.handled),
        ),
        _section(
            "Commands of people",
            ("Command", "Craft", "Name", "Asked by", "Why", "Stands"),
            (_command(one) for one in shift.commands),
        ),
        _issued(shift),
        _section(
            "Procedures",
            ("Run", "Procedure", "Craft", "Run by", "Stands"),
            (_run(one) for one in shift.runs),
        ),
        _section(
            "What comes",
            ("From", "To", "What"),
            ((_minute(one.start), _minute(one.end), one.what) for one in shift.ahead),
        ),
    ]
    return "\n\n".join(sections) + "\n"


def _issued(shift: Shift) -> str:
    """All commands that left, those of the automation among them."""
    counts = ", ".join(f"{count} {state}" for state, count in shift.issued.items())
    return f"Of all commands that left in this shift: {counts or 'there were none'}."


def _section(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [_row(cells) for cells in rows]
    if not lines:
        return f"## {title}\n\n{_NOTHING}"
    table = [_row(heads), _row(["---"] * len(heads)), *lines]
    return f"## {title}\n\n" + "\n".join(table)


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(_cell(str(cell)) for cell in cells) + " |"


def _cell(text: str) -> str:
    """What people wrote is text, and no table, heading or HTML of this report."""
    for sign in ("\\", "|", "<", "`", "*", "_", "[", "!"):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split()) or "–"


def _open_alarm(one: Alarm) -> tuple[object, ...]:
    words: str = one.state
    if one.shelved_until is not None:
        words = f"shelved by {one.shelved_by} until {_minute(one.shelved_until)}: "
        words += one.shelf_reason
    elif one.acknowledged:
        words = f"acknowledged by {one.acknowledged_by}"
        words += f": {one.comment}" if one.comment else ""
    if one.assignee:
        words = f"{words}; in the hands of {one.assignee}"
    since = _minute(one.since)
    return (one.level, one.spacecraft or "ground", one.parameter, one.value, since, words)


def _pass(one: Pass) -> tuple[object, ...]:
    way = f"{one.antenna} → {one.spacecraft}"
    frames = one.frames_good + one.frames_corrected
    outcome = one.verdict or one.state
    start, end = _minute(one.start), _minute(one.end)
    return (one.id, start, end, way, outcome, frames, one.losses_of_lock)


def _command(one: Command) -> tuple[object, ...]:
    asked_by = one.operator or one.purpose
    stands = f"{one.state}: {one.message}" if one.message else one.state
    return (one.id, one.spacecraft, one.name, asked_by, one.why, stands)


def _run(one: Run) -> tuple[object, ...]:
    runners = ", ".join(one.runners)
    return (one.id, one.procedure, one.spacecraft, runners, one.outcome or one.state)


def _minute(moment: Instant) -> str:
    return f"{moment.to_utc():%Y-%m-%d %H:%M}"
