"""What another trajectory changes: booked passes and sessions, loaded sequences, made products."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry import (
    SPEED_OF_LIGHT_KM_S,
    Geometry,
    ViewPeriod,
    all_view_periods,
    relay_windows,
)
from groundsys.geometry.central_bodies import EARTH
from groundsys.geometry.link import beam_width_deg
from groundsys.geometry.rotations import length
from groundsys.geometry.time_scales import (
    FloatArray,
    NanosecondArray,
    instants_ns,
    tdb_seconds,
)
from groundsys.planning import Plan
from groundsys.planning.plan import PlannedPass, PlannedRelaySession, PlanningRules
from groundsys.values.instants import NANOSECONDS_PER_SECOND, Instant, Interval
from groundsys.values.predicts import unit_vectors

#: of a beam's width, off which a signal loses 0.5 dB: 12 (θ/width)² dB
POINTING_SHARE = 0.2
#: entries of a sequence are released at whole seconds
RELEASE_S = 0.5
#: an overflight whose end moves by less is the same
SESSION_S = 1.0
#: ends of a view period are looked for so far around its passes
_AROUND_S = 1800.0
_SAMPLES = 5
_RATE_OVER_NS = 10 * NANOSECONDS_PER_SECOND


@dataclass(frozen=True, slots=True)
class PassEffect:
    """How a booked pass stands by the new solution; `changes` says why it is not the same."""

    id: str
    antenna: str
    spacecraft: str
    start: Instant
    pointing_deg: float
    beam_deg: float
    light_time_s: float
    range_rate_m_s: float
    #: by how much later its view period begins and ends; None: beyond what was looked at
    rise_s: float | None
    set_s: float | None
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionEffect:
    """As `PassEffect`, of a relay session: how much later its overflight begins and ends."""

    id: str
    spacecraft: str
    start: Instant
    begins_s: float | None
    ends_s: float | None
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadedSequence:
    """Entries on board that are still to be released: event time and command."""

    spacecraft: str
    schedule_id: int
    entries: tuple[tuple[Instant, str], ...]


@dataclass(frozen=True, slots=True)
class SequenceEffect:
    """How much later than the geometry that it was made for a sequence acts (negative: earlier)."""

    spacecraft: str
    schedule_id: int
    entries: int
    first: Instant
    #: the most of any entry
    late_s: float
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MadeProduct:
    """Products of one payload file, and how well the clock that dated them was known."""

    file: str
    customer: str
    spacecraft: str
    #: by whose clock and light time: the craft itself, or the relay that set it
    by: str
    measured: Interval
    sigma_s: float


@dataclass(frozen=True, slots=True)
class ProductEffect:
    """By how much the times of a file's products are off, through light time."""

    file: str
    customer: str
    spacecraft: str
    off_s: float
    sigma_s: float
    changes: tuple[str, ...]


def pass_effects(
    old: Geometry,
    new: Geometry,
    plan: Plan,
    craft: Sequence[str],
    rules: PlanningRules,
    reach: Interval,
) -> tuple[PassEffect, ...]:
    """Every booked pass of the craft that begins within `reach`."""
    found = []
    for id in craft:
        passes = [
            one
            for one in plan.passes
            if one.spacecraft == id and one.start >= reach.start and one.end <= reach.end
        ]
        if not passes:
            continue
        span = Interval(
            max(reach.start, min(one.start for one in passes).plus_seconds(-_AROUND_S)),
            min(reach.end, max(one.end for one in passes).plus_seconds(_AROUND_S)),
        )
        antennas = sorted({one.antenna for one in passes})
        before = all_view_periods(old, antennas, id, span)
        after = all_view_periods(new, antennas, id, span)
        for antenna in antennas:
            mine = [one for one in passes if one.antenna == antenna]
            looks = _looks(old, new, antenna, id, mine)
            found += [
                _pass_effect(old, one, look, before[antenna], after[antenna], span, rules)
                for one, look in zip(mine, looks, strict=True)
            ]
    return tuple(sorted(found, key=lambda one: (one.start, one.id)))


@dataclass(frozen=True, slots=True)
class _Look:
    """The most by which an antenna sees a craft otherwise during a pass."""

    pointing_deg: float
    light_time_s: float
    range_rate_m_s: float


def _looks(
    old: Geometry, new: Geometry, antenna: str, craft: str, passes: Sequence[PlannedPass]
) -> list[_Look]:
    """Of each pass; all at once, as four weeks have hundreds."""
    moments = np.array([_evenly(one.start, one.end) for one in passes])
    ns = moments.ravel()
    directions = [
        unit_vectors(*geometry.azimuth_elevation_deg(antenna, craft, ns)) for geometry in (old, new)
    ]
    apart = np.degrees(2.0 * np.arcsin(length(directions[1] - directions[0]) / 2.0))
    light_s = _light_change_s(old, new, antenna, craft, ns)
    rate = _light_change_s(old, new, antenna, craft, ns + _RATE_OVER_NS) - light_s
    rates_m_s = rate * SPEED_OF_LIGHT_KM_S * 1e3 / (_RATE_OVER_NS / NANOSECONDS_PER_SECOND)
    rows = (one.reshape(moments.shape) for one in (apart, light_s, rates_m_s))
    return [
        _Look(float(pointing.max()), _largest(light), _largest(rates))
        for pointing, light, rates in zip(*rows, strict=True)
    ]


def _pass_effect(
    old: Geometry,
    one: PlannedPass,
    look: _Look,
    before: Sequence[ViewPeriod],
    after: Sequence[ViewPeriod],
    span: Interval,
    rules: PlanningRules,
) -> PassEffect:
    width = _beam_deg(old, one)
    was = _holding([period.receive for period in before], one.start, one.end)
    now = _holding([period.receive for period in after], one.start, one.end)
    rise_s, set_s = _shifts(was, now, span)
    changes = []
    if now is None:
        changes.append("out of view")
    elif was is not None and not _keeps(now, one, rules) and _keeps(was, one, rules):
        changes.append(f"view ends within {rules.view_margin_s:g} s")
    if look.pointing_deg > POINTING_SHARE * width:
        changes.append("pointing")
    return PassEffect(
        one.id,
        one.antenna,
        one.spacecraft,
        one.start,
        look.pointing_deg,
        width,
        look.light_time_s,
        look.range_rate_m_s,
        rise_s,
        set_s,
        tuple(changes),
    )


def session_effects(
    old: Geometry, new: Geometry, plan: Plan, craft_id: str
) -> tuple[SessionEffect, ...]:
    """Every booked relay session in which the craft is one of both, in order of the plan."""
    mine = [one for one in plan.relay_sessions if craft_id in (one.relay, one.spacecraft)]
    pairs = {
        pair: _overflights(old, new, [one for one in mine if (one.relay, one.spacecraft) == pair])
        for pair in dict.fromkeys((one.relay, one.spacecraft) for one in mine)
    }
    found = []
    for one in mine:
        around, overflights = pairs[one.relay, one.spacecraft]
        was, now = (_holding(windows, one.start, one.end) for windows in overflights)
        begins_s, ends_s = _shifts(was, now, around)
        changes = []
        if now is None:
            changes.append("no overflight")
        elif (
            one.start.seconds_since(now.start) < -SESSION_S
            or now.end.seconds_since(one.end) < -SESSION_S
        ):
            changes.append("beyond its overflight")
        found.append(
            SessionEffect(one.id, one.spacecraft, one.start, begins_s, ends_s, tuple(changes))
        )
    return tuple(found)


def sequence_effects(
    sequences: Sequence[LoadedSequence], early_s: Callable[[NanosecondArray], FloatArray]
) -> tuple[SequenceEffect, ...]:
    """`early_s` tells by how much sooner the geometry of an event time comes (n,)."""
    found = []
    for one in sequences:
        at = instants_ns(*(release for release, _ in one.entries))
        late_s = _largest(early_s(at))
        changes = ("acts at another place",) if abs(late_s) >= RELEASE_S else ()
        first = min(release for release, _ in one.entries)
        found.append(
            SequenceEffect(
                one.spacecraft, one.schedule_id, len(one.entries), first, late_s, changes
            )
        )
    return tuple(found)


def product_effects(
    old: Geometry,
    new: Geometry,
    craft: Sequence[str],
    products: Sequence[MadeProduct],
    known: tuple[float, float],
) -> tuple[ProductEffect, ...]:
    """Products dated by the craft's clock and light time, measured while both are known."""
    found = []
    for one in products:
        times = tdb_seconds(_evenly(one.measured.start, one.measured.end))
        times = times[(times >= known[0]) & (times <= known[1])]
        if one.by not in craft or not times.size:
            continue
        off = (_range_km(new, one.by, times) - _range_km(old, one.by, times)) / SPEED_OF_LIGHT_KM_S
        off_s = _largest(off)
        changes = ("times",) if abs(off_s) > one.sigma_s else ()
        found.append(
            ProductEffect(one.file, one.customer, one.spacecraft, off_s, one.sigma_s, changes)
        )
    return tuple(found)


def _overflights(
    old: Geometry, new: Geometry, sessions: Sequence[PlannedRelaySession]
) -> tuple[Interval, tuple[list[Interval], list[Interval]]]:
    """Of one pair by both, and the span about all its sessions in which they were looked for.

    At once: how finely to look costs more to find than an hour costs to look through.
    """
    around = Interval(
        min(one.start for one in sessions).plus_seconds(-_AROUND_S),
        max(one.end for one in sessions).plus_seconds(_AROUND_S),
    )
    relay, craft = sessions[0].relay, sessions[0].spacecraft
    before, after = (
        [one.interval for one in relay_windows(geometry, relay, craft, around)]
        for geometry in (old, new)
    )
    return around, (before, after)


def _holding(stretches: Sequence[Interval], start: Instant, end: Instant) -> Interval | None:
    """The stretch in which the middle of a booking lies."""
    middle = start.plus_seconds(end.seconds_since(start) / 2.0)
    return next((one for one in stretches if one.start <= middle <= one.end), None)


def _shifts(
    was: Interval | None, now: Interval | None, span: Interval
) -> tuple[float | None, float | None]:
    if was is None or now is None:
        return None, None
    edges = ((was.start, now.start, span.start), (was.end, now.end, span.end))
    begins, ends = (
        None if border in (before, after) else after.seconds_since(before)
        for before, after, border in edges
    )
    return begins, ends


def _keeps(view: Interval, one: PlannedPass, rules: PlanningRules) -> bool:
    """Whether a pass is as far from the ends of its view period as the rules ask."""
    return (
        one.start.seconds_since(view.start) >= rules.view_margin_s
        and view.end.seconds_since(one.end) >= rules.view_margin_s
    )


def _beam_deg(geometry: Geometry, one: PlannedPass) -> float:
    antenna = geometry.mission.antennas[one.antenna]
    radios: Mapping[str, object] = geometry.mission.spacecraft[one.spacecraft].radios
    frequency = getattr(radios.get("x_band"), "frequency_mhz", antenna.radio.frequency_mhz)
    return beam_width_deg(antenna.diameter_m, frequency)


def _light_change_s(
    old: Geometry, new: Geometry, antenna: str, craft: str, ns: NanosecondArray
) -> FloatArray:
    return new.downlink_light_time_s(antenna, craft, ns) - old.downlink_light_time_s(
        antenna, craft, ns
    )


def _range_km(geometry: Geometry, craft_id: str, tdb_s: FloatArray) -> FloatArray:
    """From Earth's centre."""
    place = geometry.craft(craft_id).position_km(geometry.ephemeris, tdb_s)
    return length(place - geometry.ephemeris.position_km(EARTH, tdb_s))


def _evenly(start: Instant, end: Instant) -> NanosecondArray:
    return np.linspace(0, end.tai_ns - start.tai_ns, _SAMPLES).astype(np.int64) + start.tai_ns


def _largest(values: FloatArray) -> float:
    """With its sign, the one that is farthest from zero."""
    return float(values[int(np.argmax(np.abs(values)))])
