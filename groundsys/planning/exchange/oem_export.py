"""The trajectories that a plan was made from, as messages by which a station can point."""

from __future__ import annotations

from groundsys.geometry import Geometry
from groundsys.geometry.trajectories.oem_writing import write_oem
from groundsys.planning.plan import Plan, PlannedPass, PlannedRelaySession
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval

#: states begin so long before the first contact, and end so long after the last
_MARGIN_S = 3600.0


def oems_of(plan: Plan, geometry: Geometry, generated: Instant) -> dict[str, str]:
    """A message for each moving craft of the plan, by file name, an hour wider than its contacts.

    `PlanError` if none of the plan's craft moves.
    """
    contacts: list[PlannedPass | PlannedRelaySession] = [*plan.passes, *plan.relay_sessions]
    craft_ids = {one.spacecraft for one in contacts} | {one.relay for one in plan.relay_sessions}
    moving = sorted(id for id in craft_ids if geometry.craft(id).site is None)
    if not moving:
        raise PlanError(
            "no trajectory to write", expected="a plan with a craft that moves", found="none"
        )
    span = Interval(
        min(Instant(one.start.tai_ns) for one in contacts).plus_seconds(-_MARGIN_S),
        max(Instant(one.end.tai_ns) for one in contacts).plus_seconds(_MARGIN_S),
    )
    return {f"{id}.oem": write_oem(geometry, id, span, generated) for id in moving}
