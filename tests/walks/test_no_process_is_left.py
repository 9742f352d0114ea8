"""However a flight ends, none of its processes outlives it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from groundsys.rehearsal.flying.flight import flight
from groundsys.rehearsal.options import FlightOptions
from groundsys.rehearsal.run_directory import RunDirectory
from tests.walks.flown_day import Listener, processes_of

#: wall seconds
STARTS_WITHIN_S = 120.0
ENDS_WITHIN_S = 30.0


def test_a_flight_that_breaks_off_takes_its_processes_with_it(tmp_path: Path) -> None:
    run = tmp_path / "run"
    before = set(psutil.Process().children(recursive=True))
    options = FlightOptions("short", run_path=run, data_directory=tmp_path)
    started: set[psutil.Process] = set()

    def fly_until_it_breaks() -> None:
        listener = Listener()
        with flight(options, listener) as flown:
            flown.advance(flown.scenario.span.start.plus_seconds(60.0), listener)
            started.update(set(psutil.Process().children(recursive=True)) - before)
            raise RuntimeError("something broke")

    with pytest.raises(RuntimeError, match="something broke"):
        fly_until_it_breaks()
    assert len(started) >= 9
    assert [process for process in started if process.is_running()] == []
    assert processes_of(run) == []


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children of a parent's death")
def test_a_killed_rehearsal_leaves_no_process_behind(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    arguments = ["rehearse", "short", "--rate", "1", "--run", str(run.path)]
    rehearsal = subprocess.Popen(
        [sys.executable, "-m", "groundsys", *arguments, "--data", str(tmp_path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_condition(
            lambda: bool(run.endpoints("desks") and run.endpoints("portal")),
            STARTS_WITHIN_S,
            "a rehearsal that flies",
        )
        children = psutil.Process(rehearsal.pid).children(recursive=True)
        names = " ".join(argument for child in children for argument in child.cmdline())
        for wanted in ("org.yamcs.YamcsServer", "sims", "antenna", "hub", "desks", "portal"):
            assert wanted in names
    finally:
        rehearsal.kill()
        rehearsal.wait()
    await_condition(
        lambda: not any(is_alive(child) for child in children), ENDS_WITHIN_S, "all children ended"
    )
    assert processes_of(run.path) == []


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that ended and waits for its parent's word does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def await_condition(condition: Callable[[], bool], within_s: float, wanted: str) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"never came: {wanted}"
        time.sleep(0.05)  # between two looks at the condition
