"""What struck the ground's own processes in a flight, judged: was it as much as was asked for?"""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.rehearsal.verdict.criterion import Criterion, at_least


@dataclass(frozen=True, slots=True)
class Strikes:
    """Strikes of one kind: asked for by the scenario, and done."""

    planned: int = 0
    done: int = 0

    @property
    def enough(self) -> int:
        """One in five may find no moment: some states last for less than a look at the store."""
        return self.planned - self.planned // 5

    def __add__(self, other: Strikes) -> Strikes:
        return Strikes(self.planned + other.planned, self.done + other.done)


def judge_strikes(kills: Strikes, full_disks: Strikes, where: str = "") -> list[Criterion]:
    """Enough of each kind that was asked for."""
    return [
        at_least(f"{where}{name}", of_kind.done, of_kind.enough)
        for name, of_kind in (("processes_killed", kills), ("disks_filled", full_disks))
        if of_kind.planned
    ]
