"""Findings as a person and as a machine meet them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import click

from groundsys.cli.first_page import EXIT_VERDICT_NOT_OK

if TYPE_CHECKING:
    from groundsys.mission.parsing.findings import Finding

_FIELDS = ("file", "line", "message", "remedy")


def tell_findings(subject: object, findings: Sequence[Finding], *, as_json: bool) -> NoReturn:
    """Print what is wrong with `subject`, and exit: 0 if that is nothing."""
    if as_json:
        told = [{field: getattr(one, field) for field in _FIELDS} for one in findings]
        click.echo(json.dumps(told, indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{subject}: {f'{len(findings)} finding(s)' if findings else 'sound'}")
    sys.exit(EXIT_VERDICT_NOT_OK if findings else 0)
