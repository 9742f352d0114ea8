"""Real flights, here and on two Dask workers; one that comes to nothing; one that is broken off."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from groundsys.campaign import Case, FaultSet
from groundsys.campaign.definition import AS_PLANNED, case_for_machines
from groundsys.campaign.flying import fingerprint, fly_case
from groundsys.campaign.workers import fly_here, fly_on_cluster
from groundsys.values.errors import EnvironmentLackError
from tests.rehearsal.command_line import awaited, groundsys, processes_of

pytestmark = pytest.mark.xdist_group("campaign")
FLIGHT_PATIENCE_S = 400.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler on loopback with two workers, as anybody starts them, one flight each."""
    told = tmp_path_factory.mktemp("dask") / "scheduler.json"
    here = ("--scheduler-file", str(told), "--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        stack.enter_context(_started("dask_scheduler", *here, "--port", "0"))
        for _ in range(2):
            stack.enter_context(_started("dask_worker", *here, "--nthreads", "1", "--no-nanny"))
        yield str(awaited(lambda: told.exists() and json.loads(told.read_text()), "it")["address"])


@contextmanager
def _started(module: str, *arguments: str) -> Iterator[None]:
    line = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


@pytest.mark.campaign
@pytest.mark.timeout(600)
def test_a_campaign_on_two_workers_and_again_flies_nothing_twice(
    cluster: str, tmp_path: Path
) -> None:
    arguments = (
        *("campaign", "--scenario", "short", "--seeds", "1-2"),
        *("--cluster", cluster, "--into", str(tmp_path), "--json"),
    )
    done = groundsys(*arguments, timeout_s=FLIGHT_PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert [(one["seed"], one["state"]) for one in told] == [(1, "as_expected"), (2, "as_expected")]
    assert all(one["met"] == one["criteria"] > 15 for one in told)
    assert "2 of 2 flights as expected" in (tmp_path / "summary.html").read_text()
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "flights").iterdir()}
    again = groundsys(*arguments, timeout_s=FLIGHT_PATIENCE_S)
    assert json.loads(again.stdout) == told
    assert {path: path.stat().st_mtime_ns for path in written} == written


def test_what_comes_to_nothing_here_says_why() -> None:
    case = Case("short", 1, FaultSet("odd", ({"fault": "no_such_fault"},)))
    ((flown, result),) = fly_here([case], 1, None)
    assert flown == case
    assert result["report"] is None
    assert "no_such_fault" in result["words"]


def test_a_worker_with_other_software_flies_nothing() -> None:
    case = case_for_machines(Case("short", 1, AS_PLANNED))
    result = fly_case(case, "another", None, lambda: False)
    assert result == {"report": None, "words": "this worker has other software or definitions"}
    assert fingerprint() == fingerprint()


@pytest.mark.timeout(300)
def test_a_flight_that_is_broken_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken off once it has children of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    most = 0

    def is_over() -> bool:
        nonlocal most
        most = max(most, len(processes_of(tmp_path)))
        return most > 5

    result = fly_case(case_for_machines(Case("short", 1, AS_PLANNED)), fingerprint(), None, is_over)
    assert result["report"] is None
    assert most > 5
    assert processes_of(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_cluster_that_is_not_there_is_told() -> None:
    flights = fly_on_cluster([Case("short", 1, AS_PLANNED)], "tcp://127.0.0.1:9", None)
    with pytest.raises(EnvironmentLackError, match="no Dask scheduler"):
        next(flights)


def test_a_flight_that_cannot_even_begin_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nowhere to put what it makes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    cases = [Case("short", seed, AS_PLANNED) for seed in (1, 2)]
    results = dict(zip((1, 2), (result for _, result in fly_here(cases, 1, None)), strict=True))
    assert all("FileNotFoundError" in one["words"] for one in results.values())
    assert all(one["report"] is None for one in results.values())


@pytest.mark.parametrize("seeds", ["5-3", "x", "1-", "-2", "1,,2"])
def test_seeds_that_are_none_are_refused(seeds: str) -> None:
    done = groundsys("campaign", "--scenario", "short", "--seeds", seeds)
    assert done.returncode == 2
    assert "no seed" in done.stderr


def test_faults_that_do_not_fit_are_told_before_anything_flies(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(
        "id: odd\ntitle: Odd\nscenarios: [short]\nseeds: [1]\n"
        "faults: [{name: odd, inject: [{fault: silent_cub}]}]\n"
    )
    done = groundsys("campaign", str(path), "--into", str(tmp_path / "campaign"))
    assert done.returncode == 2
    assert "silent_cub" in done.stderr
    assert "silent_cube" in done.stderr
    assert not (tmp_path / "campaign").exists()
