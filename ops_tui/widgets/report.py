"""A report to read, and to keep as a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Markdown

from groundsys.handover.pdf import report_pdf
from groundsys.locales import tr, tr_later
from ops_tui.widgets.key_bar import KeyBar


class ReportScreen(ModalScreen[None]):
    """Shows Markdown; `s` and `p` keep it as a new file beside whoever started the console.

    A browser is handed the file instead.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s",
            "save",
            tr_later("Save"),
            id="report.save",
            tooltip=tr_later("Write it into a file here"),
        ),
        Binding(
            "p",
            "save_pdf",
            tr_later("Save as PDF"),
            id="report.save_pdf",
            tooltip=tr_later("Write it into a PDF here"),
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

    def __init__(self, title: str, text: str, name: str) -> None:
        """`name` is that of its file, but for what it ends with."""
        super().__init__()
        self._title, self._text, self._file = title, text, name

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="report-box") as box:
            box.border_title = self._title
            yield Markdown(self._text, id="report-text")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#report-box").focus()

    def action_save(self) -> None:
        self._keep(f"{self._file}.md", self._text.encode())

    def action_save_pdf(self) -> None:
        self._keep(f"{self._file}.pdf", report_pdf(self._text))

    def action_close(self) -> None:
        self.dismiss(None)

    def _keep(self, name: str, content: bytes) -> None:
        if self.app.is_web:
            self.app.deliver_binary(io.BytesIO(content), save_filename=name)
            return
        path = Path(name)
        try:
            with path.open("xb") as file:
                file.write(content)
        except OSError as error:
            told = f"{path.absolute()}: {error.strerror}"
            self.app.notify(told, title=tr("NOT written"), severity="error", markup=False)
        else:
            self.app.notify(tr("written: {path}", path=path.absolute()), markup=False)
