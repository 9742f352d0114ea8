"""The hand-over's book: a shift as the store has it, with desks or without."""

from __future__ import annotations

from groundsys.handover import Happening, Record, handover_report, shift_of
from groundsys.store import Store
from groundsys.values.instants import Interval


def tell_shift(store: Store, span: Interval, scenario: str, *, simulated: bool) -> str:
    """The report of the shift `span` as Markdown."""
    entries = store.watch.log_entries()
    record = Record(
        passes=store.passes.all(),
        sessions=store.relay_sessions.all(),
        alarms=store.watch.alarms(),
        commands=store.commands.all(),
        runs=store.procedures.runs(),
        audit=store.audit.between(span.start, span.end),
        entries=[
            Happening(one.time, one.author, f"{one.spacecraft}: {one.text}".removeprefix(": "))
            for one in entries
        ],
    )
    return handover_report(shift_of(record, span), scenario, simulated=simulated)
