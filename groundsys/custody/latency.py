"""The latency clock: where the time from sensing to delivery went.

It begins at the end of a file's last measurement (SCET) and ends when the file is published in its
customer's space, which is when its customer is told.  Between lie four moments, and so four parts
that add up to the whole to the nanosecond:

    geometry    from the measurement until the first moment at which an octet that was alone could
                have left the relay for Earth: the first overflight of the relay, then the first
                moment at which an antenna of the mission sees the relay.  No path existed.
    queueing    from then until the last octet that the file needed left the relay.  A path
                existed: it was not booked, or others' or earlier data were served, or the file's
                own octets took their time or were lost and asked for again.
    light time  of that last octet from the relay to the antenna (one way).
    us          from the antenna on: the archive, its reading, the making of products.

Each moment is held between its neighbours, so that no part is negative, also where clocks are
known only so well.  Light takes milliseconds from a cube to its relay: they count as queueing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant


@dataclass(frozen=True, slots=True)
class LatencySplit:
    """The parts in ns; none is negative."""

    geometry_ns: int
    queueing_ns: int
    light_time_ns: int
    us_ns: int

    @property
    def whole_ns(self) -> int:
        return self.geometry_ns + self.queueing_ns + self.light_time_ns + self.us_ns

    def seconds(self) -> Mapping[str, float]:
        """By part: `geometry`, `queueing`, `light_time`, `us`."""
        return {
            part.name.removesuffix("_ns"): getattr(self, part.name) / NANOSECONDS_PER_SECOND
            for part in fields(self)
        }


def split_latency(
    measured: Instant,
    departure: Instant | None,
    received: Instant,
    light_time_ns: int,
    published: Instant,
) -> LatencySplit:
    """The parts of one delivery.

    `departure` is when a path first led from the relay to Earth (SCET; None: none did, as far as
    is known), `received` the last octet's ERT.
    """
    start_ns = measured.tai_ns
    end_ns = max(published.tai_ns, start_ns)
    received_ns = min(max(received.tai_ns, start_ns), end_ns)
    left_ns = min(max(received.tai_ns - light_time_ns, start_ns), received_ns)
    opened_ns = left_ns
    if departure is not None:
        opened_ns = min(max(departure.tai_ns, start_ns), left_ns)
    return LatencySplit(
        opened_ns - start_ns, left_ns - opened_ns, received_ns - left_ns, end_ns - received_ns
    )


def mean_split(splits: Sequence[LatencySplit]) -> Mapping[str, float]:
    """The mean of each part in seconds; they add up to the mean latency.  Empty for none."""
    if not splits:
        return {}
    each = [one.seconds() for one in splits]
    return {part: sum(one[part] for one in each) / len(each) for part in each[0]}


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest of these values that at least this share does not exceed (nearest rank)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
