"""A scenario as frozen values: what is flown, for how long, and by what it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from groundsys.mission.ground.beacon_model import BeaconWatch
from groundsys.mission.scenario.planning_data import Notice, PlanningData
from groundsys.mission.scenario.simulator_data import CraftState
from groundsys.values.instants import Instant, Interval

if TYPE_CHECKING:
    from groundsys.mission.spacecraft.craft_model import Spacecraft

#: behind a scenario's name: its longer flight
LONG = "long"
#: after every instant that a mission of ours can reach
_NEVER = Instant(2**62)


@dataclass(frozen=True, slots=True)
class PlannedCommand:
    """A command that an operator has put on the day's list, issued from `not_before` on."""

    spacecraft: str
    command: str
    arguments: Mapping[str, Any]
    not_before: Instant


@dataclass(frozen=True, slots=True)
class DrawnCommand:
    """A harmless command that operators may ask for, and what its arguments are drawn from.

    An argument is one of a list's values, or lies within `{from: …, to: …}` (whole if both are).
    """

    spacecraft: tuple[str, ...]
    command: str
    arguments: Mapping[str, Any]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """What operators ask for in a rehearsal, drawn by its seed."""

    #: meant to leave, in the scenario or in each of its legs
    commands: int
    #: they ask within this time
    span: Interval
    people: tuple[str, ...]
    draws: tuple[DrawnCommand, ...]
    #: chances that a command is asked for in a special way (see `rehearsal.flying.traffic`)
    shares: Mapping[str, float]


#: where a critical procedure is rehearsed: before it starts, as everywhere, or by this very flight
Rehearsed = Literal["", "before", "here"]
#: how a run of a procedure is to end
RunEnd = Literal["completed", "aborted", "held"]


@dataclass(frozen=True, slots=True)
class ProcedureRun:
    """A procedure that people run in a scenario's flight, and how it is to end."""

    #: procedure@craft; of several alike: …#2, …#3
    key: str
    procedure: str
    spacecraft: str
    #: it is not started before, …
    at: Instant
    #: … nor before the run of this key has ended
    after: str
    parameters: Mapping[str, Any]
    #: who starts it
    starts: str
    #: by role: who says go at its gates, once all conditions hold
    go: Mapping[str, str]
    rehearsed: Rehearsed = ""
    expect: RunEnd = "completed"
    #: it has to have ended so long after its start; None: when the scenario ends
    within_s: float | None = None


@dataclass(frozen=True, slots=True)
class PlannedBurn:
    """A burn that is to come, as the craft will be told it: Δv along ICRF axes in m/s."""

    ignition: Instant
    delta_v_m_s: tuple[float, float, float]
    time_limit_s: float


@dataclass(frozen=True, slots=True)
class AgencySolution:
    """Who else determined an orbit: it is compared, and a person decides whether it is flown."""

    name: str
    #: an operator, who accepts it
    decides: str


@dataclass(frozen=True, slots=True)
class OrbitSolution:
    """Navigation determines a craft's orbit from its tracking, and tells it as an OEM.

    What it tells differs from the truth by errors of the sizes of the craft's `navigation`.
    """

    spacecraft: str
    #: what was tracked until then is in it …
    cut_off: Instant
    #: … and then it is told
    told_at: Instant
    #: what the craft will do after the cut-off, which the trajectory that is told leads through
    burn: PlannedBurn | None = None
    #: it is known so many times as badly as the craft's `navigation` states, and says so
    uncertainty: float = 1.0
    #: None: it is our own navigation's, and flown at once
    agency: AgencySolution | None = None


@dataclass(frozen=True, slots=True)
class NetworkCampaign:
    """Sites that sample together, each in a file of its own."""

    id: str
    window: Interval
    spacecraft: tuple[str, ...]
    sample_interval_s: float
    #: the sites are told from here on
    told_from: Instant


@dataclass(frozen=True, slots=True)
class LongRun:
    """The same scenario, ending later: `NAME@long`."""

    further_s: float
    #: in the place of the scenario's, where they name the same
    criteria: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Separation:
    """A craft leaves its launcher: it has slept until then, and begins to live by itself."""

    spacecraft: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Scenario:
    id: str
    title: str
    description: str
    span: Interval
    #: payload files closed before it must be with the customer at the end
    cut_off: Instant
    #: from here on the craft make no housekeeping, so that every recorder can drain
    quiet_from: Instant
    spacecraft: tuple[str, ...]
    antennas: tuple[str, ...]
    customers: tuple[str, ...]
    commands: tuple[PlannedCommand, ...]
    #: sizes of the seeded differences between truth and belief (see sims.truth)
    truth: Mapping[str, float]
    #: criteria of the verdict, e.g. {"min_passes": 4}
    criteria: Mapping[str, float]
    quantum_s: float = 1.0
    rate_ceiling: float | None = None
    #: what goes wrong in it, e.g. ({"fault": "drop_file", …},): see `fault_catalogue`
    faults: tuple[Mapping[str, Any], ...] = ()
    planning: PlanningData = field(default_factory=PlanningData)
    notices: tuple[Notice, ...] = ()
    #: windows in which several sites sample together
    network_campaigns: tuple[NetworkCampaign, ...] = ()
    traffic: Traffic | None = None
    #: it is flown once at each of these dates, between which the clock jumps; empty: once
    legs: tuple[Instant, ...] = ()
    #: what a longer flight of it is; None if there is none
    long: LongRun | None = None
    #: scenarios that are flown one after another in its place (see `voyages`); empty: itself
    voyage: tuple[str, ...] = ()
    #: criteria of all legs together
    all_legs: Mapping[str, float] = field(default_factory=dict)
    #: cubes that their mothership has not released yet
    attached: tuple[str, ...] = ()
    #: by craft: the state that its simulator begins in; what is not stated is as defined
    initial: Mapping[str, CraftState] = field(default_factory=dict)
    #: by id: craft that differ from their definition
    craft: Mapping[str, Spacecraft] = field(default_factory=dict)
    #: what navigation will tell of the craft's trajectories
    solutions: tuple[OrbitSolution, ...] = ()
    #: craft that are still on their launchers when it begins
    separations: tuple[Separation, ...] = ()
    #: the procedure that this flight is to rehearse, and nothing else; "" for every other flight
    rehearses: str = ""
    #: who listens for whose tones
    beacon_watches: tuple[BeaconWatch, ...] = ()
    #: what people run in it, in the order of the file
    procedures: tuple[ProcedureRun, ...] = ()
    #: other agencies that share in it
    partners: tuple[str, ...] = ()

    @property
    def leg_count(self) -> int:
        """How many legs it has, of either kind; 0 if it is flown once."""
        return len(self.legs) or len(self.voyage)

    @property
    def people(self) -> tuple[str, ...]:
        """Who asks for commands, runs procedures, says go or decides on orbits, each once."""
        of_runs = (person for run in self.procedures for person in (run.starts, *run.go.values()))
        asking = self.traffic.people if self.traffic else ()
        return tuple(dict.fromkeys((*asking, *of_runs, *self.deciding)))

    @property
    def deciding(self) -> tuple[str, ...]:
        """Operators who accept other agencies' orbit solutions."""
        return tuple(one.agency.decides for one in self.solutions if one.agency is not None)

    @property
    def spaces(self) -> tuple[str, ...]:
        """Whoever has a space of products: customers, then partners."""
        return (*self.customers, *self.partners)

    def is_itself_rehearsal_of(self, procedure: str, craft: str) -> bool:
        """Whether a critical procedure may start in it without a rehearsal before.

        Only a scenario says so, of a procedure that it runs itself (`rehearsed: here`): its craft
        are simulators, its Yamcs is its own, and all of it ends.
        """
        return any(
            (one.procedure, one.spacecraft, one.rehearsed) == (procedure, craft, "here")
            for one in self.procedures
        )

    def prolonged(self, by: LongRun) -> Scenario:
        """The longer flight: what comes at the end comes so much later."""
        return replace(
            self,
            id=f"{self.id}@{LONG}",
            title=f"{self.title}, prolonged",
            span=Interval(self.span.start, self.span.end.plus_seconds(by.further_s)),
            cut_off=self.cut_off.plus_seconds(by.further_s),
            quiet_from=self.quiet_from.plus_seconds(by.further_s),
            criteria={**self.criteria, **by.criteria},
            long=None,
        )

    def without_end(self) -> Scenario:
        """The same, going on after its span: nothing is cut off, and no craft grows quiet.

        Nobody runs its procedures: whoever sits at the consoles does, by every rule.
        """
        return replace(self, cut_off=_NEVER, quiet_from=_NEVER, procedures=())
