"""Runs and procedures as a terminal shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from groundsys.cli.procedure.rehearsal_pictures import short_picture
from groundsys.values.instants import Instant

_MARKS = {"done": "[green]✓[/]", "under way": "[bold yellow]▶[/]", "": " "}
_HOLDS = {True: "[green]yes[/]", False: "[red]no[/]", None: "[yellow]unknown[/]"}
_STATES = {"running": "yellow", "held": "bold red", "completed": "green", "aborted": "red"}
_JOURNAL_LINES = 8


def run_picture(told: Mapping[str, Any]) -> RenderableType:
    """A run: its steps, what it waits for, what it has put on board, the end of its journal."""
    state = told["outcome"] or told["state"]
    head = Text.from_markup(
        f"[bold]{escape(told['run'])}[/]  {escape(told['title'])}  ({escape(told['spacecraft'])})  "
        f"[{_STATES[state]}]{state}[/]  {_time(told['now_ns'])}"
    )
    parts: list[RenderableType] = [head, _steps(told)]
    for key in ("stop", "abort"):
        if told[key] is not None:
            who = told[key]["who"] or "the procedure"
            word = "held" if key == "stop" else "aborted"
            parts.append(Text(f"{word} by {who}: {told[key]['why']}", style="red"))
    if told["rehearsal"] is not None:
        parts.append(short_picture(told["rehearsal"]))
    at = told["at"]
    if at is not None and at.get("conditions"):
        parts.append(_conditions(at))
    for one in (at or {}).get("read_back", ()):
        where = f"sub-schedule {one['schedule_id']} of {one['spacecraft']}"
        parts.append(Text(f"{where}: {one['state']}{one['why'] and ', ' + one['why']}"))
    if at is not None and "deadline_ns" in at:
        until = at["deadline_ns"]
        waits = _time(until) if until else "stands still: the contact planned does not suffice"
        parts.append(Text(f"waits until {waits}"))
    if at is not None and "roles" in at:
        parts.append(_votes(at))
    if scheduled := [one for one in told["commands"] if one["scheduled"]]:
        parts.append(_on_board(scheduled))
    parts.append(_journal(told))
    return Group(*parts)


def library_picture(told: Mapping[str, Any]) -> RenderableType:
    """The procedures, and their runs."""
    procedures = Table("procedure", "for", "title", "", box=None, header_style="bold")
    for one in told["procedures"]:
        marks = "critical " if one["critical"] else ""
        marks += f"{len(one['findings'])} finding(s)" if one["findings"] else ""
        procedures.add_row(*map(escape, (one["id"], one["for"], one["title"], marks)))
    runs = Table("run", "craft", "state", "step", "started", box=None, header_style="bold")
    for one in told["runs"]:
        state = one["outcome"] or one["state"]
        runs.add_row(
            *(escape(one["run"]), escape(one["spacecraft"]), f"[{_STATES[state]}]{state}[/]"),
            *(escape(one["step"]), _time(one["started_ns"])),
        )
    parts: list[RenderableType] = [procedures, Text(), runs if told["runs"] else Text("no run yet")]
    if told["rehearsals"]:
        parts += [Text(), _rehearsals(told)]
    return Group(*parts)


def _rehearsals(told: Mapping[str, Any]) -> Table:
    table = Table("rehearsal", "craft", "", "state of", "by", box=None, header_style="bold")
    for one in told["rehearsals"]:
        word = {True: "[green]passed[/]", False: "[red]failed[/]", None: "[yellow]under way[/]"}
        table.add_row(
            *(escape(one["rehearsal"]), escape(one["spacecraft"]), word[one["passed"]]),
            *(_time(one["state_ns"]), escape(one["brought_by"] or one["asked_by"])),
        )
    return table


def _steps(told: Mapping[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    for one in told["steps"]:
        if one["path"] == "abort" and told["abort"] is None:
            continue
        visits = f"×{one['visits']}" if one["visits"] > 1 else ""
        name = one["step"] if one["path"] == "steps" else f"abort: {one['step']}"
        inner = "" if one["procedure"] == told["procedure"] else f"{one['procedure']}: "
        table.add_row(
            *(_MARKS[one["state"]], escape(inner + name), one["kind"], escape(one["says"]), visits)
        )
    return table


def _conditions(at: Mapping[str, Any]) -> Table:
    table = Table("condition", "holds", "found", box=None, header_style="bold")
    for one in at["conditions"]:
        table.add_row(escape(one["text"]), _HOLDS[one["holds"]], escape(one["found"]))
    return table


def _on_board(commands: Sequence[Mapping[str, Any]]) -> Table:
    """Time-tagged commands, how they came on board, and what became of them there."""
    heads = ("sub-schedule", "release", "command", "insertion", "on board")
    table = Table(*heads, box=None, header_style="bold")
    for one in commands:
        inner = one["scheduled"]
        table.add_row(
            *(str(inner["schedule_id"]), _time(inner["at_ns"]), escape(inner["name"])),
            *(escape(f"{one['command_id']} {one['state']}"), inner["fate"] or "not reported"),
        )
    return table


def _votes(at: Mapping[str, Any]) -> Table:
    given = {one["role"]: one for one in at["votes"]}
    table = Table("role", "says", "who", box=None, header_style="bold")
    for role in at["roles"]:
        one = given.get(role)
        says = "[yellow]nothing yet[/]" if one is None else "go" if one["go"] else "[red]no-go[/]"
        who = "" if one is None else f"{one['who']} {one['why']}"
        table.add_row(escape(role), says, escape(who))
    return table


def _journal(told: Mapping[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1), style="dim")
    for line in told["journal"][-_JOURNAL_LINES:]:
        table.add_row(_time(line["time_ns"]), escape(line["text"]))
    return table


def _time(tai_ns: int) -> str:
    return Instant(tai_ns).utc_iso(0)
