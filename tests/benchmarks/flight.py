"""A whole rehearsal as a user starts it: how fast mission time passes, and in how much memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from groundsys.values.instants import Instant
from tests.benchmarks.memory import MemorySampler


@dataclass(frozen=True, slots=True)
class FlightFigures:
    """`rate`: simulated seconds a wall second; memory: PSS in octets at the peak of all together.

    `rate_flying` counts only the wall time while the mission clock runs, without the start of
    Yamcs and the evidence at the end.
    """

    scenario: str
    #: criteria that were not met, each with what was found
    unmet: tuple[str, ...]
    simulated_s: float
    wall_s: float
    rate: float
    rate_flying: float
    peak_pss: int
    pss_at_peak: dict[str, int]
    peak_by_process: dict[str, int]
    samples: int
    #: of all processes, Yamcs included
    cpu_s: float

    @property
    def verdict(self) -> str:
        """In words, for a line."""
        return f"NOT OK ({'; '.join(self.unmet)})" if self.unmet else "OK"


def fly(scenario: str, seed: int = 1, *options: str) -> FlightFigures:
    """Rehearse `scenario` through the command line, and watch it from outside."""
    with tempfile.TemporaryDirectory(prefix="groundsys-bench-") as directory:
        report_path = Path(directory) / "report.json"
        log_path = Path(directory) / "output.log"
        command = [
            *(sys.executable, "-m", "groundsys", "rehearse", scenario, "--seed", str(seed)),
            *("--data", directory, "--report", str(report_path), *options),
        ]
        started, worked_s = time.monotonic(), _cpu_of_children_s()
        with log_path.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
            try:
                with MemorySampler(process.pid) as memory:
                    process.wait()
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        wall_s = time.monotonic() - started
        if not report_path.exists():
            end = "\n".join(log_path.read_text(errors="replace").splitlines()[-15:])
            raise SystemExit(f"`{' '.join(command)}` made no report:\n{end}")
        report = json.loads(report_path.read_text())
    span_s = Instant.from_utc_iso(report["mission_end"]).seconds_since(
        Instant.from_utc_iso(report["mission_start"])
    )
    return FlightFigures(
        scenario=scenario,
        unmet=tuple(
            f"{one['name']}: {one['found']}" for one in report["criteria"] if not one["ok"]
        ),
        simulated_s=span_s,
        wall_s=wall_s,
        rate=span_s / wall_s,
        rate_flying=report["rate"],
        peak_pss=memory.peak.total,
        pss_at_peak=memory.peak.by_process,
        peak_by_process=memory.peak_by_process,
        samples=memory.samples,
        cpu_s=_cpu_of_children_s() - worked_s,
    )


def _cpu_of_children_s() -> float:
    """CPU time of all children that have ended, and of theirs that they have waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
