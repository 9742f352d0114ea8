"""One line of a verdict, and the two kinds that most of them are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Criterion:
    """What was expected, what was found, and whether that is good."""

    name: str
    ok: bool
    expected: str
    found: str


def at_least(name: str, found: float, limit: float) -> Criterion:
    """A figure that must not be smaller."""
    return Criterion(name, found >= limit, f"at least {limit:g}", f"{found:g}")


def at_most(name: str, found: float, limit: float) -> Criterion:
    """A figure that must not be larger."""
    return Criterion(name, found <= limit, f"at most {limit:g}", f"{found:g}")
