"""Time-tagged sequences with the real Yamcs: loaded, read back, enabled behind a gate, released.

The craft's memory loses one insertion of the second sequence and alters one of its third.  While
the first is loaded and listed, and as it is reported on, the desks are killed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from groundsys.bus.live import Requester
from groundsys.ccsds.requests import SCHEDULE_SOURCE
from groundsys.mission import default_mission_db
from groundsys.rehearsal.flying.flight import flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.options import FlightOptions
from groundsys.rehearsal.truth.record import read_craft_truth
from groundsys.rehearsal.verdict.custody import executed_twice
from groundsys.store import Store
from groundsys.values.instants import Instant
from tests.rehearsal.test_procedures_flown import LOOK_S, RUNNER, sessions_of

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("rehearsal")]

DIRECTOR = "cleo"
START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
#: between two passes
FIRST = "2031-08-20T02:50:00Z"
SECOND = "2031-08-20T11:40:00Z"
#: what the second takes may need the pass after that
END_S = 9.5 * 3600
#: uplink begins at 00:15, the listing comes by 00:55, and reports come from 03:26 on
KILLED_AT_S = tuple(60.0 * minutes for minutes in (10, 20, 30, 50, 220))
FAULTS = """
faults:
  - {fault: lose_scheduled, spacecraft: otv, insertion: 4}
  - {fault: alter_scheduled, spacecraft: otv, insertion: 8}
"""


@dataclass
class Told:
    """What the operators saw."""

    first: dict[str, Any] = field(default_factory=dict)
    #: why the second run was held, each time, and how its gate stood once it was gone round to
    held: list[str] = field(default_factory=list)
    shut: dict[str, Any] = field(default_factory=dict)
    second: str = ""


class Crew:
    """Run the procedure twice; the first time all goes well."""

    def __init__(self, sessions: dict[str, Requester]) -> None:
        self._sessions = sessions
        self._runs: list[str] = []
        self.told = Told()

    @property
    def has_seen_it_stay_shut(self) -> bool:
        """Whether the second run's gate was looked at after somebody had said go."""
        return bool(self.told.shut.get("votes"))

    def work(self) -> None:
        if not self._runs:
            self._start(FIRST)
        elif len(self._runs) == 1:
            shown = self._show()
            if shown["step"] == "agreed" and not shown["at"]["votes"]:
                self._ask("vote", DIRECTOR, run=self._runs[-1], go=True)
            self.told.first = shown
            if shown["state"] == "ended":
                self._start(SECOND)
        else:
            self._look_after_the_second()

    def _look_after_the_second(self) -> None:
        # reports on what was released may come after the first has ended
        self.told.first = self._ask("show", run=self._runs[0])
        shown = self._show()
        if shown["state"] == "held":
            self.told.held.append(shown["stop"]["why"])
            how = "retry" if len(self.told.held) == 1 else "skip"
            self._ask("resume", run=self._runs[-1], how=how)
        if shown["step"] == "agreed":
            if not shown["at"]["votes"]:
                self._ask("vote", DIRECTOR, run=self._runs[-1], go=True)
            self.told.shut = shown["at"]
        self.told.second = shown["step"]

    def _start(self, start: str) -> None:
        named = {"procedure": "timed-warm-up", "spacecraft": "otv"}
        self._runs.append(str(self._ask("start", **named, parameters={"start": start})["run"]))

    def _show(self) -> dict[str, Any]:
        return self._ask("show", run=self._runs[-1])

    def _ask(self, verb: str, who: str = RUNNER, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._sessions[who].ask(f"procedure_{verb}", **request)
        return answer


@dataclass
class Flown:
    """The flight, once its simulators have closed their records."""

    told: Told
    store: Path
    truth: Path

    def lines(self, record: str) -> Iterator[dict[str, Any]]:
        for line in (self.truth / "otv.jsonl").read_text().splitlines():
            content = json.loads(line)
            if content["record"] == record:
                yield content


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    directory = tmp_path_factory.mktemp("sequence")
    definitions = directory / "mission_db"
    shutil.copytree(default_mission_db(), definitions)
    shutil.copytree(default_mission_db().parent / "procedures", directory / "procedures")
    scenario = definitions / "scenarios" / "quickstart.yaml"
    # a lost command holds a run, as it should: here only the craft's memory goes wrong
    sure = scenario.read_text().replace(
        "uplink_loss_probability: 0.02", "uplink_loss_probability: 0"
    )
    scenario.write_text(sure + FAULTS)
    options = FlightOptions(
        "quickstart",
        data_directory=directory,
        run_path=directory / "run",
        mission_db=definitions,
        revive=True,
    )
    display = ProgressDisplay(Console(file=io.StringIO()), "sequences", None)
    with flight(options, display) as one, contextlib.ExitStack() as stack:
        crew = Crew(sessions_of(one.run, stack))
        seconds = 0.0
        while seconds < END_S and not crew.has_seen_it_stay_shut:
            seconds += LOOK_S
            one.advance(START.plus_seconds(seconds), display)
            crew.work()
            if seconds in KILLED_AT_S:
                os.kill(one.processes.process_ids["desks"], signal.SIGKILL)
    return Flown(crew.told, one.run.store, one.run.truth)


@pytest.mark.timeout(600)
def test_a_sequence_is_released_out_of_contact_and_reported_on(flown: Flown) -> None:
    first = flown.told.first
    assert (first["state"], first["outcome"]) == ("ended", "completed"), first["journal"]
    journal = [line["text"] for line in first["journal"]]
    assert any("sub-schedule 1 holds the 3 entries that were loaded" in text for text in journal)
    (opened,) = [text for text in journal if text.startswith("gate 'agreed' is open")]
    assert "ground.schedule of 1 = AS_LOADED: AS_LOADED" in opened
    entries = [one["scheduled"] for one in first["commands"] if one["scheduled"]]
    assert [(one["name"], one["fate"]) for one in entries] == [
        ("SET_HEATER_SETPOINT", "completed"),
        ("REPORT_HOUSEKEEPING", "completed"),
        ("SET_HEATER_SETPOINT", "completed"),
    ]
    assert [one["state"] for one in first["commands"]] == ["completed"] * 6
    with Store(flown.store, read_only=True) as store:
        subjects = [one.subject for one in store.commands.all() if one.purpose == "procedure"]
    assert len(subjects) == len(set(subjects))
    assert {one["key"] for one in first["commands"]} <= set(subjects)


@pytest.mark.timeout(600)
def test_the_craft_released_what_was_loaded_at_its_time_and_once(flown: Flown) -> None:
    released = [one for one in flown.lines("schedule") if one["event"] == "released"]
    start = Instant.from_utc_iso(FIRST)
    late_s = [Instant(one["time_ns"]).seconds_since(start) for one in released]
    assert late_s == pytest.approx([0.0, 1800.0, 3600.0], abs=1.0)
    done = [
        (one["name"], one["count"])
        for one in flown.lines("command")
        if (one["source"], one["outcome"]) == (SCHEDULE_SOURCE, "completed")
    ]
    assert done == [("SET_HEATER_SETPOINT", 0), ("REPORT_HOUSEKEEPING", 1),
                    ("SET_HEATER_SETPOINT", 2)]  # fmt: skip
    with Store(flown.store, read_only=True) as store:
        commands = store.commands.all()
    truth = {"otv": read_craft_truth(flown.truth, "otv")}
    mine = [one for one in commands if one.spacecraft == "otv" and one.was_issued]
    assert executed_twice(mine, truth) == ()


@pytest.mark.timeout(600)
def test_a_lost_and_an_altered_insertion_are_told_and_keep_the_gate_shut(flown: Flown) -> None:
    lost, altered = flown.told.held
    assert "sub-schedule 1 is not what was loaded: SET_HEATER_SETPOINT at " in lost
    assert lost.endswith(" is missing")
    assert " is another packet from octet " in altered
    assert flown.told.second == "agreed"
    assert [one["go"] for one in flown.told.shut["votes"]] == [True]
    (schedule, _) = flown.told.shut["conditions"]
    assert schedule["holds"] is False
    assert "DIFFERENT" in schedule["found"]
    events = [one["event"] for one in flown.lines("schedule")]
    assert events.count("enabled") == 1
    assert "lapsed" not in events
