"""`groundsys portal --workers`: processes that share a port, begin together and end together."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from groundsys.objects import FolderObjectStore
from groundsys.rehearsal.run_directory import RunDirectory
from tests.portal.fake_desks import POLAR_TOKEN, FakeDesks, listening

_PORTAL = (sys.executable, "-m", "groundsys", "portal", "--workers", "2")


@contextmanager
def run_with_a_product(folder: Path) -> Iterator[RunDirectory]:
    run = RunDirectory(folder)
    run.create()
    (run.path / "run.json").write_text("{}")
    desks = FakeDesks(FolderObjectStore(run.objects))
    desks.wall_s = time.time()
    assert desks.deliver("polar-weather", "w.dat", b"weather") == "p1"
    desks.publish()
    with listening(desks) as endpoint:
        run.announce("desks", {"requests": endpoint})
        yield run


@contextmanager
def portal(run: RunDirectory, state: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, and the address that it tells."""
    command = [*_PORTAL, "--run", str(run.path), "--state", str(state)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().removeprefix("portal: ").strip()
        finally:
            process.terminate()


def shown_by(folder: Path) -> int:
    return len((folder / "accesses.jsonl").read_text().splitlines())


def gone(workers: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(workers, timeout=20)[1]


def test_workers_share_the_port_and_end_together(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with run_with_a_product(tmp_path / "run") as run, portal(run, state) as (process, url):
        for _ in range(40):  # each over a connection of its own: all to one is one in 2^39
            answer = httpx.get(
                f"{url}/api/v1/products/p1", headers={"Authorization": f"Bearer {POLAR_TOKEN}"}
            )
            assert answer.content == b"weather"
        shares = shown_by(state), shown_by(state / "worker-2")
        assert sum(shares) == 40
        assert min(shares) > 0
        workers = psutil.Process(process.pid).children()
        process.terminate()
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
        assert gone(workers)


@contextmanager
def idle_workers() -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A parent, and its two workers once both have begun."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.portal.idle_workers"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "serving\n"
        children = psutil.Process(process.pid).children()
        yield process, [one for one in children if "spawn_main" in " ".join(one.cmdline())]


def test_a_worker_that_dies_ends_the_portal() -> None:
    with idle_workers() as (process, workers):
        workers[0].kill()
        _, errors = process.communicate(timeout=20)
        assert process.returncode != 0
        assert "a worker of the portal has ended by itself" in errors
        assert gone(workers)


def test_workers_end_with_their_parent() -> None:
    with idle_workers() as (process, workers):
        assert len(workers) == 2
        process.kill()
        assert gone(workers)
