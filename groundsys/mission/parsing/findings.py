"""What is wrong with the definitions, and where: gathered while they are read."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a definition: where, what, and how to mend it."""

    file: str
    line: int
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        tail = f" ({self.remedy})" if self.remedy else ""
        return f"{self.file}:{self.line}: {self.message}{tail}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, relative to the mission's root, and a line from 1."""

    file: str
    line: int


@dataclass(slots=True)
class Findings:
    """Everything found wrong so far."""

    found: list[Finding] = field(default_factory=list)

    def add(self, place: Place, message: str, remedy: str = "") -> None:
        """Note a finding at `place`."""
        self.found.append(Finding(place.file, place.line, message, remedy))

    def ordered(self) -> list[Finding]:
        """All findings, each once, by file and line."""
        return sorted(set(self.found), key=lambda f: (f.file, f.line, f.message))


def note_unknown(
    findings: Findings, place: Place, kind: str, value: str, known: Collection[str]
) -> None:
    """Note a finding when `value` names nothing known, with the nearest name as remedy."""
    if value in known:
        return
    close = difflib.get_close_matches(value, sorted(known), n=1)
    names = ", ".join(sorted(known)) or "none"
    remedy = f"did you mean {close[0]!r}?" if close else f"known: {names}"
    findings.add(place, f"unknown {kind} {value!r}", remedy)
