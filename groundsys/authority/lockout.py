"""How often passwords may be guessed: of one name, and of all names together.

A few wrong ones are forgiven, then the name's wait doubles.  It counts for names, not for whoever
tries, and alike for names that nobody has; so it tells nothing.  Somebody may thereby keep a known
name from logging in; sessions that have begun go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FORGIVEN = 3
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 300.0
#: after so long without another attempt all is forgotten
FORGOTTEN_AFTER_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong passwords in a row, and when the last one was (wall time, seconds since 1970)."""

    count: int = 0
    last_s: float = 0.0


def wait_s(failures: Failures) -> float:
    """Seconds from the last failure until another attempt counts."""
    if failures.count <= FORGIVEN:
        return 0.0
    doublings = min(failures.count - FORGIVEN - 1, 30)
    return min(FIRST_WAIT_S * 2.0**doublings, LONGEST_WAIT_S)


def is_locked(failures: Failures, now_s: float) -> bool:
    """True while an attempt is refused unread; a wall clock set back does not open it."""
    return now_s < failures.last_s + wait_s(failures)


def after_failure(failures: Failures, now_s: float) -> Failures:
    """The failures with one more."""
    if now_s > failures.last_s + FORGOTTEN_AFTER_S:
        return Failures(1, now_s)
    return Failures(failures.count + 1, now_s)


# --- all names together -------------------------------------------------------------------------

GUESSES_AT_ONCE = 20
GUESSES_PER_S = 2.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """Guesses that may be read just now: each costs the desks some tenths of a second."""

    left: float = GUESSES_AT_ONCE
    at_s: float = 0.0


def after_guess(allowance: Allowance, now_s: float) -> tuple[Allowance, bool]:
    """The allowance after one more guess, and whether it may be read at all."""
    grown = allowance.left + max(0.0, now_s - allowance.at_s) * GUESSES_PER_S
    left = min(grown, float(GUESSES_AT_ONCE))
    if left < 1.0:
        return Allowance(left, now_s), False
    return replace(allowance, left=left - 1.0, at_s=now_s), True
