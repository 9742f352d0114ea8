"""Processes of the ground are killed while commands are under way: nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from groundsys.mission import load_mission
from groundsys.rehearsal.flying.killing import Killer, Strike, strikes_of
from groundsys.rehearsal.flying.revival import Revival
from groundsys.store import Store
from groundsys.values.errors import BackendError, EnvironmentLackError
from tests.rehearsal.faulty_flights import Flown, rehearse, spoilt_definitions

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("flights")]

KILLS = [
    {"fault": "kill", "process": process, "state": state}
    for process, state in (
        ("desks", "queued"),
        ("hub", "issued"),
        ("antenna", "issued"),
        ("desks", "radiated"),
        ("yamcs", "radiated"),
        ("portal", "completed"),
        ("desks", "issuing"),
    )
]


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("killed")
    definitions = spoilt_definitions(folder, faults=KILLS)
    return rehearse(folder, "--mission-db", str(definitions))


def test_every_criterion_holds_although_every_process_was_killed(flown: Flown) -> None:
    assert flown.failed == set(), flown.output
    assert flown.report["processes_killed"] >= len(KILLS) - 1
    assert flown.report["commands"]["unknown"] == 0
    assert flown.report["commands"]["executed_twice"] == 0


def test_operators_are_told_of_each(flown: Flown) -> None:
    with Store(flown.run / "store.sqlite", read_only=True) as store:
        events = store.watch.recent_events(2_000)
    told = " ".join(one.text for one in events if "killed and started anew" in one.text)
    assert all(name in told for name in ("hub", "desks", "antenna:"))


def test_the_seed_draws_the_order() -> None:
    scenario = load_mission().scenarios["short"]
    spoilt = replace(scenario, faults=tuple(KILLS))
    assert strikes_of(spoilt, 1) == strikes_of(spoilt, 1)
    assert sorted(strikes_of(spoilt, 1), key=repr) == sorted(strikes_of(spoilt, 2), key=repr)
    assert strikes_of(spoilt, 1) != strikes_of(spoilt, 2)


class FallenYamcs:
    """A server that has been killed, and falls again while it starts, so often."""

    def __init__(self, falls: int) -> None:
        self.falls, self.was_killed = falls, True
        self.restarts = 0

    def check_alive(self) -> None:
        raise BackendError("Yamcs ended with code -9")

    def restart(self, _: object) -> None:
        self.restarts += 1
        if self.restarts <= self.falls:
            raise BackendError("Yamcs ended with code -9")


class NoProcesses:
    def __init__(self, *killed: str) -> None:
        self.killed = dict.fromkeys(killed, -9)
        self.started: list[str] = []

    def ended(self) -> dict[str, int]:
        return self.killed

    def kill(self, name: str) -> None: ...

    def start(self, specifications: list[Any]) -> None:
        self.started += [one.name for one in specifications]


def revival_of(yamcs: FallenYamcs, processes: NoProcesses | None = None) -> Revival:
    specifications = [SimpleNamespace(name=name) for name in ("desks", "hub", "notary", "portal")]
    processes = processes or NoProcesses()
    return Revival(processes, specifications, yamcs, load_mission())  # type: ignore[arg-type]


def test_yamcs_may_be_killed_while_it_starts_anew() -> None:
    yamcs = FallenYamcs(2)
    assert {"desks", "hub"} <= revival_of(yamcs)()
    assert yamcs.restarts == 3


def test_what_the_clock_does_not_miss_is_started_anew_without_it() -> None:
    """Nobody waits for the portal's answer but customers."""
    processes = NoProcesses("desks", "portal")
    revival_of(FallenYamcs(0), processes).serve_again()
    assert processes.started == ["portal"]


def test_whoever_kills_yamcs_over_and_over_ends_the_run() -> None:
    with pytest.raises(EnvironmentLackError, match="'yamcs' was killed more than"):
        revival_of(FallenYamcs(1_000))()


def test_who_has_died_already_is_struck_once_it_runs_again() -> None:
    """Also what needs Yamcs ends at a strike; its number then stands for nobody."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    runs = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    asked: list[int] = []

    def process_ids() -> dict[str, int]:
        asked.append(gone.pid if not asked else runs.pid if runs.poll() is None else os.getpid())
        return {"hub": asked[-1]}

    commands = SimpleNamespace(states=lambda: frozenset())
    store = contextlib.nullcontext(SimpleNamespace(commands=commands))
    with Killer((Strike("hub", ""),), process_ids, lambda _: None, lambda: store) as killer:  # type: ignore[arg-type, return-value]
        assert runs.wait(20.0) == -signal.SIGKILL
    assert killer.struck == [Strike("hub", "")]
    assert runs.stdin is not None
    runs.stdin.close()
