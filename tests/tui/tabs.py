"""Which key opens which screen."""

from __future__ import annotations

from ops_tui.panes import PANES


def key_of(name: str) -> str:
    """The number of a pane's tab."""
    return str([pane.NAME for pane in PANES].index(name) + 1)
