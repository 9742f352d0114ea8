"""From a provider's schedule to passes: what it does not carry follows from geometry and links."""

from __future__ import annotations

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.link import best_rate_bps
from groundsys.geometry.time_scales import instants_ns
from groundsys.mission.model import Mission
from groundsys.planning.exchange.schedule import TELECOMMAND, Activity, Schedule
from groundsys.planning.plan import Plan, PlannedPass, PlanningRules
from groundsys.values.errors import PlanError
from groundsys.values.instants import TransmitTime

#: an activity is a pass of ours if it is, or may become, the user's
_GRANTED = ("COMMITTED", "TENTATIVE")


def plan_of(
    schedule: Schedule,
    mission: Mission,
    geometry: Geometry,
    scenario_id: str,
    rules: PlanningRules,
) -> Plan:
    """The passes of the mission's craft in the schedule, with its times and ids.

    Light time, elevation, data rate and the part of the track in which commands can be sent and
    answered are computed.  Other users' activities and mere offers are passed over.  `PlanError`
    if none is of our craft, or one is on an antenna that the mission does not have.
    """
    craft_ids = {id.lower(): id for id in mission.spacecraft}
    antenna_ids = {id.lower(): id for id in mission.antennas}
    passes = []
    for package in schedule.packages:
        craft_id = craft_ids.get(package.user.lower())
        for activity in package.activities if craft_id is not None else ():
            if craft_id is None or activity.status not in _GRANTED:
                continue
            antenna_id = antenna_ids.get(activity.aperture.lower())
            if antenna_id is None:
                raise PlanError(
                    f"{activity.id} is on an antenna that the mission does not have",
                    expected=", ".join(sorted(mission.antennas)),
                    found=activity.aperture,
                    remedy="add its file to mission_db/stations",
                )
            passes.append(_pass_of(activity, antenna_id, craft_id, mission, geometry, rules))
    if not passes:
        raise PlanError(
            "the schedule has no activity of our craft",
            expected=f"users {', '.join(sorted(mission.spacecraft))}",
            found=", ".join(sorted({package.user for package in schedule.packages})) or "no user",
        )
    return Plan(scenario_id, tuple(sorted(passes, key=lambda one: one.start)), ())


def _pass_of(
    activity: Activity,
    antenna_id: str,
    craft_id: str,
    mission: Mission,
    geometry: Geometry,
    rules: PlanningRules,
) -> PlannedPass:
    start, end = activity.track_start, activity.track_end
    radio = mission.spacecraft[craft_id].radios.get("x_band")
    if radio is None:
        raise PlanError(
            f"{activity.id} is with a craft that does not speak to Earth",
            expected="a user with an x_band radio",
            found=craft_id,
        )
    samples = np.linspace(start.tai_ns, end.tai_ns, 61).astype(np.int64)
    down_s = geometry.downlink_light_time_s(antenna_id, craft_id, samples)
    turned_s = float(down_s[-1])
    up_s = geometry.uplink_light_time_s(
        antenna_id, craft_id, instants_ns(end.plus_seconds(-2.0 * turned_s))
    )
    uplink_from = TransmitTime(start.tai_ns)
    uplink_until = uplink_from
    if any(service.type == TELECOMMAND for service in activity.services):
        last = end.plus_seconds(-turned_s - float(up_s[0]) - rules.uplink_margin_s)
        uplink_until = TransmitTime(max(start, last).tai_ns)
    range_km = geometry.range_km(antenna_id, craft_id, samples).max()
    elevation = geometry.elevation_deg(antenna_id, craft_id, samples)
    return PlannedPass(
        id=activity.id,
        antenna=antenna_id,
        spacecraft=craft_id,
        start=start,
        end=end,
        uplink_from=uplink_from,
        uplink_until=uplink_until,
        light_time_s=float(down_s[30]),
        rate_bps=best_rate_bps(
            radio, mission.antennas[antenna_id].radio, float(range_km), rules.margin_db
        ),
        maximum_elevation_deg=float(elevation.max()),
    )
