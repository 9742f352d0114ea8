"""Commands as people see them: the way, hop by hop, and the board of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from groundsys.values.instants import Instant

_STYLES = {
    "completed": "green",
    "failed": "bold red",
    "expired": "red",
    "prepared": "yellow",
    "cancelled": "dim",
    "superseded": "dim",
}
#: differences below this are none
_SAME_S = 0.5


def print_way(console: Console, answer: Mapping[str, Any]) -> None:
    """What an operator looks at before confirming: the way of a command not yet sent."""
    way = answer["way"]
    if way is None:
        console.print("[yellow]no way is booked now; it waits for the plan[/]")
        return
    rows = [("radiated", way["antenna"], way["radiated_ns"], f"in pass {way['pass_id']}")]
    light = f"{way['light_time_s'] / 60.0:.1f} min of light later"
    if way["session_id"]:
        rows.append(("kept", "relay", way["arrived_ns"], light))
        light = f"in overflight {way['session_id']}"
    rows.append(("arrived", "craft", way["reached_ns"], f"{light}; SCLK {way['sclk_s']:.1f} s"))
    rows.append(("completed", "craft", way["completed_ns"], ""))
    table = _table("hop", "where", "UTC", "")
    for name, where, moment, note in rows:
        table.add_row(name, where, utc(moment), f"[dim]{note}[/]")
    if way["confirmed_ns"] is None:
        table.add_row("confirmed", "ground", "[red]never[/]", "no pass is booked to hear it in")
    else:
        minutes = (way["confirmed_ns"] - way["radiated_ns"]) / 60e9
        note = f"at the earliest, {minutes:.0f} min after it leaves"
        table.add_row("confirmed", "ground", utc(way["confirmed_ns"]), f"[dim]{note}[/]")
    console.print(table)


def print_hazard(console: Console, answer: Mapping[str, Any]) -> None:
    """Say loudly what the mission database warns of."""
    if answer["significance"] == "none":
        return
    style = "bold white on red" if answer["hazardous"] else "yellow"
    text = f" {answer['significance'].upper()} "
    console.print(f"[{style}]{text}[/] {answer['significance_reason']}", highlight=False)


def print_hops(console: Console, one: Mapping[str, Any]) -> None:
    """Every hop with its foreseen and its actual time."""
    table = _table("hop", "where", "foreseen (UTC)", "actual (UTC)", "late")
    table.columns[-1].justify = "right"
    for hop in one["hops"]:
        foreseen, actual = hop["foreseen_ns"], hop["actual_ns"]
        late = ""
        if foreseen is not None and actual is not None:
            seconds = (actual - foreseen) / 1e9
            late = "–" if abs(seconds) < _SAME_S else f"{seconds:+.0f} s"
        table.add_row(hop["name"], hop["where"], utc(foreseen), utc(actual), late)
    console.print(table)


def board(commands: Sequence[Mapping[str, Any]]) -> Table:
    """One line a command."""
    table = _table("id", "command", "who", "state", "arrives (UTC)", "confirmed (UTC)")
    for one in commands:
        hops = {hop["name"]: hop for hop in one["hops"]}
        table.add_row(
            one["id"],
            named(one),
            one["operator"] or one["purpose"],
            state(one),
            _brief(hops["arrived"]),
            _brief(hops["confirmed"]),
        )
    # where the terminal is narrow, what is commanded takes more lines, and nothing is cut
    table.columns[1].no_wrap, table.columns[1].overflow = False, "fold"
    return table


def named(one: Mapping[str, Any]) -> str:
    arguments = " ".join(f"{name}={value}" for name, value in one["arguments"].items())
    if len(arguments) > 40:
        arguments = arguments[:39] + "…"
    return f"{one['name']} [dim]{arguments}[/]" if arguments else str(one["name"])


def state(one: Mapping[str, Any]) -> str:
    style = _STYLES.get(one["state"], "cyan")
    said = "needs approval" if one["waits_for_approval"] else one["state"]
    return f"[{style}]{said}[/]"


def utc(moment_ns: int | None) -> str:
    return "–" if moment_ns is None else Instant(moment_ns).utc_iso(0).replace("T", " ")[:-1]


def _brief(hop: Mapping[str, Any]) -> str:
    """When it did happen, else when it is foreseen to; without the year, to fit 80 columns."""
    if hop["actual_ns"] is not None:
        return utc(hop["actual_ns"]).partition("-")[2]
    return f"[dim]{utc(hop['foreseen_ns']).partition('-')[2] or '–'}[/]"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    return table
