"""What could be: the contacts that geometry and links allow, and the data that wait for them.

Times are whole seconds since the problem's epoch; receive times at stations for passes,
spacecraft event times for sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.scenario.planning_data import ContactNeed
from groundsys.planning.plan import PlannedPass, PlannedRelaySession, PlanningRules
from groundsys.planning.tracks import Span
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class PassWindow:
    """A stretch in which an antenna may track a craft at one rate, margins taken off."""

    antenna: str
    spacecraft: str
    tracking: Span
    #: channel bits, and data bits in them
    rate_bps: float
    data_bps: float
    #: stored data begin so long after the pass
    silence_s: float
    setup_s: int
    teardown_s: int
    #: one way, downlink, at the middle
    light_time_s: float
    sigma_s: float
    #: in which the craft is far enough from the Sun to be sent to; empty: nowhere
    sending: Span

    def bits(self, tracking: Span) -> float:
        """Data that a pass in this window brings."""
        return max(0.0, tracking.seconds - self.silence_s) * self.data_bps

    def occupied(self, tracking: Span) -> Span:
        """When a pass occupies the antenna: with setup and teardown."""
        return Span(tracking.start - self.setup_s, tracking.end + self.teardown_s)


@dataclass(frozen=True, slots=True)
class SessionWindow:
    """An overflight that may be used at one rate, margins taken off."""

    relay: str
    spacecraft: str
    tracking: Span
    #: when the relay stands highest
    highest: int
    rate_bps: float
    data_bps: float
    sigma_s: float

    def bits(self, tracking: Span, hail_s: float) -> float:
        """Data that a session in this window carries."""
        return max(0.0, tracking.seconds - hail_s) * self.data_bps


@dataclass(frozen=True, slots=True)
class Visit:
    """A pass that is chosen; one that is kept from the booked plan carries it."""

    window: PassWindow
    tracking: Span
    id: str = ""
    booked: PlannedPass | None = None
    #: it keeps another antenna company, for a critical need
    together: str = ""

    @property
    def occupied(self) -> Span:
        return self.window.occupied(self.tracking)

    @property
    def bits(self) -> float:
        return self.window.bits(self.tracking)


@dataclass(frozen=True, slots=True)
class Hearing:
    """A relay session that is chosen; one that is kept from the booked plan carries it."""

    window: SessionWindow
    tracking: Span
    id: str = ""
    booked: PlannedRelaySession | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """Whose data, of what, measured where; payload and customer are "" for a craft's telemetry."""

    customer: str
    spacecraft: str
    payload: str


@dataclass(frozen=True, slots=True, eq=False)
class Produce:
    """What a craft makes: items that can leave it once they are ready, in that order."""

    spacecraft: str
    ready_s: FloatArray
    #: as they are sent, with headers
    bits: FloatArray
    #: as they count: value in time, per item, and how late is late
    worth: FloatArray
    goal_s: FloatArray
    #: index into `streams`, and from when to when it was measured
    stream: FloatArray
    measured_from_s: FloatArray
    measured_until_s: FloatArray
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class NeedCase:
    """One occurrence of a need: in this stretch it wants its contact."""

    id: str
    need: ContactNeed
    within: Span
    #: operators are there, for an attended one; the whole of `within` else
    parts: tuple[Span, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ContactProblem:
    """Everything that a plan is chosen from."""

    scenario: str
    epoch: Instant
    #: passes may occupy antennas within it
    span: Span
    rules: PlanningRules
    #: craft that speak to Earth, each with those that are heard through it
    networks: Mapping[str, tuple[str, ...]]
    passes: Mapping[str, tuple[PassWindow, ...]]
    sessions: Mapping[str, tuple[SessionWindow, ...]]
    produce: Mapping[str, Produce]
    needs: tuple[NeedCase, ...]
    closed: Mapping[str, tuple[Span, ...]]
    #: how many craft an antenna hears at once, and what an hour of it costs
    beams: Mapping[str, int]
    cost_per_hour: Mapping[str, float]
    recorder_bits: Mapping[str, float]
    #: craft of one beam share its name
    beam_of: Mapping[str, str]
    #: no session goes on after it
    quiet_from: int
    #: whether the plan's last passes drain the recorders for good
    closing: bool
