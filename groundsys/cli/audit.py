"""`groundsys audit`: whether the log of who did what is whole, and what it says."""

from __future__ import annotations

import json
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape

from groundsys.cli.first_page import EXIT_VERDICT_NOT_OK, main
from groundsys.cli.options import data_option, json_option, run_directory, run_option

if TYPE_CHECKING:
    from groundsys.audit import AuditEntry, Verification

_FILE = click.Path(path_type=Path, dir_okay=False)
#: entries and characters of a detail that are shown unless asked for more
_SHOWN, _DETAIL = 40, 200
store_option = click.option("--store", type=_FILE, help="An operations store, of whatever run.")


@main.group()
def audit() -> None:
    """Who did what, when and why: a log in which nothing can be changed unseen.

    Every entry carries the hash of the one before, and the head of this chain is countersigned by
    a notary whose key and file the store's own process cannot write.

    \b
      groundsys audit verify                     edits, deletions, a log cut off: each is found
      groundsys audit show --subject otv-0007    all that happened to one command
    \b
    The log may also be verified without groundsys: README.md has the recipe.
    """


@audit.command()
@click.option("--heads", type=_FILE, help="The notary's countersigned heads (audit-heads.jsonl).")
@click.option(
    "--key", type=_FILE, help="Its public key (PEM); better your own copy than the run's."
)
@store_option
@run_option
@data_option
@json_option
def verify(
    run_path: Path | None,
    data_directory: Path,
    store: Path | None,
    heads: Path | None,
    key: Path | None,
    as_json: bool,
) -> None:
    """Verify the audit log; exit 0 only if every entry is as it was written.

    The run started last by default, also while it goes on.  With --store alone the chain is
    checked but not its end.
    """
    from groundsys.rehearsal.verdict.auditing import verify_store

    if store is None:
        run = run_directory(run_path, data_directory)
        run.facts()  # says so if there is no run
        store, heads, key = run.store, heads or run.audit_heads, key or run.notary_key
    elif (heads is None) != (key is None):
        raise click.UsageError("--heads and --key go together")
    verification = verify_store(store, heads, key)
    if as_json:
        click.echo(json.dumps(_as_json(verification), indent=2))
    else:
        _print(Console(), verification, heads_given=heads is not None)
    sys.exit(0 if verification.ok else EXIT_VERDICT_NOT_OK)


@audit.command()
@click.option("--subject", default="", help="About this command, alarm, pass, customer … alone.")
@click.option("--actor", default="", help="By this person alone (or `automation`).")
@click.option("--all", "every", is_flag=True, help=f"Not the newest {_SHOWN} alone.")
@store_option
@run_option
@data_option
@json_option
def show(
    run_path: Path | None,
    data_directory: Path,
    store: Path | None,
    subject: str,
    actor: str,
    every: bool,
    as_json: bool,
) -> None:
    """Show the log's entries, oldest first; --json gives all of them, a line each."""
    from groundsys.audit import fields_of
    from groundsys.store import Store

    if store is None:
        run = run_directory(run_path, data_directory)
        run.facts()
        store = run.store
    with Store(store, read_only=True) as opened:
        entries = opened.audit.all(subject=subject, actor=actor)
        if as_json:
            for entry in entries:
                click.echo(json.dumps(fields_of(entry)))
            return
        shown = deque(entries, maxlen=None if every else _SHOWN)
    if not shown:
        click.echo("no such entry")
        return
    console = Console()
    for entry in shown:
        _show(console, entry)
    if not every and len(shown) == _SHOWN:
        console.print(f"[dim]the newest {_SHOWN}; every one: --all[/]")


def _print(console: Console, verification: Verification, *, heads_given: bool) -> None:
    for finding in verification.findings:
        console.print(f"[bold red]found[/] {escape(str(finding))}", highlight=False, soft_wrap=True)
    colour, word = ("green", "OK") if verification.ok else ("red", "NOT OK")
    entries = f"{verification.entries:,} entries"
    console.print(f"[bold {colour}]{word}[/] {entries}, {_reach(verification, heads_given)}",
                  highlight=False, soft_wrap=True)  # fmt: skip


def _reach(verification: Verification, heads_given: bool) -> str:
    head = verification.countersigned
    if not heads_given:
        return "by their own chain alone: whether the end is cut off only heads show (--heads)"
    if head is None:
        return "none of them countersigned"
    reach = (
        f"countersigned up to entry {head.number} at {head.time.utc_iso(0)} by key {head.key_id}"
    )
    after = verification.entries - head.number
    return f"{reach}; {after} came after" if after > 0 else reach


def _as_json(verification: Verification) -> dict[str, Any]:
    head = verification.countersigned
    return {
        "verified": verification.ok,
        "entries": verification.entries,
        "countersigned": None
        if head is None
        else {
            "number": head.number,
            "digest": head.digest,
            "time": head.time.utc_iso(3),
            "key_id": head.key_id,
        },
        "findings": [
            {
                "entry": one.entry,
                "message": one.message,
                "expected": one.expected,
                "found": one.found,
            }
            for one in verification.findings
        ],
    }


def _show(console: Console, entry: AuditEntry) -> None:
    """Who, what, to which subject and why in one line, the detail below."""
    who = entry.actor if entry.role == entry.actor else f"{entry.actor} ({entry.role})"
    why = f"  – {entry.reason}" if entry.reason else ""
    words = f"{escape(who)}  [bold]{escape(entry.action)}[/]  {escape(entry.subject)}{escape(why)}"
    console.print(
        f"{entry.number:>6}  {entry.time.utc_iso(0)}  {words}", highlight=False, soft_wrap=True
    )
    if entry.detail != "{}":
        detail = entry.detail if len(entry.detail) <= _DETAIL else entry.detail[:_DETAIL] + "…"
        console.print(f"        [dim]{escape(detail)}[/]", highlight=False, soft_wrap=True)
