"""The console's screens, a module each; their order is that of the tabs."""

from __future__ import annotations

from ops_tui.panes.alarms import AlarmsPane
from ops_tui.panes.commanding import CommandingPane
from ops_tui.panes.contacts import ContactsPane
from ops_tui.panes.data import DataPane
from ops_tui.panes.fleet import FleetPane
from ops_tui.panes.pane import ConsolePane
from ops_tui.panes.pass_console import PassConsolePane
from ops_tui.panes.procedures import ProceduresPane
from ops_tui.panes.rehearsal import RehearsalPane
from ops_tui.panes.telemetry import TelemetryPane

PANES: tuple[type[ConsolePane], ...] = (
    FleetPane,
    ContactsPane,
    PassConsolePane,
    TelemetryPane,
    CommandingPane,
    ProceduresPane,
    AlarmsPane,
    DataPane,
    RehearsalPane,
)

__all__ = ["PANES", "ConsolePane"]
