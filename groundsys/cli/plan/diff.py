"""`groundsys plan diff`: what one version changes of another, and for whom."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from groundsys.cli.options import json_option
from groundsys.cli.plan.changes import customer_table
from groundsys.cli.plan.group import plan
from groundsys.cli.plan.source import PlanSource, source_options
from groundsys.cli.plan.subject import subject_of
from groundsys.values.errors import DefinitionError

if TYPE_CHECKING:
    from groundsys.planning.plan import PlannedPass, PlannedRelaySession
    from groundsys.planning.versions.book import PlanDocument
    from groundsys.planning.versions.changes import ContactChanges, PlanDiff
    from groundsys.planning.versions.command_times import CommandChange, CommandTime

_STYLES = {"moved": "yellow", "added": "green", "dropped": "red"}


@plan.command()
@click.argument("old", type=int, required=False)
@click.argument("new", type=int, required=False)
@source_options
@json_option
def diff(source: PlanSource, old: int | None, new: int | None, as_json: bool) -> None:
    """Compare two versions of a plan, by default the newest with the one that it replaced.

    Told are passes and relay sessions that are moved, added and dropped; each customer's volume
    and latency before and after; needs and commands that get another chance.
    """
    from groundsys.planning.rules import rules_of
    from groundsys.planning.versions.changes import diff_plans
    from groundsys.planning.versions.command_times import command_changes

    subject = subject_of(source, new)
    after = subject.document
    before = source.read(old if old is not None else _replaced(after))[0]
    if before.scenario != after.scenario:
        raise DefinitionError(
            "these are plans of different scenarios", expected=after.scenario, found=before.scenario
        )
    changed = diff_plans(before.plan, after.plan, before.homecomings, after.homecomings)
    commands = command_changes(
        *(before.plan, after.plan, subject.mission, subject.scenario),
        rules_of(subject.scenario).load_s,
    )
    if as_json:
        from groundsys.planning.exchange.fields import to_plain

        answer = {
            "old": before.version,
            "new": after.version,
            "reason": after.reason,
            **to_plain(changed, "diff"),
            "commands": to_plain(commands, "commands"),
        }
        click.echo(json.dumps(answer, indent=2))
        return
    console = Console()
    console.print(
        f"[bold]version {before.version}[/] ({before.reason}) → [bold]version {after.version}[/] "
        f"({after.reason})",
        highlight=False,
    )
    if changed.is_empty:
        console.print("both book the same passes and relay sessions")
    else:
        console.print(_contacts(before, after, changed))
    for name, one in (("passes", changed.passes), ("relay sessions", changed.relay_sessions)):
        console.print(f"{name}: {_counts(one)}", highlight=False)
    _print_effects(console, changed, commands)


def _replaced(document: PlanDocument) -> int:
    """The version before it."""
    if document.parent is not None:
        return document.parent
    if document.version > 1:
        return document.version - 1
    raise DefinitionError(
        "there is but one version to compare",
        found=f"version {document.version}",
        remedy="make another: groundsys plan make SCENARIO --replan",
    )


def _contacts(before: PlanDocument, after: PlanDocument, changed: PlanDiff) -> Table:
    """One line for each contact that changes."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("contact", ""):
        table.add_column(heading, no_wrap=True, min_width=8)
    for heading in ("before", "after"):
        table.add_column(heading)
    for old, new, changes in (
        (before.plan.passes, after.plan.passes, changed.passes),
        (before.plan.relay_sessions, after.plan.relay_sessions, changed.relay_sessions),
    ):
        earlier: dict[str, Any] = {one.id: one for one in old}
        later: dict[str, Any] = {one.id: one for one in new}
        touched = {
            **dict.fromkeys(changes.moved, "moved"),
            **dict.fromkeys(changes.added, "added"),
            **dict.fromkeys(changes.dropped, "dropped"),
        }
        for id in sorted(touched, key=lambda id: (later.get(id) or earlier[id]).start):
            kind = touched[id]
            table.add_row(
                id,
                f"[{_STYLES[kind]}]{kind}[/]",
                _where(earlier.get(id)),
                _where(later.get(id)),
            )
    return table


def _where(one: PlannedPass | PlannedRelaySession | None) -> str:
    if one is None:
        return "–"
    place = getattr(one, "antenna", one.spacecraft)
    start, end = one.start.to_utc(), one.end.to_utc()
    return f"{place} {start:%d %b %H:%M}–{end:%H:%M} {one.rate_bps / 1e3:g}k"


def _counts(changes: ContactChanges) -> str:
    parts = [f"{len(changes.kept)} kept"]
    for kind, style in _STYLES.items():
        count = len(getattr(changes, kind))
        if count:
            parts.append(f"[{style}]{count} {kind}[/]")
    return ", ".join(parts)


def _print_effects(console: Console, changed: PlanDiff, commands: Sequence[CommandChange]) -> None:
    """For customers, needs and commands."""
    if changed.customers:
        console.print()
        console.print(
            customer_table(
                {
                    one.customer: {
                        "bits_before": one.bits_before,
                        "bits_after": one.bits_after,
                        "latency_s_before": one.latency_before_s,
                        "latency_s_after": one.latency_after_s,
                    }
                    for one in changed.customers
                }
            )
        )
        console.print()
    if changed.needs_lost:
        console.print(f"[red]needs served no more[/]: {', '.join(changed.needs_lost)}")
    if changed.needs_gained:
        console.print(f"[green]needs served now[/]: {', '.join(changed.needs_gained)}")
    before_h, after_h = changed.uplink_before_s / 3600.0, changed.uplink_after_s / 3600.0
    console.print(
        f"commands can be sent in {after_h:.1f} h, before {before_h:.1f} h", highlight=False
    )
    for one in commands:
        console.print(
            f"  {one.command} of {one.spacecraft}: {_chance(one.after)} instead of "
            f"{_chance(one.before)}",
            highlight=False,
        )


def _chance(one: CommandTime) -> str:
    if one.at is None:
        return "[red]never[/]"
    return f"{one.at.to_utc():%d %b %H:%M} ({one.by})"
