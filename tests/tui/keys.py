"""The key of each tab, whatever their order."""

from __future__ import annotations

from ops_tui.panes import PANES


def key_of(pane: str) -> str:
    """The key that opens the pane of this name."""
    return str([one.NAME for one in PANES].index(pane) + 1)
