"""One line of a verdict."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Criterion:
    """What was expected, what was found, and whether that is good."""

    name: str
    ok: bool
    expected: str
    found: str
