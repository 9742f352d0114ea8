"""How a simulated mission's clock is to go: told to watchers, followed by whoever keeps the clock.

The mission clock of a rehearsal is kept by the process that started the run; it listens to what
the desks tell everybody, and does so.  Desks that are started anew wish what they wished.
"""

from __future__ import annotations

from typing import Any

from groundsys.desks.control_room import ControlRoom
from groundsys.values.errors import RefusalError

_FACT = "clock_wish"


class ClockWish:
    """Whether the clock is to stand, and how fast it may go at most (None: as fast as it can)."""

    def __init__(
        self, room: ControlRoom, *, simulated: bool, seed: int | None, rate_ceiling: float | None
    ) -> None:
        self._room = room
        self.simulated = simulated
        self._seed = seed
        kept = room.store.facts.get(_FACT) or {}
        self.paused = bool(kept.get("paused", False))
        self.rate_ceiling: float | None = kept.get("rate_ceiling", rate_ceiling)
        room.clock_stands = self.paused
        self._tell_room()

    def require_simulated(
        self, refusal: str = "the clock of a real flight cannot be steered"
    ) -> None:
        """Raise unless time itself is simulated: in flight it is UTC, and obeys nobody."""
        if not self.simulated:
            raise RefusalError(
                refusal,
                expected="a simulated ground segment",
                found="a flight",
                remedy="start one with `groundsys up` or `groundsys rehearse`",
            )

    def pause(self, *, paused: bool) -> None:
        self.paused = paused
        self._keep()
        self._room.hold_clock(stands=paused)

    def limit(self, rate_ceiling: float | None) -> None:
        self.rate_ceiling = rate_ceiling
        self._tell_room()
        self._keep()

    def told(self) -> dict[str, Any]:
        return {
            "simulated": self.simulated,
            "seed": self._seed if self.simulated else None,
            "paused": self.paused,
            "rate_ceiling": self.rate_ceiling,
        }

    def _tell_room(self) -> None:
        self._room.rate_ceiling = self.rate_ceiling if self.simulated else 1.0

    def _keep(self) -> None:
        wish = {"paused": self.paused, "rate_ceiling": self.rate_ceiling}
        self._room.store.facts.put(_FACT, wish)
