"""Requests about the hand-over of a shift."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from groundsys.authority import Action, Asker
from groundsys.desks.requests.handover_book import tell_shift
from groundsys.desks.requests.verbs import Answer, Request, Verb
from groundsys.values.errors import RefusalError
from groundsys.values.instants import Instant, Interval

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

#: of a shift, unless its length is told
SHIFT_S = 8 * 3_600.0
#: more than a year is no shift
LONGEST_S = 400 * 86_400.0


class HandoverRequests:
    """Answers the verb `handover`: the shift of the last `last_s` seconds, or since `since_ns`."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self.verbs: dict[str, Verb] = {"handover": Verb(Action.WATCH, self._handover)}

    def _handover(self, request: Request, _: Asker) -> Answer:
        room = self._desks.room
        span = Interval(_start(request, room.now), room.now)
        simulated = self._desks.clock_wish.simulated
        return {
            "since": span.start.utc_iso(0),
            "until": span.end.utc_iso(0),
            "report": tell_shift(room.store, span, room.scenario.id, simulated=simulated),
        }


def _start(request: Request, now: Instant) -> Instant:
    since_ns = request.get("since_ns")
    if since_ns is not None:
        last_s = (now.tai_ns - int(since_ns)) / 1e9
    else:
        last_s = float(request.get("last_s") or SHIFT_S)
    if not math.isfinite(last_s) or not 0.0 <= last_s <= LONGEST_S:
        raise RefusalError(
            "this is no shift",
            expected=f"one that began at most {LONGEST_S / 86_400:.0f} days ago, and not later",
            found=f"{last_s:.0f} s ago",
        )
    return now - timedelta(seconds=last_s) if since_ns is None else Instant(int(since_ns))
