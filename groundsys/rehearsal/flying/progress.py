"""The live display of a run: the mission clock, passes, frames and what has come home.

On a terminal it is redrawn in place; into a file or pipe it is one plain line a while.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table

from groundsys.values.instants import Instant, Interval

PLAIN_LINE_EVERY_S = 10.0
REDRAW_EVERY_S = 0.25
_BAR_WIDTH = 50


class ProgressDisplay:
    """Shows the latest snapshots of the desks; use as a context manager.

    `faults` are those injected into this flight, in words; they are told first.
    """

    def __init__(
        self, console: Console, title: str, span: Interval | None, faults: Sequence[str] = ()
    ) -> None:
        self._console = console
        self._title = title
        self._span = span
        self._faults = list(faults)
        self._wall_start = time.monotonic()
        self._mission_start: Instant | None = None
        self._last_shown = 0.0
        self._snapshots: dict[str, Mapping[str, Any]] = {}
        self._now: Instant | None = None
        self._phase = "starting"
        self._without_room: frozenset[str] = frozenset()
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> ProgressDisplay:
        if self._console.is_terminal:
            self._live.start()
        elif self._faults:
            line = f"{self._title}: flown with {', '.join(self._faults)}"
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def inject(self, fault: str) -> None:
        """Tell of a fault, in words, that is injected under way."""
        self._faults.append(fault)
        if not self._console.is_terminal:
            line = f"{self._title}: injected under way: {fault}"
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def take(self, topic: str, snapshot: Mapping[str, Any]) -> None:
        """Remember the latest snapshot of a topic."""
        self._snapshots[topic] = snapshot

    def phase(self, phase: str) -> None:
        """Say what is being done now, outside the flight itself."""
        self._phase = phase
        if phase == "flying":
            self._wall_start, self._mission_start = time.monotonic(), None
        self._show(force=True)

    @contextmanager
    def meanwhile(self, phase: str) -> Iterator[None]:
        """Something is done in between, for which the flight's clock waits."""
        before, self._phase = self._phase, phase
        self._show(force=True)
        try:
            yield
        finally:
            self._phase = before
            self._show(force=True)

    def without_room(self, names: frozenset[str]) -> None:
        """These wait for room on their disk, and the mission clock with them; empty: nobody."""
        if names != self._without_room:
            self._without_room = names
            self._show(force=True)

    def clock(self, now: Instant) -> None:
        """The mission clock stands at `now`."""
        if self._mission_start is None:
            self._mission_start = now
        self._now = now
        self._show(force=False)

    @property
    def rate(self) -> float:
        """Mission seconds per wall second since the flight began."""
        if self._now is None or self._mission_start is None:
            return 0.0
        wall = time.monotonic() - self._wall_start
        return self._now.seconds_since(self._mission_start) / wall if wall > 0 else 0.0

    def _show(self, *, force: bool) -> None:
        moment = time.monotonic()
        if self._console.is_terminal:
            if force or moment - self._last_shown >= REDRAW_EVERY_S:
                self._last_shown = moment
                self._live.update(self._panel(), refresh=True)
        elif force or moment - self._last_shown >= PLAIN_LINE_EVERY_S:
            self._last_shown = moment
            self._console.print(self._plain_line(), highlight=False, soft_wrap=True)

    @property
    def _doing(self) -> str:
        if not self._without_room:
            return self._phase
        waiting = ", ".join(sorted(self._without_room))
        return f"{self._phase}; the disk is full: {waiting} wait for room"

    def _plain_line(self) -> str:
        if self._now is None:
            return f"{self._title}: {self._doing}"
        passes = self._passes()
        deliveries = self._deliveries()
        return (
            f"{self._title}: {self._doing}  {self._now.utc_iso(0)}  {self.rate:.0f}×  "
            f"passes {passes['closed']}/{passes['planned']}  "
            f"relay {passes['relay_closed']}/{passes['relay_planned']}  "
            f"frames {self._frames():,}  delivered {deliveries[1]:,} B in {deliveries[0]} files"
        )

    def _panel(self) -> RenderableType:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold cyan", justify="right")
        grid.add_column()
        for fault in self._faults:
            grid.add_row("injected", f"[red]{escape(fault)}[/]")
        if self._now is not None:
            elapsed = time.monotonic() - self._wall_start
            grid.add_row("mission clock", f"{self._now.utc_iso(0)}   {self.rate:,.0f} × real time")
            grid.add_row("wall clock", f"{elapsed:,.0f} s")
            passes = self._passes()
            grid.add_row(
                "passes",
                f"{passes['closed']} of {passes['planned']} closed"
                + (f", now {passes['active']}" if passes["active"] else ""),
            )
            grid.add_row(
                "relay sessions", f"{passes['relay_closed']} of {passes['relay_planned']} closed"
            )
            for craft, state in self._snapshots.get("fleet", {}).get("craft", {}).items():
                grid.add_row(craft, _craft_line(state))
            files, size = self._deliveries()
            grid.add_row("delivered", f"{size / 1e6:,.2f} MB in {files} files")
        if self._span is not None and self._now is not None:
            done = max(0.0, self._now.seconds_since(self._span.start))
            bar = ProgressBar(total=self._span.seconds, completed=done, width=_BAR_WIDTH)
            grid.add_row("flown", bar)
        grid.add_row("now", self._doing)
        return Panel(grid, title=f"[bold]{self._title}[/]  SIMULATED", expand=False)

    def _passes(self) -> dict[str, Any]:
        snapshot = self._snapshots.get("passes", {})
        passes = snapshot.get("passes", [])
        sessions = snapshot.get("relay_sessions", [])
        closed = snapshot.get("closed", {"passes": 0, "relay_sessions": 0})
        active = [p for p in passes if p["state"] not in ("planned", "closed")]
        return {
            "planned": closed["passes"] + _open(passes),
            "closed": closed["passes"],
            "active": ", ".join(f"{p['antenna']} {p['state']}" for p in active),
            "relay_planned": closed["relay_sessions"] + _open(sessions),
            "relay_closed": closed["relay_sessions"],
        }

    def _frames(self) -> int:
        fleet = self._snapshots.get("fleet", {}).get("craft", {})
        return sum(int(state.get("frames") or 0) for state in fleet.values())

    def _deliveries(self) -> tuple[int, int]:
        customers = self._snapshots.get("deliveries", {}).get("customers", {})
        return (
            sum(int(one.get("files") or 0) for one in customers.values()),
            sum(int(one.get("bytes") or 0) for one in customers.values()),
        )


def _open(contacts: Sequence[Mapping[str, Any]]) -> int:
    return sum(one["state"] != "closed" for one in contacts)


def _craft_line(state: Mapping[str, Any]) -> str:
    lock = (
        f"[green]lock {state.get('antenna') or ''}[/]" if state.get("lock") else "[dim]no lock[/]"
    )
    battery = state.get("battery_percent")
    charge = f"battery {battery:.0f} %" if isinstance(battery, int | float) else "battery –"
    return (
        f"{lock}  {charge}  {int(state.get('frames') or 0):,} frames  "
        f"{int(state.get('packets') or 0):,} packets"
    )
