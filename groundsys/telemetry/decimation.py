"""A long history as few spans, each with its least and greatest value: no peak is lost."""

from __future__ import annotations

from collections.abc import Sequence

from groundsys.values.instants import Instant, Interval
from groundsys.values.records import ParameterSample


def decimate(
    history: Sequence[tuple[Instant, float]], span: Interval, count: int
) -> list[ParameterSample]:
    """At most `count` samples of equal length over `span`; those without a value are left out.

    `history` is in order of time and lies within the span.
    """
    width_ns = max(1, span.end.tai_ns - span.start.tai_ns)
    found: list[ParameterSample] = []
    number = -1
    for at, value in history:
        its = min(count - 1, (at.tai_ns - span.start.tai_ns) * count // width_ns)
        if its != number or not found:
            found.append(ParameterSample(at, at, value, value, 1))
        else:
            last = found[-1]
            found[-1] = ParameterSample(
                last.first,
                at,
                min(last.minimum, value),
                max(last.maximum, value),
                last.count + 1,
            )
        number = its
    return found
