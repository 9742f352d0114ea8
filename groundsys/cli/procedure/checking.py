"""`groundsys procedure check` and `schema`: what needs no running ground segment."""

from __future__ import annotations

import json
from pathlib import Path

import click

from groundsys.cli.findings import tell_findings
from groundsys.cli.options import json_option, mission_db_option
from groundsys.cli.procedure.group import (
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
    from groundsys.mission import load_mission
    from groundsys.procedures.protection_findings import protection_findings

    if bool(name) == every:
        raise click.UsageError("name a procedure, or check --all")
    library = read(folder, mission_db)
    findings = [*library.findings, *protection_findings(load_mission(mission_db))]
    if name:
        findings = library.findings_of(name)
        if not findings:
            library.sound(name)
    subject = name or f"{library.folder}: {len(library.procedures)} procedures"
    tell_findings(subject, findings, as_json=as_json)


@procedure.command()
def schema() -> None:
    """Print the language as JSON Schema, by which editors complete and check while one writes."""
    from groundsys.procedures import procedure_schema

    click.echo(json.dumps(procedure_schema(), indent=2, ensure_ascii=False))
