"""The language of procedures as frozen values: what a file in `procedures/` says.

These classes are the one definition of the language: `reading` reads YAML by them and `schema`
writes them as JSON Schema.  A field's metadata says what it means and what its values may be.
Durations are seconds of mission time.  A text `$name` stands for a parameter of the procedure.
"""

# ruff: noqa: RUF009 - `_says` and `_source` are dataclasses.field with what a schema needs
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any, Literal

from groundsys.mission.parsing.findings import Place

#: who may be asked for a go at a gate
ROLES = ("operator", "flight_director", "payload_operator")
#: where a procedure ends by itself
END = "end"
#: what a step may do, beside naming another one, when it has not gone well
HOLD, ABORT = "hold", "abort"
RESERVED = (END, HOLD, ABORT)
#: in place of a craft: the one that relays for the procedure's craft
RELAY = "$relay"
#: a parameter that nobody states: the spacecraft id (SCID) of the procedure's craft, so that what
#: is asked of another craft about it cannot be about a third
CRAFT_SCID = "craft_scid"
NAME = r"^[a-z][a-z0-9_-]*$"

Scalar = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was read: its file, the line it begins on, and the lines of its keys."""

    file: str = ""
    line: int = 1
    keys: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str = "") -> Place:
        """Where `key` stands (`arguments.mode` for one of a mapping), or where all begins."""
        return Place(self.file, self.keys.get(key, self.line))


def _says(text: str, *, default: Any = MISSING, **limits: Any) -> Any:
    metadata = {"says": text, **limits}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


def _source() -> Any:
    return field(default_factory=Source, compare=False, repr=False, metadata={"internal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds while a parameter's latest value is as stated and young enough."""

    parameter: str = _says(
        "A telemetry parameter, or one that the ground knows by itself: ground.lock, ground.uplink,"
        " ground.antenna, ground.clock_uncertainty_ms, ground.bioburden, ground.schedule,"
        " ground.closest_approach, ground.closest_approach_sigma_s, ground.place_sigma_km,"
        " ground.abort_margin_s, ground.go_margin_s"
    )
    equals: Scalar | None = _says("The value or label that it must have", default=None)
    minimum: Scalar | None = _says("The least value that it may have", default=None)
    maximum: Scalar | None = _says("The greatest value that it may have", default=None)
    craft: str = _says("Whose, if not the procedure's craft's: an id or $relay", default="")
    sub_schedule: Scalar | None = _says(
        "Of ground.schedule: which sub-schedule of the craft's", default=None
    )
    within_s: float | None = _says(
        "How old the value may be beyond the light time; if not stated, 900, and in a wait after a"
        " command as old as that command",
        default=None,
        above=0,
    )
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandStep:
    """Commands the craft once, and goes on when the craft has reported completion."""

    id: str = _says("A name for the step", pattern=NAME)
    command: str = _says("The command's name in the craft's model")
    arguments: Mapping[str, Scalar] = _says("Its arguments by name", default={})
    craft: str = _says("Whose, if not the procedure's craft's: an id or $relay", default="")
    on_failure: str = _says("hold, abort, or the step to go on with", default=HOLD)
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadEntry:
    """One command of a load."""

    command: str = _says("The command's name in the craft's model")
    arguments: Mapping[str, Scalar] = _says("Its other arguments", default={})
    at: str = _says(
        "If it is time-tagged, when it acts on board: an instant of UTC, or a parameter of kind"
        " instant",
        default="",
    )
    plus_s: float = _says("… and so much later", default=0.0)
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStep:
    """Sends commands together, each once, and goes on when the craft has reported on all.

    Those that are time-tagged carry the on-board time of their effect in an argument.  For a craft
    that is seldom heard, one load takes one contact where its commands in turn take one each.
    """

    id: str = _says("A name for the step", pattern=NAME)
    entries: tuple[LoadEntry, ...] = _says("What is sent, in order")
    time_argument: str = _says(
        "The argument of time-tagged commands that takes the time, in whole seconds of SCLK",
        default="",
    )
    craft: str = _says("Whose, if not the procedure's craft's: an id or $relay", default="")
    on_failure: str = _says("hold, abort, or the step to go on with", default=HOLD)
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceEntry:
    """One command of a sequence, released on board by the craft's own clock."""

    command: str = _says("The command's name in the craft's model")
    at: str = _says("When it is released: an instant of UTC, or a parameter of kind instant")
    plus_s: float = _says("… and so much later; releases are whole seconds", default=0.0)
    arguments: Mapping[str, Scalar] = _says("Its arguments by name", default={})
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceStep:
    """Puts commands into a sub-schedule on board, has it listed, and compares byte for byte.

    It goes on only if the craft lists just what was loaded, and the sub-schedule is disabled.  It
    is emptied first, which the craft refuses while it is enabled.  SCHEDULE_ENABLE, in a command
    step behind a gate, lets it run.
    """

    id: str = _says("A name for the step", pattern=NAME)
    sub_schedule: Scalar = _says("Which of the craft's sub-schedules")
    entries: tuple[SequenceEntry, ...] = _says("What is released, in order of time")
    craft: str = _says("Whose, if not the procedure's craft's: an id or $relay", default="")
    margin_s: float = _says(
        "Mission time beyond the round trip in which the listing must have come",
        default=3600.0,
        minimum=0,
    )
    on_failure: str = _says(
        "hold, abort, or the step to go on with; also if the craft lists something else",
        default=HOLD,
    )
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep:
    """Waits until telemetry made after the run's last command shows what is expected.

    A report that an earlier command asked for was made before later ones: `after` lets it count.
    """

    id: str = _says("A name for the step", pattern=NAME)
    until: tuple[Condition, ...] = _says("All must hold")
    margin_s: float = _says(
        "Mission time beyond the round trip; it stands still out of contact", minimum=0
    )
    only_while: tuple[Condition, ...] = _says(
        "Once one of these surely holds no more, the wait is over before its time: on_timeout",
        default=(),
    )
    after: str = _says(
        "The step since whose first command values count, instead of since the last command",
        default="",
    )
    on_timeout: str = _says("hold, abort, or the step to go on with", default=HOLD)
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStep:
    """Go or no-go: opens at a moment at which every condition holds and every role has said go."""

    id: str = _says("A name for the step", pattern=NAME)
    question: str = _says("What is asked")
    roles: tuple[str, ...] = _says("Each must say go, by a person of its own who does not run it")
    conditions: tuple[Condition, ...] = _says("All must hold at that moment", default=())
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchStep:
    """Goes one way or the other; holds if a value is unknown or too old to decide by."""

    id: str = _says("A name for the step", pattern=NAME)
    when: tuple[Condition, ...] = _says("All must hold")
    then: str = _says("The step to go on with if they do, or end")
    otherwise: str = _says("The step to go on with if one does not, or end")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    """Runs another procedure to its end."""

    id: str = _says("A name for the step", pattern=NAME)
    procedure: str = _says("Its id")
    craft: str = _says("Its craft, if not this procedure's: an id or $relay", default="")
    parameters: Mapping[str, Scalar] = _says("Its parameters by name", default={})
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetimeStep:
    """Moves a parameter of kind instant to what the ground knows by now, for the steps to come.

    What was loaded by the old time stays as it is: load it anew, behind a gate.
    """

    id: str = _says("A name for the step", pattern=NAME)
    parameter: str = _says("The parameter, of kind instant", pattern=NAME)
    to: str = _says("What the ground knows by itself, and is an instant: ground.closest_approach")
    craft: str = _says("Whose, if not the procedure's craft's: an id or $relay", default="")
    within_s: float = _says("How old that may be", default=7200.0, above=0)
    most_s: float = _says("It may move by so much, earlier or later", default=3600.0, above=0)
    on_failure: str = _says(
        "hold, abort, or the step to go on with; if it is not known, too old or too far off",
        default=HOLD,
    )
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStep:
    """Stops until somebody resumes the run."""

    id: str = _says("A name for the step", pattern=NAME)
    why: str = _says("What is to be done meanwhile")
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteStep:
    """Tells the operators something, and goes on."""

    id: str = _says("A name for the step", pattern=NAME)
    text: str = _says("What they are told")
    next: str = _says("The step to go on with, or end; the following one by default", default="")
    source: Source = _source()


Step = (
    CommandStep
    | LoadStep
    | SequenceStep
    | WaitStep
    | GateStep
    | BranchStep
    | CallStep
    | RetimeStep
    | HoldStep
    | NoteStep
)
#: steps that command the craft
Commanding = CommandStep | LoadStep | SequenceStep
#: by the word under `do`
STEP_KINDS: Mapping[str, type[Any]] = {
    "command": CommandStep,
    "load": LoadStep,
    "sequence": SequenceStep,
    "wait": WaitStep,
    "gate": GateStep,
    "branch": BranchStep,
    "call": CallStep,
    "retime": RetimeStep,
    "hold": HoldStep,
    "note": NoteStep,
}

ParameterKind = Literal["number", "integer", "text", "instant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something that whoever starts a run states."""

    name: str = _says("Its name, used as $name", pattern=NAME)
    kind: ParameterKind = _says("What its values are; an instant is UTC in ISO 8601")
    description: str = _says("What it means", default="")
    default: Scalar | None = _says("Its value if none is stated", default=None)
    minimum: float | None = _says("The least number allowed", default=None)
    maximum: float | None = _says("The greatest number allowed", default=None)
    choices: tuple[str, ...] = _says("The only texts allowed", default=())
    source: Source = _source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """One operator procedure."""

    id: str = _says("As the file's name", pattern=NAME)
    title: str = _says("What it is for, in a line")
    purpose: str = _says("When to use it, and what it leaves behind", default="")
    craft: str = _says("The craft that it is for …", default="")
    model: str = _says("… or the model whose every craft it is for", default="")
    critical: bool = _says(
        "Whether the mission may hang on it: then two people stand for its first command, it has an"
        " abort path, and it is rehearsed on a simulator before it runs",
        default=False,
    )
    rehearsal_valid_h: float = _says(
        "If it is critical: how many hours old the craft's state may be that it was rehearsed with",
        default=24.0,
        above=0,
    )
    roles: tuple[str, ...] = _says(
        "Who is asked at its gates: operator, flight_director or payload_operator", default=()
    )
    parameters: tuple[Parameter, ...] = _says("What a run of it is told", default=())
    steps: tuple[Step, ...] = _says("What is done, from the first on")
    abort: tuple[Step, ...] = _says("What is done instead once the run is aborted", default=())
    source: Source = _source()

    def step(self, step_id: str) -> Step:
        """The step of this name, in the steps or the abort path."""
        return next(one for one in (*self.steps, *self.abort) if one.id == step_id)


def kind_of(step: Step) -> str:
    """The word under `do`."""
    return next(word for word, kind in STEP_KINDS.items() if isinstance(step, kind))


def following(steps: tuple[Step, ...], step: Step) -> str:
    """The step that comes after one that went well; "" at the end of its path."""
    named = "" if isinstance(step, BranchStep) else step.next
    if named:
        return "" if named == END else named
    place = steps.index(step) + 1
    return steps[place].id if place < len(steps) else ""


def conditions_of(step: Step) -> tuple[Condition, ...]:
    """Every condition that a step looks at."""
    match step:
        case WaitStep():
            return (*step.until, *step.only_while)
        case GateStep():
            return step.conditions
        case BranchStep():
            return step.when
    return ()
