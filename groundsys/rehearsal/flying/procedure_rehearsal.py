"""Rehearse before radiate: one procedure flown on fresh simulators, begun as telemetry told.

The flight is like any other (Yamcs, desks, hub, notary, antennas, space and craft, each as it is),
without portal and customers, in a folder of its own that is gone afterwards.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from groundsys.planning.exchange.fields import read_record
from groundsys.procedures.rehearsing import Snapshot, Verdict, digest_of
from groundsys.rehearsal.flying.flight import flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.flying.rehearsed_definitions import SCENARIO, write_definitions
from groundsys.rehearsal.flying.rehearsed_run import rehearsed_run
from groundsys.rehearsal.options import FlightOptions
from groundsys.values.errors import CommandRefusedError, EnvironmentLackError, PlanError
from groundsys.values.instants import Instant

_FOLDER = "rehearsals"


@dataclass(frozen=True, slots=True)
class Order:
    """What the desks have handed out to be rehearsed."""

    snapshot: Snapshot
    digest: str
    texts: Mapping[str, str]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Order:
        """From the desks' answer; `CommandRefusedError` if it was not carried whole."""
        try:
            snapshot = read_record(Snapshot, answer["snapshot"], "snapshot")
        except PlanError as error:
            raise CommandRefusedError(
                error.message,
                expected=error.expected,
                found=error.found,
                remedy="use the version of groundsys that the desks have",
            ) from error
        if digest_of(snapshot) != answer["digest"]:
            raise CommandRefusedError(
                "the snapshot is not what the desks keep",
                expected=str(answer["digest"]),
                found=digest_of(snapshot),
                remedy="ask again",
            )
        return cls(snapshot, str(answer["digest"]), dict(answer["texts"]))


def rehearse_procedure(
    order: Order,
    console: Console,
    *,
    data_directory: Path,
    mission_db: Path | None = None,
    seed: int | None = None,
    within_h: float = 48.0,
    keep: Path | None = None,
) -> Verdict:
    """Fly it and conclude; `seed` draws the truth, by default one that the snapshot gives.

    Nothing is left behind but `keep`, if a folder is named.  Errors of the flight are raised.
    """
    snapshot = order.snapshot
    seed = int(order.digest[:7], 16) if seed is None else seed
    with _folder(data_directory, snapshot.id, keep) as folder:
        what = write_definitions(*(snapshot, order.texts, mission_db, folder), within_h=within_h)
        options = FlightOptions(
            SCENARIO,
            seed=seed,
            run_path=folder / "run",
            data_directory=folder,
            mission_db=what.mission_db,
            procedures=what.procedures,
            first_plan=what.plan,
            portal=False,
        )
        with (
            ProgressDisplay(console, f"Rehearsal {snapshot.id}", None) as display,
            flight(options, display) as flown,
            rehearsed_run(flown, snapshot) as run,
            contextlib.closing(flown.yamcs.connect()) as yamcs,
        ):
            display.phase("flying")
            outcome = run.fly(what.begins, what.until, display, yamcs)
            display.phase("reading what came home")
            _, _, told = outcome
            ended = Instant(told["ended_ns"] or told["now_ns"])
            margins = run.margins(yamcs, Instant(told["started_ns"]), ended)
            return run.verdict((snapshot.id, order.digest), outcome, margins, what.assumed)


@contextlib.contextmanager
def _folder(data_directory: Path, name: str, keep: Path | None) -> Iterator[Path]:
    """A new folder, which goes again unless it is to be kept."""
    if keep is not None:
        try:
            keep.mkdir(parents=True)
        except OSError as error:
            raise EnvironmentLackError(
                f"the folder {keep} cannot be made",
                found=error.strerror or str(error),
                remedy="name a new one with --keep",
            ) from error
        yield keep
        return
    parent = data_directory / _FOLDER
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # another rehearsal is there
            parent.rmdir()
