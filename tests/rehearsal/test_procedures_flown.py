"""The reference mission's procedures over a simulated day, each to its end; `make campaign`.

Those that are critical are rehearsed first, as everywhere: the day waits meanwhile.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from groundsys.bus.live import Requester
from groundsys.bus.token_file import HeldToken, TokenFile
from groundsys.desks.people.token_files import owner_name
from groundsys.rehearsal.flying.flight import flight
from groundsys.rehearsal.flying.progress import ProgressDisplay
from groundsys.rehearsal.options import FlightOptions
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.store import Store
from groundsys.values.instants import Instant
from tests.rehearsal.command_line import groundsys

RUNNER = "aiko"
PASSWORD = "a dozen of letters"
#: who says go, by role
PEOPLE = {"operator": "ben", "flight_director": "cleo", "payload_operator": "dora"}
LOOK_S = 600.0
#: wall seconds
REHEARSAL_PATIENCE_S = 400.0
#: what is run on which craft, one after the other
OF_CRAFT: dict[str, list[str]] = {
    "otv": [
        "post-launch-acquisition",
        "cruise-check-out",
        "station-handover",
        "extra-relay-session",
        "key-change",
        "safe-mode-recovery",
    ],
    "cube-polar": ["first-contact-on-the-surface", "payload-commissioning"],
    "cube-tharsis": ["cube-check-out", "release-readiness"],
}


class Operators:
    """Start one procedure a craft after the other, say go at every gate, and command again, by
    their own decision, what was lost."""

    def __init__(self, sessions: Mapping[str, Requester], run: RunDirectory) -> None:
        self._sessions = sessions
        self._run = run
        self._left = {craft: list(names) for craft, names in OF_CRAFT.items()}
        self._under_way: dict[str, str] = {}
        self._safe_mode_asked = False
        listed = self._ask("list")["procedures"]
        self._critical = {one["id"] for one in listed if one["critical"]}
        self.ended: dict[str, dict[str, Any]] = {}

    def work(self, now: Instant) -> None:
        for craft, left in self._left.items():
            run = self._under_way.get(craft)
            if left[:1] == ["safe-mode-recovery"] and run is None and self._cubes_are_busy():
                continue  # a relay in safe mode relays nothing
            if run is None and left[:1] == ["safe-mode-recovery"] and not self._is_in_safe_mode():
                continue
            if run is None and left:
                self._under_way[craft] = self._start(self._left[craft].pop(0), craft, now)
            elif run is not None:
                self._look_after(craft, self._ask("show", run=run))

    def _cubes_are_busy(self) -> bool:
        cubes = [craft for craft in self._left if craft != "otv"]
        return any(self._left[cube] or cube in self._under_way for cube in cubes)

    def _is_in_safe_mode(self) -> bool:
        """Whether the OTV says so; it is commanded, once."""
        if not self._safe_mode_asked:
            self._safe_mode_asked = True
            asked = self._sessions["ben"].ask(
                "command_draft", spacecraft="otv", command="SAFE_MODE"
            )
            self._sessions["cleo"].ask("command_approve", command_id=asked["command"]["id"])
        fleet = self._sessions["ben"].ask("status")["fleet"]["craft"]
        return bool(fleet["otv"]["mode"] == "SAFE")

    def _look_after(self, craft: str, shown: dict[str, Any]) -> None:
        given = {one["role"] for one in (shown["at"] or {}).get("votes", ())}
        stale = (shown["rehearsal"] or {}).get("stale", ())
        # the scenario's own commands set the heater meanwhile: a go then says so
        assert all("'s thermal_" in reason for reason in stale), stale
        why = "the heater was set as planned" if stale else ""
        for role in (shown["at"] or {}).get("roles", ()):
            if role not in given:
                self._ask("vote", PEOPLE[role], run=shown["run"], go=True, reason=why)
        if shown["state"] == "held" and "expired" in shown["stop"]["why"]:
            self._ask("resume", run=shown["run"], how="retry", reason="lost")
        if shown["state"] == "ended":
            self.ended[shown["procedure"]] = shown
            del self._under_way[craft]

    def _start(self, name: str, craft: str, now: Instant) -> str:
        parameters: dict[str, Any] = {}
        with Store(self._run.store, read_only=True) as store:
            ahead = [one for one in store.passes.all() if one.start > now]
        if name == "station-handover":
            parameters = {"to": min(ahead, key=lambda one: one.start).antenna}
        if name == "extra-relay-session":
            late: Instant = max(one.end for one in ahead)
            parameters = {"cube_scid": 418, "start": late.plus_seconds(7200).utc_iso(0)}
        if name in self._critical:
            self._rehearse(name, craft)
        return str(
            self._ask(
                *("start",), procedure=name, spacecraft=craft, parameters=parameters,
            )["run"]
        )  # fmt: skip

    def _rehearse(self, name: str, craft: str) -> None:
        done = groundsys(
            *("procedure", "rehearse", name, "--spacecraft", craft),
            *("--run", str(self._run.path), "--data", str(self._run.path / "rehearsals")),
            timeout_s=REHEARSAL_PATIENCE_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _ask(self, verb: str, who: str = RUNNER, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._sessions[who].ask(f"procedure_{verb}", **request)
        return answer

    def standing(self) -> dict[str, Any]:
        return {craft: self._ask("show", run=run) for craft, run in self._under_way.items()}


def sessions_of(run: RunDirectory, stack: contextlib.ExitStack) -> dict[str, Requester]:
    """Everybody, logged in; accounts are made by the run's owner."""
    endpoint = str(run.endpoints("desks")["requests"])
    sessions = {}
    owner = TokenFile(run.people / owner_name(), kept_by_others=True)
    with contextlib.closing(Requester(endpoint, owner)) as desks:
        for role, name in {**PEOPLE, "": RUNNER}.items():
            customer = {"customer": "polar-weather"} if role == "payload_operator" else {}
            desks.ask("user_add", name=name, role=role or "operator", password=PASSWORD, **customer)
            token = HeldToken(str(desks.ask("log_in", name=name, password=PASSWORD)["token"]))
            requester = Requester(endpoint, token)
            stack.callback(requester.close)
            sessions[name] = requester
    return sessions


@contextlib.contextmanager
def flown(directory: Path) -> Iterator[Operators]:
    options = FlightOptions("quickstart", data_directory=directory, run_path=directory / "run")
    display = ProgressDisplay(Console(file=io.StringIO()), "procedures", None)
    with flight(options, display) as one, contextlib.ExitStack() as stack:
        operators = Operators(sessions_of(one.run, stack), one.run)
        moment = one.scenario.span.start
        while moment < one.scenario.span.end:
            moment = min(moment.plus_seconds(LOOK_S), one.scenario.span.end)
            one.advance(moment, display)
            operators.work(moment)
        yield operators


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_every_procedure_reaches_its_end(tmp_path: Path) -> None:
    with flown(tmp_path) as operators:
        told = {craft: (one["step"], one["stop"], one["at"], one["journal"][-3:])
                for craft, one in operators.standing().items()}  # fmt: skip
        wanted = {name for names in OF_CRAFT.values() for name in names}
        assert set(operators.ended) == wanted, told
        assert {one["outcome"] for one in operators.ended.values()} == {"completed"}
        for one in operators.ended.values():
            by_step: dict[tuple[str, str], set[str]] = {}
            for command in one["commands"]:
                step = command["key"].split("/")[1]
                by_step.setdefault((step, command["name"]), set()).add(command["state"])
            for states in by_step.values():
                assert "completed" in states
                assert states <= {"completed", "expired"}
