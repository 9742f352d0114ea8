"""`groundsys fetch`: a fetch with a progress bar and one closing line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
from groundsys.client.reporting import FetchReport


class ProgressBar:
    """Progress on a terminal; `of` says how many of what there are."""

    def __init__(self, bars: RichProgress, of: str) -> None:
        self._bars = bars
        self._of = of
        self._task: TaskID = bars.add_task("looking", total=None)

    def begin(self, products: int, size: int) -> None:
        self._bars.update(self._task, total=size, description=self._of.format(products))

    def product(self, name: str) -> None:
        self._bars.update(self._task, description=name)

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
    *, customer: str, token: str, url: str, into: Path, console: Console | None = None
) -> FetchReport:
    """Fetch a customer's products, showing how it goes; errors are the caller's to show."""
    console = console or Console()
    with progress_shown(console, "{} products") as progress:
        report = fetch(customer, token, url, into, progress)
    console.print(
        f"{customer}: {len(report.fetched)} products fetched "
        f"({report.bytes_received / 1e6:.2f} MB), {len(report.already_there)} were there already; "
        f"every hash checked. They are in {into}.",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )
    return report
