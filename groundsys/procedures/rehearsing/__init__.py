"""Rehearsing a procedure before it radiates: what it is rehearsed with, what came of it, and
whether that still counts.  Decisions only: desks hand out and keep, `groundsys.rehearsal` flies.
"""

from groundsys.procedures.rehearsing.freshness import stale_reasons
from groundsys.procedures.rehearsing.snapshot import (
    CraftSnapshot,
    Snapshot,
    StateReading,
    digest_of,
    take_state,
)
from groundsys.procedures.rehearsing.verdict import (
    CommandOutcome,
    GateState,
    MarginSeen,
    StateSeen,
    Verdict,
    read_verdict,
)

__all__ = [
    "CommandOutcome",
    "CraftSnapshot",
    "GateState",
    "MarginSeen",
    "Snapshot",
    "StateReading",
    "StateSeen",
    "Verdict",
    "digest_of",
    "read_verdict",
    "stale_reasons",
    "take_state",
]
