"""Where a plan may gain passes and sessions."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.planning.choosing.draft import merged
from groundsys.planning.tracks import Span

_FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Where:
    """Stretches of time in which what is added may start."""

    starts: tuple[Span, ...]

    def __call__(self, span: Span) -> bool:
        """Whether what takes this span may be added."""
        return any(one.start <= span.start < one.end for one in self.starts)

    def reaches(self, view: Span) -> bool:
        """Whether anything in this view may be added."""
        return any(one.overlaps(view) for one in self.starts)


EVERYWHERE = Where((Span(-_FOREVER, _FOREVER),))


def around(disturbed: tuple[Span, ...], within_s: int, beyond: int) -> Where:
    """Within so many seconds of what was disturbed, and from `beyond` on."""
    near = [Span(one.start - within_s, one.end + within_s + 1) for one in disturbed]
    return Where(tuple(merged([*near, Span(beyond, _FOREVER)])))
