"""Why a pass is where it is: what bounds it, what its rate rests on, who else could have had it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from groundsys.geometry import ViewPeriod, view_periods
from groundsys.geometry.link import best_rate_bps
from groundsys.planning.explanation.answers import (
    Explanation,
    PlanInQuestion,
    duration,
    megabytes,
    rate,
    stretch,
)
from groundsys.planning.plan import PlannedPass
from groundsys.values.instants import Instant, Interval

#: a bound this near is what a pass keeps to
_TOUCHES_S = 90.0
#: view periods are looked for so far around a pass
_AROUND_S = 43_200.0


def explain_pass(asked: PlanInQuestion, one: PlannedPass) -> Explanation:
    """Its facts, what holds its start and end, its rate, other antennas at the time."""
    period = _view_period(asked, one)
    uplink = Interval(one.uplink_from, max(one.uplink_from, one.uplink_until))
    facts = [
        ("antenna", f"{one.antenna}, {asked.mission.antennas[one.antenna].name}"),
        ("craft", one.spacecraft),
        ("time", f"{stretch(Interval(one.start, one.end))}, {_length(one)}"),
        ("uplink", stretch(uplink) if uplink.seconds else "none: no answer would come in time"),
        ("light time", f"{one.light_time_s / 60.0:.2f} min one way"),
        ("elevation", f"up to {one.maximum_elevation_deg:.1f}°, {_mask(asked, one.antenna)}"),
        ("rate", rate(one.rate_bps)),
    ]
    if one.volume_bits:
        facts.append(("volume", f"up to {megabytes(one.volume_bits)}"))
    if one.sigma_s:
        facts.append(("uncertainty", f"rise and set ±{one.sigma_s:.1f} s (1σ)"))
    if one.serves:
        facts.append(("serves", ", ".join(one.serves)))
    reasons = []
    if period is not None:
        reasons.append(
            f"{one.antenna} sees {one.spacecraft} {stretch(period.receive)} "
            f"({duration(period.receive.seconds)})"
        )
    reasons.append(f"it begins {_bound(_earliest(asked, one, period), one.start, 'free before')}")
    reasons.append(f"it ends {_bound(_latest(asked, one, period), one.end, 'free after')}")
    reasons.extend(_rate_reasons(asked, one))
    reasons.extend(_brings(asked, one))
    reasons.extend(_others(asked, one))
    return Explanation(one.id, "pass", tuple(facts), tuple(reasons))


def _length(one: PlannedPass) -> str:
    return duration(one.end.seconds_since(one.start))


def _mask(asked: PlanInQuestion, antenna: str) -> str:
    return f"the antenna's mask is {asked.mission.antennas[antenna].elevation_mask_deg:g}°"


def _view_period(asked: PlanInQuestion, one: PlannedPass) -> ViewPeriod | None:
    around = asked.around(one.start, one.end, _AROUND_S)
    middle = one.start.plus_seconds(one.end.seconds_since(one.start) / 2.0)
    periods = view_periods(asked.geometry, one.antenna, one.spacecraft, around)
    return next((period for period in periods if period.receive.contains(middle)), None)


def _earliest(
    asked: PlanInQuestion, one: PlannedPass, period: ViewPeriod | None
) -> Iterator[tuple[Instant, str]]:
    """Everything before which it could not begin."""
    antenna, rules = asked.mission.antennas[one.antenna], asked.rules
    if period is not None:
        yield (
            period.receive.start.plus_seconds(rules.view_margin_s),
            f"{rules.view_margin_s:.0f} s after the craft comes into view",
        )
    yield (
        asked.scenario.span.start.plus_seconds(antenna.configuration_s),
        f"as soon as the antenna can be configured from the plan's start "
        f"({duration(antenna.configuration_s)})",
    )
    for other in asked.plan.passes:
        if other.id == one.id or other.start >= one.start:
            continue
        if other.antenna == one.antenna:
            gap_s = _gap_s(asked, one.antenna)
            yield (
                other.end.plus_seconds(gap_s),
                f"as soon as {one.antenna} is free after {other.id} ({duration(gap_s)} to "
                "configure)",
            )
        elif other.spacecraft == one.spacecraft:
            yield (
                other.end.plus_seconds(rules.pass_gap_s),
                f"{duration(rules.pass_gap_s)} after {other.id}, the craft's pass before",
            )
    for why, interval in asked.closed(one.antenna):
        if interval.end <= one.start:
            yield (
                interval.end.plus_seconds(antenna.configuration_s),
                f"as soon as {one.antenna} can be configured after {why}",
            )


def _latest(
    asked: PlanInQuestion, one: PlannedPass, period: ViewPeriod | None
) -> Iterator[tuple[Instant, str]]:
    """Everything after which it could not go on."""
    rules = asked.rules
    if period is not None:
        yield (
            period.receive.end.plus_seconds(-rules.view_margin_s),
            f"{rules.view_margin_s:.0f} s before the craft goes out of view",
        )
    yield (
        one.start.plus_seconds(rules.pass_maximum_s),
        f"with the longest time that a pass may take ({duration(rules.pass_maximum_s)})",
    )
    yield (
        asked.scenario.span.end.plus_seconds(-rules.closing_s),
        f"{duration(rules.closing_s)} before the plan does",
    )
    for other in asked.plan.passes:
        if other.id == one.id or other.start <= one.start:
            continue
        if other.antenna == one.antenna:
            gap_s = _gap_s(asked, one.antenna)
            yield (
                other.start.plus_seconds(-gap_s),
                f"so that {one.antenna} can be configured for {other.id}",
            )
        elif other.spacecraft == one.spacecraft:
            yield (
                other.start.plus_seconds(-rules.pass_gap_s),
                f"{duration(rules.pass_gap_s)} before {other.id}, the craft's next pass",
            )
    for why, interval in asked.closed(one.antenna):
        if interval.start >= one.end:
            yield interval.start, f"before {why} of {one.antenna}"


def _gap_s(asked: PlanInQuestion, antenna_id: str) -> float:
    """Seconds that an antenna needs between two passes."""
    antenna = asked.mission.antennas[antenna_id]
    return antenna.teardown_s + antenna.configuration_s


def _bound(candidates: Iterator[tuple[Instant, str]], moment: Instant, free: str) -> str:
    """The bound nearest to the moment if it touches it, else how much room there is."""
    distance_s, why = min((abs(bound.seconds_since(moment)), why) for bound, why in candidates)
    if distance_s <= _TOUCHES_S:
        return why
    return (
        f"by choice of the search: {duration(distance_s)} are {free}, "
        f"the nearest bound would be {why}"
    )


def _rate_reasons(asked: PlanInQuestion, one: PlannedPass) -> Iterator[str]:
    radio = asked.mission.spacecraft[one.spacecraft].radios["x_band"]
    faster = [value for value in sorted(radio.rates_bps) if value > one.rate_bps]
    range_km = _range_km(asked, one.antenna, one)
    text = f"{rate(one.rate_bps)} over {range_km / 1e6:,.1f} million km"
    if faster:
        text += (
            f"; {rate(faster[0])} would not close with the margin of {asked.rules.margin_db:g} dB"
            if _rate_of(asked, one.antenna, one) < faster[0]
            else f"; {rate(faster[0])} would close too, by the clear-sky budget alone"
        )
    else:
        text += ": the fastest that the craft has"
    yield text


def _range_km(asked: PlanInQuestion, antenna: str, one: PlannedPass) -> float:
    samples = np.linspace(one.start.tai_ns, one.end.tai_ns, 5).astype(np.int64)
    return float(asked.geometry.range_km(antenna, one.spacecraft, samples).max())


def _rate_of(asked: PlanInQuestion, antenna: str, one: PlannedPass) -> float:
    """What the link over an antenna gives at the pass's time, by range alone."""
    return best_rate_bps(
        asked.mission.spacecraft[one.spacecraft].radios["x_band"],
        asked.mission.antennas[antenna].radio,
        _range_km(asked, antenna, one),
        asked.rules.margin_db,
    )


def _brings(asked: PlanInQuestion, one: PlannedPass) -> Iterator[str]:
    """Whose data come home with it."""
    bits: dict[str, float] = {}
    for home in asked.homecomings:
        if home.home_at is not None and home.customer and one.start < home.home_at <= one.end:
            bits[home.customer] = bits.get(home.customer, 0.0) + home.bits
    if bits:
        told = ", ".join(f"{megabytes(value)} for {name}" for name, value in sorted(bits.items()))
        yield f"it brings home {told}"


def _others(asked: PlanInQuestion, one: PlannedPass) -> Iterator[str]:
    """What speaks against each other antenna that sees the craft then."""
    told = []
    samples = np.linspace(one.start.tai_ns, one.end.tai_ns, 31).astype(np.int64)
    for antenna in asked.scenario.antennas:
        if antenna == one.antenna:
            continue
        share = float(asked.geometry.visible_downlink(antenna, one.spacecraft, samples).mean())
        if share < 0.05:
            continue
        told.append(f"{antenna} ({_against(asked, antenna, one, share)})")
    if told:
        yield f"in view of other antennas at the time: {'; '.join(told)}"
    else:
        yield "no other antenna of the scenario sees the craft at the time"


def _against(asked: PlanInQuestion, antenna: str, one: PlannedPass, share: float) -> str:
    taken = Interval(one.start, one.end)
    for why, interval in asked.closed(antenna):
        if interval.overlaps(taken):
            return f"closed by {why} {stretch(interval)}"
    for other in asked.plan.passes:
        if other.antenna == antenna and Interval(other.start, other.end).overlaps(taken):
            return f"booked for {other.id}"
    parts = [rate(_rate_of(asked, antenna, one))]
    if share < 0.99:
        parts.append(f"only {share:.0%} of the time")
    cost = asked.mission.antennas[antenna].cost_per_hour
    mine = asked.mission.antennas[one.antenna].cost_per_hour
    if cost != mine:
        parts.append(f"{cost:g} instead of {mine:g} an hour")
    return ", ".join(parts)
