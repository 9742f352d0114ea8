"""Burns, a release and an entry's preparation over real Yamcs, to their ends; `make campaign`."""

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
from groundsys.rehearsal.flying.flight import flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.options import FlightOptions
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.values.instants import Instant
from tests.rehearsal.command_line import groundsys
from tests.rehearsal.test_procedures_flown import (
    PEOPLE,
    REHEARSAL_PATIENCE_S,
    RUNNER,
    sessions_of,
)

LOOK_S = 300.0
DELTA_V = {"delta_v_x": 0.6, "delta_v_y": -1.1, "delta_v_z": 0.3}
INSERTION = {"delta_v_x": 3.0, "delta_v_y": 2.0, "delta_v_z": -4.0}
#: from the run's start: the sequence is on board and read back long before
INSERTION_AFTER_S = 6 * 3600.0
LAST = "mars-orbit-insertion"
#: what is run for which craft, one after the other
RUNS = {
    "otv": ["trajectory-correction", LAST],
    "cube-parker-1": ["cube-release"],
    "cube-polar": ["edl-preparation"],
}


class Operators:
    """Start procedures, say go at every gate, and send again what was lost."""

    def __init__(self, sessions: Mapping[str, Requester], run: RunDirectory) -> None:
        self._run = run
        self._sessions = sessions
        self._left = {craft: list(names) for craft, names in RUNS.items()}
        self._runs: dict[str, str] = {}
        self.ignition: Instant | None = None

    def work(self, now: Instant) -> None:
        for craft, left in self._left.items():
            its_turn = left and (left[0] != LAST or self._may_insert())
            if its_turn and self._start(craft, left[0], now):
                left.pop(0)
        shown = self.shown
        for one in shown.values():
            stale = (one["rehearsal"] or {}).get("stale", ())
            # what the other procedures do meanwhile: a go then says so
            why = "known: the others' doing" if stale else ""
            given = {vote["role"] for vote in (one["at"] or {}).get("votes", ())}
            for role in (one["at"] or {}).get("roles", ()):
                if role not in given:
                    self._ask("vote", PEOPLE[role], run=one["run"], go=True, reason=why)
            if one["state"] == "held" and "expired" in one["stop"]["why"]:
                self._ask("resume", run=one["run"], how="retry", reason="lost")

    def _may_insert(self) -> bool:
        """Once the cube has left and the correction is done."""
        before = ("trajectory-correction", "cube-release")
        shown = self.shown
        return all(name in shown and shown[name]["state"] == "ended" for name in before)

    def _start(self, craft: str, name: str, now: Instant) -> bool:
        """Rehearse and start it; False while too little of the craft has been heard for that."""

        def after(seconds: float) -> str:
            return now.plus_seconds(seconds).utc_iso(0)

        parameters: dict[str, dict[str, Any]] = {
            "trajectory-correction": {**DELTA_V, "time_limit_s": 20},
            "cube-release": {"least_battery": 60},
            "edl-preparation": {
                "entry": after(80_000), "first_overflight": after(84_000), "coast_s": 600,
                "least_battery": 60,
            },
            LAST: {
                **INSERTION, "time_limit_s": 60, "least_propellant": 5,
                "ignition": after(INSERTION_AFTER_S),
            },
        }  # fmt: skip
        if name == LAST:
            self.ignition = Instant.from_utc_iso(parameters[LAST]["ignition"])
        if not self._rehearse(name, craft, parameters[name]):
            return False
        started = self._ask("start", procedure=name, spacecraft=craft, parameters=parameters[name])
        self._runs[name] = started["run"]
        return True

    def _rehearse(self, name: str, craft: str, parameters: Mapping[str, Any]) -> bool:
        stated = [part for key, value in parameters.items() for part in ("--set", f"{key}={value}")]
        done = groundsys(
            *("procedure", "rehearse", name, "--spacecraft", craft, *stated),
            *("--run", str(self._run.path), "--data", str(self._run.path / "rehearsals")),
            timeout_s=REHEARSAL_PATIENCE_S,
        )
        unheard = "cannot be rehearsed" in done.stderr
        assert done.returncode == 0 or unheard, done.stdout + done.stderr
        return done.returncode == 0

    @property
    def shown(self) -> dict[str, dict[str, Any]]:
        return {name: self._ask("show", run=run) for name, run in self._runs.items()}

    @property
    def have_ended(self) -> bool:
        done = all(one["state"] == "ended" for one in self.shown.values())
        return done and not any(self._left.values())

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
        operators = Operators(sessions_of(one.run, stack), one.run)
        while moment < one.scenario.span.end and not operators.have_ended:
            moment = min(moment.plus_seconds(LOOK_S), one.scenario.span.end)
            one.advance(moment, display)
            operators.work(moment)
        one.advance(moment.plus_seconds(900.0), display)  # the simulators write what they know
        yield operators, one.run.truth


def records(truth: Path, craft: str, record: str) -> list[dict[str, Any]]:
    lines = (truth / f"{craft}.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["record"] == record]


@pytest.mark.campaign
@pytest.mark.timeout(3000)
def test_burns_release_and_entry_come_to_their_ends(tmp_path: Path) -> None:
    with flown(tmp_path) as (operators, truth):
        shown = operators.shown
        told = {
            name: (one["step"], one["stop"], one["at"], one["journal"][-5:])
            for name, one in shown.items()
        }
        assert {one["outcome"] for one in shown.values()} == {"completed"}, told
        assert len(shown) == sum(map(len, RUNS.values()))

        burns = records(truth, "otv", "burn")
        for burn, wanted in zip(burns, (DELTA_V, INSERTION), strict=True):
            size_m_s = math.hypot(*wanted.values())
            assert burn["end"] == "REACHED"
            assert burn["counted_m_s"] == pytest.approx(size_m_s)
            missed_m_s = math.dist(burn["delta_v_m_s"], wanted.values())
            # five sigma of fixed and of proportional errors
            assert 0.0 < missed_m_s < 5.0 * (0.027 + 0.015 * size_m_s)
        (parting,) = records(truth, "space", "parting")
        impulses = records(truth, "space", "impulse")
        assert parting["cube"] == "cube-parker-1"
        assert [one["delta_v_m_s"] for one in impulses] == [one["delta_v_m_s"] for one in burns]
        # by its own clock, to which the ground has translated the instant of ignition
        ignited = Instant(burns[1]["ignition_ns"])
        assert operators.ignition is not None
        assert abs(ignited.seconds_since(operators.ignition)) < 1.5

        (release,) = records(truth, "otv", "release")
        assert release["spacecraft_id"] == 451  # cube-parker-1, and no other
        released = [one for one in shown["cube-release"]["commands"] if "RELEASE" in one["name"]]
        assert [one["state"] for one in released] == ["completed"] * len(released)
