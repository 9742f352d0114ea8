"""What the command palette offers: every screen, every craft, and the keys of the screen seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from ops_tui.panes import PANES
from ops_tui.panes.alarms import AlarmsPane

if TYPE_CHECKING:
    from ops_tui.app import OperationsConsole

_FLEET, _ALARMS = PANES[0].NAME, AlarmsPane.NAME


def palette_commands(console: OperationsConsole, screen: Screen[object]) -> Iterable[SystemCommand]:
    """Commands that this operator may use now, each with what it does."""
    del screen
    for pane in PANES:
        yield SystemCommand(f"Go to {pane.TITLE}", pane.PURPOSE, _going_to(console, pane.NAME))
    for craft in sorted(console.report.picture.fleet.get("craft", {})):
        yield SystemCommand(f"Craft {craft}", "Show it in the fleet", _showing(console, craft))
        yield SystemCommand(
            f"Alarms of {craft}", "Show its alarms alone", _alarms_of(console, craft)
        )
    seen = console.seen
    for node in (seen, console):
        for binding in node.BINDINGS:
            if not isinstance(binding, Binding) or binding.id is None or "tab." in binding.id:
                continue
            if node.check_action(binding.action, ()):
                yield SystemCommand(
                    binding.description, binding.tooltip, _doing(console, node, binding.action)
                )


def _going_to(console: OperationsConsole, tab: str) -> Callable[[], None]:
    return lambda: console.action_show_tab(tab)


def _showing(console: OperationsConsole, craft: str) -> Callable[[], None]:
    def show() -> None:
        console.action_show_tab(_FLEET)
        console.seen.look_for(craft)

    return show


def _alarms_of(console: OperationsConsole, craft: str) -> Callable[[], None]:
    def show() -> None:
        console.action_show_tab(_ALARMS)
        console.pane(AlarmsPane).show_only(craft)

    return show


def _doing(console: OperationsConsole, node: object, action: str) -> Callable[[], None]:
    def do() -> None:
        console.run_worker(console.run_action(action, node))  # type: ignore[arg-type]

    return do
