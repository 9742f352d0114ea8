"""The verdict on a rehearsal: pure functions from evidence to criteria that hold or do not.

The evidence comes from four places that know nothing of each other: the store, the Yamcs
archive, the folders that were delivered, and the simulators' own record (`evidence.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groundsys.audit import Verification
from groundsys.custody import Outcome
from groundsys.rehearsal.truth.clock_truth import ClockError, judge_clocks
from groundsys.rehearsal.truth.packet_comparison import PacketStamp, tell_packets
from groundsys.rehearsal.verdict.arriving import ArrivalEvidence, judge_arrivals
from groundsys.rehearsal.verdict.burning import BurnEvidence, judge_burns
from groundsys.rehearsal.verdict.conjunction import Conjunction, judge_conjunctions
from groundsys.rehearsal.verdict.criterion import Criterion, at_least, at_most
from groundsys.rehearsal.verdict.custody import CustodyFigures
from groundsys.rehearsal.verdict.delivering import (
    Served,
    ServiceFlown,
    judge_service,
    latency_errors_s,
    service_flown,
)
from groundsys.rehearsal.verdict.descent_verdict import DescentEvidence, judge_descents
from groundsys.rehearsal.verdict.entering import EntryEvidence
from groundsys.rehearsal.verdict.entry_verdict import judge_entries
from groundsys.rehearsal.verdict.foretelling import Foretelling
from groundsys.rehearsal.verdict.launching import (
    DepartureEvidence,
    judge_departures,
)
from groundsys.rehearsal.verdict.listening import TonesHeard, judge_tones
from groundsys.rehearsal.verdict.observing_verdict import ObservingEvidence, judge_observing
from groundsys.rehearsal.verdict.optical_verdict import OpticalEvidence, judge_optical
from groundsys.rehearsal.verdict.release_verdict import (
    ReleaseEvidence,
    judge_releases,
)
from groundsys.rehearsal.verdict.replanning import Replan
from groundsys.rehearsal.verdict.run_verdict import RunEvidence, judge_runs
from groundsys.rehearsal.verdict.safe_modes import SafeModes, judge_safe_modes
from groundsys.rehearsal.verdict.samples import LedgerEvidence, judge_ledgers
from groundsys.rehearsal.verdict.shared_verdict import SharedEvidence, judge_shared
from groundsys.rehearsal.verdict.solution_verdict import SolutionEvidence, judge_solutions
from groundsys.rehearsal.verdict.strikes import Strikes, judge_strikes
from groundsys.rehearsal.verdict.surface import (
    BatterySeen,
    CampaignFlown,
    judge_surface,
)
from groundsys.rehearsal.verdict.trajectory_followed import BurnFollowed, judge_followed
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True, slots=True)
class SpacecraftEvidence:
    """Counts of one craft: `generated`, `sent` and `lost` are the simulators' word, the rest ours.

    `packets_missing` were generated and are not in the archive, `packets_strange` are in the
    archive and were never generated (`packet_comparison`); `packets_left` are missing too, lost so
    late in the last pass that nobody could ask for them again (`last_pass`).
    """

    frames_sent: int
    frames_received: int
    frames_corrected: int
    frames_lost_on_link: int
    packets_generated: int
    packets_archived: int
    packets_missing: tuple[PacketStamp, ...]
    packets_strange: tuple[PacketStamp, ...]
    packets_left: tuple[PacketStamp, ...] = ()


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """One payload file: as the simulator made it, and what the customer's folder holds."""

    customer: str
    name: str
    size: int
    sha256: str
    due: bool
    delivered_sha256: str | None
    latency_s: float | None
    #: None: nobody has told
    closed: Instant | None = None

    @property
    def differs(self) -> bool:
        """It was delivered, and not as it was made."""
        return self.delivered_sha256 is not None and self.delivered_sha256 != self.sha256


@dataclass(frozen=True, slots=True)
class Evidence:
    spacecraft: Mapping[str, SpacecraftEvidence]
    files: tuple[FileEvidence, ...]
    customers: tuple[str, ...]
    passes: Mapping[str, int]
    relay_sessions: Mapping[str, int]
    commands: Mapping[str, int]
    commanded_spacecraft: frozenset[str]
    retransmission_rounds: int
    #: files in a customer's folder that no payload of that customer made
    foreign_files: int
    wall_seconds: float
    #: the audit log, with the heads that its notary has countersigned
    audit: Verification
    #: commands that a craft's own record shows as executed more than once
    executed_twice: tuple[str, ...] = ()
    #: commands given up, or issued again, although a craft had executed them
    spurious_timeouts: tuple[str, ...] = ()
    #: what operators asked the desks for, and how often what came of it
    requests: Mapping[str, int] = field(default_factory=dict)
    custody: CustodyFigures = field(default_factory=CustodyFigures)
    kills: Strikes = field(default_factory=Strikes)
    full_disks: Strikes = field(default_factory=Strikes)
    #: versions that mended the plan
    replans: tuple[Replan, ...] = ()
    #: how well the plan foretold when files come home; None if it foretold none that did
    foretelling: Foretelling | None = None
    #: by capsule that came down
    entries: Mapping[str, EntryEvidence] = field(default_factory=dict)
    #: by cube that the scenario began with attached
    releases: Mapping[str, ReleaseEvidence] = field(default_factory=dict)
    #: by craft that left its launcher
    departures: Mapping[str, DepartureEvidence] = field(default_factory=dict)
    #: of procedures that the scenario runs
    runs: tuple[RunEvidence, ...] = ()
    #: by cube: how full its battery was
    batteries: Mapping[str, BatterySeen] = field(default_factory=dict)
    campaigns: tuple[CampaignFlown, ...] = ()
    #: of drones: whether each place that one chose to land on was truly safe
    landings: tuple[bool, ...] = ()
    #: by craft that speaks to Earth itself
    conjunctions: Mapping[str, Conjunction] = field(default_factory=dict)
    clocks: Mapping[str, ClockError | None] = field(default_factory=dict)
    followed: Mapping[str, tuple[BurnFollowed, ...]] = field(default_factory=dict)
    safe_modes: Mapping[str, SafeModes] = field(default_factory=dict)
    #: by craft with a beacon, of a scenario that asks of it
    tones: Mapping[str, TonesHeard] = field(default_factory=dict)
    #: by craft: where its files and the commands to it are (`whereabouts`)
    where: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: by craft whose navigation foresaw a burn
    burns: Mapping[str, BurnEvidence] = field(default_factory=dict)
    #: by craft whose pictures tell its orbit
    optical: Mapping[str, OpticalEvidence] = field(default_factory=dict)
    #: by craft that goes down to a small body
    descents: Mapping[str, DescentEvidence] = field(default_factory=dict)
    #: by capsule that was let go on an approach
    arrivals: Mapping[str, ArrivalEvidence] = field(default_factory=dict)
    #: by capsule of whose samples the scenario asks for records
    ledgers: Mapping[str, LedgerEvidence] = field(default_factory=dict)
    #: by camera that states when it can see its target
    observing: Mapping[str, ObservingEvidence] = field(default_factory=dict)
    #: other agencies' orbits that came
    solutions: tuple[SolutionEvidence, ...] = ()
    #: by partner: what it has fetched
    shared: Mapping[str, SharedEvidence] = field(default_factory=dict)
    #: of the flight; None of several together
    span: Interval | None = None
    #: by customer: what the ground's custody of its files says
    served: Mapping[str, Served] = field(default_factory=dict)

    def latencies_s(self, customer: str) -> dict[str, float]:
        """By file that was due and is home: from its closing to its delivery."""
        return {
            item.name: item.latency_s
            for item in self.files
            if item.customer == customer
            and item.due
            and item.delivered_sha256 is not None
            and item.latency_s is not None
        }

    def service(self, customer: str) -> ServiceFlown | None:
        """How a customer's service level was kept, by the simulators' own record."""
        served = self.served.get(customer)
        if served is None or self.span is None:
            return None
        outcomes = [
            Outcome(
                item.closed,
                None if item.latency_s is None else item.closed.plus_seconds(item.latency_s),
            )
            for item in self.files
            if item.customer == customer and item.due and item.closed is not None
        ]
        return service_flown(served.level, outcomes, self.span)


def judge(evidence: Evidence, limits: Mapping[str, float]) -> tuple[Criterion, ...]:
    """Evaluate every criterion; `limits` are the scenario's (`min_…` and `max_…` keys)."""
    craft = evidence.spacecraft
    due = [item for item in evidence.files if item.due]
    late = [item.name for item in due if item.delivered_sha256 is None]
    mismatches = [item.name for item in evidence.files if item.differs]
    lost = sum(one.frames_lost_on_link for one in craft.values())
    corrected = sum(one.frames_corrected for one in craft.values())
    # who may be lost on the way down need not have been commanded
    uncommanded = sorted(set(craft) - evidence.commanded_spacecraft - set(evidence.entries))
    criteria = [
        *(_packets(name, one) for name, one in craft.items()),
        *(_received(name, one) for name, one in craft.items()),
        at_least("passes_executed", evidence.passes["executed"], limits["min_passes"]),
        at_most("passes_missed", evidence.passes["missed"], limits.get("max_passes_missed", 0)),
        at_least(
            "relay_sessions_executed",
            evidence.relay_sessions["executed"],
            limits["min_relay_sessions"],
        ),
        at_least("frames_lost_on_link", lost, limits.get("min_frames_lost", 1)),
        at_least("frames_corrected", corrected, limits.get("min_frames_corrected", 1)),
        at_least(
            "retransmission_rounds",
            evidence.retransmission_rounds,
            limits.get("min_retransmission_rounds", 1),
        ),
        at_least("commands_issued", evidence.commands["issued"], limits["min_commands"]),
        Criterion(
            "commands_to_every_craft",
            not uncommanded,
            "every craft was commanded",
            "none to " + ", ".join(uncommanded) if uncommanded else "all",
        ),
        _equal("commands_unknown", evidence.commands["unknown"], 0),
        at_most(
            "own_words_unreported",
            evidence.commands["own_unreported"],
            limits.get("max_own_unreported", 0),
        ),
        _equal("commands_failed", evidence.commands["failed"], 0),
        Criterion(
            "commands_executed_twice",
            not evidence.executed_twice,
            "0",
            ", ".join(evidence.executed_twice[:5]) or "0",
        ),
        Criterion(
            "spurious_timeouts",
            not evidence.spurious_timeouts,
            "0",
            ", ".join(evidence.spurious_timeouts[:5]) or "0",
        ),
        *_delivered(evidence.customers, due, late),
        Criterion("hash_mismatches", not mismatches, "0", ", ".join(mismatches[:5]) or "0"),
        _equal("foreign_files", evidence.foreign_files, 0),
        _audit(evidence.audit),
    ]
    for customer in evidence.customers:
        limit = limits.get(f"min_bytes_{customer}")
        if limit is not None:
            delivered = _delivered_bytes(evidence, customer)
            criteria.append(at_least(f"bytes_delivered[{customer}]", delivered, limit))
    criteria += _replanning(evidence.replans, limits)
    criteria += _foretelling(evidence.foretelling, limits)
    criteria += judge_entries(evidence.entries, limits)
    criteria += judge_departures(evidence.departures, limits)
    criteria += judge_runs(evidence.runs)
    criteria += judge_releases(evidence.releases, limits)
    criteria += judge_surface(evidence.batteries, evidence.campaigns, evidence.landings, limits)
    criteria += judge_conjunctions(evidence.conjunctions, limits)
    criteria += judge_clocks(evidence.clocks, limits)
    criteria += judge_followed(evidence.followed, limits)
    criteria += judge_safe_modes(evidence.safe_modes, limits)
    criteria += judge_tones(evidence.tones, limits)
    criteria += judge_burns(evidence.burns, limits)
    criteria += judge_optical(evidence.optical, limits)
    criteria += judge_descents(evidence.descents, limits)
    criteria += judge_arrivals(evidence.arrivals, limits)
    criteria += judge_ledgers(evidence.ledgers, limits)
    criteria += judge_observing(evidence.observing, limits)
    criteria += judge_shared(evidence.shared, limits)
    criteria += judge_solutions(evidence.solutions, limits)
    criteria += judge_service(
        {customer: evidence.service(customer) for customer in evidence.customers},
        [
            error_s
            for customer, served in evidence.served.items()
            for error_s in latency_errors_s(evidence.latencies_s(customer), served.splits)
        ],
        limits,
    )
    if "min_commands_of_people" in limits:
        of_people = evidence.commands["of_people"]
        criteria.append(at_least("commands_of_people", of_people, limits["min_commands_of_people"]))
    criteria += judge_strikes(evidence.kills, evidence.full_disks)
    if "max_wall_seconds" in limits:
        criteria.append(at_most("wall_seconds", evidence.wall_seconds, limits["max_wall_seconds"]))
    return tuple(criteria)


def _replanning(replans: tuple[Replan, ...], limits: Mapping[str, float]) -> list[Criterion]:
    """What a scenario asks of the mending of its plan, if it asks anything."""
    shares = [one.share_of_optimum for one in replans]
    slowest_s = max((one.elapsed_s for one in replans), default=0.0)
    criteria = []
    if "min_replans" in limits:
        criteria.append(at_least("replans", len(replans), limits["min_replans"]))
    if "min_share_of_optimum" in limits:
        least = round(min(shares, default=1.0), 4)
        criteria.append(at_least("share_of_optimum", least, limits["min_share_of_optimum"]))
    if "max_replan_seconds" in limits:
        criteria.append(at_most("replan_seconds", slowest_s, limits["max_replan_seconds"]))
    return criteria


def _foretelling(foretelling: Foretelling | None, limits: Mapping[str, float]) -> list[Criterion]:
    """What a scenario asks of the plan's word on when files come home, if it asks anything."""
    criteria = []
    if "min_share_home_by_95" in limits:
        limit = limits["min_share_home_by_95"]
        by, of = (foretelling.by_95, foretelling.bounded) if foretelling else (0, 0)
        criteria.append(
            Criterion(
                "home_by_the_95_percent_bound",
                of > 0 and by >= limit * of,
                f"at least {limit:.0%} of files",
                f"{by} of {of}" + (f", {by / of:.1%}" if of else ""),
            )
        )
    for name, limit_name, told in (
        ("foretold_median_miss_s", "max_foretold_median_miss_s", "median_miss_s"),
        ("foretold_median_margin_s", "max_foretold_median_margin_s", "median_margin_s"),
    ):
        if limit_name in limits:
            found = getattr(foretelling, told) if foretelling else math.inf
            criteria.append(at_most(name, round(found, 1), limits[limit_name]))
    return criteria


def _packets(name: str, one: SpacecraftEvidence) -> Criterion:
    ok = (
        not one.packets_missing
        and not one.packets_strange
        and one.packets_generated - len(one.packets_left) == one.packets_archived > 0
    )
    left = f"; {tell_packets(one.packets_left, 'lost in the last pass')}"
    return Criterion(
        f"packets_archived[{name}]",
        ok,
        f"the {one.packets_generated} packets generated, and no other",
        f"{one.packets_archived} ({tell_packets(one.packets_missing, 'missing')}; "
        f"{tell_packets(one.packets_strange, 'strange')}{left if one.packets_left else ''})",
    )


def _audit(audit: Verification) -> Criterion:
    """An empty log, or one that nobody vouches for, verifies nothing."""
    head = audit.countersigned
    reach = f"{audit.entries} entries, countersigned up to {head.number if head else 'none'}"
    return Criterion(
        "audit_verified",
        audit.ok and audit.entries > 0 and head is not None,
        "entries as they were written, their head countersigned",
        "; ".join([reach, *map(str, audit.findings[:3])]),
    )


def _received(name: str, one: SpacecraftEvidence) -> Criterion:
    return Criterion(
        f"frames_received[{name}]",
        0 < one.frames_received <= one.frames_sent,
        f"more than none, at most the {one.frames_sent} sent",
        str(one.frames_received),
    )


def _delivered(
    customers: tuple[str, ...], due: list[FileEvidence], late: list[str]
) -> tuple[Criterion, ...]:
    """Nothing to ask of a flight without customers."""
    if not customers:
        return ()
    expected = f"{len(due)} files closed before the cut-off, at least one"
    found = f"{len(due) - len(late)} delivered" + (f"; not: {', '.join(late[:5])}" if late else "")
    return (Criterion("files_delivered", not late and bool(due), expected, found),)


def _delivered_bytes(evidence: Evidence, customer: str) -> int:
    return sum(
        item.size
        for item in evidence.files
        if item.customer == customer and item.delivered_sha256 == item.sha256
    )


def _equal(name: str, found: int, expected: int) -> Criterion:
    return Criterion(name, found == expected, str(expected), str(found))
