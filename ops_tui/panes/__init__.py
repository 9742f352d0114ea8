"""The console's screens, a module each; their order is that of the tabs."""

from __future__ import annotations

from ops_tui.panes.alarms import AlarmsPane
from ops_tui.panes.deliveries import DeliveriesPane
from ops_tui.panes.fleet import FleetPane
from ops_tui.panes.pane import ConsolePane
from ops_tui.panes.passes import PassesPane
from ops_tui.panes.telemetry import TelemetryPane

PANES: tuple[type[ConsolePane], ...] = (
    FleetPane,
    PassesPane,
    TelemetryPane,
    AlarmsPane,
    DeliveriesPane,
)

__all__ = ["PANES", "ConsolePane"]
