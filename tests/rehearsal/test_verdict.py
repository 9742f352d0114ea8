"""Every criterion of the verdict can fail, and fails alone, when its own evidence is bad."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from groundsys.audit import AuditFinding, Verification
from groundsys.custody import LatencySplit
from groundsys.mission.ground.customer_model import ServiceLevel
from groundsys.rehearsal.report.report import report
from groundsys.rehearsal.report.summary import print_summary
from groundsys.rehearsal.report.together import merged
from groundsys.rehearsal.truth.packet_comparison import PacketStamp
from groundsys.rehearsal.verdict.delivering import Served
from groundsys.rehearsal.verdict.foretelling import Foretelling
from groundsys.rehearsal.verdict.replanning import Replan
from groundsys.rehearsal.verdict.verdict import Evidence, FileEvidence, SpacecraftEvidence, judge
from groundsys.values.instants import Instant, Interval
from tests.audit.chains import chain, head_at

LIMITS = {
    "min_passes": 4,
    "min_relay_sessions": 6,
    "min_commands": 20,
    "min_commands_of_people": 25,
    "min_bytes_polar-weather": 200_000,
    "min_bytes_tharsis-seismo": 5_000_000,
    "max_wall_seconds": 300,
    "min_replans": 1,
    "min_share_of_optimum": 0.95,
    "max_replan_seconds": 5,
    "min_share_home_by_95": 0.9,
    "max_foretold_median_miss_s": 900,
    "max_foretold_median_margin_s": 4000,
    "min_service_levels_met": 2,
    "max_latency_error_s": 2,
}
NOON = Instant.from_utc_iso("2031-08-20T12:00:00Z")
STAMP = PacketStamp(2, 117, Instant.from_utc_iso("2034-07-23T06:12:00.250Z"))
CRAFT_NAME = "otv"
CRAFT = SpacecraftEvidence(
    frames_sent=900,
    frames_received=890,
    frames_corrected=40,
    frames_lost_on_link=10,
    packets_generated=5000,
    packets_archived=5000,
    packets_missing=(),
    packets_strange=(),
)

REPLAN = Replan(
    version=2,
    reason="dss-43 is out",
    made_at=Instant(10**18),
    elapsed_s=1.5,
    booked=40,
    forced=3,
    moved=2,
    dropped=2,
    added=1,
    bits_home=79e6,
    bits_optimum=80e6,
)


FORETELLING = Foretelling(
    files=50,
    bounded=40,
    by_95=38,
    share_by_predicted=0.5,
    median_error_s=20.0,
    median_miss_s=60.0,
    median_margin_s=1800.0,
)


def _file(customer: str, size: int) -> FileEvidence:
    return FileEvidence(customer, f"{customer}-1", size, "aa", True, "aa", 1800.0, NOON)


def _served(customer: str, within_s: float = 3_600.0) -> Served:
    split = LatencySplit(1_000 * 10**9, 290 * 10**9, 500 * 10**9, 10 * 10**9)
    return Served(2, {f"{customer}-1": split}, ServiceLevel(0.95, within_s))


AUDIT = Verification(5, head_at(chain(5), 4), ())

GOOD = Evidence(
    spacecraft={CRAFT_NAME: CRAFT, "cube": CRAFT},
    files=(_file("polar-weather", 300_000), _file("tharsis-seismo", 6_000_000)),
    customers=("polar-weather", "tharsis-seismo"),
    passes={"planned": 5, "executed": 5, "degraded": 0, "missed": 0},
    relay_sessions={"planned": 7, "executed": 7},
    commands={
        "issued": 30,
        "of_people": 25,
        "completed": 30,
        "failed": 0,
        "unknown": 0,
        "own_unreported": 0,
    },
    commanded_spacecraft=frozenset({"otv", "cube"}),
    retransmission_rounds=3,
    foreign_files=0,
    wall_seconds=200.0,
    audit=AUDIT,
    replans=(REPLAN,),
    foretelling=FORETELLING,
    span=Interval(NOON.plus_seconds(-43_200.0), NOON.plus_seconds(43_200.0)),
    served={one: _served(one) for one in ("polar-weather", "tharsis-seismo")},
)


def _craft(**changes: int | tuple[PacketStamp, ...]) -> Callable[[Evidence], Evidence]:
    def change(evidence: Evidence) -> Evidence:
        return replace(
            evidence,
            spacecraft={**evidence.spacecraft, "cube": replace(CRAFT, **changes)},  # type: ignore[arg-type]
        )

    return change


#: three seconds more than the true latency
LATE = {"polar-weather-1": LatencySplit(0, 1_803 * 10**9, 0, 0)}


def _served_as(served: Served) -> Callable[[Evidence], Evidence]:
    return lambda evidence: replace(evidence, served={**evidence.served, "polar-weather": served})


def _all_craft(**changes: int) -> Callable[[Evidence], Evidence]:
    def change(evidence: Evidence) -> Evidence:
        return replace(
            evidence, spacecraft=dict.fromkeys(evidence.spacecraft, replace(CRAFT, **changes))
        )

    return change


def _files(**changes: object) -> Callable[[Evidence], Evidence]:
    def change(evidence: Evidence) -> Evidence:
        first, *rest = evidence.files
        return replace(evidence, files=(replace(first, **changes), *rest))  # type: ignore[arg-type]

    return change


def _counts(name: str, **changes: int) -> Callable[[Evidence], Evidence]:
    def change(evidence: Evidence) -> Evidence:
        return replace(evidence, **{name: {**getattr(evidence, name), **changes}})

    return change


def _foretold(**changes: float) -> Callable[[Evidence], Evidence]:
    def change(evidence: Evidence) -> Evidence:
        return replace(evidence, foretelling=replace(FORETELLING, **changes))  # type: ignore[arg-type]

    return change


def test_good_evidence_meets_every_criterion() -> None:
    criteria = judge(GOOD, LIMITS)
    assert [c for c in criteria if not c.ok] == []
    facts = {"scenario": "x", "deliveries": "d"}
    verdict = report(GOOD, criteria, facts)
    assert verdict["ok"] is True
    assert verdict["customers"]["polar-weather"] == {
        "files_generated": 1,
        "files_delivered": 1,
        "payload_bytes_generated": 300_000,
        "payload_bytes_delivered": 300_000,
        "hash_mismatches": 0,
        "versions": 2,
        "latency_s": {
            "median": 1800.0,
            "p95": 1800.0,
            "max": 1800.0,
            "split": {"geometry": 1000.0, "queueing": 290.0, "light_time": 500.0, "us": 10.0},
        },
        "service_level": {
            "share": 0.95,
            "within_h": 1.0,
            "window_h": 168.0,
            "worst_share": 1.0,
        },
        "sla_met": True,
        "directory": "d/polar-weather",
    }


def test_what_was_lost_in_the_last_pass_is_told_and_fails_nothing() -> None:
    evidence = _craft(packets_archived=4999, packets_left=(STAMP,))(GOOD)
    (packets,) = [one for one in judge(evidence, LIMITS) if one.name == "packets_archived[cube]"]
    assert packets.ok
    assert f"1 lost in the last pass: {STAMP}" in packets.found
    more = _craft(packets_archived=4998, packets_left=(STAMP,))(GOOD)
    assert "packets_archived[cube]" in {one.name for one in judge(more, LIMITS) if not one.ok}


def test_the_report_tells_where_each_crafts_things_are_and_people_read_its_figures() -> None:
    where = {"files": {"arriving": 0, "delivered": 31}, "commands": {"under_way": 0}}
    evidence = replace(GOOD, where={CRAFT_NAME: where})
    facts = {
        "scenario": "x", "seed": 1, "deliveries": "d", "mission_start": "…", "mission_end": "…",
        "rate": 1000.0, "faults": [], "run": "r",
    }  # fmt: skip
    told = report(evidence, judge(evidence, LIMITS), facts)
    assert told["spacecraft"][CRAFT_NAME]["files"] == where["files"]
    shown = io.StringIO()
    print_summary(Console(file=shown, width=120), told, None)
    (row,) = [line for line in shown.getvalue().splitlines() if f" {CRAFT_NAME} " in line]
    assert re.findall(r"[\d,]+", row.partition(CRAFT_NAME)[2]) == [
        "900", "890", "40", "10", "5,000", "5,000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "failing"),
    [
        (_craft(packets_archived=4999, packets_missing=(STAMP,)), {"packets_archived[cube]"}),
        (_served_as(_served("polar-weather", 1_799.0)), {"service_levels_met"}),
        (_served_as(replace(_served("polar-weather"), level=None)), {"service_levels_met"}),
        (_served_as(replace(_served("polar-weather"), splits=LATE)), {"latency_error_s"}),
        (_craft(packets_strange=(STAMP,)), {"packets_archived[cube]"}),
        (_craft(frames_received=0), {"frames_received[cube]"}),
        (_craft(frames_received=901), {"frames_received[cube]"}),
        (_all_craft(frames_lost_on_link=0), {"frames_lost_on_link"}),
        (_all_craft(frames_corrected=0), {"frames_corrected"}),
        (_counts("passes", executed=3), {"passes_executed"}),
        (_counts("passes", missed=1), {"passes_missed"}),
        (_counts("relay_sessions", executed=5), {"relay_sessions_executed"}),
        (_counts("commands", issued=19), {"commands_issued"}),
        (_counts("commands", unknown=1), {"commands_unknown"}),
        (_counts("commands", own_unreported=1), {"own_words_unreported"}),
        (_counts("commands", failed=1), {"commands_failed"}),
        (lambda e: replace(e, executed_twice=("otv-0001",)), {"commands_executed_twice"}),
        (lambda e: replace(e, spurious_timeouts=("otv-0001",)), {"spurious_timeouts"}),
        (
            lambda e: replace(e, commanded_spacecraft=frozenset({"otv"})),
            {"commands_to_every_craft"},
        ),
        (
            lambda e: replace(e, commands={**e.commands, "of_people": 24}),
            {"commands_of_people"},
        ),
        (lambda e: replace(e, retransmission_rounds=0), {"retransmission_rounds"}),
        (
            _files(delivered_sha256=None),
            {"files_delivered", "bytes_delivered[polar-weather]"},
        ),
        (
            _files(delivered_sha256="bb"),
            {"hash_mismatches", "bytes_delivered[polar-weather]"},
        ),
        (_files(size=100_000), {"bytes_delivered[polar-weather]"}),
        (lambda e: replace(e, foreign_files=1), {"foreign_files"}),
        (lambda e: replace(e, wall_seconds=301.0), {"wall_seconds"}),
        (
            lambda e: replace(e, audit=replace(AUDIT, findings=(AuditFinding(3, "x", "y", "z"),))),
            {"audit_verified"},
        ),
        (lambda e: replace(e, audit=replace(AUDIT, countersigned=None)), {"audit_verified"}),
        (lambda e: replace(e, audit=replace(AUDIT, entries=0)), {"audit_verified"}),
        (lambda e: replace(e, replans=()), {"replans"}),
        (
            lambda e: replace(e, replans=(REPLAN, replace(REPLAN, bits_home=75e6))),
            {"share_of_optimum"},
        ),
        (lambda e: replace(e, replans=(replace(REPLAN, elapsed_s=5.1),)), {"replan_seconds"}),
        (_foretold(by_95=35), {"home_by_the_95_percent_bound"}),
        (_foretold(by_95=0, bounded=0), {"home_by_the_95_percent_bound"}),
        (_foretold(median_miss_s=901.0), {"foretold_median_miss_s"}),
        (_foretold(median_margin_s=4001.0), {"foretold_median_margin_s"}),
        (
            lambda e: replace(e, foretelling=None),
            {
                "home_by_the_95_percent_bound",
                "foretold_median_miss_s",
                "foretold_median_margin_s",
            },
        ),
    ],
)
def test_each_criterion_fails_on_its_own_evidence(
    spoil: Callable[[Evidence], Evidence], failing: set[str]
) -> None:
    criteria = judge(spoil(GOOD), LIMITS)
    assert {c.name for c in criteria if not c.ok} == failing


def test_a_lost_packet_is_named() -> None:
    evidence = _craft(packets_archived=4999, packets_missing=(STAMP,))(GOOD)
    found = next(c.found for c in judge(evidence, LIMITS) if c.name == "packets_archived[cube]")
    assert found == "4999 (1 missing: APID 2 count 117 of 2034-07-23T06:12:00.250Z; 0 strange)"


def test_legs_judged_together_tell_every_lost_packet() -> None:
    spoilt = _craft(packets_archived=4999, packets_missing=(STAMP,))(GOOD)
    cube = merged([GOOD, spoilt]).spacecraft["cube"]
    assert (cube.packets_generated, cube.packets_archived) == (10_000, 9_999)
    assert cube.packets_missing == (STAMP,)


def test_a_rehearsal_with_nothing_due_is_not_a_success() -> None:
    nothing_due = replace(GOOD, files=tuple(replace(f, due=False) for f in GOOD.files))
    assert "files_delivered" in {c.name for c in judge(nothing_due, LIMITS) if not c.ok}
