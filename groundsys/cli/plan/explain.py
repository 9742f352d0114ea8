"""`groundsys plan explain`: why something in a plan is as it is."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from groundsys.cli.options import json_option
from groundsys.cli.plan.group import plan
from groundsys.cli.plan.source import PlanSource, source_options
from groundsys.cli.plan.subject import subject_of


@plan.command()
@click.argument("id", metavar="ID")
@click.option("--version", type=int, help="Of which version; the newest by default.")
@source_options
@json_option
def explain(source: PlanSource, id: str, version: int | None, as_json: bool) -> None:
    """Say why something is where it is, or why it got less.

    ID is a pass (pass-03), a relay session (relay-02), an antenna, a need or a customer.
    """
    from groundsys.planning.explanation import PlanInQuestion
    from groundsys.planning.explanation import explain as explain_in_plan
    from groundsys.planning.rules import rules_of

    subject = subject_of(source, version)
    document = subject.document
    asked = PlanInQuestion(
        document.plan,
        subject.mission,
        subject.scenario,
        subject.geometry,
        rules_of(subject.scenario),
        document.situation,
        document.homecomings,
        document.shortfalls,
    )
    told = explain_in_plan(asked, id)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "id": told.subject,
                    "kind": told.kind,
                    "version": document.version,
                    "facts": dict(told.facts),
                    "reasons": list(told.reasons),
                },
                indent=2,
            )
        )
        return
    console = Console()
    console.print(f"[bold]{escape(told.subject)}[/]  [dim]{escape(told.kind)}[/]", highlight=False)
    facts = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    facts.add_column(style="dim", no_wrap=True)
    for name, fact in told.facts:
        facts.add_row(name, escape(fact))
    console.print(Padding(facts, (0, 0, 0, 2)))
    for reason in told.reasons:
        line = Table.grid(padding=(0, 1))
        line.add_row("  •", escape(reason))
        console.print(line)
