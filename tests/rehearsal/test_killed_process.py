"""A process of a run is killed: the run stops in order, and one error names who and which log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from groundsys.rehearsal.run_directory import RunDirectory
from tests.rehearsal.command_line import PATIENCE_S, awaited, ended, family, still_alive

pytestmark = pytest.mark.xdist_group("rehearsal")


def _portal(run: RunDirectory, rehearsal: subprocess.Popen[str]) -> dict[str, Any]:
    """Where the portal is, once it is; whoever has ended before tells why."""
    assert rehearsal.poll() is None, rehearsal.communicate()
    return run.endpoints("portal")


@pytest.mark.parametrize(
    ("victim", "words", "log"),
    [
        ("node hub", "the process 'hub' ended with code -9", "hub.log"),
        # takes no part in the mission clock, so that nobody waits for it
        pytest.param(
            *("node portal", "the process 'portal' ended with code -9", "portal.log"),
            marks=pytest.mark.campaign,
        ),
        ("org.yamcs.YamcsServer", "Yamcs ended with code -9", "yamcs.log"),
    ],
)
def test_a_killed_process_ends_the_run_in_order(
    tmp_path: Path, victim: str, words: str, log: str
) -> None:
    run = RunDirectory(tmp_path / "run")
    rehearsal = subprocess.Popen(
        [
            *(sys.executable, "-m", "groundsys", "rehearse", "short", "--rate", "60"),
            *("--run", str(run.path), "--data", str(tmp_path)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with ended(rehearsal):
        awaited(lambda: _portal(run, rehearsal), "a rehearsal that flies")
        processes = family(rehearsal.pid)
        killed = [one for one in processes if victim in " ".join(one.cmdline())]
        assert len(killed) == 1
        psutil.Process(killed[0].pid).kill()
        _, told = rehearsal.communicate(timeout=PATIENCE_S)
    assert rehearsal.returncode == 2
    flat = " ".join(told.split())
    assert words in flat
    assert flat.count("remedy:") == 1
    # the terminal may break a long path anywhere
    assert str(run.logs / log) in "".join(told.split())
    assert "Traceback" not in told
    assert still_alive(processes) == []
