"""The line at the foot of a screen: its keys, in the language of whoever sits at the console."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from groundsys.locales import tr


class KeyBar(Footer):
    """A footer whose descriptions are translated where they are shown: bindings are of a class."""

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            if isinstance(widget, FooterKey):
                widget.description = tr(widget.description)
                widget.tooltip = tr(str(widget.tooltip or ""))
            yield widget
