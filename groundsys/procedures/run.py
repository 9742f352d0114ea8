"""A run of a procedure as a value: how far it has come, and whatever may happen to it.

A run moves on only when it is `Observed`: everything else that happens is first noted in it.  So
what it does next depends on what is written down and on one look at the craft, and on nothing
that a process remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from groundsys.procedures.conditions import Judgement, Samples
from groundsys.procedures.definitions import CRAFT_SCID, RELAY, Procedure, Scalar, Step
from groundsys.scheduling import ReadBack
from groundsys.values.instants import Instant, Interval

RunState = Literal["running", "held", "ended"]
RunOutcome = Literal["", "completed", "aborted"]
#: after a hold: look at the step again, do it once more, or pass it over
Resumption = Literal["again", "retry", "skip"]
#: states of a command from which nothing more comes but a late completion
ENDED = frozenset({"completed", "failed", "expired", "cancelled", "superseded"})


@dataclass(frozen=True, slots=True)
class Frame:
    """One procedure under way: the step it is at (past the last: ""), and since when."""

    procedure: str
    craft: str
    step: str
    #: how often the run has come to this step, this time included
    visit: int
    entered_at: Instant
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: whether the step's call was made, or its hold
    begun: bool = False
    #: of a wait: how much contact it is given, from when on
    window_s: float | None = None
    window_from: Instant | None = None


#: how a command released on board stands, by its reports; "": nothing was reported
Fate = Literal["", "released", "started", "completed", "failed"]
FATES: tuple[Fate, ...] = ("", "released", "started", "completed", "failed")


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The command within an insertion, its sub-schedule, and what became of it on board."""

    schedule_id: int
    name: str
    arguments: Mapping[str, Any]
    fate: Fate = ""


@dataclass(frozen=True, slots=True)
class RunCommand:
    """A command of a run; `key` is its own for ever: run, step, and the visit to it."""

    key: str
    spacecraft: str
    name: str
    arguments: Mapping[str, Any]
    #: of a load: the argument that takes the time of its effect, and that time
    time_argument: str = ""
    at: Instant | None = None
    #: of an insertion: what is released at that time
    scheduled: Scheduled | None = None
    #: it does not leave if it would arrive later
    not_after: Instant | None = None
    #: its id in the command ledger, once that has it
    command_id: str = ""
    state: str = ""
    message: str = ""
    #: the craft's own stamp on its report of completion, or a moment after it
    effective_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody said at a gate, in a role."""

    gate: str
    who: str
    role: str
    go: bool
    why: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a wait or gate asked for, and what was seen when it was passed or given up."""

    #: the visit to the step
    key: str
    kind: Literal["wait", "gate"]
    met: bool
    conditions: tuple[Judgement, ...]
    at: Instant
    #: of a wait: seconds of contact that it took; of a gate: seconds since the run came to it
    took_s: float
    #: how long it might have taken; None: as long as people like
    window_s: float | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Who stopped a run, why, and when; `who` is "" for the procedure itself."""

    who: str
    why: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Run:
    """One run, from its start to its one outcome."""

    id: str
    procedure: str
    spacecraft: str
    started_at: Instant
    #: everybody who started or resumed it
    runners: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: the procedures' texts that it runs by, as the hash of each by its id
    texts: Mapping[str, str] = field(default_factory=dict)
    #: the craft's definitions when it started
    mdb_version: str = ""
    state: RunState = "running"
    outcome: RunOutcome = ""
    stack: tuple[Frame, ...] = ()
    visits: Mapping[str, int] = field(default_factory=dict)
    commands: tuple[RunCommand, ...] = ()
    votes: tuple[Vote, ...] = ()
    #: in the order in which they were met or given up
    expectations: tuple[Expectation, ...] = ()
    #: the rehearsal that its start rests on; "" if it needs none
    rehearsal: str = ""
    stop: Stop | None = None
    abort: Stop | None = None
    ended_at: Instant | None = None

    @property
    def is_open(self) -> bool:
        return self.state != "ended"

    def command(self, key: str) -> RunCommand | None:
        """The command of this key."""
        return next((one for one in self.commands if one.key == key), None)

    def key_of(self, frame: Frame) -> str:
        """What a visit to a step is known by, for ever: its commands, and the votes at its gate."""
        return f"{self.id}/{frame.procedure}.{frame.step}/{frame.visit}"

    def commands_of(self, key: str) -> list[RunCommand]:
        """The commands that a visit to a step has made."""
        return [one for one in self.commands if one.key == key or one.key.startswith(f"{key}/")]

    def loaded_into(self, spacecraft: str, schedule_id: int) -> list[RunCommand]:
        """The insertions of the run's last visit to a step that loads this sub-schedule."""
        mine = [
            one
            for one in self.commands
            if one.scheduled is not None
            and (one.spacecraft, one.scheduled.schedule_id) == (spacecraft, schedule_id)
        ]
        visit = mine[-1].key.rpartition("/")[0] if mine else ""
        return [one for one in mine if one.key.rpartition("/")[0] == visit]

    @property
    def unqueued(self) -> tuple[RunCommand, ...]:
        """Commands that the ledger is not known to have."""
        return tuple(one for one in self.commands if not one.command_id and not one.state)


@dataclass(frozen=True, slots=True)
class Book:
    """What a run is read by: its procedures, and of the mission what they lean on."""

    procedures: Mapping[str, Procedure]
    #: by craft: the one that relays for it
    relay_of: Mapping[str, str] = field(default_factory=dict)
    #: (craft, command) for which two people must stand
    hazardous: frozenset[tuple[str, str]] = frozenset()
    #: by craft: its spacecraft id
    scid_of: Mapping[str, int] = field(default_factory=dict)

    def bound(self, frame: Frame) -> Mapping[str, Any]:
        """What `$name` stands for in a frame's steps: its parameters, and what nobody states."""
        return {**frame.parameters, CRAFT_SCID: self.scid_of.get(frame.craft)}

    def step(self, frame: Frame) -> Step | None:
        """The step that a frame is at; None past the last."""
        return self.procedures[frame.procedure].step(frame.step) if frame.step else None

    def craft(self, frame: Frame, named: str) -> str:
        """The craft that a step speaks of."""
        if named == RELAY:
            return self.relay_of[frame.craft]
        return named or frame.craft


# --- what may happen ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Observed:
    """One look at everything that a run may ask about."""

    samples: Samples = field(default_factory=dict)
    #: by craft: when it can be heard, in receive time
    contacts: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    light_time_s: Mapping[str, float] = field(default_factory=dict)
    #: by craft and sub-schedule: whether it holds what the run has loaded
    schedules: Mapping[tuple[str, int], ReadBack] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommandKnown:
    """How a command of the run stands in the ledger."""

    key: str
    command_id: str
    state: str
    message: str = ""
    effective_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class ReleaseKnown:
    """What the craft reports of a command that it has released: `key` is its insertion's."""

    key: str
    fate: Fate
    made_at: Instant
    message: str = ""


@dataclass(frozen=True, slots=True)
class Voted:
    """Somebody says go or no-go at the gate that the run is at."""

    who: str
    role: str
    go: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Resumed:
    who: str
    how: Resumption = "again"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Aborted:
    """The abort path is taken; a second time, the run ends where it is."""

    who: str
    why: str


RunEvent = Observed | CommandKnown | ReleaseKnown | Voted | Held | Resumed | Aborted


# --- what is to be done ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueCommand:
    """Put a command into the ledger, unless it is there under this key."""

    command: RunCommand


@dataclass(frozen=True, slots=True)
class WithdrawCommand:
    """Take a command back if it has not left."""

    key: str


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the run's journal and the operators' log."""

    severity: Literal["info", "warning"]
    text: str
    detail: Mapping[str, Scalar] = field(default_factory=dict)


Effect = QueueCommand | WithdrawCommand | Note
Effects = tuple[Effect, ...]
