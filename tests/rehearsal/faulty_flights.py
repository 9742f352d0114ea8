"""Flights through the command line, on copies of the definitions that ask for faults."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundsys.mission import default_mission_db

SEED = 2
#: wall seconds after which a flight is given up
PATIENCE_S = 240.0


@dataclass(frozen=True)
class Flown:
    """A flight that has ended: how, what it said, and where everything of it is."""

    exit_code: int
    output: str
    report: dict[str, Any]

    @property
    def run(self) -> Path:
        return Path(self.report["run"])

    @property
    def failed(self) -> set[str]:
        """The names of the criteria that do not hold."""
        return {one["name"] for one in self.report["criteria"] if not one["ok"]}

    def truth(self, simulator: str, record: str) -> Iterator[dict[str, Any]]:
        """What a simulator recorded, one kind of record alone."""
        for line in (self.run / "truth" / f"{simulator}.jsonl").read_text().splitlines():
            content = json.loads(line)
            if content["record"] == record:
                yield content


def rehearse(
    folder: Path,
    *options: str,
    scenario: str = "short",
    seed: int = SEED,
    patience_s: float = PATIENCE_S,
    meanwhile: Callable[[Path], None] = lambda run: None,
) -> Flown:
    """`groundsys rehearse` as a process of its own, everything of it in `folder`.

    `meanwhile` is called as soon as it may fly, with the run's folder.
    """
    report, data = folder / "report.json", folder / "data"
    arguments = [
        *(sys.executable, "-m", "groundsys", "rehearse", scenario, "--seed", str(seed)),
        *("--data", str(data), "--report", str(report), *options),
    ]
    with ThreadPoolExecutor() as pool:
        flight = pool.submit(
            subprocess.run,
            arguments,
            capture_output=True,
            text=True,
            timeout=patience_s,
            check=False,
        )
        while not flight.done() and not (data / "current" / "endpoints" / "desks.json").exists():
            time.sleep(0.05)  # between two looks at the condition above
        meanwhile(data / "current")
        done = flight.result()
    assert report.exists(), done.stdout + done.stderr
    return Flown(done.returncode, done.stdout + done.stderr, json.loads(report.read_text()))


def spoilt_definitions(
    folder: Path,
    *,
    faults: Sequence[Mapping[str, Any]] = (),
    notices: Sequence[Mapping[str, Any]] = (),
    criteria: Mapping[str, float] | None = None,
    moved_commands: Mapping[str, str] | None = None,
    scenario: str = "short",
) -> Path:
    """A copy of `mission_db` whose scenario has these faults, notices and criteria.

    `moved_commands` gives all planned commands of a craft another time of the day.
    """
    root = folder / "mission_db"
    shutil.copytree(default_mission_db(), root)
    path = root / "scenarios" / f"{scenario}.yaml"
    text = path.read_text(encoding="utf-8")
    for craft, at in (moved_commands or {}).items():
        text, moved = re.subn(rf'(spacecraft: {craft}, .*at: )"[\d:]+"', rf'\g<1>"{at}"', text)
        assert moved
    for name, limit in (criteria or {}).items():
        text = re.sub(rf"\n  {name}: .*", "", text)
        text = text.rstrip("\n") + f"\n  {name}: {limit}\n"
    text += f"\nfaults: {json.dumps(list(faults))}\nnotices: {json.dumps(list(notices))}\n"
    path.write_text(text, encoding="utf-8")
    return root
