"""Whole days over several truths; `make campaign` runs them, `make test` does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("scenario", "seed"), [*(("quickstart", seed) for seed in range(1, 11)), ("apophis-flyby", 1)]
)
def test_every_criterion_is_met(scenario: str, seed: int, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    flown = subprocess.run(
        [
            *(sys.executable, "-m", "groundsys", "rehearse", scenario),
            *("--seed", str(seed), "--report", str(report), "--data", str(tmp_path / "data")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), flown.stderr
    verdict = json.loads(report.read_text())
    not_met = [one for one in verdict["criteria"] if not one["ok"]]
    assert not_met == [], flown.stdout
    assert flown.returncode == 0
