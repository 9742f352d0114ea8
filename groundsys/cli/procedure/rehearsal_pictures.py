"""A rehearsal and its verdict as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from groundsys.planning.exchange.fields import read_record
from groundsys.procedures.rehearsing import MarginSeen, Snapshot, Verdict
from groundsys.procedures.rehearsing.verdict import step_of
from groundsys.values.instants import Instant


def rehearsal_picture(told: Mapping[str, Any]) -> RenderableType:
    """What the desks tell of one rehearsal, from its basis to its verdict."""
    snapshot = read_record(Snapshot, told["snapshot"], "snapshot")
    head = Text.from_markup(f"[bold]{escape(snapshot.id)}[/]  {escape(snapshot.spacecraft)}")
    parts: list[RenderableType] = [head, _basis(told, snapshot)]
    if told["verdict"] is None:
        parts.append(Text("no verdict has been brought yet", style="yellow"))
        return Group(*parts)
    verdict = read_record(Verdict, told["verdict"], "verdict")
    parts += [_expectations(verdict, snapshot), _commands(verdict, snapshot), _margins(verdict)]
    parts.append(Text("assumed, as telemetry does not tell it:", style="dim"))
    parts.append(_list(verdict.assumed, style="dim"))
    parts.append(_conclusion(verdict))
    parts.append(Text(f"brought by {told['brought_by']} at {_time(told['brought_ns'])}"))
    return Group(*parts)


def short_picture(told: Mapping[str, Any]) -> RenderableType:
    """A line or two for whoever is asked at a gate: the rehearsal, and whether it counts here."""
    line = (
        f"rehearsed: {told['rehearsal']}, passed, state of {_time(told['state_ns'])}, "
        f"brought by {told['brought_by']}"
    )
    told_margins = [read_record(MarginSeen, one, "margin") for one in told["margins"]]
    least = (
        f"  {one.spacecraft}'s {one.name} was {one.least:.5g} {one.unit} at least".rstrip()
        + (f", {one.spare:.5g} above its floor" if one.spare is not None else "")
        for one in told_margins
        if one.least is not None
    )
    parts = [Text(line, style="" if told["stale"] else "green"), *map(Text, least)]
    reasons = (Text(f"  it counts no more: {reason}", style="red") for reason in told["stale"])
    return Group(*parts, *reasons)


def _basis(told: Mapping[str, Any], snapshot: Snapshot) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_row("asked for", f"{_time(told['taken_ns'])} by {told['asked_by']}")
    for one in snapshot.craft:
        if one.spoken_of:
            as_of = one.as_of.utc_iso(0) if one.as_of else "?"
            grid.add_row(one.spacecraft, escape(f"as of {as_of}, MDB {one.mdb_version}"))
    for name, digest in snapshot.texts.items():
        grid.add_row("text", f"{escape(name)} {digest[:12]}")
    for name, value in snapshot.parameters.items():
        grid.add_row("parameter", escape(f"{name} = {value}"))
    return grid


def _list(texts: Iterable[str], *, style: str) -> Table:
    grid = Table.grid(padding=(0, 1))
    for text in texts:
        grid.add_row("", "·", Text(text, style=style))
    return grid


def _expectations(verdict: Verdict, snapshot: Snapshot) -> Table:
    table = Table("", "expected", "seen", "took", "of", box=None, header_style="bold")
    for one in verdict.expectations:
        mark = "[green]✓[/]" if one.met else "[red]✗[/]"
        took, window = _duration(one.took_s), _duration(one.window_s)
        name = f"{one.kind} {_step(step_of(one.key), snapshot)}"
        table.add_row(mark, f"[bold]{escape(name)}[/]", "", took, window)
        for condition in one.conditions:
            table.add_row("", escape(f"  {condition.text}"), escape(condition.found))
    return table


def _step(step: str, snapshot: Snapshot) -> str:
    """A step by its own name; one of a called procedure with that procedure's."""
    return step.removeprefix(f"{snapshot.procedure}.")


def _commands(verdict: Verdict, snapshot: Snapshot) -> Table:
    table = Table("", "command", "at", "", box=None, header_style="bold")
    for one in verdict.commands:
        done = one.state == "completed"
        why = "" if done else f"{one.state}: {one.message}"
        mark = "[green]✓[/]" if done else "[red]✗[/]"
        table.add_row(mark, *map(escape, (one.name, _step(one.step, snapshot), why)))
    return table


def _margins(verdict: Verdict) -> RenderableType:
    table = Table("margin of", "craft", "first", "least", "last", "floor", "spare", box=None)
    unknown = []
    for one in verdict.margins:
        name = escape(f"{one.name}{f', {one.unit}' if one.unit else ''}")
        if one.why:
            unknown.append(f"{one.spacecraft}'s {one.name} ({one.parameter}): {one.why}")
            continue
        figures = (one.first, one.least, one.last, one.floor, one.spare)
        table.add_row(name, escape(one.spacecraft), *map(_number, figures))
    return Group(table, _list((f"not known: {text}" for text in unknown), style="dim"))


def _conclusion(verdict: Verdict) -> RenderableType:
    took = _duration(verdict.took_s)
    if verdict.ok:
        return Text(f"passed, in {took} of mission time (seed {verdict.seed})", style="bold green")
    lines = [Text(f"failed, after {took} of mission time (seed {verdict.seed})", style="bold red")]
    return Group(*lines, _list(verdict.faults, style="red"))


def _duration(seconds: float | None) -> str:
    return "" if seconds is None else str(timedelta(seconds=round(seconds)))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.5g}"


def _time(tai_ns: int) -> str:
    return Instant(tai_ns).utc_iso(0)
