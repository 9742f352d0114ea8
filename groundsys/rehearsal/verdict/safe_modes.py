"""Whether a craft came back from safe mode: by its own record, and as its telemetry told last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundsys.rehearsal.verdict.criterion import Criterion


@dataclass(frozen=True, slots=True)
class SafeModes:
    """How often a craft truly went to safe mode and left it; `told` is its mode in telemetry."""

    entered: int
    left: int
    told: str


def safe_modes(modes: Sequence[str], told: str) -> SafeModes:
    """From the modes that it went to, in order of time."""
    entered = sum(mode == "SAFE" for mode in modes)
    still_in = bool(modes) and modes[-1] == "SAFE"
    return SafeModes(entered, entered - still_in, told)


def judge_safe_modes(
    found: Mapping[str, SafeModes], limits: Mapping[str, float]
) -> list[Criterion]:
    """What a scenario asks of recoveries, if it asks anything."""
    if "min_safe_modes_recovered" not in limits:
        return []
    least = limits["min_safe_modes_recovered"]
    return [
        Criterion(
            f"safe_mode_recovered[{craft}]",
            least <= one.left == one.entered and one.told == "NOMINAL",
            f"in safe mode {least:g} times or more, left each time, NOMINAL told last",
            f"entered {one.entered} times, left {one.left}; told last: {one.told or 'nothing'}",
        )
        for craft, one in found.items()
    ]
