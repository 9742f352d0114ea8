"""The verdict on entries: which criteria a scenario with capsules has, and whether they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundsys.entry.outcomes import EVENTS
from groundsys.rehearsal.verdict.criterion import Criterion
from groundsys.rehearsal.verdict.entering import EntryEvidence


def judge_entries(
    entries: Mapping[str, EntryEvidence], limits: Mapping[str, float]
) -> list[Criterion]:
    """Five criteria a capsule; the scenario's limits say how strict they are."""
    return [
        criterion
        for craft, one in entries.items()
        for criterion in (
            _foretold(craft, one, limits.get("max_entry_sigmas", 4.0)),
            _reported(craft, one, limits.get("max_entry_report_error_s", 2.5)),
            _live(
                craft,
                one,
                limits.get("min_entry_live_share", 0.9),
                limits.get("max_entry_live_wait_s", 30.0),
            ),
            _archived_once(craft, one),
            _fate(craft, one),
        )
    ]


def entries_for_report(entries: Mapping[str, EntryEvidence]) -> dict[str, Any]:
    """Events foretold, told and true, and each capsule's fate, as JSON-ready values."""
    return {
        craft: {
            "fate": one.word.state,
            "why": one.word.why,
            "truly_lost": one.truth.lost,
            "chance_of_loss": round(sum(one.prediction.losses.values()), 3),
            "peak_deceleration_m_s2": round(one.prediction.peak_deceleration_m_s2.mean, 1),
            "impact_m_s": round(one.prediction.impact_m_s.mean, 1),
            "events": {
                event: {
                    "foretold": one.prediction.events[event].time.utc_iso(1),
                    "sigma_s": round(one.prediction.events[event].sigma_s, 1),
                    "told": one.told[event].utc_iso(1) if event in one.told else None,
                    "true": (
                        one.truth.events[event].utc_iso(1) if event in one.truth.events else None
                    ),
                }
                for event in EVENTS
                if event in one.prediction.events
            },
            "live_packets": len(one.live_waits_s),
            "live_packets_home": sum(wait is not None for wait in one.live_waits_s),
        }
        for craft, one in entries.items()
    }


def _foretold(craft: str, one: EntryEvidence, most_sigmas: float) -> Criterion:
    """Something must have been told of, unless plasma kept it; what was told was foretold well."""
    far = [
        f"{event} {one.sigmas(event):.1f} σ"
        for event in one.told
        if event in one.prediction.events and one.sigmas(event) > most_sigmas
    ]
    known = [event for event in one.told if event in one.prediction.events]
    return Criterion(
        f"entry_events_foretold[{craft}]",
        (bool(known) or one.truth.lost_in_plasma) and not far,
        f"events told of, each within {most_sigmas:g} σ of its prediction",
        f"{len(known)} told of" + (f"; {', '.join(far)}" if far else ""),
    )


def _reported(craft: str, one: EntryEvidence, most_s: float) -> Criterion:
    wrong = [
        f"{event} {one.report_error_s(event):.1f} s"
        for event in one.told
        if one.report_error_s(event) > most_s
    ]
    return Criterion(
        f"entry_events_true[{craft}]",
        (bool(one.told) or one.truth.lost_in_plasma) and not wrong,
        f"events told of, each within {most_s:g} s of the truth",
        f"{len(one.told)} told of" + (f"; {', '.join(wrong)}" if wrong else ""),
    )


def _live(craft: str, one: EntryEvidence, least_share: float, most_wait_s: float) -> Criterion:
    """No capsule's telemetry starves behind that of the others."""
    through = len(one.live_waits_s)
    home = sum(wait is not None and wait <= most_wait_s for wait in one.live_waits_s)
    return Criterion(
        f"entry_live[{craft}]",
        through > 0 and home >= least_share * through,
        f"{least_share:.0%} of what reached the relay home within {most_wait_s:g} s",
        f"{home} of {through}",
    )


def _archived_once(craft: str, one: EntryEvidence) -> Criterion:
    return Criterion(
        f"entry_archived_once[{craft}]",
        one.archived_rows == one.archived_different > 0,
        f"each of {one.archived_different} different packets once",
        f"{one.archived_rows}",
    )


def _fate(craft: str, one: EntryEvidence) -> Criterion:
    """The ground says what is true: landed, or lost and why, as far as anything could tell."""
    truth, word = one.truth, one.word
    if truth.lost is None:
        expected, ok = "landed", word.state == "landed"
    elif truth.lost_in_plasma:
        expected = "lost, silent_in_plasma"
        ok = (word.state, word.reason) == ("lost", "silent_in_plasma")
    else:
        expected = f"lost, {truth.lost}"
        ok = (word.state, word.reason) == ("lost", truth.lost)
    found = word.state if word.reason is None else f"{word.state}, {word.reason}"
    return Criterion(f"entry_fate[{craft}]", ok, expected, f"{found}: {word.why}")
