"""What is asked of the antennas and what they grant: one model for every use of the planner.

Times are integer seconds since an epoch that the problem's maker keeps; spans are half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Seconds from `start` up to but without `end`."""

    start: int
    end: int

    @property
    def seconds(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A stretch in which antennas, all together, could track; more than one is an array."""

    antennas: tuple[str, ...]
    tracking: Span


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """A mission's wish for antenna time.

    Granted are tracks of `minimum_s` to `duration_s` in all, or none.  A request that may be split
    takes tracks of at least `split_minimum_s` each; any other takes one (`split_minimum_s` None).
    Setup before and teardown after a track occupy its antennas too.
    """

    id: str
    #: whose it is
    mission: str
    duration_s: int
    minimum_s: int
    split_minimum_s: int | None
    setup_s: int
    teardown_s: int
    opportunities: tuple[Opportunity, ...]
    #: what is tracked, if that is not the mission as a whole
    craft: str = ""

    @property
    def tracked(self) -> str:
        """What never has two tracks at a time."""
        return self.craft or self.mission


@dataclass(frozen=True, slots=True)
class Track:
    """Antennas' time granted to a request; `occupied` adds setup and teardown to `tracking`."""

    request: str
    antennas: tuple[str, ...]
    tracking: Span
    occupied: Span

    @classmethod
    def of(cls, request: TrackRequest, antennas: tuple[str, ...], tracking: Span) -> Track:
        """The track of a request, occupied from its setup to its teardown."""
        occupied = Span(tracking.start - request.setup_s, tracking.end + request.teardown_s)
        return cls(request.id, antennas, tracking, occupied)


@dataclass(frozen=True, slots=True)
class TrackingProblem:
    """Requests, and when antennas are closed (maintenance, outages, other users)."""

    requests: tuple[TrackRequest, ...]
    closed: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    #: what is tracked rests so long between two tracks
    rest_s: int = 0
