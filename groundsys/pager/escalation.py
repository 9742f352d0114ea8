"""Which pages are due: a pure function of what stands, who is on duty, and what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from groundsys.pager.duty import Duty


@dataclass(frozen=True, slots=True)
class Concern:
    """What somebody ought to look at, since when (wall seconds, UNIX)."""

    id: str
    text: str
    since_s: float


@dataclass(frozen=True, slots=True)
class Page:
    """One message to one person about one concern; `step` counts the roster's, repeats go on."""

    concern: str
    person: str
    step: int
    text: str

    @property
    def key(self) -> tuple[str, str, int]:
        return self.concern, self.person, self.step


def due_pages(
    duty: Duty,
    standing: Iterable[Concern],
    sent: Mapping[tuple[str, str, int], float],
    now_s: float,
) -> tuple[Page, ...]:
    """Pages that ought to have gone out by now and have not; `sent` tells those that have.

    Only the latest step of a concern counts: a pager that was away does not send, one after the
    other, what would have been due meanwhile.
    """
    pages = []
    for concern in standing:
        step = step_at(duty, now_s - concern.since_s)
        if step is None:
            continue
        for person in duty.steps[min(step, len(duty.steps) - 1)].to:
            page = Page(concern.id, person, step, _text(concern))
            if page.key not in sent:
                pages.append(page)
    return tuple(pages)


def step_at(duty: Duty, age_s: float) -> int | None:
    """The step that a concern of this age has come to, counted on through the repeats."""
    reached = sum(step.after_s <= age_s for step in duty.steps)
    if not reached:
        return None
    if reached < len(duty.steps):
        return reached - 1
    return reached - 1 + int((age_s - duty.steps[-1].after_s) // duty.repeat_s)


def _text(concern: Concern) -> str:
    since = datetime.fromtimestamp(concern.since_s, UTC)
    return f"{concern.text} – not acknowledged since {since:%H:%M:%S} UTC"
