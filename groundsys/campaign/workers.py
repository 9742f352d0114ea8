"""Who flies a campaign's cases: threads of this machine, or a Dask cluster's workers.

Each flight is a family of processes of its own, so that a thread only waits for it.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from groundsys.campaign.definition import Case, case_for_machines
from groundsys.campaign.flying import fingerprint, fly_case
from groundsys.values.errors import EnvironmentLackError

#: processor cores that a flight keeps busy: the clock's participants take turns, Yamcs beside them
_CORES_A_FLIGHT = 2
_CONNECTS_WITHIN_S = 20.0

Flights = Generator[tuple[Case, dict[str, Any]], None, None]


def jobs_of_this_machine() -> int:
    """As many flights at once as there are cores for."""
    return max(1, len(os.sched_getaffinity(0)) // _CORES_A_FLIGHT)


def fly_here(cases: Sequence[Case], jobs: int, mission_db: Path | None) -> Flights:
    """Fly cases on this machine, `jobs` at once; each as it is done.

    Closed before all are done (Ctrl-C), it breaks off what flies and returns once that has ended.
    """
    over = threading.Event()
    wanted = fingerprint(mission_db)
    root = None if mission_db is None else str(mission_db)
    with ThreadPoolExecutor(jobs, thread_name_prefix="campaign") as pool:
        flights = {
            pool.submit(fly_case, case_for_machines(case), wanted, root, over.is_set): case
            for case in cases
        }
        try:
            for done in as_completed(flights):
                yield flights[done], _result(done)
        finally:
            over.set()
            pool.shutdown(wait=True, cancel_futures=True)


def fly_on_cluster(cases: Sequence[Case], address: str, mission_db: Path | None) -> Flights:
    """As `fly_here`, on the Dask cluster whose scheduler is at `address`, one flight a thread."""
    try:
        from distributed import Client, Event
        from distributed import as_completed as each_completed
    except ImportError as error:
        raise EnvironmentLackError(
            "campaigns on a cluster need Dask",
            remedy="python -m pip install 'groundsys[cluster]', here and on the workers",
        ) from error
    try:
        client = Client(address, timeout=_CONNECTS_WITHIN_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise EnvironmentLackError(
            f"no Dask scheduler answers at {address}",
            found=str(error),
            remedy="start `dask scheduler`, and `dask worker ADDRESS --nthreads 1` on each machine",
        ) from error
    with client:
        over = Event(f"groundsys-campaign-{uuid.uuid4().hex}", client)
        wanted = fingerprint(mission_db)
        root = None if mission_db is None else str(mission_db)
        flights = {
            client.submit(
                *(_fly_on_worker, case_for_machines(case), wanted, root, over.name), pure=False
            ): case
            for case in cases
        }
        try:
            for done in each_completed(flights):
                yield flights[done], _result(done)
        finally:
            over.set()
            client.cancel([one for one in flights if not one.done()])


def _result(flight: Any) -> dict[str, Any]:
    """What came of a flight; a worker that died, or a full disk, costs that flight alone."""
    try:
        result: dict[str, Any] = flight.result()
    except Exception as error:  # whatever befell the worker
        return {"report": None, "words": f"{type(error).__name__}: {error}"}
    return result


def _fly_on_worker(
    case: dict[str, Any], wanted: str, mission_db: str | None, over: str
) -> dict[str, Any]:
    from distributed import Event

    event = Event(over)
    return fly_case(case, wanted, mission_db, lambda: bool(event.is_set()))
