"""Where a verb of `plan` finds its plan: in a plan book, or with a running ground segment."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from groundsys.cli.options import data_option, mission_db_option

if TYPE_CHECKING:
    from groundsys.planning.versions.book import PlanBook, PlanDocument

#: `--run` without a folder: the run that was started last
CURRENT = "current"

running_option: Callable[..., Any] = click.option(
    "--run",
    is_flag=False,
    flag_value=CURRENT,
    metavar="[RUN]",
    help="Speak with a running ground segment about the plan that it flies: RUN is its folder, by "
    "default that of the run started last.",
)


@dataclass(frozen=True)
class PlanSource:
    """A plan book, unless `run` names a running ground segment (`CURRENT` or its folder)."""

    book_path: Path | None
    data_directory: Path
    mission_db: Path | None
    run: str | None

    @property
    def book(self) -> PlanBook:
        """The book named, else the one written to last."""
        from groundsys.cli.plan.subject import book_of

        return book_of(self.book_path, self.data_directory)

    @property
    def run_path(self) -> Path | None:
        """The run's folder; None for the one started last."""
        return None if self.run in (None, CURRENT) else Path(str(self.run))

    def read(self, version: int | None) -> tuple[PlanDocument, Path | None]:
        """A version, by default the newest, and the folder of its trajectories."""
        if self.run is not None:
            from groundsys.cli.plan.running import running_plan

            return running_plan(self.run_path, self.data_directory, version), None
        book = self.book
        return book.read(version), book.folder


def source_options(function: Callable[..., None]) -> Callable[..., None]:
    """Options that name the source; the verb gets it as `source`."""

    @functools.wraps(function)
    def verb(
        book_path: Path | None,
        data_directory: Path,
        mission_db: Path | None,
        run: str | None,
        **options: Any,
    ) -> None:
        function(source=PlanSource(book_path, data_directory, mission_db, run), **options)

    wrapped: Callable[..., None] = verb
    for option in (
        mission_db_option,
        data_option,
        running_option,
        click.option(
            "--book",
            "book_path",
            type=click.Path(path_type=Path, file_okay=False),
            help="Folder of the plan book; by default the one written to last.",
        ),
    ):
        wrapped = option(wrapped)
    return wrapped
