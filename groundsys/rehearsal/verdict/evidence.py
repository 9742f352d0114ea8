"""Evidence for the verdict: the store, the Yamcs archive, the delivered folders, the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from groundsys.backend import YamcsServer
from groundsys.commanding.ledger import Command
from groundsys.desks.entry.entry_desk import fact_of, word_of
from groundsys.desks.watching.whereabouts import whereabouts
from groundsys.geometry import Geometry
from groundsys.geometry.conjunction import transmission_intervals
from groundsys.hub.journal import JOURNAL, JournalFrame, read_journal
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.passes.listening import fact_of_tones
from groundsys.rehearsal.flying.runners import Pursued
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.truth.clock_truth import asks_of_clocks, clock_error
from groundsys.rehearsal.truth.packet_comparison import compare_packets
from groundsys.rehearsal.truth.record import (
    CraftTruth,
    TruePacket,
    read_craft_truth,
    read_cube_links,
    read_releases,
)
from groundsys.rehearsal.truth.space_truth import NearSunRecord, read_space_truth
from groundsys.rehearsal.verdict.archived import read_archive
from groundsys.rehearsal.verdict.arriving import arrival_evidence
from groundsys.rehearsal.verdict.auditing import verify_store
from groundsys.rehearsal.verdict.burning import burn_evidence
from groundsys.rehearsal.verdict.conjunction import Conjunction, conjunction_of
from groundsys.rehearsal.verdict.custody import (
    command_counts,
    custody_figures,
    executed_twice,
    kept_for_overflights,
    spurious_timeouts,
)
from groundsys.rehearsal.verdict.delivered_folders import foreign_files, payload_files
from groundsys.rehearsal.verdict.delivering import served_customers
from groundsys.rehearsal.verdict.descent_verdict import descent_evidence
from groundsys.rehearsal.verdict.entering import EntryEvidence, entry_evidence
from groundsys.rehearsal.verdict.foretelling import Foretelling, foretelling_of, predictions_of
from groundsys.rehearsal.verdict.last_pass import is_report_left, last_pass
from groundsys.rehearsal.verdict.launching import departure_evidence
from groundsys.rehearsal.verdict.listening import asks_of_tones, tones_heard
from groundsys.rehearsal.verdict.observing_verdict import observing_evidence
from groundsys.rehearsal.verdict.optical_verdict import optical_evidence, true_flybys
from groundsys.rehearsal.verdict.optimum import judge_replans
from groundsys.rehearsal.verdict.release_verdict import ReleaseEvidence, release_evidence
from groundsys.rehearsal.verdict.run_verdict import run_evidence
from groundsys.rehearsal.verdict.samples import ledger_evidence
from groundsys.rehearsal.verdict.shared_folders import shared_evidence
from groundsys.rehearsal.verdict.solution_verdict import solution_evidence
from groundsys.rehearsal.verdict.strikes import Strikes
from groundsys.rehearsal.verdict.surface import (
    campaign_flown,
)
from groundsys.rehearsal.verdict.trajectory_followed import asks_of_predictions, burns_followed
from groundsys.rehearsal.verdict.verdict import Evidence, SpacecraftEvidence
from groundsys.store import Store
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant, Interval


def gather_evidence(
    run: RunDirectory,
    mission: Mission,
    scenario: Scenario,
    yamcs: YamcsServer,
    *,
    wall_seconds: float,
    kills: Strikes,
    full_disks: Strikes,
    requests: Mapping[str, int],
    pursued: Sequence[Pursued] = (),
) -> Evidence:
    """Read everything that the verdict rests on; the simulators must have closed their record."""
    truths = {craft: read_craft_truth(run.truth, craft) for craft in scenario.spacecraft}
    space = read_space_truth(run.truth)
    speakers = [id for id in scenario.spacecraft if "x_band" in mission.spacecraft[id].radios]
    received: Counter[str] = Counter()
    corrected: Counter[str] = Counter()
    journal = read_journal(run.hub / JOURNAL)
    for frame in journal:
        received[frame.spacecraft] += 1
        corrected[frame.spacecraft] += frame.corrected_symbols > 0
    archive = read_archive(yamcs, mission, scenario, truths)
    with Store(run.store, read_only=True) as store:
        commands = store.commands.all()
        given_up = frozenset(
            line.command for line in store.commands.log() if line.state == "expired"
        )
        booked_passes = [one for one in store.passes.all() if one.state != "cancelled"]
        passes = Counter(one.verdict for one in booked_passes)
        booked = store.relay_sessions.all()
        kept = store.catalogue.files()
        delivered = {file.name: file.delivered_at for file in kept}
        served = served_customers(store, mission, scenario)
        where = whereabouts(
            [mission.spacecraft[craft] for craft in scenario.spacecraft],
            commands,
            kept,
            [*booked_passes, *booked],
            scenario.span.end,
        )
        foretelling = _foretelling(store, truths, scenario.span.end)
        runs = run_evidence(store, pursued)
        clocks = {
            craft: clock_error(
                store.clocks.history(craft), truths[craft].readings, scenario.span.end
            )
            for craft in speakers
            if asks_of_clocks(scenario.criteria)
        }
        followed = {
            craft: burns_followed(
                mission.spacecraft[craft].navigation,
                [one.at for one in space.pushes if one.spacecraft == craft],
                [one.told_at for one in scenario.solutions if one.spacecraft == craft],
                store.tracking.of(craft),
                scenario.span.end,
            )
            for craft in speakers
            if asks_of_predictions(scenario.criteria)
        }
        tones = {
            craft: tones_heard(
                *(Geometry(mission), craft, beacon),
                store.facts.get(fact_of_tones(craft)) or (),
                truths[craft].tones,
                [one for one in booked_passes if one.spacecraft == craft],
            )
            for craft in speakers
            if (beacon := mission.spacecraft[craft].beacon) is not None
            and asks_of_tones(scenario.criteria)
        }
        burns = burn_evidence(mission, scenario, store, space.pushes, journal)
        arrivals = arrival_evidence(
            *(mission, scenario, store, space.arrivals, space.pushes),
            _first_releases(run, mission, scenario),
        )
        ledgers = ledger_evidence(mission, scenario, store)
        optical = optical_evidence(run, mission, scenario, store)
        files = tuple(payload_files(run, mission, scenario, truths, delivered))
        shared = shared_evidence(
            *(run, mission, scenario, store, journal, files),
            true_flybys(run, mission, scenario) if scenario.partners else {},
        )
        solutions = solution_evidence(store, scenario)
        replans = judge_replans(mission, scenario, store)
        words = {craft: word_of(store.facts.get(fact_of(craft))) for craft in archive.entered}
        relay_clocks = {
            craft: _relay_clock(store, mission, mission.spacecraft[craft], scenario.span.end)
            for craft in (*archive.entered, *scenario.attached)
        }
    sessions = Counter(one.verdict for one in booked if one.state != "cancelled")
    issued = [one for one in commands if one.attempts]
    for_overflights = kept_for_overflights(commands, booked, truths, scenario.span.end)
    speaker = {id: mission.spacecraft[id].relay or id for id in scenario.spacecraft}
    last_passes = {
        craft: last_pass(
            [one for one in booked_passes if one.spacecraft == craft], space.losses.get(craft, ())
        )
        for craft in speakers
    }
    spacecraft = {}
    for craft, truth in truths.items():
        last = last_passes[speaker[craft]]
        due = _due(truth, space.let_through.get(craft, ()))
        packets = compare_packets(mission.spacecraft[craft].sclk_epoch, due, archive.packets[craft])
        frame_length = mission.spacecraft[speaker[craft]].framing.tm_frame_length
        left = last.left(packets.missing, frame_length) if last is not None else frozenset()
        spacecraft[craft] = SpacecraftEvidence(
            frames_sent=truth.frames_sent,
            frames_received=received[craft],
            frames_corrected=corrected[craft],
            frames_lost_on_link=space.frames_lost.get(craft, 0),
            packets_generated=len(due),
            packets_archived=packets.matched,
            packets_missing=tuple(one for one in packets.missing if one not in left),
            packets_strange=packets.strange,
            packets_left=tuple(sorted(left)),
        )
    return Evidence(
        spacecraft=spacecraft,
        files=files,
        customers=scenario.customers,
        span=scenario.span,
        served=served,
        passes={
            "planned": passes.total(),
            **{verdict: passes[verdict] for verdict in ("executed", "degraded", "missed")},
        },
        relay_sessions={"planned": sessions.total(), "executed": sessions["executed"]},
        commands=command_counts(
            issued,
            for_overflights
            | {
                one.id
                for one in issued
                if is_report_left(one, last_passes[speaker[one.spacecraft]])
            },
        ),
        commanded_spacecraft=frozenset(one.spacecraft for one in issued),
        retransmission_rounds=sum(file.retransmission_rounds for file in kept)
        + sum(one.purpose == "replay" and one.state == "completed" for one in issued),
        foreign_files=foreign_files(run, scenario.partners, files),
        wall_seconds=wall_seconds,
        audit=verify_store(run.store, run.audit_heads, run.notary_key),
        executed_twice=executed_twice(commands, truths),
        spurious_timeouts=spurious_timeouts(commands, given_up, truths),
        requests=dict(requests),
        custody=custody_figures(commands),
        kills=kills,
        full_disks=full_disks,
        replans=replans,
        foretelling=foretelling,
        releases=_releases(run, mission, scenario, journal, relay_clocks),
        runs=runs,
        conjunctions={
            craft: _conjunction(mission, scenario, craft, commands, space.near_sun.get(craft, ()))
            for craft in speakers
            if "min_sep_of_commands_deg" in scenario.criteria
        },
        clocks=clocks,
        followed=followed,
        burns=burns,
        optical=optical,
        descents=descent_evidence(
            mission, archive.descents, truths, runs=runs, commands=commands, passes=booked_passes
        ),
        arrivals=arrivals,
        ledgers=ledgers,
        observing=observing_evidence(run, mission, scenario),
        shared=shared,
        solutions=solutions,
        safe_modes=archive.safe_modes,
        tones=tones,
        departures=departure_evidence(
            mission,
            scenario,
            booked_passes,
            {craft: truth.departure for craft, truth in truths.items()},
        ),
        entries={
            craft: _entry(
                *(mission, craft, truths[craft], space.let_through.get(craft, ())),
                packets=packets,
                rows=rows,
                journal=journal,
                relay_clock=relay_clocks[craft],
                word=words[craft],
            )
            for craft, (packets, rows) in archive.entered.items()
        },
        batteries=archive.batteries,
        where=where,
        landings=tuple(safe for truth in truths.values() for safe in truth.landings),
        campaigns=tuple(campaign_flown(one, run.deliveries) for one in scenario.network_campaigns),
    )


def _due(truth: CraftTruth, let_through: Sequence[TruePacket]) -> Sequence[TruePacket]:
    """The packets that the archive must hold: of a capsule that was lost, what got through."""
    if truth.entry is not None and truth.entry.lost is not None:
        return let_through
    return truth.packets


def _entry(
    mission: Mission, craft: str, truth: CraftTruth, let_through: Sequence[TruePacket], **more: Any
) -> EntryEvidence:
    capsule = mission.spacecraft[craft]
    assert capsule.entry is not None
    assert truth.entry is not None
    return entry_evidence(
        mission, capsule, capsule.entry, truth=truth.entry, let_through=let_through, **more
    )


def _first_releases(run: RunDirectory, mission: Mission, scenario: Scenario) -> dict[str, Instant]:
    """By cube that a mothership has truly let go: when, for the first time."""
    found: dict[str, Instant] = {}
    for cube in scenario.attached:
        craft = mission.spacecraft[cube]
        for scid, at in read_releases(run.truth, str(craft.relay)):
            if scid == craft.framing.spacecraft_id:
                found.setdefault(cube, at)
    return found


def _releases(
    run: RunDirectory,
    mission: Mission,
    scenario: Scenario,
    journal: Sequence[JournalFrame],
    relay_clocks: Mapping[str, ClockSolution],
) -> dict[str, ReleaseEvidence]:
    carriers = {str(mission.spacecraft[cube].relay) for cube in scenario.attached}
    return release_evidence(
        *(mission, scenario, journal),
        releases=[one for id in sorted(carriers) for one in read_releases(run.truth, id)],
        links={cube: read_cube_links(run.truth, cube) for cube in scenario.attached},
        relay_clocks=relay_clocks,
    )


def _relay_clock(store: Store, mission: Mission, cube: Spacecraft, end: Instant) -> ClockSolution:
    """The line by which the clock of a cube's relay is read: about an entry, or over the flight."""
    relay = mission.spacecraft[str(cube.relay)]
    history = store.clocks.history(relay.id)
    if history is None:
        return ClockSolution.nominal(relay.id, relay.sclk_epoch)
    time = cube.entry.interface.time if cube.entry is not None else end
    return history.line(history.sclk_ns(time), known_by=time)


def _conjunction(
    mission: Mission,
    scenario: Scenario,
    craft: str,
    commands: Sequence[Command],
    records: Sequence[NearSunRecord],
) -> Conjunction:
    open_to_us = transmission_intervals(Geometry(mission), craft, scenario.span)
    edges = [scenario.span.start, *(at for one in open_to_us for at in (one.start, one.end))]
    edges.append(scenario.span.end)
    closed = (Interval(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return conjunction_of(
        mission.spacecraft[craft].conjunction,
        records,
        [one for one in closed if one.start < one.end],
        [one for one in commands if one.spacecraft == craft],
    )


def _foretelling(store: Store, truths: dict[str, CraftTruth], until: Instant) -> Foretelling | None:
    """What the plan foretold of each payload file, and when it was with its customer."""
    home = {(one.spacecraft, one.name): one.delivered_at for one in store.catalogue.files()}
    files = [
        (file.name, craft, file.payload, file.closed, home.get((craft, file.name)))
        for craft, truth in truths.items()
        for file in truth.files
    ]
    return foretelling_of(predictions_of(store.plans.all(), files), until)
