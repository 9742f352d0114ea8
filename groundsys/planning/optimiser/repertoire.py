"""Which kind of neighbourhood to try next and how large: what paid lately is tried more often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from groundsys.planning.optimiser.neighbourhoods import Kind

#: requests that a neighbourhood frees: at first, at least and at most
FIRST_SIZE, LEAST_SIZE, LARGEST_SIZE = 12.0, 8.0, 90.0
#: a neighbourhood solved to its end makes the next one larger, one cut short makes it smaller
GROWTH, SHRINKING = 1.02, 0.93
#: how much of what a kind gained and spent is remembered from one answer to the next
MEMORY = 0.98
#: chance of the kind that pays least, beside the one that pays most
LEAST_CHANCE = 0.3
#: work that keeps kinds hardly tried yet from looking better or worse than they are
PRIOR_WORK = 0.3
PRIOR_GAIN = 1e-6


@dataclass(slots=True)
class Habit:
    """What is known of a kind: the size it can be solved at, what it gained for what work."""

    kind: Kind
    size: float = FIRST_SIZE
    gained: float = 0.0
    spent: float = 0.0

    @property
    def pay(self) -> float:
        return (PRIOR_GAIN + self.gained) / (PRIOR_WORK + self.spent)


class Repertoire:
    """The kinds with what is known of them."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._habits = [Habit(kind) for kind in kinds]

    def choose(self, random: Random) -> Habit:
        """A kind by chance, the likelier the more it paid lately."""
        most = max(habit.pay for habit in self._habits)
        chances = [max(LEAST_CHANCE, habit.pay / most) for habit in self._habits]
        return random.choices(self._habits, chances)[0]

    def learn(self, habit: Habit, gain: float, work: float, *, proven: bool) -> None:
        """Remember what a neighbourhood of a kind gained, and whether it was solved to its end."""
        for one in self._habits:
            one.gained *= MEMORY
            one.spent *= MEMORY
        habit.gained += gain
        habit.spent += work
        size = habit.size * (GROWTH if proven else SHRINKING)
        habit.size = min(max(size, LEAST_SIZE), LARGEST_SIZE)
