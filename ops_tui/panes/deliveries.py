"""Deliveries: customers above, the latest files below."""

from __future__ import annotations

from textual.app import ComposeResult

from ops_tui.feed import Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.views.deliveries import customer_rows, delivery_rows
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.rows_table import Row, RowsTable


class DeliveriesPane(ConsolePane):
    """What each customer has, and what came last."""

    NAME = "deliveries"
    TITLE = SHORT_TITLE = "Deliveries"
    PURPOSE = "What each customer has got"
    FOCUS = "#customers-table"

    def compose(self) -> ComposeResult:
        yield RowsTable(
            "Customer",
            Phrase("Files", right=True),
            Phrase("Bytes", right=True),
            Phrase("Waiting", right=True),
            "Latest",
            id="customers-table",
            stretch=4,
        )
        yield RowsTable(
            "UTC",
            "Customer",
            "File",
            Phrase("Bytes", right=True),
            id="deliveries-table",
            stretch=2,
            stays_on_top=True,
        )

    def show(self, report: Report) -> None:
        picture = report.picture
        self.query_one("#customers-table", RowsTable).show(
            [
                Row(row.id, (row.id, row.files, row.volume, row.waiting, row.latest))
                for row in customer_rows(picture)
            ]
        )
        self.query_one("#deliveries-table", RowsTable).show(
            [
                Row(row.id, (row.time, row.customer, row.name, row.volume))
                for row in delivery_rows(picture)
            ]
        )
