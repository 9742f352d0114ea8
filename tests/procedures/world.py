"""A procedure that does a bit of everything, and the smallest world that it can run in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from groundsys.mission.parsing.findings import Findings
from groundsys.procedures import advance_run, start_run
from groundsys.procedures.conditions import Sample
from groundsys.procedures.definitions import Procedure
from groundsys.procedures.reading import read_procedure
from groundsys.procedures.run import (
    Book,
    CommandKnown,
    Effects,
    Note,
    Observed,
    QueueCommand,
    Run,
    RunCommand,
    RunEvent,
    WithdrawCommand,
)
from groundsys.scheduling import ReadBack
from groundsys.store.rows import from_row, to_row
from groundsys.values.instants import Instant, Interval

START = Instant.from_utc_iso("2031-08-20T00:00:00Z")
LIGHT_TIME_S = 600.0
#: contact for 2 hours out of 6
CONTACTS = tuple(
    Interval(START.plus_seconds(h * 3600.0), START.plus_seconds(h * 3600.0 + 7200.0))
    for h in range(0, 240, 6)
)

CHECK_OUT = """
id: check-out
title: Check-out
craft: otv
parameters: [{name: least, kind: number, default: 40}]
steps:
- {id: ping, do: command, command: PING, on_failure: again}
- id: look
  do: wait
  until: [{parameter: eps_battery_charge, minimum: $least}]
  margin_s: 900
  next: end
- {id: again, do: command, command: REPORT_TIME}
- {id: back, do: hold, why: the first answer did not come}
"""

RESCUE = """
id: rescue
title: Rescue
craft: otv
critical: true
roles: [operator, flight_director]
parameters: [{name: when, kind: instant}]
steps:
- {id: begin, do: note, text: here we go}
- id: ask
  do: gate
  question: Is it safe?
  roles: [operator, flight_director]
  conditions: [{parameter: obc_mode, equals: NOMINAL}, {parameter: eps_battery_charge, minimum: 50}]
- {id: safe, do: command, command: SAFE_MODE, on_failure: abort}
- id: seen
  do: wait
  until: [{parameter: obc_mode, equals: SAFE}]
  margin_s: 600
  on_timeout: ask
- id: charged
  do: branch
  when: [{parameter: eps_battery_charge, minimum: 60}]
  then: load
  otherwise: check
- {id: check, do: call, procedure: check-out}
- id: load
  do: load
  time_argument: session_start_sclk
  entries:
  - {command: RELAY_SESSION_ADD, at: $when,
     arguments: {session_spacecraft_id: 418, session_duration_s: 600}}
  - {command: RELAY_SESSION_ADD, at: $when, plus_s: 7200,
     arguments: {session_spacecraft_id: 419, session_duration_s: 600}}
- {id: rest, do: hold, why: look at the curves}
abort:
- {id: clear, do: command, command: RELAY_SESSIONS_CLEAR}
- {id: told, do: note, text: the table is empty}
"""


def read(text: str) -> Procedure:
    findings = Findings()
    procedure = read_procedure(text, "text.yaml", findings)
    assert findings.found == []
    assert procedure is not None
    return procedure


BOOK = Book(
    {one.id: one for one in map(read, (CHECK_OUT, RESCUE))},
    hazardous=frozenset({("otv", "SAFE_MODE")}),
)


@dataclass
class World:
    """One run, the commands that it has made, and a ledger that forgets nothing."""

    run: Run
    now: Instant = START
    book: Book = BOOK
    #: key → how often the ledger was given it
    queued: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    effects: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, book: Book = BOOK, **parameters: Any) -> World:
        procedure = book.procedures[name]
        defaults = {one.name: one.default for one in procedure.parameters}
        stated = {**defaults, **parameters}
        return cls(start_run("r1", procedure, "otv", stated, who="ada", now=START), book=book)

    def give(self, event: RunEvent, *, dies: bool = False) -> Effects:
        """Let something happen; if the desk `dies`, it has written the run and done nothing."""
        self.run, effects = advance_run(self.run, event, self.now, self.book)
        self.effects += effects
        if dies:
            self.revive()
            return effects
        for effect in effects:
            match effect:
                case QueueCommand():
                    self._queue(effect.command)
                case WithdrawCommand():
                    if self.states.get(effect.key) == "queued":
                        self.settle(effect.key, "cancelled")
        return effects

    def revive(self) -> None:
        """A new desk on the same store: what the run says was given is given, if it was not."""
        self.run = from_row(Run, to_row(self.run))
        for command in self.run.unqueued:
            if command.key in self.states:
                self.give(CommandKnown(command.key, command.key, self.states[command.key]))
            else:
                self._queue(command)

    def _queue(self, command: RunCommand) -> None:
        self.queued[command.key] = self.queued.get(command.key, 0) + 1
        self.states[command.key] = "queued"
        self.give(CommandKnown(command.key, f"id of {command.key}", "queued"))

    def settle(self, key: str, state: str, effective_at: Instant | None = None) -> None:
        self.states[key] = state
        at = effective_at or self.now.plus_seconds(-LIGHT_TIME_S)
        self.give(CommandKnown(key, f"id of {key}", state, "so it is", at))

    def pass_time(self, seconds: float) -> None:
        self.now = self.now.plus_seconds(seconds)

    def look(
        self,
        contacts: Iterable[Interval] = CONTACTS,
        *,
        at: Instant | None = None,
        dies: bool = False,
        read_back: ReadBack | None = None,
        **values: Any,
    ) -> Effects:
        """One look, at values that were so `at` (by default: as young as can be).

        `read_back` tells how sub-schedule 5 of the craft stands.
        """
        made = at or self.now.plus_seconds(-LIGHT_TIME_S)
        samples = {
            ("otv", name): Sample(value, made, LIGHT_TIME_S) for name, value in values.items()
        }
        schedules = {}
        if read_back is not None:
            schedules["otv", 5] = read_back
            told = Sample(read_back.state, self.now, why=read_back.why)
            samples["otv", "ground.schedule of 5"] = told
        contact = {"otv": tuple(contacts)}
        return self.give(Observed(samples, contact, {"otv": LIGHT_TIME_S}, schedules), dies=dies)

    @property
    def step(self) -> str:
        return self.run.stack[-1].step if self.run.stack else ""

    @property
    def names(self) -> list[str]:
        """Commands of the run, in the order in which they were made."""
        return [one.name for one in self.run.commands]

    @property
    def notes(self) -> list[str]:
        return [one.text for one in self.effects if isinstance(one, Note)]
