"""Procedures that people run in a scenario's flight: its part `procedures`.

Whether the procedures exist, and take what they are told, is checked where they are known
(`groundsys.rehearsal.checking.scenario_check`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, get_args

from groundsys.mission.parsing.findings import note_unknown
from groundsys.mission.parsing.reading import Section
from groundsys.mission.scenario.scenario_model import ProcedureRun, Rehearsed, RunEnd
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Instant, Interval

_DAY_TIME = re.compile(r"^(\d{1,4}):([0-5]\d)(?::([0-5]\d))?$")
#: whoever starts a procedure is here as this
RUNNERS_ROLE = "operator"


def read_procedure_runs(
    section: Section,
    span: Interval,
    flown: Mapping[str, Spacecraft],
    operators: Collection[str],
) -> tuple[ProcedureRun, ...]:
    """The runs in the order of the file; `operators` are people of the scenario's traffic."""
    runs: list[ProcedureRun] = []
    roles: dict[str, str] = dict.fromkeys(operators, RUNNERS_ROLE)
    counted: Counter[str] = Counter()
    for entry in section.sections("procedures", optional=True):
        run = _read_run(entry, span, flown, counted, [one.key for one in runs])
        _check_people(entry, run, roles)
        runs.append(run)
    if runs and "legs" in section:
        section.note(
            "procedures", "a scenario of several legs runs no procedures",
            "their parameters name instants, which no leg moves: write a scenario for each date",
        )  # fmt: skip
    return tuple(runs)


def read_time_of_day(section: Section, key: str, default: str | None = None) -> float | None:
    """Hours and minutes, seconds if wanted, as seconds; None with a finding, or where absent."""
    text = section.text(key, default)
    match = _DAY_TIME.match(text)
    if match is None:
        if text:
            section.note(key, f"{key} is {text!r}", 'write hours and minutes: "02:30"')
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def read_at(section: Section, span: Interval) -> Instant:
    """The key `at`: hours and minutes from the scenario's start."""
    seconds = read_time_of_day(section, "at")
    at = span.start.plus_seconds(seconds or 0.0)
    if span.seconds and not span.contains(at):
        section.note(
            "at", f"at {section.text('at')} is after the end of the scenario", "move it earlier"
        )
    return at


def _read_run(
    entry: Section,
    span: Interval,
    flown: Mapping[str, Spacecraft],
    counted: Counter[str],
    earlier: list[str],
) -> ProcedureRun:
    procedure = entry.text("procedure")
    craft = entry.reference("spacecraft", "spacecraft of the scenario", flown)
    name = f"{procedure}@{craft}"
    counted[name] += 1
    after = entry.text("after", "")
    if after:
        note_unknown(entry.findings, entry.place("after"), "earlier run", after, earlier)
    parameters: Any = entry.plain("parameters", {})
    if not isinstance(parameters, Mapping):
        entry.note("parameters", "parameters should be a mapping", "write {name: value}")
        parameters = {}
    rehearsed: Rehearsed = ""
    if "rehearsed" in entry:
        rehearsed = _choice(entry, "rehearsed", get_args(Rehearsed)[1:])
    go = entry.optional_section("go")
    run = ProcedureRun(
        key=name if counted[name] == 1 else f"{name}#{counted[name]}",
        procedure=procedure,
        spacecraft=craft,
        at=read_at(entry, span),
        after=after,
        parameters=parameters,
        starts=entry.text("starts"),
        go={role: go.text(role) for role in go.names},
        rehearsed=rehearsed,
        expect=_choice(entry, "expect", get_args(RunEnd), "completed"),
        within_s=read_time_of_day(entry, "within") if "within" in entry else None,
    )
    entry.finish()
    return run


def _choice(entry: Section, key: str, choices: tuple[str, ...], default: str | None = None) -> Any:
    return entry.choice(key, choices, default)


def _check_people(entry: Section, run: ProcedureRun, roles: dict[str, str]) -> None:
    """A person has one role; nobody agrees to what the same person runs, or twice at one gate."""
    for role, person in ((RUNNERS_ROLE, run.starts), *run.go.items()):
        if roles.setdefault(person, role) != role:
            entry.note("go", f"{person} is {roles[person]} already", "let somebody else say go")
    if run.starts in run.go.values():
        entry.note("go", f"{run.starts} starts it, and cannot agree to it", "name somebody else")
