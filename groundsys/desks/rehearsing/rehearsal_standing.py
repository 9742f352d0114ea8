"""How a rehearsal's verdict stands so far, by what the ground itself knows.

The verdict proper (`groundsys.rehearsal.verdict`) also reads the simulators' own record, which
nobody opens before the end: what only that can tell is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from groundsys.desks.desks import Desks

#: open: not yet, and the flight goes on
State = Literal["met", "open", "broken"]


@dataclass(frozen=True, slots=True)
class SoFar:
    """One criterion: what it asks for, what has been found, and how that stands."""

    name: str
    expected: str
    found: str
    state: State


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of what has happened up to now."""

    passes_executed: int
    passes_missed: int
    sessions_executed: int
    retransmission_rounds: int
    commands_issued: int
    commands_failed: int
    #: by customer
    octets_delivered: Mapping[str, int]


def judge_so_far(figures: Figures, limits: Mapping[str, float]) -> tuple[SoFar, ...]:
    """The criteria of `limits` (`min_…` and `max_…`) that the ground can tell about."""
    found = [
        _at_least("passes executed", figures.passes_executed, limits.get("min_passes")),
        _at_most("passes missed", figures.passes_missed, limits.get("max_passes_missed", 0.0)),
        _at_least(
            "relay sessions executed", figures.sessions_executed, limits.get("min_relay_sessions")
        ),
        _at_least(
            "rounds of retransmission",
            figures.retransmission_rounds,
            limits.get("min_retransmission_rounds", 1.0),
        ),
        _at_least("commands issued", figures.commands_issued, limits.get("min_commands")),
        _at_most("commands failed", figures.commands_failed, 0.0),
    ]
    found += [
        _at_least(f"bytes delivered to {customer}", octets, limits.get(f"min_bytes_{customer}"))
        for customer, octets in figures.octets_delivered.items()
    ]
    return tuple(one for one in found if one is not None)


def standing_criteria(desks: Desks) -> list[dict[str, Any]]:
    """The same of running desks, as plain values."""
    commands = desks.ledger.all
    deliveries = desks.room.store.catalogue.deliveries()
    octets = dict.fromkeys(desks.room.scenario.customers, 0)
    for one in deliveries:
        octets[one.customer] = octets.get(one.customer, 0) + one.payload_octets
    figures = Figures(
        passes_executed=_count("executed", (one.verdict for one in desks.passes.all)),
        passes_missed=_count("missed", (one.verdict for one in desks.passes.all)),
        sessions_executed=_count("executed", (one.verdict for one in desks.relay.all)),
        retransmission_rounds=sum(one.retransmission_rounds for one in desks.files.records),
        commands_issued=sum(one.was_issued for one in commands),
        commands_failed=_count("failed", (one.state for one in commands)),
        octets_delivered=octets,
    )
    return [
        {"name": one.name, "expected": one.expected, "found": one.found, "state": one.state}
        for one in judge_so_far(figures, desks.room.scenario.criteria)
    ]


def _count(word: str, words: Iterable[object]) -> int:
    return sum(one == word for one in words)


def _at_least(name: str, found: float, limit: float | None) -> SoFar | None:
    if limit is None:
        return None
    state: State = "met" if found >= limit else "open"
    return SoFar(name, f"at least {limit:,.0f}", f"{found:,.0f}", state)


def _at_most(name: str, found: float, limit: float) -> SoFar:
    """It holds up to now; once it does not, it never will again."""
    state: State = "met" if found <= limit else "broken"
    return SoFar(name, f"at most {limit:,.0f}", f"{found:,.0f}", state)
