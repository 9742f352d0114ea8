"""What came of a rehearsal, with margins.  Whether it passed is concluded here, never told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from groundsys.planning.exchange.fields import read_record
from groundsys.procedures.run import Expectation
from groundsys.values.errors import CommandRefusedError, PlanError
from groundsys.values.instants import Instant

#: `unfinished`: still going when the rehearsal's time was over
Outcome = Literal["completed", "aborted", "held", "unfinished"]


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """A command of the rehearsed run, and how it ended."""

    step: str
    spacecraft: str
    name: str
    state: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class MarginSeen:
    """Something that the procedure may run short of, over the rehearsed run."""

    name: str
    spacecraft: str
    parameter: str
    unit: str = ""
    first: float | None = None
    least: float | None = None
    last: float | None = None
    #: the greatest value that its floor had
    floor: float | None = None
    #: why nothing is known of it
    why: str = ""

    @property
    def spare(self) -> float | None:
        """How far above its floor it stayed."""
        return None if self.least is None or self.floor is None else self.least - self.floor

    @property
    def used(self) -> float | None:
        return None if self.first is None or self.last is None else self.first - self.last


@dataclass(frozen=True, slots=True)
class StateSeen:
    spacecraft: str
    state: str
    value: float | str


@dataclass(frozen=True, slots=True)
class GateState:
    """The craft as the rehearsal had them at a gate; `gate` is the step and the visit to it."""

    gate: str
    states: tuple[StateSeen, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rehearsal's verdict: what was seen, by what margin, and what it is based on."""

    #: the snapshot's id and digest
    rehearsal: str
    basis: str
    #: of the simulated truth
    seed: int
    #: mission time
    began: Instant
    ended: Instant
    outcome: Outcome
    why: str
    expectations: tuple[Expectation, ...]
    commands: tuple[CommandOutcome, ...]
    margins: tuple[MarginSeen, ...]
    gates: tuple[GateState, ...]
    assumed: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Why it has not passed; empty if it has."""
        found = []
        if self.outcome != "completed":
            found.append(f"the run {_SAID[self.outcome]}: {self.why}" if self.why else
                         f"the run {_SAID[self.outcome]}")  # fmt: skip
        for one in self.expectations:
            if not one.met:
                seen = "; ".join(f"{it.text}: {it.found}" for it in one.conditions if not it.holds)
                found.append(f"{one.kind} '{step_of(one.key)}' was not met: {seen}")
        found += [
            f"{one.name} at '{one.step}' {one.state}: {one.message}"
            for one in self.commands
            if one.state != "completed"
        ]
        for margin in self.margins:
            if margin.spare is not None and margin.spare <= 0.0:
                found.append(
                    f"{margin.spacecraft}'s {margin.name} came down to {margin.least:g} "
                    f"{margin.unit}, its floor is {margin.floor:g} {margin.unit}".rstrip()
                )
        return tuple(found)

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def took_s(self) -> float:
        return self.ended.seconds_since(self.began)


_SAID: Mapping[Outcome, str] = {
    "completed": "was completed",
    "aborted": "was aborted",
    "held": "was held",
    "unfinished": "did not end in time",
}


def step_of(key: str) -> str:
    """`procedure.step` of a key of a visit, or of a command of one."""
    return key.split("/")[1]


def visit_of(key: str) -> str:
    """`procedure.step/visit` of a visit's key: the same in every run."""
    return key.partition("/")[2]


def read_verdict(plain: Any) -> Verdict:
    """A verdict as it was handed in; `CommandRefusedError` says what does not fit."""
    try:
        return read_record(Verdict, plain, "verdict")
    except PlanError as error:
        raise CommandRefusedError(
            error.message, expected=error.expected, found=error.found
        ) from error
