"""`groundsys fetch`: a fetch with a progress bar and one closing line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as RichProgress

from groundsys.client.fetching import fetch
from groundsys.client.listing import EVERYTHING, Selection
from groundsys.client.reporting import FetchReport


class ProgressBar:
    """Progress on a terminal; `of` says how many of what there are."""

    def __init__(self, bars: RichProgress, of: str) -> None:
        self._bars = bars
        self._of = of
        self._lock = threading.Lock()
        self._begun = self._products = 0
        self._task: TaskID = bars.add_task("looking", total=None)

    def begin(self, products: int, size: int) -> None:
        self._products = products
        self._bars.update(self._task, total=size, description=self._of.format(products))

    def product(self, name: str) -> None:
        with self._lock:
            self._begun += 1
            told = f"{self._begun} of {self._products}: {name}"
        self._bars.update(self._task, description=told)

    def received(self, size: int) -> None:
        self._bars.advance(self._task, size)


@contextmanager
def progress_shown(console: Console, of: str) -> Iterator[ProgressBar]:
    """A bar while something long goes on; gone afterwards."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=console, transient=True) as bars:
        yield ProgressBar(bars, of)


def fetch_command(
    *,
    customer: str,
    token: str,
    url: str,
    into: Path,
    wanted: Selection = EVERYTHING,
    jobs: int = 1,
    as_json: bool = False,
    console: Console | None = None,
) -> FetchReport:
    """Fetch a customer's products, showing how it goes; errors are the caller's to show."""
    if as_json:
        report = fetch(customer, token, url, into, wanted=wanted, jobs=jobs)
        click.echo(json.dumps(report.told(), indent=2))
        return report
    console = console or Console()
    with progress_shown(console, "{} products") as progress:
        report = fetch(customer, token, url, into, progress, wanted=wanted, jobs=jobs)
    console.print(
        f"{report.customer}: {len(report.fetched)} products fetched "
        f"({report.bytes_received / 1e6:.2f} MB), {len(report.already_there)} were there already; "
        f"every hash checked. They are in {into}.",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )
    return report
