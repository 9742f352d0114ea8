"""What a new plan changes, for people: of passes, of relay sessions, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from groundsys.cli.plan.tables import hours, megabytes

_STYLES = {"moved": "yellow", "retuned": "yellow", "added": "green", "dropped": "red"}
#: customers' figures that differ by less are the same (MB, hours)
_SAME_MEGABYTES, _SAME_HOURS = 0.05, 0.05


def print_changes(console: Console, changes: Mapping[str, Any]) -> None:
    """Ids of what is moved, added and dropped; then each customer before and after."""
    for what, name in (("passes", "passes"), ("relay_sessions", "relay sessions")):
        if what in changes:
            console.print(f"{name}: {_counts(changes[what])}", highlight=False)
    customers = changes.get("customers", {})
    if customers:
        console.print(customer_table(customers))


def customer_table(customers: Mapping[str, Mapping[str, Any]]) -> Table:
    """Volumes and latencies before and after, what got worse in red."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("customer", no_wrap=True)
    for heading in ("home before", "after", "change", "latency before", "after", "change"):
        table.add_column(heading, justify="right", no_wrap=True)
    for customer, one in customers.items():
        early, late = one["latency_s_before"], one["latency_s_after"]
        gained = (one["bits_after"] - one["bits_before"]) / 8e6
        later_h = None if early is None or late is None else (late - early) / 3600.0
        table.add_row(
            customer,
            megabytes(one["bits_before"]),
            megabytes(one["bits_after"]),
            _signed(gained, "MB", _SAME_MEGABYTES, good=gained > 0.0),
            hours(early),
            hours(late),
            "–" if later_h is None else _signed(later_h, "h", _SAME_HOURS, good=later_h < 0.0),
        )
    return table


def _counts(kinds: Mapping[str, Any]) -> str:
    parts = [f"{kinds['kept']} kept"]
    for kind, style in _STYLES.items():
        ids = kinds.get(kind, ())
        if ids:
            parts.append(f"[{style}]{len(ids)} {kind}[/] ({', '.join(ids)})")
    return ", ".join(parts)


def _signed(value: float, unit: str, same: float, *, good: bool) -> str:
    if abs(value) < same:
        return "[dim]same[/]"
    return f"[{'green' if good else 'red'}]{value:+,.1f} {unit}[/]"
