"""A rehearsal: its clock, its seed, and how its verdict stands by what the ground knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ops_tui.picture import Link, Picture, Snapshot
from ops_tui.views.phrases import UNKNOWN, Phrase, Tone, clock_text

_STATES: dict[str, tuple[str, Tone]] = {
    "met": ("✔ holds", "good"),
    "open": ("◌ not yet", "notice"),
    "broken": ("✖ broken", "bad"),
}
#: ceilings that the keys step through (mission seconds per second)
RATES = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0)


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion of the verdict, so far."""

    id: str
    state: Phrase
    found: Phrase
    expected: str


def is_rehearsal(picture: Picture) -> bool:
    """Whether the ground segment is a simulated one: only then is there anything to steer."""
    return bool(picture.clock.get("simulated"))


def rehearsal_lines(picture: Picture, link: Link) -> tuple[Phrase, ...]:
    """What is rehearsed, and how its clock goes, or went when it was last heard of."""
    clock = picture.clock
    if clock.get("simulated") is None:
        return (Phrase("nothing has been heard yet", "quiet"),)
    if not is_rehearsal(picture):
        return (
            Phrase("● FLIGHT: this is no rehearsal", "good"),
            Phrase("The clock is UTC and obeys nobody; there is nothing to steer here."),
        )
    return (
        Phrase(
            f"SIMULATED: scenario {clock.get('scenario') or UNKNOWN}, {_seed(clock)}", "simulated"
        ),
        _clock(clock) if link.is_live else _last_heard(clock),
        Phrase(f"mission time {clock_text(clock.get('now_ns'))} UTC"),
    )


def criterion_rows(criteria: Sequence[Snapshot]) -> tuple[CriterionRow, ...]:
    """What is broken first, then what is still open, then what holds."""
    order = ("broken", "open", "met")
    ranked = sorted(criteria, key=lambda one: order.index(one["state"]))
    return tuple(
        CriterionRow(
            id=str(one["name"]),
            state=Phrase(*_STATES[one["state"]]),
            found=Phrase(str(one["found"]), right=True),
            expected=str(one["expected"]),
        )
        for one in ranked
    )


def verdict_line(criteria: Sequence[Snapshot], trouble: str) -> Phrase:
    """How it stands as a whole; the verdict proper comes at the end."""
    if trouble:
        return Phrase(f"✖ verdict so far: {trouble}", "bad")
    if not criteria:
        return Phrase("◌ asking the desks how the verdict stands", "notice")
    broken = sum(one["state"] == "broken" for one in criteria)
    left = sum(one["state"] == "open" for one in criteria)
    if broken:
        return Phrase(f"✖ verdict so far: {broken} broken, {left} not yet met", "bad")
    if left:
        return Phrase(f"◌ verdict so far: nothing broken, {left} not yet met", "notice")
    return Phrase("✔ verdict so far: all holds of what the ground can tell", "good")


def faster(ceiling: float | None) -> float | None:
    """The next higher ceiling; above the highest there is none."""
    if ceiling is None:
        return None
    return next((rate for rate in RATES if rate > ceiling * 1.001), None)


def slower(ceiling: float | None) -> float:
    """The next lower ceiling."""
    if ceiling is None:
        return RATES[-1]
    return next((rate for rate in reversed(RATES) if rate < ceiling * 0.999), RATES[0])


def _seed(clock: Snapshot) -> str:
    seed = clock.get("seed")
    return "seed unknown" if seed is None else f"seed {seed}"


def _last_heard(clock: Snapshot) -> Phrase:
    words = "stood" if clock.get("paused") else f"went ×{clock.get('rate') or 0.0:.3g}"
    return Phrase(f"◐ the clock {words} when it was last heard of", "caution")


def _clock(clock: Snapshot) -> Phrase:
    ceiling = clock.get("rate_ceiling")
    limit = "as fast as it can" if ceiling is None else f"at most ×{ceiling:g}"
    if clock.get("paused"):
        return Phrase(f"‖ the clock stands; then {limit}", "caution")
    rate = clock.get("rate")
    measured = UNKNOWN if rate is None else f"×{rate:.3g}"
    return Phrase(f"▶ the clock goes {measured}, {limit}", "active")
