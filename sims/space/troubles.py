"""What truly happens to antennas: they drop out, are stowed, and weather weakens what they receive.

A scenario's notices say both what happens and when the ground is told; here only the former counts.
An antenna that is stowed looks at the zenith, as all do in a wind above what their drives hold;
nobody is told of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groundsys.mission.scenario.planning_data import Notice
from sims.space.faults import Trouble, edges


class StationTroubles:
    """Outages and weather of all `antennas`."""

    def __init__(
        self, notices: Iterable[Notice], stowed: Iterable[Trouble], antennas: Sequence[str]
    ) -> None:
        self._notices = tuple(notices)
        self._stowed = tuple(stowed)
        self._antennas = antennas

    def stow(self, stowed: Iterable[Trouble]) -> None:
        """More storms than were known."""
        self._stowed += tuple(stowed)

    def is_out(self, antenna_id: str, ns: int) -> bool:
        """Whether the antenna neither receives nor transmits."""
        return any(
            one.kind == "antenna_out" and _strikes(one, antenna_id, ns) for one in self._notices
        ) or self.is_stowed(antenna_id, ns)

    def weather_loss_db(self, antenna_id: str, ns: int) -> float:
        """What the antenna's downlink loses by weather."""
        return sum(
            one.loss_db
            for one in self._notices
            if one.kind == "weather" and _strikes(one, antenna_id, ns)
        )

    @property
    def edges(self) -> tuple[tuple[str, int], ...]:
        """(antenna, time) at which an antenna of these drops out or is there again."""
        outages = tuple(
            (one.antenna, edge.tai_ns)
            for one in self._notices
            if one.kind == "antenna_out" and one.antenna in self._antennas
            for edge in (one.interval.start, one.interval.end)
        )
        return outages + edges(self._stowed, self._antennas)

    def is_stowed(self, antenna_id: str, ns: int) -> bool:
        """Whether a storm is over the antenna."""
        return any(one.strikes(antenna_id, ns) for one in self._stowed)


def _strikes(one: Notice, antenna_id: str, ns: int) -> bool:
    begun = one.interval.start.tai_ns <= ns < one.interval.end.tai_ns
    return begun and one.antenna == antenna_id
