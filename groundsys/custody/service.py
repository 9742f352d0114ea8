"""The service level: which share of a customer's files must be home within how long.

A file is due `within_s` after the end of its last measurement.  What counts at a moment are the
files that were not due before the window that ends there, and that are decided: home, or due.
What is foreseen is the same one `within_s` later, by what the plan promises of the files that have
been made and are not home.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from groundsys.mission.ground.customer_model import ServiceLevel
from groundsys.values.instants import Instant

#: nothing: no file is decided yet, nor will any be soon
State = Literal["met", "at_risk", "missed", "nothing"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file: when it was made, when it was home, and when the plan foresees that.

    The plan reaches up to `planned_until`: of a file that is due later and that it does not bring
    home, nothing is foreseen.
    """

    made: Instant
    published: Instant | None
    foreseen: Instant | None = None
    planned_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a service level stands: counts of files, in time and in all; as it was, and foreseen."""

    level: ServiceLevel
    in_time: int
    due: int
    in_time_foreseen: int
    due_foreseen: int

    @property
    def share(self) -> float | None:
        return self.in_time / self.due if self.due else None

    @property
    def share_foreseen(self) -> float | None:
        return self.in_time_foreseen / self.due_foreseen if self.due_foreseen else None

    @property
    def state(self) -> State:
        if self.share is not None and self.share < self.level.share:
            return "missed"
        if self.share_foreseen is not None and self.share_foreseen < self.level.share:
            return "at_risk"
        return "nothing" if self.share is None and self.share_foreseen is None else "met"


def standing(level: ServiceLevel, outcomes: Iterable[Outcome], now: Instant) -> Standing:
    """How the level stands at `now`, and will stand when all that is made now has fallen due."""
    files = list(outcomes)
    in_time, due = _counted(level, files, now)
    soon = now.plus_seconds(level.within_s)
    ahead = [one for one in files if _is_told(level, one, now)]
    in_time_soon, due_soon = _counted(level, ahead, soon, known=now)
    return Standing(level, in_time, due, in_time_soon, due_soon)


def worst_share(
    level: ServiceLevel, outcomes: Sequence[Outcome], start: Instant, end: Instant
) -> float | None:
    """The smallest share in any window that ends where a file falls due, up to `end`.

    The first window is a whole one, or the one that ends at `end`.  None if nothing is decided.
    """
    first = min(start.plus_seconds(level.window_s), end)
    moments = {end, *(at for one in outcomes if first <= (at := _due(level, one)) <= end)}
    counts = [_counted(level, outcomes, moment) for moment in moments]
    return min((in_time / due for in_time, due in counts if due), default=None)


def _counted(
    level: ServiceLevel, files: Iterable[Outcome], at: Instant, known: Instant | None = None
) -> tuple[int, int]:
    """Files in time, and all that are decided in the window up to `at`; `known`: now, if before."""
    opens = at.plus_seconds(-level.window_s)
    inside = [
        one
        for one in files
        if opens < (due := _due(level, one))
        and (due <= at or (one.published is not None and one.published <= at))
    ]
    return sum(_is_in_time(level, one, known) for one in inside), len(inside)


def _is_in_time(level: ServiceLevel, one: Outcome, known: Instant | None) -> bool:
    due = _due(level, one)
    if one.published is not None:
        return one.published <= due
    if known is None or due <= known or one.foreseen is None:
        return False
    return max(one.foreseen, known) <= due


def _is_told(level: ServiceLevel, one: Outcome, now: Instant) -> bool:
    """Whether it is known or foreseen if the file is in time."""
    due = _due(level, one)
    if one.published is not None or one.foreseen is not None or due <= now:
        return True
    return one.planned_until is not None and due <= one.planned_until


def _due(level: ServiceLevel, one: Outcome) -> Instant:
    return one.made.plus_seconds(level.within_s)
