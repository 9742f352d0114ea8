"""Uploads as people see them: the file and its hash, a bar of octets, the board of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from groundsys.cli.command.picture import utc

_STYLES = {
    "verified": "green",
    "enabled": "bold green",
    "failed": "bold red",
    "drafted": "yellow",
    "declined": "dim",
    "cancelled": "dim",
    "deleted": "dim",
}
_BAR = 40


def state(one: Mapping[str, Any]) -> str:
    style = _STYLES.get(one["state"], "cyan")
    said = "needs approval" if one["waits_for_approval"] else one["state"]
    return f"[{style}]{said}[/]"


def print_file(console: Console, one: Mapping[str, Any]) -> None:
    """What it is, and the hash by which people and the craft know it."""
    table = _table()
    table.add_row("file", f"{one['name']}, {one['kind']}, {octets(one['size'])}")
    table.add_row("to", f"{one['spacecraft']}, file number {one['number']}")
    table.add_row("SHA-256", one["sha256"])
    people = one["operator"] + (f", approved by {one['approver']}" if one["approver"] else "")
    table.add_row("asked by", people)
    table.add_row("why", one["why"])
    report = one["on_board"]
    if report is not None and set(report["sha256"]) != {"0"}:
        agrees = report["sha256"] == one["sha256"]
        found = "the same" if agrees else report["sha256"]
        style = "green" if agrees else "bold red"
        table.add_row("on board", f"[{style}]{found}[/]")
        said = f"{report['state'].lower()}, as the craft reports {utc(report['reported_ns'])}"
        table.add_row("", f"[dim]{said}[/]")
    console.print(table, highlight=False)


def print_progress(console: Console, one: Mapping[str, Any]) -> None:
    """How much of it the craft has."""
    table = _table()
    share = one["octets_acknowledged"] / one["size"]
    table.add_row(
        "octets",
        f"{bar(share)} {100 * share:.0f} % of {octets(one['size'])}",
    )
    table.add_row("pieces", f"{one['pieces_acknowledged']} of {one['pieces']}{_sent(one)}")
    used = ", ".join(one["passes"]) or "none yet"
    table.add_row("passes", used)
    console.print(table, highlight=False)


def _sent(one: Mapping[str, Any]) -> str:
    sent = f", {one['pieces_sent']} sent" if one["pieces_sent"] else ""
    return sent + (f", asked for what lacked {one['naks']} ×" if one["naks"] else "")


def print_foreseen(console: Console, one: Mapping[str, Any]) -> None:
    """When it is foreseen to be there, by the booked uplinks and their rate."""
    if one["state"] not in ("drafted", "approved", "sending"):
        return
    table = _table()
    if one["completion_ns"] is None:
        table.add_row("foreseen", "[red]not in the uplinks booked now[/]: it waits for the plan")
    else:
        when = utc(one["completion_ns"])
        note = ", if approved now" if one["state"] == "drafted" else ""
        table.add_row("foreseen", f"known to be whole on board {when} UTC{note}")
    console.print(table, highlight=False)


def board(uploads: Sequence[Mapping[str, Any]]) -> Table:
    """One line an upload."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("id", "craft", "file", "state", "on board", "foreseen (UTC)"):
        table.add_column(heading, no_wrap=heading != "file", overflow="fold")
    for one in uploads:
        share = one["octets_acknowledged"] / one["size"]
        foreseen = utc(one["completion_ns"]).partition("-")[2] or "–"
        table.add_row(
            one["id"],
            one["spacecraft"],
            one["name"],
            state(one),
            f"{bar(share, 10)} {100 * share:3.0f} %",
            foreseen if one["completion_ns"] else "[dim]–[/]",
        )
    return table


def bar(share: float, width: int = _BAR) -> str:
    """A bar of so many characters, filled by its share; full only when all is there."""
    filled = width if share >= 1.0 else min(width - 1, int(share * width))
    return f"[green]{'█' * filled}[/][dim]{'░' * (width - filled)}[/]"


def octets(count: int) -> str:
    return f"{count / 1000:.1f} kB" if count >= 10_000 else f"{count} octets"


def _table() -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style="dim", no_wrap=True, min_width=8)
    table.add_column(overflow="fold")
    return table
