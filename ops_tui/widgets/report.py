"""A report to read, and to keep as a file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Markdown

from groundsys.locales import tr, tr_later
from ops_tui.widgets.key_bar import KeyBar


class ReportScreen(ModalScreen[None]):
    """Shows Markdown; `s` writes it into a new file beside whoever started the console."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s",
            "save",
            tr_later("Save"),
            id="report.save",
            tooltip=tr_later("Write it into a file here"),
        ),
        Binding(
            "escape,q",
            "close",
            tr_later("Close"),
            id="report.close",
            key_display="esc",
            tooltip=tr_later("Back to the console"),
        ),
    ]

    def __init__(self, title: str, text: str, file_name: str) -> None:
        super().__init__()
        self._title, self._text, self._file_name = title, text, file_name

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="report-box") as box:
            box.border_title = self._title
            yield Markdown(self._text, id="report-text")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#report-box").focus()

    def action_save(self) -> None:
        path = Path(self._file_name)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(self._text)
        except OSError as error:
            told = f"{path.absolute()}: {error.strerror}"
            self.app.notify(told, title=tr("NOT written"), severity="error", markup=False)
        else:
            self.app.notify(tr("written: {path}", path=path.absolute()), markup=False)

    def action_close(self) -> None:
        self.dismiss(None)
