"""Rehearse before radiate, for real: beside a ground segment that flies, by the command line."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from groundsys.bus.live import Requester
from groundsys.mission import default_mission_db
from groundsys.rehearsal.flying.flight import Flight, flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.options import FlightOptions
from groundsys.store import Store
from groundsys.store.rows import from_json
from groundsys.values.errors import RefusalError
from tests.rehearsal.command_line import awaited, ended, groundsys, processes_of
from tests.rehearsal.test_procedures_flown import PEOPLE, RUNNER, sessions_of

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

NAME = "safe-mode-recovery"
#: wall seconds that a rehearsal may take on a busy machine
PATIENCE_S = 400.0


@dataclass
class Ground:
    """A ground segment as `groundsys up` starts it, whose clock stands between two advances."""

    flight: Flight
    display: ProgressDisplay
    sessions: dict[str, Requester]
    procedures: Path
    data: Path

    def advance(self, minutes: float) -> None:
        end = self.flight.exchange.now.plus_seconds(60.0 * minutes)
        self.flight.advance(end, self.display)

    def until(self, look: Callable[[], Any], hours: float, wanted: str) -> Any:
        """Fly on until `look` gives something."""
        for _ in range(round(hours * 12)):
            if found := look():
                return found
            self.advance(5.0)
        raise AssertionError(f"never came: {wanted}")

    def ask(self, verb: str, who: str = RUNNER, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.sessions[who].ask(verb, timeout_s=60.0, **request)
        return answer

    def heard(self, parameter: str) -> str:
        """What the OTV last said; "" for nothing."""
        with contextlib.closing(self.flight.yamcs.connect()) as yamcs:
            values = yamcs.parameter_values(self.flight.mission.spacecraft["otv"], [parameter])
        return str(values[parameter].value) if values else ""

    def mode(self) -> str:
        return self.heard("obc_mode")

    def show(self, run: str) -> dict[str, Any]:
        """How a run stands; what was lost on the link is commanded again."""
        shown = self.ask("procedure_show", run=run)
        if shown["state"] == "held" and "expired" in shown["stop"]["why"]:
            return self.ask("procedure_resume", run=run, how="retry", reason="lost")
        return shown

    def vote(self, shown: dict[str, Any], role: str, reason: str = "") -> None:
        """Whoever has that role says go."""
        self.ask("procedure_vote", PEOPLE[role], run=shown["run"], go=True, reason=reason)

    def rehearse(self, *options: str) -> tuple[int, dict[str, Any]]:
        """What a user types; exit code and the JSON that it prints."""
        done = groundsys(
            *("procedure", "rehearse", NAME, "--json", *options),
            *("--run", str(self.flight.run.path), "--data", str(self.at_home)),
            timeout_s=PATIENCE_S,
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return done.returncode, json.loads(done.stdout)

    def break_off(self) -> int:
        """End a rehearsal once all its processes run, as by Ctrl-C; the exit code."""
        arguments = [
            *(sys.executable, "-m", "groundsys", "procedure", "rehearse", NAME),
            *("--run", str(self.flight.run.path), "--data", str(self.at_home)),
        ]
        with ended(subprocess.Popen(arguments, stdout=subprocess.DEVNULL, text=True)) as process:
            desks = "rehearsals/*/run/endpoints/desks.json"
            awaited(lambda: list(self.at_home.glob(desks)), "the rehearsal's desks")
            process.terminate()  # a shell's background jobs ignore SIGINT, and so do their children
            return process.wait(PATIENCE_S)

    @property
    def at_home(self) -> Path:
        """The data folder of whoever rehearses."""
        return self.data / "at-home"

    def nothing_is_left(self) -> bool:
        left = [path for path in self.at_home.rglob("*") if path.is_file()]
        return not left and processes_of(self.at_home) == []

    def start(self, **parameters: Any) -> dict[str, Any]:
        return self.ask("procedure_start", procedure=NAME, parameters=parameters)

    def refused(self, **parameters: Any) -> str:
        with pytest.raises(RefusalError) as refusal:
            self.start(**parameters)
        return str(refusal.value)


def definitions(folder: Path, **of_otv: str) -> Path:
    """The definitions without the commands of the scenario's own, and with another OTV."""
    mission_db = folder / "mission_db"
    shutil.copytree(default_mission_db(), mission_db)
    scenario = mission_db / "scenarios" / "quickstart.yaml"
    lines = scenario.read_text().splitlines(keepends=True)
    wanted = [line for line in lines if not line.startswith(("commands:", "  - {spacecraft"))]
    scenario.write_text("".join(wanted))
    otv = mission_db / "spacecraft" / "otv.yaml"
    text = otv.read_text()
    for name, value in of_otv.items():
        text = re.sub(rf"{name}: \d+", f"{name}: {value}", text)
    otv.write_text(text)
    return mission_db


@contextlib.contextmanager
def flown(folder: Path, mission_db: Path, patch: pytest.MonkeyPatch) -> Iterator[Ground]:
    procedures = folder / "procedures"
    shutil.copytree(default_mission_db().parent / "procedures", procedures)
    patch.setenv("GROUNDSYS_PROCEDURES", str(procedures))
    options = FlightOptions(
        "quickstart", data_directory=folder, run_path=folder / "run", mission_db=mission_db
    )
    display = ProgressDisplay(Console(file=io.StringIO()), "rehearsed", None)
    with flight(options, display, endless=True) as one, contextlib.ExitStack() as stack:
        yield Ground(one, display, sessions_of(one.run, stack), procedures, folder)


@pytest.mark.timeout(900)
def test_a_critical_procedure_runs_once_it_has_been_rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with flown(tmp_path, definitions(tmp_path), monkeypatch) as ground:
        refusal = ground.refused()
        assert f"{NAME} is critical, and no rehearsal of it counts" in refusal
        assert f"remedy: groundsys procedure rehearse {NAME}" in refusal
        ground.until(lambda: ground.mode() == "NOMINAL", 3.0, "the OTV's first word")
        asked = ground.ask("command_draft", "ben", spacecraft="otv", command="SAFE_MODE")
        ground.ask("command_approve", "cleo", command_id=asked["command"]["id"])
        ground.until(lambda: ground.mode() == "SAFE", 6.0, "safe mode")
        ground.advance(6.0)  # every housekeeping packet was made since

        code, told = ground.rehearse("--set", "least_battery=50")
        verdict = told["verdict"]
        assert (code, told["passed"], told["faults"]) == (0, True, [])
        assert told["brought_by"] != ""
        assert [one["name"] for one in verdict["commands"]] == [
            *["REPORT_HOUSEKEEPING"] * 3, "SET_MODE", "REPORT_HOUSEKEEPING", "CLEAR_EVENTS",
        ]  # fmt: skip
        assert {one["state"] for one in verdict["commands"]} == {"completed"}
        steps = [one["key"].rpartition(".")[2] for one in verdict["expectations"]]
        assert steps == ["uplink/1", "look/1", "known/1", "recover/1", "recovered/1"]
        assert all(0.0 <= one["took_s"] <= one["window_s"] for one in verdict["expectations"])
        battery = next(one for one in verdict["margins"] if one["name"] == "battery")
        assert battery["floor"] == 30.0
        assert battery["least"] > 50.0
        begun = {
            (one["spacecraft"], reading["state"]): reading["value"]
            for one in told["snapshot"]["craft"] for reading in one["readings"]
        }  # fmt: skip
        assert begun["otv", "mode"] == "SAFE"
        assert abs(battery["first"] - begun["otv", "battery_percent"]) < 10.0
        assert ground.nothing_is_left()

        # another parameter, another text: it does not count
        assert "least_battery is to be 45" in ground.refused()
        path = ground.procedures / f"{NAME}.yaml"
        text = path.read_text()
        path.write_text(text.replace("margin_s: 1800", "margin_s: 1700"))
        assert f"procedure {NAME} has another text now" in ground.refused(least_battery=50)
        path.write_text(text)

        started = ground.start(least_battery=50)
        assert started["rehearsal"]["rehearsal"] == told["rehearsal"]
        assert started["rehearsal"]["stale"] == []

        run = started["run"]
        ground.until(lambda: ground.show(run)["step"] == "look", 6.0, "the first gate")
        ground.vote(started, "operator")
        ground.until(lambda: ground.show(run)["step"] == "recover", 6.0, "the second gate")
        # meanwhile somebody changes the craft: whoever says go all the same must say why
        heater = {"command": "SET_HEATER", "arguments": {"heater_state": "ON"}}
        ground.ask("command_draft", "ben", spacecraft="otv", **heater)
        ground.until(lambda: ground.heard("thermal_heater_mode") == "ON", 6.0, "the heater on")
        at_gate = ground.show(run)
        stale = ["otv's thermal_heater_mode is ON, and was AUTO in the rehearsal"]
        assert at_gate["rehearsal"]["stale"] == stale
        with pytest.raises(RefusalError, match="counts no more"):
            ground.vote(at_gate, "operator")
        ground.vote(at_gate, "operator", "the heater was planned")
        ground.vote(at_gate, "flight_director", "agreed")
        ground.until(lambda: ground.show(run)["state"] == "ended", 6.0, "the run's end")
        shown = ground.show(run)
        assert shown["outcome"] == "completed"
        assert ground.mode() == "NOMINAL"
        assert "obc_mode is NOMINAL, and was SAFE" in ground.refused(least_battery=50)
        with Store(ground.flight.run.store, read_only=True) as store:
            votes = [
                from_json(one.detail)
                for one in store.audit.all(subject=run)
                if one.action == "procedure.go"
            ]
        assert [one["rehearsal"] for one in votes] == [told["rehearsal"]] * 3
        assert {one["verdict"] for one in votes} == {told["verdict_digest"]}
        assert [one["stale"] for one in votes] == [[], stale, stale]


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_battery_too_low_fails_the_rehearsal_and_nothing_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mission_db = definitions(tmp_path, battery_initial_percent="33", panel_w="150")
    with flown(tmp_path, mission_db, monkeypatch) as ground:
        ground.until(lambda: ground.mode() == "SAFE", 6.0, "safe mode for a low battery")
        ground.advance(6.0)
        assert ground.break_off() == 130
        assert ground.nothing_is_left()
        code, told = ground.rehearse()
        assert (code, told["passed"]) == (1, False)
        faults = "; ".join(told["faults"])
        assert "eps_battery_charge ≥ 45" in faults
        assert "otv's battery came down to" in faults
        refusal = ground.refused()
        assert f"{told['rehearsal']} failed" in refusal
        assert "eps_battery_charge ≥ 45" in refusal
