"""Why a need or a customer got less than asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.planning.choosing.draft import Draft
from groundsys.planning.contact_graph.contacts import ContactProblem, NeedCase, Visit
from groundsys.planning.contact_graph.needs import served_s
from groundsys.planning.contact_graph.outlook import visit_of
from groundsys.planning.plan import PlannedPass
from groundsys.planning.situation import Homecoming, Shortfall
from groundsys.planning.tracks import Span

#: of a customer's data that may miss its goal before it is told
_TOLD_SHARE = 0.01


def shortfalls_of(
    draft: Draft,
    passes: Sequence[PlannedPass],
    homecomings: Sequence[Homecoming],
    mission: Mission,
    scenario: Scenario,
) -> tuple[Shortfall, ...]:
    """Needs not served in full, and customers whose data are late or stay away.

    `passes` are those that came of the draft.
    """
    return (
        *_of_needs(draft, passes, mission),
        *_of_customers(draft, homecomings, mission, scenario),
    )


def _of_needs(draft: Draft, passes: Sequence[PlannedPass], mission: Mission) -> Iterator[Shortfall]:
    problem = draft.problem
    visits: dict[str, list[Visit]] = {case.need.spacecraft: [] for case in problem.needs}
    for one in passes:
        if one.spacecraft in visits:
            visits[one.spacecraft].append(visit_of(one, mission, problem.epoch))
    for case in problem.needs:
        granted = served_s(case, visits[case.need.spacecraft], problem.rules)
        if granted < case.need.duration_s:
            yield Shortfall(
                subject=case.id,
                asked=f"{case.need.duration_s:.0f} s",
                granted=f"{granted} s",
                reason=_why(draft, case),
            )


def _why(draft: Draft, case: NeedCase) -> str:
    problem, need = draft.problem, case.need
    views = [
        one
        for one in problem.passes[need.spacecraft]
        if one.tracking.overlaps(case.within) and (not need.among or one.antenna in need.among)
    ]
    if not views:
        return f"no view: no antenna sees {need.spacecraft} then, or its link does not close"
    if not case.parts or not any(
        one.tracking.overlaps(part) for one in views for part in case.parts
    ):
        return "no operators are on shift while an antenna sees the craft"
    longest_s = max(
        min(one.tracking.end, part.end) - max(one.tracking.start, part.start)
        for one in views
        for part in case.parts
    )
    if longest_s < need.shortest_s:
        return f"views, within its window and operators' shifts, last at most {longest_s} s"
    closed = [
        one.antenna
        for one in views
        if any(span.overlaps(one.tracking) for span in problem.closed.get(one.antenna, ()))
    ]
    if len({one.antenna for one in views}) < need.antennas:
        return f"fewer than {need.antennas} antennas see {need.spacecraft} at once"
    if closed and len(set(closed)) == len({one.antenna for one in views}):
        return f"closed antenna: {', '.join(sorted(set(closed)))}"
    around = Span(min(one.tracking.start for one in views), max(one.tracking.end for one in views))
    near = [
        other
        for visits in draft.visits.values()
        for other in visits
        if other.occupied.overlaps(around)
    ]
    rivals = sorted(
        {
            other.id or f"a pass of {other.window.spacecraft}"
            for one in views
            for other in near
            if other.occupied.overlaps(one.tracking)
            and (other.window.antenna == one.antenna or other.window.spacecraft == need.spacecraft)
        }
    )
    if rivals:
        return f"conflict with {', '.join(rivals[:3])}"
    return "views are shorter than asked for"


def _of_customers(
    draft: Draft, homecomings: Sequence[Homecoming], mission: Mission, scenario: Scenario
) -> Iterator[Shortfall]:
    problem = draft.problem
    by_customer: dict[str, list[Homecoming]] = defaultdict(list)
    for one in homecomings:
        by_customer[one.customer].append(one)
    for customer in scenario.customers:
        goal_s = mission.customers[customer].latency_goal_s
        mine = by_customer[customer]
        bits = sum(one.bits for one in mine)
        # what is measured too near the end could not be home in time under any plan
        due = [one for one in mine if one.measured.end <= scenario.cut_off
               and one.measured.end.plus_seconds(goal_s) <= scenario.span.end]  # fmt: skip
        late = [
            one
            for one in due
            if one.home_at is None or one.home_at.seconds_since(one.measured.end) > goal_s
        ]
        short = sum(one.bits for one in late)
        if bits and short > _TOLD_SHARE * bits:
            yield Shortfall(
                subject=customer,
                asked=f"{sum(one.bits for one in due) / 8e6:.1f} MB within {goal_s / 3600:.1f} h",
                granted=f"{(sum(one.bits for one in due) - short) / 8e6:.1f} MB",
                reason=_why_late(problem, draft, sorted({one.spacecraft for one in late})),
            )


def _why_late(problem: ContactProblem, draft: Draft, crafts: Sequence[str]) -> str:
    for craft in crafts:
        speaker = (
            craft
            if craft in problem.networks
            else next(id for id, heard in problem.networks.items() if craft in heard)
        )
        if craft != speaker:
            windows = problem.sessions[craft]
            if not windows:
                return f"no view: {speaker} never passes over {craft}, or the link does not close"
            heard = [one for one in draft.hearings[speaker] if one.window.spacecraft == craft]
            if not heard:
                return f"no session with {craft} can be loaded and brought home"
        if not problem.passes[speaker]:
            return f"no view: no antenna sees {speaker}, or its link does not close"
        if not draft.visits[speaker]:
            return f"{speaker} got no antenna: others gain more for it, or it costs too much"
    return "too few contacts: antennas are closed, taken by others, or cost more than the data gain"
