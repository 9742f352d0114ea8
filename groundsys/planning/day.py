"""A day's plan, and the day's after it: greedy, conflict-free, the same for the same data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groundsys.geometry import Geometry
from groundsys.mission.model import Mission, Scenario
from groundsys.planning.check import check_plan
from groundsys.planning.passes import choose_passes
from groundsys.planning.plan import Plan, PlanningRules
from groundsys.planning.sessions import choose_relay_sessions
from groundsys.values.errors import PlanError
from groundsys.values.instants import Instant, Interval

DEFAULT_RULES = PlanningRules()
_DAY_S = 86_400.0
#: an antenna may be told of a pass this long before it has to configure itself
_NOTICE_S = 60.0


def plan_day(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    rules: PlanningRules = DEFAULT_RULES,
) -> Plan:
    """Passes and relay sessions of the scenario; `PlanError` if none can be made that holds.

    Craft that speak to Earth themselves get passes, one after the other; the others are heard
    through their relay.
    """
    passes = choose_passes(mission, scenario, geometry, _speaker(mission, scenario), rules)
    plan = Plan(
        scenario.id,
        passes,
        choose_relay_sessions(mission, scenario, geometry, passes, rules),
    )
    if findings := check_plan(plan, mission, scenario, geometry):
        raise PlanError("the plan does not hold", found="; ".join(findings))
    return plan


def plan_onward(
    mission: Mission,
    scenario: Scenario,
    geometry: Geometry,
    booked: Plan,
    now: Instant,
    rules: PlanningRules = DEFAULT_RULES,
) -> Plan:
    """The day after what is `booked`, to be added to it; nothing of it begins before `now`.

    Passes follow the last booked one for a day, whatever the scenario's span.  Relay sessions
    follow the last booked one as far as the new passes bring their data home.  `PlanError` if
    none can be made that holds.
    """
    opens = _latest([one.end for one in booked.passes], rules.pass_gap_s, now, _NOTICE_S)
    day = Interval(opens, opens.plus_seconds(_DAY_S))
    passes = choose_passes(
        mission,
        replace(scenario, span=day, cut_off=day.end, quiet_from=day.end),
        geometry,
        _speaker(mission, scenario),
        rules,
        _number_after([one.id for one in booked.passes]),
    )
    near = [one for one in booked.passes if one.end > opens.plus_seconds(-_DAY_S)]
    listen_from = _latest([one.end for one in booked.relay_sessions], rules.session_gap_s, now, 0.0)
    listening = Interval(listen_from, max(listen_from, Instant(passes[-1].start.tai_ns)))
    sessions = choose_relay_sessions(
        mission,
        replace(scenario, span=listening, cut_off=listening.end, quiet_from=listening.end),
        geometry,
        (*near, *passes),
        rules,
        _number_after([one.id for one in booked.relay_sessions]),
    )
    around = Interval(
        min((one.start for one in near), default=opens).plus_seconds(-_DAY_S), day.end
    )
    whole = replace(scenario, span=around, cut_off=around.end, quiet_from=around.end)
    if findings := check_plan(
        Plan(scenario.id, (*near, *passes), sessions), mission, whole, geometry
    ):
        raise PlanError("the next day's plan does not hold", found="; ".join(findings))
    return Plan(scenario.id, passes, sessions)


def _speaker(mission: Mission, scenario: Scenario) -> str:
    """The one craft that antennas speak to."""
    speakers = [
        craft_id for craft_id in scenario.spacecraft if mission.spacecraft[craft_id].relay is None
    ]
    if len(speakers) != 1:
        raise PlanError(
            "the planner serves one craft that speaks to Earth",
            expected="one craft without a relay",
            found=", ".join(speakers) or "none",
        )
    return speakers[0]


def _latest(ends: Sequence[Instant], gap_s: float, now: Instant, notice_s: float) -> Instant:
    """When something new may begin: after the last of `ends` and a gap, and after `now`."""
    moments = [now.plus_seconds(notice_s), *(end.plus_seconds(gap_s) for end in ends)]
    return Instant(max(moment.tai_ns for moment in moments))


def _number_after(ids: Sequence[str]) -> int:
    """The number that follows those at the ends of `ids`, such as `pass-07`."""
    return 1 + max((int(id.rpartition("-")[2]) for id in ids), default=0)
