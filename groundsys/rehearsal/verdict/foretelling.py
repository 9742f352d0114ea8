"""How well the plan foretold when files come home: pure functions for the verdict.

A plan states two moments for each file: one that it comes before as likely as not, and one by
which it has come with a chance of 95 %.  Both promises are judged as they stand, with no grace.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from groundsys.store import PlanVersion
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Prediction:
    """When a payload file was to be home, as foretold when it was closed, and when it was."""

    file: str
    customer: str
    #: as likely sooner as later
    predicted: Instant
    #: no later than this with 95 %; None if the plan did not say
    by_95: Instant | None
    #: published; None if it was not when the flight ended
    actual: Instant | None

    @property
    def error_s(self) -> float | None:
        """How much later than predicted; None if it never came."""
        return None if self.actual is None else self.actual.seconds_since(self.predicted)


@dataclass(frozen=True, slots=True)
class Foretelling:
    """A flight's predictions, counted."""

    #: foretold and come home
    files: int
    #: whose 95 % bound lies within the flight, and those of them that were home by it
    bounded: int
    by_95: int
    #: share of `files` that came no later than as likely as not
    share_by_predicted: float
    #: how much later than predicted the middle file came, and how far off it was either way
    median_error_s: float
    median_miss_s: float
    #: from the moment predicted to the bound, for the middle file: how sharp the bound is
    median_margin_s: float

    @property
    def share_by_95(self) -> float:
        return self.by_95 / self.bounded if self.bounded else 0.0


def predictions_of(
    versions: Sequence[PlanVersion], files: Iterable[tuple[str, str, str, Instant, Instant | None]]
) -> tuple[Prediction, ...]:
    """What the plan promised, by the version of its closing, for each (file, craft, payload,
    closed, home)."""
    found = []
    for name, craft, payload, closed, home in files:
        flown = [one for one in versions if one.made_at <= closed] or list(versions[:1])
        for one in flown[-1].homecomings if flown else ():
            # a file is closed with its last measurement, which lies inside the stretch
            inside = one.measured.contains(closed.plus_seconds(-1.0))
            its = (one.spacecraft, one.payload) == (craft, payload)
            if its and one.customer and inside and one.home_at is not None:
                found.append(Prediction(name, one.customer, one.home_at, one.by_95, home))
                break
    return tuple(found)


def foretelling_of(predictions: Sequence[Prediction], until: Instant) -> Foretelling | None:
    """How true they were in a flight that ended at `until`; None if nothing came home.

    A bound after the end decides nothing, whether or not its file has come.
    """
    errors = [one.error_s for one in predictions if one.error_s is not None]
    if not errors:
        return None
    bounds = [
        (one.by_95, one) for one in predictions if one.by_95 is not None and one.by_95 <= until
    ]
    margins = [bound.seconds_since(one.predicted) for bound, one in bounds]
    return Foretelling(
        files=len(errors),
        bounded=len(bounds),
        by_95=sum(one.actual is not None and one.actual <= bound for bound, one in bounds),
        share_by_predicted=sum(error <= 0.0 for error in errors) / len(errors),
        median_error_s=statistics.median(errors),
        median_miss_s=statistics.median(map(abs, errors)),
        median_margin_s=statistics.median(margins) if margins else 0.0,
    )


def foretelling_for_report(foretelling: Foretelling | None) -> dict[str, Any]:
    """The part `predictions` of a report; only `files` if there were none."""
    if foretelling is None:
        return {"files": 0}
    return {
        "files": foretelling.files,
        "bounded": foretelling.bounded,
        "by_95": foretelling.by_95,
        "share_by_95": round(foretelling.share_by_95, 4),
        "share_by_predicted": round(foretelling.share_by_predicted, 4),
        "median_error_s": round(foretelling.median_error_s, 1),
        "median_miss_s": round(foretelling.median_miss_s, 1),
        "median_margin_s": round(foretelling.median_margin_s, 1),
    }
