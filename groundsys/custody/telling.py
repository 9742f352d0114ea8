"""Custody as plain values: what the desks answer, and what a report holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from groundsys.custody.hops import HOPS, PLACES, FileCustody, HopTime
from groundsys.custody.latency import LatencySplit, mean_split, percentile
from groundsys.custody.service import Standing
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant


def tell_customer(
    files: Sequence[FileCustody],
    latencies: Iterable[LatencySplit],
    level: Standing | None,
) -> dict[str, Any]:
    """One customer's part: totals by place, the latency clock, the service level, every file."""
    totals = {place: {"files": 0, "octets": 0} for place in PLACES}
    for one in files:
        totals[one.place]["files"] += 1
        for place, octets in one.octets().items():
            totals[place]["octets"] += octets
    return {
        "places": totals,
        "latency_s": latency_told(list(latencies)),
        "service_level": None if level is None else standing_told(level),
        "files": [_told(one) for one in files],
    }


def latency_told(latencies: Sequence[LatencySplit]) -> dict[str, Any]:
    """Median, 95th percentile and mean parts, in seconds; None where no file is home."""
    wholes = [one.whole_ns / NANOSECONDS_PER_SECOND for one in latencies]
    return {
        "files": len(wholes),
        "median": _rounded(percentile(wholes, 0.5)),
        "p95": _rounded(percentile(wholes, 0.95)),
        "split": {part: round(mean, 3) for part, mean in mean_split(latencies).items()},
    }


def standing_told(level: Standing) -> dict[str, Any]:
    """What was promised, and how it stands and will stand."""
    return {
        "share": level.level.share,
        "within_h": level.level.within_s / 3600.0,
        "window_h": level.level.window_s / 3600.0,
        "state": level.state,
        "measured": _rounded(level.share, 4),
        "due": level.due,
        "foreseen": _rounded(level.share_foreseen, 4),
        "due_foreseen": level.due_foreseen,
    }


def _told(one: FileCustody) -> dict[str, Any]:
    file, hops = one.file, one.hops()
    return {
        "spacecraft": file.spacecraft,
        "payload": file.payload,
        "number": file.transaction % Spacecraft.TRANSACTIONS,
        "name": file.name,
        "octets": file.size,
        "size_is_known": file.size_is_known,
        "place": one.place,
        "octets_by_place": dict(one.octets()),
        "hops": {hop: _times(hops[hop]) for hop in HOPS},
        "retransmission_rounds": file.retransmission_rounds,
        "by_95_ns": _ns((one.promised if one.is_home else one.foreseen).by_95),
    }


def _times(hop: HopTime) -> dict[str, int | None]:
    return {"predicted_ns": _ns(hop.predicted), "actual_ns": _ns(hop.actual)}


def _ns(instant: Instant | None) -> int | None:
    return None if instant is None else instant.tai_ns


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
