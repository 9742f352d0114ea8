"""`groundsys procedure rehearse` beside real desks; flights are flown in tests/rehearsal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from groundsys.cli import main
from groundsys.desks import Desks
from groundsys.mission.scenario.simulator_data import STATES
from groundsys.procedures.conditions import Judgement
from groundsys.procedures.rehearsing import CommandOutcome, MarginSeen, Verdict
from groundsys.procedures.run import Expectation
from groundsys.rehearsal.flying.procedure_rehearsal import Order
from groundsys.values.records import ParameterReading
from tests.desks.fake_world import FakeYamcs

pytestmark = pytest.mark.usefixtures("definitions_read_once")

RESCUE = """
id: rescue
title: Back to work
craft: otv
critical: true
roles: [operator]
parameters: [{name: least, kind: number, default: 40, minimum: 0, maximum: 100}]
steps:
- {id: ask, do: gate, question: May it?, roles: [operator]}
- {id: safe, do: command, command: SAFE_MODE}
- id: seen
  do: wait
  until: [{parameter: eps_battery_charge, minimum: $least}]
  margin_s: 600
abort:
- {id: left, do: note, text: it is left}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "procedures"
    folder.mkdir()
    (folder / "rescue.yaml").write_text(RESCUE)
    monkeypatch.setenv("GROUNDSYS_PROCEDURES", str(folder))
    return folder


def invoke(data: Path, *arguments: str) -> Result:
    words = ["procedure", *arguments, "--data", str(data)]
    return CliRunner().invoke(main, words, env={"COLUMNS": "80"})


def tell(desks: Desks) -> None:
    """The OTV tells its state."""
    yamcs = desks.room.yamcs
    assert isinstance(yamcs, FakeYamcs)
    for one in desks.room.mission.simulators["otv"].states:
        value = "SAFE" if one.state == "mode" else "ON" if STATES[one.state] is str else 60.0
        reading = ParameterReading(one.parameter, value, desks.room.now)
        yamcs.instances["otv"].readings[one.parameter] = reading


@pytest.fixture
def flown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What comes of every flight; what is put in here changes it."""
    changes: dict[str, Any] = {}

    def fly(order: Order, *_: Any, seed: int | None, mission_db: Path | None, **__: Any) -> Verdict:
        at = order.snapshot.taken_at
        holds = Judgement("eps_battery_charge ≥ 45", True, "60")
        known: dict[str, Any] = {
            "rehearsal": order.snapshot.id,
            "basis": order.digest,
            "seed": seed or 0,
            "began": at,
            "ended": at.plus_seconds(4000.0),
            "outcome": "completed",
            "why": "",
            "expectations": (
                Expectation("rescue-001/rescue.ask/1", "gate", True, (), at, 60.0, 3600.0),
                Expectation("rescue-001/rescue.seen/1", "wait", True, (holds,), at, 99.0, 1600.0),
            ),
            "commands": (CommandOutcome("rescue.safe", "otv", "SAFE_MODE", "completed"),),
            "margins": (
                MarginSeen("battery", "otv", "eps_battery_charge", "%", 60.0, 55.5, 58.0, 30.0),
                MarginSeen("fuel", "otv", "prop_x", why="the craft's model has no such parameter"),
            ),
            "gates": (),
            "assumed": order.snapshot.assumed,
        }
        return Verdict(**{**known, **changes})

    monkeypatch.setattr("groundsys.rehearsal.flying.procedure_rehearsal.rehearse_procedure", fly)
    return changes


def test_a_rehearsal_that_passes(data: Path, desks: Desks, flown: dict[str, Any]) -> None:
    refused = invoke(data, "rehearse", "rescue")
    assert refused.exit_code == 2
    assert "otv was never heard" in " ".join(refused.output.split())
    tell(desks)
    answer = invoke(data, "rehearse", "rescue", "--set", "least=45", "--seed", "7")
    assert answer.exit_code == 0, answer.output
    for words in (
        "rescue-r001  otv", "least = 45", "✓  gate ask", "✓  wait seen", "0:01:39  0:26:40",
        "✓  SAFE_MODE  safe", "battery, %", "55.5", "25.5",
        "not known: otv's fuel (prop_x): the craft's model has no such parameter",
        "relay sessions is empty", "passed, in 1:06:40 of mission time (seed 7)", "brought by",
    ):  # fmt: skip
        assert words in answer.output
    assert max(map(len, answer.output.splitlines())) <= 80
    again = invoke(data, "rehearsal", "rescue-r001")
    assert again.output == answer.output
    assert "rescue-r001" in invoke(data, "list").output
    shown = invoke(data, "run", "rescue", "--set", "least=45")
    assert "rehearsed: rescue-r001, passed, state of" in shown.output
    assert "otv's battery was 55.5 % at least, 25.5 above its floor" in shown.output
    assert "the rehearsal never came to 'ask'" in " ".join(shown.output.split())


def test_a_rehearsal_that_fails(data: Path, desks: Desks, flown: dict[str, Any]) -> None:
    tell(desks)
    flown |= {"outcome": "held", "why": "gate 'ask' did not open"}
    answer = invoke(data, "rehearse", "rescue")
    assert answer.exit_code == 1
    assert "failed, after 1:06:40 of mission time" in answer.output
    assert "the run was held: gate 'ask' did not open" in answer.output
    told = json.loads(invoke(data, "rehearsal", "rescue-r001", "--json").output)
    assert (told["passed"], told["verdict"]["outcome"]) == (False, "held")
    refused = invoke(data, "run", "rescue")
    assert refused.exit_code == 2
    words = " ".join(refused.output.split())
    assert "rescue-r001 failed: the run was held: gate 'ask' did not open" in words
    assert "remedy: groundsys procedure rehearse rescue" in words
    assert "no rehearsal 'none'" in " ".join(invoke(data, "rehearsal", "none").output.split())
