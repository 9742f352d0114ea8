"""Programs of their own, the planner's above all, run one after the other for `make bench`.

Each is a program of its own (`python -m tests.benchmarks.geometry --help`), which measures its
peers in the same run and writes its figures as JSON.  SatNet's weeks do not come with groundsys:
its folder is named by `--satnet` or `GROUNDSYS_SATNET`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROGRAMS = ("geometry", "routing", "planning", "products", "notified", "satnet")
WEEKS = ("W10", "W20", "W30")
SATNET_SECONDS = 300

#: U_RMS, U_MAX and satisfied requests of the best paper, of the best other publication, and of
#: the best that was seen in 300 s on two cores
PUBLISHED: dict[str, dict[str, tuple[float, float, int]]] = {
    "W10": {
        "best paper": (0.26, 0.479, 204),
        "best other published": (0.107, 0.241, 227),
        "best seen in 300 s": (0.095, 0.217, 239),
    },
    "W20": {
        "best paper": (0.21, 0.641, 249),
        "best other published": (0.153, 0.456, 241),
        "best seen in 300 s": (0.097, 0.468, 280),
    },
    "W30": {
        "best paper": (0.28, 0.643, 231),
        "best other published": (0.220, 0.525, 201),
        "best seen in 300 s": (0.135, 0.459, 268),
    },
}


def run_program(name: str) -> Any:
    """The figures of one program, whose own lines are shown while it runs."""
    print(f"\n{name}:", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        command = [sys.executable, "-m", f"tests.benchmarks.{name}", "--json", str(file)]
        subprocess.run(command, check=True)
        return json.loads(file.read_text())


def run_satnet(data: Path) -> dict[str, Any]:
    """Every week beside what was published; a week whose plan does not hold ends the run."""
    figures: dict[str, Any] = {}
    for week in WEEKS:
        print(f"\nsatnet {week}:", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            command = [
                sys.executable, "-m", "tests.benchmarks.satnet", "--data", str(data),
                "--week", week, "--seconds", str(SATNET_SECONDS),
                "--out", str(Path(folder) / "tracks.json"), "--json",
            ]  # fmt: skip
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        own = json.loads(done.stdout)
        peers = {
            name: {"u_rms": rms, "u_max": highest, "satisfied": count, "score": score(rms, highest)}
            for name, (rms, highest, count) in PUBLISHED[week].items()
        }
        figures[week] = {"groundsys": own, "peers": peers}
        for name, one in (("groundsys", own), *peers.items()):
            print(
                f"  {name:<24} U_RMS {one['u_rms']:.4f}  U_MAX {one['u_max']:.4f}  "
                f"satisfied {one['satisfied']}  score {one['score']:.2f}",
                flush=True,
            )
    return figures


def score(u_rms: float, u_max: float) -> float:
    """How fair and full a week is; 100 when every mission gets all it asked for."""
    return 100.0 * (1.0 - 0.75 * u_rms - 0.25 * u_max)
