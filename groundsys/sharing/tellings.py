"""Messages to a partner: each tells of one craft, or of one pass of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundsys.geometry import Geometry
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.mission.ground.partner_model import Shared
from groundsys.mission.model import Mission
from groundsys.planning import Plan
from groundsys.planning.exchange.schedule import schedule_of
from groundsys.planning.exchange.simple_schedule import write_simple_schedule
from groundsys.tracking import write_tdm_kvn
from groundsys.values.instants import Instant, Interval
from groundsys.values.tracking import TrackingPoint

#: a trajectory of the definitions is told so long beyond both ends of what is planned
_BEYOND_S = 3600.0
#: when a message is said to be made whose content alone is compared
_AT_ANY_TIME = Instant(0)


@dataclass(frozen=True, slots=True)
class Telling:
    """What there is to tell; `write` makes its text, given when it is told."""

    kind: Shared
    spacecraft: str
    #: of its file
    stem: str
    suffix: str
    media_type: str
    write: Callable[[Instant], str]
    #: of what it tells, if of a span
    span: Interval | None = None

    @property
    def about(self) -> str:
        """What its versions have in common."""
        return f"{self.kind}:{self.stem}"

    def digest(self) -> str:
        """SHA-256 of what it tells, whenever that is told."""
        return hashlib.sha256(self.write(_AT_ANY_TIME).encode()).hexdigest()


def schedule_of_craft(plan: Plan, mission: Mission, craft: str) -> Telling | None:
    """A craft's passes of the plan, begun or not; None while there is none."""
    passes = tuple(one for one in plan.passes if one.spacecraft == craft)
    if not passes:
        return None
    alone = Plan(plan.scenario, passes, ())
    return Telling(
        *("schedule", craft, f"{craft}-schedule", ".xml", "application/xml"),
        lambda at: write_simple_schedule(schedule_of(alone, mission, at)),
        Interval(
            min(Instant(one.start.tai_ns) for one in passes),
            max(Instant(one.end.tai_ns) for one in passes),
        ),
    )


def trajectory_of(
    geometry: Geometry, craft: str, planned: Interval, adopted: str | None
) -> Telling | None:
    """What a craft is flown by: the OEM that was adopted, as it came, or the definitions' orbit.

    None for a craft that stands on a body.  A definition's orbit states no covariance.
    """
    if geometry.craft(craft).site is not None:
        return None
    span = Interval(planned.start.plus_seconds(-_BEYOND_S), planned.end.plus_seconds(_BEYOND_S))
    write = (
        (lambda at: write_oem(geometry, craft, span, at)) if adopted is None else lambda _: adopted
    )
    return Telling("trajectories", craft, f"{craft}-orbit", ".oem", "text/plain", write)


def tracking_of_pass(
    mission: Mission, craft: str, pass_id: str, points: Sequence[TrackingPoint]
) -> Telling | None:
    """What was measured in a pass; None of one in which nothing was."""
    if not points:
        return None
    first, last = points[0].received, points[-1].received
    return Telling(
        *("tracking", craft, f"{craft}-{pass_id}", ".tdm", "text/plain"),
        lambda at: write_tdm_kvn(mission, points, at),
        Interval(Instant(first.tai_ns), Instant(last.tai_ns)),
    )
