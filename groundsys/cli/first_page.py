"""The command line's first page, and how it says what went wrong."""

from __future__ import annotations

import sys
from typing import Any

import click
from rich.console import Console

from groundsys.values.errors import GroundsysError

EXIT_VERDICT_NOT_OK = 1
EXIT_ERROR = 2
EXIT_INTERRUPTED = 130


class _TeachingGroup(click.Group):
    """Shows our errors as an operator reads them, and ends a Ctrl-C quietly."""

    def invoke(self, ctx: click.Context) -> Any:
        console = Console(stderr=True)
        try:
            return super().invoke(ctx)
        except GroundsysError as error:
            console.print(f"[bold red]{error.title}[/]: {error}", highlight=False)
            sys.exit(EXIT_ERROR)
        except KeyboardInterrupt:
            console.print("stopped by Ctrl-C; everything was closed in order")
            sys.exit(EXIT_INTERRUPTED)


@click.group(cls=_TeachingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="groundsys")
@click.option(
    "--as",
    "as_name",
    metavar="NAME",
    envvar="GROUNDSYS_AS",
    help="Ask as NAME, who has logged in here (`groundsys login`).",
)
def main(as_name: str | None) -> None:
    """A deep-space ground segment for small probes.

    \b
    First steps:
      groundsys doctor                  what this machine lacks, and how to mend it
      groundsys rehearse quickstart     fly one Mars day with two customers' data
      groundsys scenario list           what else can be flown; `faults`: what can go wrong
      groundsys up --rate 600           the same without an end; then, beside it:
      groundsys tui                       the operator's console
      groundsys status                    the fleet in a few lines
      groundsys custody                   where each customer's data are, and what comes when
      groundsys handover                  what the next shift should know
      groundsys user add grace --role operator    people who may command; then: login
      groundsys down                      stop it in order
      groundsys plan make quickstart    plan antenna time and relay sessions
      groundsys command catalogue otv   what a craft can be told; `send` shows the way first
      groundsys upload send --help      files that go up to a craft, compared on board
      groundsys procedure check --all   operator procedures, checked and run
    """
