"""What the versions of the plan promise of a file: when it is where."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from groundsys.custody.hops import Foreseen
from groundsys.planning import Plan
from groundsys.planning.contact_graph.outlook import PUBLISHED_AFTER_S
from groundsys.planning.contact_graph.volumes import HAIL_S
from groundsys.planning.situation import Homecoming
from groundsys.values.instants import Instant, Interval


@dataclass(frozen=True)
class Version:
    """A plan as it was flown from `made_at` on, up to `until`."""

    made_at: Instant
    until: Instant
    plan: Plan
    homecomings: Sequence[Homecoming]
    _by_payload: Mapping[tuple[str, str], Sequence[Homecoming]] = field(init=False, repr=False)
    _sessions: Mapping[str, Sequence[Interval]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_payload: dict[tuple[str, str], list[Homecoming]] = {}
        for one in sorted(self.homecomings, key=lambda each: each.measured.start):
            by_payload.setdefault((one.spacecraft, one.payload), []).append(one)
        sessions: dict[str, list[Interval]] = {}
        for session in sorted(self.plan.relay_sessions, key=lambda each: each.end):
            interval = Interval(session.start, session.end)
            sessions.setdefault(session.spacecraft, []).append(interval)
        object.__setattr__(self, "_by_payload", by_payload)
        object.__setattr__(self, "_sessions", sessions)

    def foreseen(self, spacecraft: str, payload: str, made: Instant) -> Foreseen:
        """What it says of the file that this payload closed at `made`.

        It is at the relay once its cube has answered the hail of the first session that ends
        after that, and received so long before it is published as the planner takes the ground to
        need.
        """
        relayed = self._relayed(spacecraft, made)
        home = self._homecoming(spacecraft, payload, made)
        if home is None or home.home_at is None:
            return Foreseen(relayed)
        received = home.home_at.plus_seconds(-PUBLISHED_AFTER_S)
        return Foreseen(relayed, received, home.home_at, home.by_95)

    def _relayed(self, spacecraft: str, made: Instant) -> Instant | None:
        sessions = self._sessions.get(spacecraft, ())
        following = bisect_right(sessions, made, key=lambda one: one.end)
        if following == len(sessions):
            return None
        return max(made, Instant(sessions[following].start.tai_ns).plus_seconds(HAIL_S))

    def _homecoming(self, spacecraft: str, payload: str, made: Instant) -> Homecoming | None:
        """The one whose stretch holds the file's last measurement, a second before it closed.

        Stretches of one payload do not overlap.
        """
        last = made.plus_seconds(-1.0)
        ones = self._by_payload.get((spacecraft, payload), ())
        before = bisect_right(ones, last, key=lambda one: one.measured.start)
        return ones[before - 1] if before and ones[before - 1].measured.contains(last) else None


def flown_at(versions: Sequence[Version], instant: Instant) -> Version | None:
    """The version that was flown then, or the first of all; `versions` are in order."""
    if not versions:
        return None
    return versions[max(0, bisect_right(versions, instant, key=lambda one: one.made_at) - 1)]
