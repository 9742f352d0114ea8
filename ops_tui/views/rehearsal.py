"""A rehearsal: its clock, its seed, and how its verdict stands by what the ground knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundsys.locales import tr, tr_later
from ops_tui.picture import Link, Picture, Snapshot
from ops_tui.views.phrases import UNKNOWN, Phrase, Tone, named_clock_text

_STATES: dict[str, tuple[str, Tone]] = {
    "met": (tr_later("✔ holds"), "good"),
    "open": (tr_later("◌ not yet"), "notice"),
    "broken": (tr_later("✖ broken"), "bad"),
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
        return (Phrase(tr("nothing has been heard yet"), "quiet"),)
    if not is_rehearsal(picture):
        return (
            Phrase(tr("● FLIGHT: this is no rehearsal"), "good"),
            Phrase(tr("The clock is UTC and obeys nobody; there is nothing to steer here.")),
        )
    return (
        Phrase(
            tr(
                "SIMULATED: scenario {scenario}, {seed}",
                scenario=clock.get("scenario") or UNKNOWN,
                seed=_seed(clock),
            ),
            "simulated",
        ),
        _clock(clock) if link.is_live else _last_heard(clock),
        Phrase(tr("mission time {time}", time=named_clock_text(clock.get("now_ns")))),
    )


def criterion_rows(criteria: Sequence[Snapshot]) -> tuple[CriterionRow, ...]:
    """What is broken first, then what is still open, then what holds."""
    order = ("broken", "open", "met")
    ranked = sorted(criteria, key=lambda one: order.index(one["state"]))
    return tuple(
        CriterionRow(
            id=str(one["name"]),
            state=_state(one["state"]),
            found=Phrase(str(one["found"]), right=True),
            expected=str(one["expected"]),
        )
        for one in ranked
    )


def _state(state: str) -> Phrase:
    word, tone = _STATES[state]
    return Phrase(tr(word), tone)


def verdict_line(criteria: Sequence[Snapshot], trouble: str) -> Phrase:
    """How it stands as a whole; the verdict proper comes at the end."""
    if trouble:
        return Phrase(tr("✖ verdict so far: {trouble}", trouble=trouble), "bad")
    if not criteria:
        return Phrase(tr("◌ asking the desks how the verdict stands"), "notice")
    broken = sum(one["state"] == "broken" for one in criteria)
    left = sum(one["state"] == "open" for one in criteria)
    if broken:
        return Phrase(
            tr("✖ verdict so far: {broken} broken, {left} not yet met", broken=broken, left=left),
            "bad",
        )
    if left:
        return Phrase(
            tr("◌ verdict so far: nothing broken, {left} not yet met", left=left), "notice"
        )
    return Phrase(tr("✔ verdict so far: all holds of what the ground can tell"), "good")


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
    return tr("seed unknown") if seed is None else tr("seed {seed}", seed=seed)


def _last_heard(clock: Snapshot) -> Phrase:
    words = (
        tr("stood")
        if clock.get("paused")
        else tr("went ×{rate:.3g}", rate=clock.get("rate") or 0.0)
    )
    return Phrase(tr("◐ the clock {words} when it was last heard of", words=words), "caution")


def _clock(clock: Snapshot) -> Phrase:
    ceiling = clock.get("rate_ceiling")
    limit = (
        tr("as fast as it can") if ceiling is None else tr("at most ×{ceiling:g}", ceiling=ceiling)
    )
    if clock.get("paused"):
        return Phrase(tr("‖ the clock stands; then {limit}", limit=limit), "caution")
    rate = clock.get("rate")
    measured = UNKNOWN if rate is None else f"×{rate:.3g}"
    return Phrase(
        tr("▶ the clock goes {measured}, {limit}", measured=measured, limit=limit), "active"
    )
