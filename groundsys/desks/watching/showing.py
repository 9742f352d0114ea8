"""What the desks show to watchers, topic by topic: console, portal, command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from groundsys.desks.watching.live_picture import Snapshot
from groundsys.desks.watching.whereabouts import fleet_ahead, whereabouts
from groundsys.passes.execution import Pass
from groundsys.relay.sessions import RelaySession

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks


def topics_of(desks: Desks) -> Mapping[str, Snapshot]:
    """By topic of the live picture, how its snapshot is taken."""
    return {
        "clock": lambda: clock_shown(desks),
        "faults": desks.faults.snapshot,
        "fleet": lambda: fleet_shown(desks),
        "passes": lambda: {
            "passes": desks.passes.snapshot(),
            "relay_sessions": desks.relay.snapshot(),
            "closed": {
                "passes": _closed(desks.passes.all),
                "relay_sessions": _closed(desks.relay.all),
            },
        },
        "pass_watch": desks.pass_watch.snapshot,
        "plan": desks.planning.snapshot,
        "alarms": desks.alarms.snapshot,
        "commands": desks.ledger.snapshot,
        "procedures": desks.procedures.snapshot,
        "deliveries": lambda: desks.deliveries.snapshot(desks.files.records),
        "customer_events": desks.room.store.customer_events.last,
    }


def _closed(contacts: Iterable[Pass | RelaySession]) -> int:
    """How many are over since the beginning, those that are shown no more included."""
    return sum(one.state == "closed" for one in contacts)


def clock_shown(desks: Desks) -> dict[str, Any]:
    """The mission clock, and what somebody wishes of a simulated one."""
    room, wish = desks.room, desks.clock_wish
    return {
        "now_ns": room.now.tai_ns,
        "rate": 0.0 if wish.paused else round(room.rate, 3),
        "scenario": room.scenario.id,
        **wish.told(),
    }


def fleet_shown(desks: Desks) -> dict[str, Any]:
    """Every craft as last heard, with what comes next for it."""
    sessions_open = frozenset(one.spacecraft for one in desks.relay.all if one.state == "open")
    told = fleet_ahead(
        desks.room.craft, desks.ledger, desks.passes.all, desks.relay.all, desks.room.now
    )
    craft = desks.telemetry.snapshot(sessions_open)["craft"]
    return {"craft": {id: {**one, **told[id]} for id, one in craft.items()}}


def whereabouts_shown(desks: Desks) -> dict[str, dict[str, Any]]:
    """What of each craft is where; reads all that ever was, so not for every picture."""
    return whereabouts(
        desks.room.craft,
        desks.ledger.all,
        desks.files.records,
        [*desks.passes.all, *desks.relay.all],
        desks.room.now,
    )
