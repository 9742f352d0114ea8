"""Data: bytes of each customer by place, what comes next of the selected one, the latest files."""

from __future__ import annotations

import time

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from groundsys.locales import time_zone, tr, tr_later
from ops_tui.feed import Answer, Report
from ops_tui.panes.pane import ConsolePane
from ops_tui.picture import Snapshot
from ops_tui.views.custody import (
    PLACES,
    age_of_custody,
    coming_rows,
    custody_rows,
    latency_line,
    retry_line,
    service_line,
    split_line,
)
from ops_tui.views.deliveries import delivery_rows
from ops_tui.views.phrases import Phrase
from ops_tui.widgets.phrase_text import phrase_text
from ops_tui.widgets.rows_table import Row, RowsTable

#: custody is a long answer: it is asked for when deliveries have changed, and each so many wall
#: seconds, but no oftener than the second figure says
ASK_EVERY_S = 15.0
ASK_AT_MOST_EVERY_S = 3.0


class DataPane(ConsolePane):
    """Where the customers' data are, and when the rest comes."""

    NAME = "data"
    TITLE = SHORT_TITLE = tr_later("Data")
    PURPOSE = tr_later("Where each customer's data are, what comes next, service levels")
    FOCUS = "#customers-table"

    def __init__(self) -> None:
        super().__init__()
        self._custody: Snapshot = {}
        self._trouble = ""
        self._asked_at = float("-inf")
        self._is_asking = False
        self._deliveries: Snapshot = {}

    def compose(self) -> ComposeResult:
        places = (Phrase(heading, right=True) for heading in PLACES.values())
        yield RowsTable(tr_later("Customer"), *places, id="customers-table", stretch=0)
        yield Static(id="customer-detail")
        yield RowsTable(
            tr_later("On its way"),
            tr_later("Where"),
            tr_later("Next"),
            tr_later("Home"),
            tr_later("By 95 %"),
            Phrase(tr_later("Again"), right=True),
            id="coming-table",
            stretch=0,
        )
        yield RowsTable(
            time_zone().name,
            tr_later("Customer"),
            tr_later("Delivered"),
            Phrase(tr_later("Bytes"), right=True),
            id="deliveries-table",
            stretch=2,
            stays_on_top=True,
        )

    def show(self, report: Report) -> None:
        picture = report.picture
        self._ask_if_due(picture.deliveries)
        self.query_one("#customers-table", RowsTable).show(
            [Row(row.id, (row.id, *row.places)) for row in custody_rows(self._custody)]
        )
        self.query_one("#deliveries-table", RowsTable).show(
            [
                Row(row.id, (row.time, row.customer, row.name, row.volume))
                for row in delivery_rows(picture)
            ]
        )
        self._show_customer()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        if event.data_table.id == "customers-table":
            self._show_customer()

    def _show_customer(self) -> None:
        customer = self.query_one("#customers-table", RowsTable).selected_key or ""
        now_ns = self.report.picture.clock.get("now_ns")
        trouble = self._trouble
        if self.report.link.state == "lost":
            trouble = tr("the feed is lost")
        lines = [
            age_of_custody(self._custody, now_ns, trouble),
            *(
                line(self._custody, customer)
                for line in (service_line, latency_line, split_line, retry_line)
                if customer
            ),
        ]
        text = Text("\n").join([phrase_text(line) for line in lines])
        text.no_wrap, text.overflow = True, "ellipsis"
        self.query_one("#customer-detail", Static).update(text)
        self.query_one("#coming-table", RowsTable).show(
            [
                Row(row.id, (row.name, row.where, row.next, row.home, row.by_95, row.rounds))
                for row in coming_rows(self._custody, customer)
            ]
        )

    def _ask_if_due(self, deliveries: Snapshot) -> None:
        """The picture holds no custody: it is asked for while this pane is seen."""
        if not self.report.link.is_live or self._is_asking:
            return
        since_s = time.monotonic() - self._asked_at
        has_changed = deliveries != self._deliveries and since_s >= ASK_AT_MOST_EVERY_S
        if has_changed or since_s >= ASK_EVERY_S:
            self._is_asking, self._deliveries = True, deliveries
            self._asked_at = time.monotonic()
            self.ask("custody", {}, self._take)

    def _take(self, answer: Answer) -> None:
        self._is_asking = False
        self._trouble = "" if answer.ok else answer.trouble.partition("\n")[0]
        if answer.ok:
            self._custody = answer.content
        self.show(self.report)
