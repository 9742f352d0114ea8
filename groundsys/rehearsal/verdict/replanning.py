"""How well the plan was mended: pure functions for the verdict.

Each version that answered an outage is set against what could not stay and what was best at its
moment (`optimum.py`); bits are those of payload files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from groundsys.passes.notices import Known, read_notices
from groundsys.planning import Plan
from groundsys.planning.situation import Homecoming
from groundsys.store import PlanVersion, StoredNotice
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Replan:
    """One version that mended the plan, and what came of it."""

    version: int
    reason: str
    made_at: Instant
    elapsed_s: float
    #: passes that were booked ahead, and those of them that could not stay
    booked: int
    forced: int
    moved: int
    dropped: int
    added: int
    #: payload bits that came home after it, and that the optimum would have brought
    bits_home: float
    bits_optimum: float

    @property
    def share_of_optimum(self) -> float:
        return self.bits_home / self.bits_optimum if self.bits_optimum else 1.0

    @property
    def needless(self) -> int:
        """Passes moved or dropped beyond those that could not stay."""
        return max(0, self.moved + self.dropped - self.forced)


def mended_versions(
    versions: Sequence[PlanVersion], notices: Sequence[StoredNotice]
) -> tuple[tuple[PlanVersion, PlanVersion, Known], ...]:
    """(version before, version, what was known) of each that answered an outage or weather."""
    found = []
    for before, version in pairwise(versions):
        told = notices[before.notices : version.notices]
        if any(one.kind in ("antenna_out", "weather", "pass_lost") for one in told):
            known = read_notices([(one.kind, one.content) for one in notices[: version.notices]])
            found.append((before, version, known))
    return tuple(found)


def could_not_stay(plan: Plan, now: Instant, known: Known) -> tuple[str, ...]:
    """Ids of the passes not over that an outage meets, or that are lost: the fewest to change."""
    return tuple(
        one.id
        for one in plan.passes
        if one.end > now
        and (
            one.id in known.lost
            or any(
                out.antenna == one.antenna
                and one.start < out.interval.end
                and out.interval.start < one.end
                for out in known.outages
            )
        )
    )


def bits_after(
    homecomings: Iterable[Homecoming], moment: Instant, pace_bps: Mapping[str, float]
) -> float:
    """Bits of payload files that are to come home after a moment; `pace_bps` by payload.

    Told from how long was measured: a homecoming's own bits count what packets add.
    """
    return sum(
        one.measured.seconds * pace_bps[one.payload]
        for one in homecomings
        if one.payload in pace_bps and one.home_at is not None and one.home_at > moment
    )


def pass_counts(changes: Mapping[str, Any]) -> dict[str, int]:
    """How many passes a version moved, dropped and added."""
    passes = changes.get("passes", {})
    return {kind: len(passes.get(kind, ())) for kind in ("moved", "dropped", "added")}


def replans_for_report(replans: Sequence[Replan]) -> dict[str, Any]:
    """The part `replanning` of a report."""
    return {
        "share_of_optimum": round(min((r.share_of_optimum for r in replans), default=1.0), 4),
        "slowest_s": max((r.elapsed_s for r in replans), default=0.0),
        "replans": [
            {
                "version": one.version,
                "reason": one.reason,
                "made_at": one.made_at.utc_iso(0),
                "elapsed_s": one.elapsed_s,
                "passes_booked": one.booked,
                "passes_that_could_not_stay": one.forced,
                "passes_moved": one.moved,
                "passes_dropped": one.dropped,
                "passes_added": one.added,
                "passes_changed_needlessly": one.needless,
                "megabytes_home": round(one.bits_home / 8e6, 3),
                "megabytes_optimum": round(one.bits_optimum / 8e6, 3),
                "share_of_optimum": round(one.share_of_optimum, 4),
            }
            for one in replans
        ],
    }
