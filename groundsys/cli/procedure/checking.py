"""`groundsys procedure check` and `schema`: what needs no running ground segment."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from groundsys.cli.first_page import EXIT_VERDICT_NOT_OK
from groundsys.cli.options import json_option, mission_db_option
from groundsys.cli.procedure.group import (
    bioburden_findings,
    procedure,
    procedures_option,
    read,
)


@procedure.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Every procedure of the folder.")
@procedures_option
@mission_db_option
@json_option
def check(
    name: str | None, every: bool, folder: Path | None, mission_db: Path | None, as_json: bool
) -> None:
    """Check a procedure against its craft: every finding at once, with file and line.

    With NAME, that procedure and all that it calls; with --all, the whole folder, and what the
    mission defines of planetary protection.
    """
    if bool(name) == every:
        raise click.UsageError("name a procedure, or check --all")
    library = read(folder, mission_db)
    findings = [*library.findings, *bioburden_findings(mission_db)]
    if name:
        findings = library.findings_of(name)
        if not findings:
            library.sound(name)
    if as_json:
        fields = ("file", "line", "message", "remedy")
        told = [{field: getattr(one, field) for field in fields} for one in findings]
        click.echo(json.dumps(told, indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
        subject = name or f"{library.folder}: {len(library.procedures)} procedures"
        click.echo(f"{subject}: {f'{len(findings)} finding(s)' if findings else 'sound'}")
    sys.exit(EXIT_VERDICT_NOT_OK if findings else 0)


@procedure.command()
def schema() -> None:
    """Print the language as JSON Schema, by which editors complete and check while one writes."""
    from groundsys.procedures import procedure_schema

    click.echo(json.dumps(procedure_schema(), indent=2, ensure_ascii=False))
