"""What telemetry shows of returned samples, as a record for their ledger: pure decisions.

A label counts by its latest reading, a number by all of a flight, up to the end of the run: a seal
that was too warm once has been too warm.  What has not come home yet is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from groundsys.entry.sample_custody import Recording, Shown, Transfer
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Told:
    """One reading, and when the craft made it."""

    value: Any
    at: Instant


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at telemetry has come to: a record, or why there is none."""

    transfer: Transfer | None
    why: str = ""


def look(rule: Recording, told: Mapping[str, Sequence[Told]], run: str) -> Looked:
    """By the readings of a flight by parameter, oldest first, after `run` has completed."""
    words: list[str] = []
    reasons: list[str] = []
    for shown in rule.shows:
        readings = told.get(shown.parameter, ())
        word, is_so = _judged(shown, readings) if readings else (f"{shown.parameter}: none", False)
        (words if is_so else reasons).append(word)
    if not rule.shows:
        reasons.append("nothing is asked of telemetry")
    if reasons:
        return Looked(None, "; ".join(reasons))
    transfer = Transfer(
        event=rule.event,
        at=max(told[shown.parameter][-1].at for shown in rule.shows),
        place=rule.place,
        by=rule.by,
        holder=rule.holder,
        giver=rule.giver,
        evidence=f"{run} completed; telemetry of {rule.spacecraft}: " + "; ".join(words),
    )
    return Looked(transfer)


def _judged(shown: Shown, readings: Sequence[Told]) -> tuple[str, bool]:
    """In words, and whether it is as it is to be."""
    latest = readings[-1]
    if shown.equals:
        word = f"{shown.parameter} {latest.value} at {latest.at.utc_iso(0)}"
        return word, str(latest.value) == shown.equals
    values = [one.value for one in readings if _is_number(one.value)]
    if len(values) < len(readings):
        other = next(one for one in readings if not _is_number(one.value))
        return f"{shown.parameter} {other.value} at {other.at.utc_iso(0)}, no number", False
    low, high = min(values), max(values)
    within = (shown.minimum is None or low >= shown.minimum) and (
        shown.maximum is None or high <= shown.maximum
    )
    return f"{shown.parameter} {low:.1f} to {high:.1f} in {len(values):,} readings", within


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not isnan(value)
