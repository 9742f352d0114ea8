"""A day's plan as values: which antenna tracks which craft when, and when cubes are heard."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.values.instants import EarthReceiveTime, SpacecraftEventTime, TransmitTime


@dataclass(frozen=True, slots=True)
class PlanningRules:
    """What makes a good pass or session; the defaults suit a relay about Mars and a day."""

    pass_minimum_s: float = 3600.0
    pass_maximum_s: float = 9000.0
    #: rest of a craft between two passes
    pass_gap_s: float = 600.0
    #: a pass keeps this far from the predicted ends of its view period
    view_margin_s: float = 30.0
    #: a plan's last pass ends this long before the scenario does
    closing_s: float = 300.0
    #: uplink ends so early that its last answer arrives this long before the pass ends
    uplink_margin_s: float = 60.0
    #: a relay session starts at least this long after a load can first reach the relay
    load_s: float = 900.0
    session_maximum_s: float = 900.0
    session_minimum_s: float = 300.0
    session_gap_s: float = 120.0
    #: a window that lasts longer, as of two craft in one orbit, counts as several of this length
    session_stretch_s: float = 7200.0
    sessions_per_craft: int = 6
    #: link margin over the required Eb/N0 for choosing a rate
    margin_db: float = 3.0
    #: what begins within this time is frozen: nobody but an outage moves it
    booking_horizon_s: float = 21_600.0
    #: a plan always reaches so far ahead
    planned_ahead_s: float = 28.0 * 86_400.0
    #: an orbit solution that is farther off than this waits for a person
    solution_sigmas: float = 3.0
    #: worth of a megabyte of a customer with priority 1 that is home in time
    value_per_megabyte: float = 1.0
    #: what is home later than its goal loses half its worth in this time
    half_value_s: float = 86_400.0
    #: worth of one occurrence of a need of priority 1
    value_per_need: float = 10.0
    #: worth, for each occurrence of a need, of all missions getting all that they asked for; it
    #: falls with the root mean square and the worst of the shares that missions lack
    value_of_fairness: float = 5.0
    #: worth of an hour of contact by itself: for commands, ranging and what goes wrong
    value_per_contact_hour: float = 0.02
    #: what a pass costs beside its antenna's hours: somebody must attend to it
    cost_per_pass: float = 0.02


@dataclass(frozen=True, slots=True)
class PlannedPass:
    """One antenna's booked time with one craft; start and end are receive times at the station."""

    id: str
    antenna: str
    spacecraft: str
    start: EarthReceiveTime
    end: EarthReceiveTime
    #: what is transmitted in between arrives in view, and its answer within the pass
    uplink_from: TransmitTime
    uplink_until: TransmitTime
    #: one way, downlink, at the middle of the pass
    light_time_s: float
    rate_bps: float
    maximum_elevation_deg: float
    #: what the link can bring in this pass, while the craft is in view
    volume_bits: float = 0.0
    #: one-sigma uncertainty of the times at which the craft rises and sets
    sigma_s: float = 0.0
    #: ids of the needs it serves; empty if it is for data alone
    serves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedRelaySession:
    """An overflight in which the relay talks to a landed craft; spacecraft event times."""

    id: str
    relay: str
    spacecraft: str
    start: SpacecraftEventTime
    end: SpacecraftEventTime
    rate_bps: float
    maximum_elevation_deg: float
    #: what can be said in this session
    volume_bits: float = 0.0
    sigma_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Passes and relay sessions, each in order of time."""

    scenario: str
    passes: tuple[PlannedPass, ...]
    relay_sessions: tuple[PlannedRelaySession, ...]
