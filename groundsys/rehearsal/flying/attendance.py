"""Which of a rehearsal's people are there, and who speaks for whom, as its faults have it.

`{fault: absent, person: …}` takes one away, or everybody: nothing is asked for, nobody says go.
`{fault: stand_in, person: …, by: …}` has another person, who has the same role, say go instead:
the desks let it pass, and the verdict finds that it is not whom the scenario means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Attendance:
    """Everybody is there, and speaks for themselves, unless said otherwise."""

    nobody: bool = False
    absent: frozenset[str] = frozenset()
    #: who speaks at gates, by whom they stand in for
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, faults: Sequence[Mapping[str, Any]]) -> Attendance:
        away = [fault.get("person") for fault in faults if fault["fault"] == "absent"]
        return cls(
            nobody=None in away,
            absent=frozenset(person for person in away if person is not None),
            stand_ins={
                fault["person"]: fault["by"] for fault in faults if fault["fault"] == "stand_in"
            },
        )

    def is_there(self, person: str) -> bool:
        return not self.nobody and person not in self.absent

    def speaks_as(self, person: str) -> str:
        """Who says go for `person`; "" if nobody does."""
        who = self.stand_ins.get(person, person)
        return who if self.is_there(who) else ""


#: is there
EVERYBODY = Attendance()
