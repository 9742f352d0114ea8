"""A voyage whose second leg ends by an error: what the first has shown is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from groundsys.audit import Verification
from groundsys.mission import load_mission
from groundsys.rehearsal import voyage
from groundsys.rehearsal.options import FlightOptions
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.verdict.verdict import Evidence, SpacecraftEvidence
from groundsys.store import Store
from groundsys.values.errors import EnvironmentLackError

EVIDENCE = Evidence(
    spacecraft={"craft": SpacecraftEvidence(10, 9, 1, 1, 5, 5, (), ())},
    files=(),
    customers=(),
    passes={"planned": 1, "executed": 1, "degraded": 0, "missed": 0},
    relay_sessions={"planned": 0, "executed": 0},
    commands={"issued": 1, "completed": 1, "failed": 0, "unknown": 0, "own_unreported": 0},
    commanded_spacecraft=frozenset({"craft"}),
    retransmission_rounds=1,
    foreign_files=0,
    wall_seconds=100.0,
    audit=Verification(50, None, ()),
)


def test_a_leg_keeps_its_report_whatever_becomes_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flown: list[str] = []

    def fly(options: FlightOptions, *_: object) -> tuple[Evidence, dict[str, Any], tuple[()]]:
        flown.append(options.scenario)
        if len(flown) == 2:
            raise EnvironmentLackError("Yamcs has ended by itself")
        assert options.run_path is not None
        run = RunDirectory(options.run_path)
        run.create()
        Store(run.store).close()
        return EVIDENCE, {"scenario": "first", "faults": [], "deliveries": str(run.deliveries)}, ()

    monkeypatch.setattr(voyage, "fly", fly)
    options = FlightOptions("sample-return", seed=1, run_path=tmp_path / "run")
    with pytest.raises(EnvironmentLackError, match="Yamcs has ended"):
        voyage.rehearse_voyage(
            options, Console(quiet=True), load_mission().scenarios["sample-return"]
        )
    kept = json.loads((tmp_path / "run/leg-1/report.json").read_text())
    assert (kept["scenario"], kept["ok"]) == ("first", False)
    assert not (tmp_path / "run/leg-2/report.json").exists()
