"""Finds what is asked about by its id, and explains it."""

from __future__ import annotations

from collections.abc import Iterator

from groundsys.geometry import relay_windows, view_periods
from groundsys.mission.scenario.planning_data import ContactNeed
from groundsys.planning.explanation.answers import (
    Explanation,
    PlanInQuestion,
    clock,
    duration,
    megabytes,
    rate,
    stretch,
)
from groundsys.planning.explanation.passes import explain_pass
from groundsys.planning.plan import PlannedRelaySession
from groundsys.planning.situation import Homecoming
from groundsys.planning.versions.summary import latency_s, summarise
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant, Interval

_LATEST_TOLD = 3
#: an overflight is looked for so far around a session
_AROUND_S = 7200.0


def explain(asked: PlanInQuestion, id: str) -> Explanation:
    """Why the pass, session, antenna, need or customer of this id is as it is.

    `DefinitionError` names what there is if it is none of these.
    """
    plan = asked.plan
    needs = {one.id: one for one in (*asked.scenario.planning.needs, *asked.situation.needs)}
    for one in plan.passes:
        if one.id == id:
            return explain_pass(asked, one)
    for session in plan.relay_sessions:
        if session.id == id:
            return _session(asked, session)
    if id in needs:
        return _need(asked, needs[id])
    if id in asked.scenario.customers:
        return _customer(asked, id)
    if id in asked.scenario.antennas:
        return _antenna(asked, id)
    ids = [*(one.id for one in plan.passes), *(one.id for one in plan.relay_sessions)]
    told = f"{ids[0]} … {ids[-1]}, " if ids else ""
    raise DefinitionError(
        f"the plan has nothing named '{id}'",
        expected=told + ", ".join([*needs, *asked.scenario.customers, *asked.scenario.antennas]),
        found=id,
        remedy="see `groundsys plan show` for what there is",
    )


def _session(asked: PlanInQuestion, one: PlannedRelaySession) -> Explanation:
    around = asked.around(one.start, one.end, _AROUND_S)
    middle = one.start.plus_seconds(one.end.seconds_since(one.start) / 2.0)
    windows = relay_windows(asked.geometry, one.relay, one.spacecraft, around)
    window = next((window for window in windows if window.interval.contains(middle)), None)
    mask_deg = asked.geometry.elevation_mask_deg(one.spacecraft)
    mask = f", the site's mask is {mask_deg:g}°" if mask_deg >= 0.0 else ""
    facts = [
        ("relay", f"{one.relay} over {one.spacecraft}"),
        ("time aboard", f"{stretch(Interval(one.start, one.end))}, "
                        f"{duration(one.end.seconds_since(one.start))}"),
        ("elevation", f"up to {one.maximum_elevation_deg:.1f}°{mask}"),
        ("rate", rate(one.rate_bps)),
    ]  # fmt: skip
    if one.volume_bits:
        facts.append(("volume", f"up to {megabytes(one.volume_bits)}"))
    reasons = []
    if window is not None:
        reasons.append(
            f"the overflight lasts {stretch(window.interval)} "
            f"({duration(window.interval.seconds)}); it is highest at {clock(window.highest_at)}"
        )
    if one.end.seconds_since(one.start) >= asked.rules.session_maximum_s - 2.0:
        longest = duration(asked.rules.session_maximum_s)
        reasons.append(f"it is as long as the craft's battery allows ({longest})")
    for other in asked.plan.relay_sessions:
        near_s = asked.rules.session_gap_s + 2.0
        if other.id != one.id and other.relay == one.relay:
            if abs(one.start.seconds_since(other.end)) <= near_s:
                reasons.append(f"{one.relay} speaks to {other.spacecraft} until just before "
                               f"({other.id})")  # fmt: skip
            if abs(other.start.seconds_since(one.end)) <= near_s:
                reasons.append(f"{one.relay} speaks to {other.spacecraft} just after ({other.id})")
    reasons.extend(_loaded_and_drained(asked, one))
    return Explanation(one.id, "relay session", tuple(facts), tuple(reasons))


def _loaded_and_drained(asked: PlanInQuestion, one: PlannedRelaySession) -> Iterator[str]:
    """The uplink that can load it, and the pass that brings its data home."""
    loads = [
        planned
        for planned in asked.plan.passes
        if planned.spacecraft == one.relay
        and planned.uplink_from < planned.uplink_until
        and planned.uplink_from.plus_seconds(planned.light_time_s) < one.start
    ]
    if loads:
        yield f"{loads[-1].id} is the last whose uplink can load it"
    drains = [
        planned
        for planned in asked.plan.passes
        if planned.spacecraft == one.relay
        and planned.end.plus_seconds(-planned.light_time_s) > one.end
    ]
    if drains:
        waited_s = drains[0].start.seconds_since(one.end) - drains[0].light_time_s
        wait = f", {duration(waited_s)} later" if waited_s > 0.0 else ""
        yield f"{drains[0].id} is the first that brings its data home{wait}"
    else:
        yield "no later pass brings its data home"


def _need(asked: PlanInQuestion, need: ContactNeed) -> Explanation:
    serving = [one for one in asked.plan.passes if need.id in one.serves]
    facts = [
        ("craft", need.spacecraft),
        ("mission", need.of_mission),
        ("asked", _asked(need)),
        ("served by", ", ".join(one.id for one in serving) or "nothing"),
    ]
    reasons = [
        f"granted {one.granted} of {one.asked}: {one.reason}"
        for one in asked.shortfalls
        if one.subject == need.id
    ]
    if not reasons:
        reasons = ["it got all that it asked for" if serving else "no pass of this plan serves it"]
    return Explanation(need.id, f"need ({need.kind})", tuple(facts), tuple(reasons))


def _asked(need: ContactNeed) -> str:
    parts = [duration(need.duration_s)]
    if need.minimum_s < need.duration_s:
        parts.append(f"at least {duration(need.minimum_s)}")
    if need.split_minimum_s is not None:
        parts.append(f"in parts of at least {duration(need.split_minimum_s)}")
    if need.every_s is not None:
        parts.append(f"every {duration(need.every_s)}")
    if need.window is not None:
        parts.append(f"within {stretch(need.window)}")
    if need.antennas > 1:
        parts.append(f"on {need.antennas} antennas at once")
    if need.among:
        parts.append(f"of {', '.join(need.among)}")
    if need.attended:
        parts.append("with operators on shift")
    return ", ".join(parts)


def _customer(asked: PlanInQuestion, id: str) -> Explanation:
    mine = [one for one in asked.homecomings if one.customer == id]
    summary = summarise(asked.plan, mine, asked.mission, asked.scenario)
    outlook = next(one for one in summary.customers if one.customer == id)
    customer = asked.mission.customers[id]
    goal = duration(outlook.latency_goal_s)
    share = f" ({outlook.bits_home / outlook.bits:.1%})" if outlook.bits else ""
    facts = [
        ("customer", customer.name),
        ("priority", f"{customer.priority:g}, home within {goal}"),
        ("measured", megabytes(outlook.bits)),
        ("home", megabytes(outlook.bits_home) + share),
        ("in time", megabytes(outlook.bits_in_time)),
    ]
    if outlook.latency_median_s is not None and outlook.latency_maximum_s is not None:
        sure = outlook.latency_median_95_s
        middle = f" ({duration(sure)} with 95 %)" if sure is not None else ""
        facts.append(("latency", f"{duration(outlook.latency_median_s)} in the middle{middle}, "
                                 f"{duration(outlook.latency_maximum_s)} at most"))  # fmt: skip
    reasons = [
        f"granted {one.granted} of {one.asked}: {one.reason}"
        for one in asked.shortfalls
        if one.subject == id
    ]
    reasons.extend(_slowest(asked, [one for one in mine if one.home_at is not None]))
    stranded = [one for one in mine if one.home_at is None]
    if stranded:
        first = min(stranded, key=lambda one: one.measured.start)
        bits = sum(one.bits for one in stranded)
        reasons.append(
            f"{megabytes(bits)} stay aboard, the first measured {stretch(first.measured)}: no "
            f"later session of {first.spacecraft} with a pass after it is in the plan"
        )
    if not mine:
        reasons.append("the plan says nothing of this customer's data")
    return Explanation(id, "customer", tuple(facts), tuple(reasons))


def _slowest(asked: PlanInQuestion, home: list[Homecoming]) -> Iterator[str]:
    """The way of those data that wait longest, once for each way."""
    told: set[str] = set()
    for one in sorted(home, key=latency_s, reverse=True):
        assert one.home_at is not None
        way = _way(asked, one, one.home_at)
        if way not in told:
            told.add(way)
            yield (
                f"waiting up to {duration(latency_s(one))}: measured {stretch(one.measured)} by "
                f"{one.spacecraft}{way}"
            )
        if len(told) == _LATEST_TOLD:
            return


def _way(asked: PlanInQuestion, one: Homecoming, home_at: Instant) -> str:
    """The session that hears it and the pass that brings it home."""
    way = ""
    if asked.mission.spacecraft[one.spacecraft].relay is not None:
        session = next(
            (
                session
                for session in asked.plan.relay_sessions
                if session.spacecraft == one.spacecraft and session.end > one.measured.end
            ),
            None,
        )
        if session is not None:
            way += f", heard next in {session.id} at {clock(session.start)}"
    for planned in asked.plan.passes:
        if planned.start < home_at <= planned.end:
            return f"{way}, home with {planned.id} from {clock(planned.start)}"
    return way


def _antenna(asked: PlanInQuestion, id: str) -> Explanation:
    antenna = asked.mission.antennas[id]
    seen_s = sum(
        period.receive.seconds
        for craft in asked.scenario.spacecraft
        if asked.mission.spacecraft[craft].relay is None
        for period in view_periods(asked.geometry, id, craft, asked.scenario.span)
    )
    mine = [one for one in asked.plan.passes if one.antenna == id]
    booked_s = sum(one.end.seconds_since(one.start) for one in mine)
    facts = [
        ("antenna", f"{antenna.name}, {antenna.diameter_m:g} m, {antenna.complex}"),
        ("sees craft", duration(seen_s)),
        ("booked", f"{duration(booked_s)} in {len(mine)} passes"),
    ]
    if antenna.cost_per_hour:
        facts.append(("cost", f"{antenna.cost_per_hour:g} an hour"))
    reasons = [f"closed by {why} {stretch(interval)}" for why, interval in asked.closed(id)]
    if mine:
        rates = sorted({one.rate_bps for one in mine})
        told = rate(rates[0]) if len(rates) == 1 else f"{rate(rates[0])} to {rate(rates[-1])}"
        reasons.append(f"passes at {told}: {', '.join(one.id for one in mine)}")
    else:
        reasons.append(
            "no pass: other antennas bring the same data sooner, faster or for less"
            if seen_s
            else "no pass: it sees no craft in this time"
        )
    return Explanation(id, "antenna", tuple(facts), tuple(reasons))
