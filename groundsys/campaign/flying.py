"""One flight of a campaign, in a process of its own: here, or on any worker that has groundsys."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import groundsys
from groundsys.mission import default_mission_db

#: between two looks whether a flight has ended or is to be broken off
_LOOK_S = 0.5
#: until a flight that is broken off has closed everything in order
_CLOSES_WITHIN_S = 60.0
_LAST_WORDS = 24


def fingerprint(mission_db: Path | None = None) -> str:
    """A hash of software and definitions: what two flights must have in common."""
    digest = hashlib.sha256()
    package = Path(groundsys.__file__).parent
    roots = (package, package.parent / "sims", default_mission_db(mission_db))
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in (".py", ".yaml", ".sql", ".options") and path.is_file():
                digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                digest.update(path.read_bytes())
    return digest.hexdigest()


def fly_case(
    case: Mapping[str, Any],
    wanted: str,
    mission_db: str | None,
    is_over: Callable[[], bool],
) -> dict[str, Any]:
    """Fly a case (`case_for_machines`); its `report`, or None and the flight's last `words`.

    `wanted` is the fingerprint of who asks: nothing flies where there is other software.  Once
    `is_over`, the flight is broken off.
    """
    here = Path(mission_db) if mission_db is not None else None
    if fingerprint(here) != wanted:
        return {"report": None, "words": "this worker has other software or definitions"}
    with tempfile.TemporaryDirectory(prefix="groundsys-campaign-") as folder:
        return _fly(case, Path(folder), mission_db, is_over)


def _fly(
    case: Mapping[str, Any], folder: Path, mission_db: str | None, is_over: Callable[[], bool]
) -> dict[str, Any]:
    report, told = folder / "report.json", folder / "told.txt"
    arguments = [
        *(sys.executable, "-m", "groundsys", "rehearse", str(case["scenario"])),
        *("--seed", str(case["seed"]), "--report", str(report), "--data", str(folder / "data")),
    ]
    if mission_db is not None:
        arguments += ["--mission-db", mission_db]
    if case["inject"]:
        faults = folder / "faults.yaml"
        faults.write_text(json.dumps(case["inject"]), encoding="utf-8")
        arguments += ["--inject", str(faults)]
    with told.open("wb") as log:
        flight = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT)
        _await(flight, is_over)
    shutil.rmtree(folder / "data", ignore_errors=True)
    if report.exists() and report.stat().st_size:
        return {"report": json.loads(report.read_text()), "words": ""}
    lines = told.read_text(errors="replace").splitlines()[-_LAST_WORDS:]
    return {"report": None, "words": "\n".join(lines) or f"ended with code {flight.returncode}"}


def _await(flight: subprocess.Popen[bytes], is_over: Callable[[], bool]) -> None:
    try:
        while not is_over():
            with suppress(subprocess.TimeoutExpired):
                flight.wait(_LOOK_S)
                break
    finally:
        if flight.poll() is None:
            flight.send_signal(signal.SIGTERM)
            try:
                flight.wait(_CLOSES_WITHIN_S)
            except subprocess.TimeoutExpired:
                flight.kill()
                flight.wait()
