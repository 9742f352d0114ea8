"""A trajectory correction and a release over real Yamcs, each to its end; `make campaign`."""

from __future__ import annotations

import contextlib
import io
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from groundsys.bus.live import Requester
from groundsys.rehearsal.flight import FlightOptions, flight
from groundsys.rehearsal.progress import ProgressDisplay
from tests.rehearsal.test_procedures_flown import PEOPLE, RUNNER, sessions_of

LOOK_S = 300.0
DELTA_V = {"delta_v_x": 0.6, "delta_v_y": -1.1, "delta_v_z": 0.3}
SIZE_M_S = math.sqrt(sum(part**2 for part in DELTA_V.values()))
#: what is run for which craft, with which parameters
RUNS: dict[str, tuple[str, dict[str, Any]]] = {
    "otv": ("trajectory-correction", {**DELTA_V, "time_limit_s": 20}),
    "cube-tharsis": ("cube-release", {"least_battery": 60}),
}


class Operators:
    """Start each procedure, say go at every gate, and send again what was lost."""

    def __init__(self, sessions: Mapping[str, Requester]) -> None:
        self._sessions = sessions
        self._runs = {
            craft: self._ask("start", procedure=name, spacecraft=craft, parameters=parameters)[
                "run"
            ]
            for craft, (name, parameters) in RUNS.items()
        }

    def work(self) -> None:
        for shown in self.shown.values():
            given = {one["role"] for one in (shown["at"] or {}).get("votes", ())}
            for role in (shown["at"] or {}).get("roles", ()):
                if role not in given:
                    self._ask("vote", PEOPLE[role], run=shown["run"], go=True)
            if shown["state"] == "held" and "expired" in shown["stop"]["why"]:
                self._ask("resume", run=shown["run"], how="retry", reason="lost")

    @property
    def shown(self) -> dict[str, dict[str, Any]]:
        return {craft: self._ask("show", run=run) for craft, run in self._runs.items()}

    @property
    def have_ended(self) -> bool:
        return all(one["state"] == "ended" for one in self.shown.values())

    def _ask(self, verb: str, who: str = RUNNER, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._sessions[who].ask(f"procedure_{verb}", **request)
        return answer


@contextlib.contextmanager
def flown(directory: Path) -> Iterator[tuple[Operators, Path]]:
    """Until both runs have ended, or the scenario has; and the simulators' record."""
    options = FlightOptions("manoeuvres", data_directory=directory, run_path=directory / "run")
    display = ProgressDisplay(Console(file=io.StringIO()), "manoeuvres", None)
    with flight(options, display) as one, contextlib.ExitStack() as stack:
        moment = one.scenario.span.start.plus_seconds(LOOK_S)
        one.advance(moment, display)
        operators = Operators(sessions_of(one.run, stack))
        while moment < one.scenario.span.end and not operators.have_ended:
            moment = min(moment.plus_seconds(LOOK_S), one.scenario.span.end)
            one.advance(moment, display)
            operators.work()
        one.advance(moment.plus_seconds(900.0), display)  # the simulators write what they know
        yield operators, one.run.truth


def records(truth: Path, craft: str, record: str) -> list[dict[str, Any]]:
    lines = (truth / f"{craft}.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["record"] == record]


@pytest.mark.campaign
@pytest.mark.timeout(1200)
def test_a_burn_and_a_release_come_to_their_ends(tmp_path: Path) -> None:
    with flown(tmp_path) as (operators, truth):
        shown = operators.shown
        told = {
            craft: (one["step"], one["stop"], one["at"], one["journal"][-5:])
            for craft, one in shown.items()
        }
        assert {one["outcome"] for one in shown.values()} == {"completed"}, told

        (burn,) = records(truth, "otv", "burn")
        assert burn["end"] == "REACHED"
        assert burn["counted_m_s"] == pytest.approx(SIZE_M_S)
        missed_m_s = math.dist(burn["delta_v_m_s"], DELTA_V.values())
        assert 0.0 < missed_m_s < 0.15  # five sigma of fixed and proportional errors
        (impulse,) = records(truth, "space", "impulse")
        assert impulse["delta_v_m_s"] == burn["delta_v_m_s"]

        (release,) = records(truth, "otv", "release")
        assert release["spacecraft_id"] == 419  # cube-tharsis, and no other
        armed = [one for one in shown["cube-tharsis"]["commands"] if one["name"] == "RELEASE_CUBE"]
        assert [one["state"] for one in armed] == ["completed"]
