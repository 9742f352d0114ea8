"""Requests about a simulated mission: its clock, and how its verdict stands by what is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker
from groundsys.desks.rehearsing.rehearsal_standing import standing_criteria
from groundsys.desks.requests.verbs import Answer, Request, Verb
from groundsys.values.errors import RefusalError

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

#: faster than any machine steps
FASTEST = 1e6
SLOWEST = 0.1


class ClockRequests:
    """Answers `clock_pause`, `clock_resume`, `clock_rate` and `rehearsal_standing`."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        steer = Action.STEER_CLOCK
        self.verbs: dict[str, Verb] = {
            "clock_pause": Verb(steer, lambda _, asker: self._pause(asker, paused=True)),
            "clock_resume": Verb(steer, lambda _, asker: self._pause(asker, paused=False)),
            "clock_rate": Verb(steer, self._limit),
            "rehearsal_standing": Verb(Action.WATCH, self._standing),
        }

    def _pause(self, asker: Asker, *, paused: bool) -> Answer:
        wish = self._desks.clock_wish
        wish.require_simulated()
        if wish.paused != paused:
            wish.pause(paused=paused)
            verb, word = ("pause", "stands") if paused else ("resume", "goes on")
            self._record(asker, verb, f"the simulated clock {word}, says {asker.name}")
        return wish.told()

    def _limit(self, request: Request, asker: Asker) -> Answer:
        """`rate`: mission seconds per second, at most; none: as fast as the machine can."""
        wish, rate = self._desks.clock_wish, request.get("rate")
        wish.require_simulated()
        if rate is not None and not _is_rate(rate):
            raise RefusalError(
                "the clock cannot go at that rate",
                expected=f"{SLOWEST:g} to {FASTEST:g} mission seconds per second, or nothing",
                found=repr(rate),
            )
        wish.limit(None if rate is None else float(rate))
        words = "as fast as it can" if rate is None else f"at most {float(rate):g} times real time"
        self._record(asker, "rate", f"the simulated clock goes {words}, says {asker.name}")
        return wish.told()

    def _standing(self, _: Request, __: Asker) -> Answer:
        self._desks.clock_wish.require_simulated()
        return {"criteria": standing_criteria(self._desks)}

    def _record(self, asker: Asker, verb: str, text: str) -> None:
        room = self._desks.room
        room.audit(
            actor=asker.name,
            role=asker.role,
            action=f"clock.{verb}",
            subject="mission clock",
            detail=self._desks.clock_wish.told(),
        )
        room.log("", "info", "clock", text)
        self._desks.live.publish(force=True)


def _is_rate(rate: object) -> bool:
    is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
    return is_number and math.isfinite(float(rate)) and SLOWEST <= float(rate) <= FASTEST  # type: ignore[arg-type]
