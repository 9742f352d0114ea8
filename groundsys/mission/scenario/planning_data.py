"""What a scenario tells the planner: needs, maintenance, shifts, rules; and notices of antennas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from groundsys.values.instants import Instant, Interval

NeedKind = Literal["track", "health", "command", "critical"]


@dataclass(frozen=True, slots=True)
class ContactNeed:
    """Antenna time that a craft needs for itself, whatever its data.

    With `every_s` it comes again in each such stretch of the scenario, else once within `window`.
    `command` needs an uplink; `critical` keeps `antennas` antennas on the craft at once.  With
    `split_minimum_s` several tracks may serve an occurrence, each at least so long, from
    `minimum_s` in all.
    """

    id: str
    spacecraft: str
    kind: NeedKind
    duration_s: float
    minimum_s: float
    every_s: float | None = None
    window: Interval | None = None
    #: how many antennas at once
    antennas: int = 1
    #: only these; any of the scenario's if empty
    among: tuple[str, ...] = ()
    #: operators must be on shift
    attended: bool = False
    priority: float = 1.0
    split_minimum_s: float | None = None
    #: whose request it is, as missions share antennas fairly; the spacecraft if empty
    mission: str = ""

    @property
    def of_mission(self) -> str:
        """Whose request it is."""
        return self.mission or self.spacecraft

    @property
    def shortest_s(self) -> float:
        """The least that one track of it may last."""
        return self.minimum_s if self.split_minimum_s is None else self.split_minimum_s


@dataclass(frozen=True, slots=True)
class Maintenance:
    """An antenna is closed."""

    antenna: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Shift:
    """Operators are there every day between two times of UTC, in seconds of the day."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class PlanningData:
    """What a scenario tells the planner; `rules` replace fields of `PlanningRules` by name."""

    rules: Mapping[str, float] = field(default_factory=dict)
    needs: tuple[ContactNeed, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    #: around the clock if empty
    shifts: tuple[Shift, ...] = ()


NoticeKind = Literal["antenna_out", "weather"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What happens to an antenna in a rehearsal, and when the ground segment is told of it."""

    kind: NoticeKind
    #: when it becomes known
    at: Instant
    antenna: str
    interval: Interval
    #: of weather: what the link loses
    loss_db: float = 0.0
