"""`groundsys scenario check`: everything that is wrong with a scenario, before it is flown."""

from __future__ import annotations

from pathlib import Path

import click

from groundsys.cli.findings import tell_findings
from groundsys.cli.options import json_option, mission_db_option
from groundsys.cli.scenario.group import scenario


@scenario.command()
@click.argument("stated", metavar="NAME|FILE")
@mission_db_option
@json_option
def check(stated: str, mission_db: Path | None, as_json: bool) -> None:
    """Check a scenario, by name or as a file (*.yaml): every finding at once, with file and line.

    Beside what `groundsys check` finds in all definitions: criteria that no flight could meet, as
    there are not so many view periods, overflights, commands or bytes.
    """
    from groundsys.rehearsal.checking.scenario_check import check_scenario

    tell_findings(stated, check_scenario(stated, mission_db), as_json=as_json)
