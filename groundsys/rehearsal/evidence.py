"""Evidence for the verdict: the store, the Yamcs archive, the delivered folders, the truth."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from groundsys.backend import YamcsServer
from groundsys.client import fetch
from groundsys.desks.entry_desk import fact_of, word_of
from groundsys.hub.journal import JOURNAL, read_journal
from groundsys.mission.model import Mission, Spacecraft
from groundsys.mission.scenario_model import Scenario
from groundsys.rehearsal.auditing import verify_store
from groundsys.rehearsal.burning import burn_evidence
from groundsys.rehearsal.custody import (
    command_counts,
    custody_figures,
    executed_twice,
    kept_for_overflights,
    spurious_timeouts,
)
from groundsys.rehearsal.entering import EntryEvidence, entry_evidence
from groundsys.rehearsal.foretelling import Foretelling, foretelling_of, predictions_of
from groundsys.rehearsal.optimum import judge_replans
from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.rehearsal.run_verdict import run_evidence
from groundsys.rehearsal.runners import Pursued
from groundsys.rehearsal.truth import (
    CraftTruth,
    TruePacket,
    read_craft_truth,
    read_frames_lost,
    read_let_through,
    read_pushes,
)
from groundsys.rehearsal.verdict import Evidence, FileEvidence, SpacecraftEvidence, Strikes
from groundsys.store import Store
from groundsys.values.clock import ClockSolution
from groundsys.values.instants import Instant
from groundsys.values.records import ArchivedPacket

#: Yamcs keeps generation times in whole milliseconds
_SAME_TIME_NS = 2_000_000


def deliver_to_customers(run: RunDirectory, scenario: Scenario) -> None:
    """Let each customer fetch its space over HTTP, with its own token, into its own folder."""
    url = str(run.endpoints("portal")["url"])
    for customer in scenario.customers:
        token = (run.tokens / customer).read_text().strip()
        fetch(customer, token, url, run.deliveries / customer)


def gather_evidence(
    run: RunDirectory,
    mission: Mission,
    scenario: Scenario,
    yamcs: YamcsServer,
    *,
    wall_seconds: float,
    strikes: Strikes,
    requests: Mapping[str, int],
    pursued: Sequence[Pursued] = (),
) -> Evidence:
    """Read everything that the verdict rests on; the simulators must have closed their record."""
    truths = {craft: read_craft_truth(run.truth, craft) for craft in scenario.spacecraft}
    lost = read_frames_lost(run.truth)
    let_through = read_let_through(run.truth)
    received: Counter[str] = Counter()
    corrected: Counter[str] = Counter()
    journal = read_journal(run.hub / JOURNAL)
    for frame in journal:
        received[frame.spacecraft] += 1
        corrected[frame.spacecraft] += frame.corrected_symbols > 0
    gateway = yamcs.connect()
    try:
        archives = {
            craft: gateway.packets_since(mission.spacecraft[craft], "", with_binary=False)[0]
            for craft in scenario.spacecraft
        }
        entered = {
            craft: (
                gateway.packets_since(mission.spacecraft[craft], "")[0],
                gateway.count_packets(mission.spacecraft[craft]),
            )
            for craft, truth in truths.items()
            if truth.entry is not None
        }
    finally:
        gateway.close()
    with Store(run.store, read_only=True) as store:
        commands = store.commands.all()
        given_up = frozenset(
            line.command for line in store.commands.log() if line.state == "expired"
        )
        passes = Counter(one.verdict for one in store.passes.all() if one.state != "cancelled")
        booked = store.relay_sessions.all()
        delivered = {file.name: file.delivered_at for file in store.catalogue.files()}
        rounds = sum(file.retransmission_rounds for file in store.catalogue.files())
        foretelling = _foretelling(store, truths, scenario.span.end)
        runs = run_evidence(store, pursued)
        burns = burn_evidence(mission, scenario, store, read_pushes(run.truth), journal)
        replans = judge_replans(mission, scenario, store)
        words = {craft: word_of(store.facts.get(fact_of(craft))) for craft in entered}
        relay_clocks = {
            craft: _relay_clock(store, mission, mission.spacecraft[craft]) for craft in entered
        }
    sessions = Counter(one.verdict for one in booked if one.state != "cancelled")
    issued = [one for one in commands if one.attempts]
    kept = kept_for_overflights(commands, booked, truths, scenario.span.end)
    spacecraft = {}
    for craft, truth in truths.items():
        missing, strange, archived = compare_packets(
            mission.spacecraft[craft],
            _due(truth, let_through.get(craft, [])),
            archives[craft],
        )
        spacecraft[craft] = SpacecraftEvidence(
            frames_sent=truth.frames_sent,
            frames_received=received[craft],
            frames_corrected=corrected[craft],
            frames_lost_on_link=lost[craft],
            packets_generated=len(_due(truth, let_through.get(craft, []))),
            packets_archived=archived,
            packets_missing=missing,
            packets_strange=strange,
        )
    files = tuple(_files(run, mission, scenario, truths, delivered))
    return Evidence(
        spacecraft=spacecraft,
        files=files,
        customers=scenario.customers,
        passes={
            "planned": passes.total(),
            **{verdict: passes[verdict] for verdict in ("executed", "degraded", "missed")},
        },
        relay_sessions={"planned": sessions.total(), "executed": sessions["executed"]},
        commands=command_counts(issued, kept),
        commanded_spacecraft=frozenset(one.spacecraft for one in issued),
        retransmission_rounds=rounds
        + sum(one.purpose == "replay" and one.state == "completed" for one in issued),
        foreign_files=_foreign_files(run, files),
        wall_seconds=wall_seconds,
        audit=verify_store(run.store, run.audit_heads, run.notary_key),
        executed_twice=executed_twice(commands, truths),
        spurious_timeouts=spurious_timeouts(commands, given_up, truths),
        requests=dict(requests),
        custody=custody_figures(commands),
        strikes=strikes,
        replans=replans,
        foretelling=foretelling,
        runs=runs,
        burns=burns,
        entries={
            craft: _entry(
                *(mission, craft, truths[craft], let_through.get(craft, [])),
                packets=packets,
                rows=rows,
                journal=journal,
                relay_clock=relay_clocks[craft],
                word=words[craft],
            )
            for craft, (packets, rows) in entered.items()
        },
    )


def _due(truth: CraftTruth, let_through: list[TruePacket]) -> Sequence[TruePacket]:
    """The packets that the archive must hold: of a capsule that was lost, what got through."""
    if truth.entry is not None and truth.entry.lost is not None:
        return let_through
    return truth.packets


def _entry(
    mission: Mission, craft: str, truth: CraftTruth, let_through: list[TruePacket], **more: Any
) -> EntryEvidence:
    capsule = mission.spacecraft[craft]
    assert capsule.entry is not None
    assert truth.entry is not None
    return entry_evidence(
        mission, capsule, capsule.entry, truth=truth.entry, let_through=let_through, **more
    )


def _relay_clock(store: Store, mission: Mission, capsule: Spacecraft) -> ClockSolution:
    """The line by which the clock of a capsule's relay is read about the time of its entry."""
    relay = mission.spacecraft[str(capsule.relay)]
    history = store.clocks.history(relay.id)
    if history is None or capsule.entry is None:
        return ClockSolution.nominal(relay.id, relay.sclk_epoch)
    time = capsule.entry.interface.time
    return history.line(history.sclk_ns(time), known_by=time)


def _foretelling(store: Store, truths: dict[str, CraftTruth], until: Instant) -> Foretelling | None:
    """What the plan foretold of each payload file, and when it was with its customer."""
    home = {(one.spacecraft, one.name): one.delivered_at for one in store.catalogue.files()}
    files = [
        (file.name, craft, file.closed, home.get((craft, file.name)))
        for craft, truth in truths.items()
        for file in truth.files
    ]
    return foretelling_of(predictions_of(store.plans.all(), files), until)


def compare_packets(
    spacecraft: Spacecraft,
    generated: Iterable[TruePacket],
    archived: Iterable[ArchivedPacket],
) -> tuple[int, int, int]:
    """How many generated packets are missing, how many archived ones are strange, how many match.

    A packet is the same if APID and 14-bit sequence count agree and its generation time does, to
    the archive's millisecond.  A packet that was archived twice counts once.
    """
    waiting: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for packet in archived:
        waiting[packet.apid, packet.sequence_count].append(packet.generation.tai_ns)
    different = {
        key: {time_ns // _SAME_TIME_NS: time_ns for time_ns in times}
        for key, times in waiting.items()
    }
    epoch_ns = spacecraft.sclk_epoch.tai_ns
    missing = matched = 0
    for one in generated:
        times = different.get((one.apid, one.sequence_count), {})
        time_ns = epoch_ns + one.sclk_ns
        near = [key for key, found in times.items() if abs(found - time_ns) <= _SAME_TIME_NS]
        if near:
            matched += 1
            for key in near:
                del times[key]
        else:
            missing += 1
    strange = sum(len(times) for times in different.values())
    return missing, strange, matched


def _files(
    run: RunDirectory,
    mission: Mission,
    scenario: Scenario,
    truths: dict[str, CraftTruth],
    delivered: dict[str, Instant | None],
) -> Iterable[FileEvidence]:
    for customer in scenario.customers:
        folder = run.deliveries / customer
        for craft, truth in truths.items():
            if mission.spacecraft[craft].payload not in mission.customers[customer].payloads:
                continue
            for file in truth.files:
                delivered_at = delivered.get(file.name)
                found = _sha256_of(folder, file.name)
                yield FileEvidence(
                    customer=customer,
                    name=file.name,
                    size=file.size,
                    sha256=file.sha256,
                    due=file.closed < scenario.cut_off,
                    delivered_sha256=found,
                    latency_s=None
                    if found is None or delivered_at is None
                    else delivered_at.seconds_since(file.closed),
                )


def _sha256_of(folder: Path, name: str) -> str | None:
    found = next(iter(folder.rglob(name)), None) if folder.is_dir() else None
    return None if found is None else hashlib.sha256(found.read_bytes()).hexdigest()


def _foreign_files(run: RunDirectory, files: tuple[FileEvidence, ...]) -> int:
    """Level-0 files in a customer's folder that no payload of that customer made."""
    return sum(
        path.name not in {file.name for file in files if file.customer == folder.name}
        for folder in (run.deliveries.iterdir() if run.deliveries.is_dir() else ())
        for path in folder.rglob("*.dat")
    )
