"""How near the Sun a craft stands in Earth's sky, and when its link suffers or ends there.

The Sun–Earth–probe angle is that at Earth's centre between where Sun and craft were when the light
left them (or will be when it arrives), without aberration, which turns both alike: it says how
near the Sun the signal passes.  Limits are the craft's own data (`SolarConjunction`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from groundsys.geometry.geometry import Geometry
from groundsys.geometry.rotations import dot, length
from groundsys.geometry.sight import (
    RECEIVING,
    SPEED_OF_LIGHT_KM_S,
    TRANSMITTING,
    Direction,
    light_time_to_craft,
)
from groundsys.geometry.stretches import sample_times, sign_changes
from groundsys.geometry.time_scales import (
    FloatArray,
    NanosecondArray,
    instants_ns,
    tai_nanoseconds,
    tdb_seconds,
)
from groundsys.values.instants import EarthReceiveTime, Instant, Interval, TransmitTime

ZoneKind = Literal["degraded", "forbidden"]

#: The angle of a craft in deep space turns within days.
_STEP_S = 3600.0
_TOLERANCE_S = 1e-3


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch in which the Sun is too near; by receive time at Earth, or by transmit time."""

    start: Instant
    end: Instant
    kind: ZoneKind


def sun_earth_probe_deg(
    geometry: Geometry, craft_id: str, ns: NanosecondArray, direction: Direction = RECEIVING
) -> FloatArray:
    """The angle for what Earth receives at `ns`, or transmits."""
    return _angle_deg(geometry, craft_id, tdb_seconds(ns), direction)


def conjunction_zones(
    geometry: Geometry, craft_id: str, span: Interval, direction: Direction = RECEIVING
) -> tuple[Zone, ...]:
    """Zones within `span` in order of time, none over another; ends to a millisecond.

    A craft about Earth has none.  One that passes in and out within an hour may be missed.
    """
    if geometry.craft(craft_id).trajectory.center == "earth" or span.seconds <= 0.0:
        return ()
    limits = geometry.mission.spacecraft[craft_id].conjunction
    forbidden_deg = (
        limits.downlink_forbidden_below_deg
        if direction == RECEIVING
        else limits.uplink_forbidden_below_deg
    )
    start, end = (float(time) for time in tdb_seconds(instants_ns(span.start, span.end)))
    times = sample_times(start, end, _STEP_S)
    angles = _angle_deg(geometry, craft_id, times, direction)
    edges = [start, end]
    for limit in (limits.degraded_below_deg, forbidden_deg):
        if angles.min() < limit + 1.0:

            def above(tdb_s: FloatArray, limit: float = limit) -> FloatArray:
                return _angle_deg(geometry, craft_id, tdb_s, direction) - limit

            edges.extend(sign_changes(above, times, angles - limit, _TOLERANCE_S).times_s)
    borders = np.unique(edges)
    middles = _angle_deg(geometry, craft_id, (borders[1:] + borders[:-1]) / 2.0, direction)
    kind: type[Instant] = EarthReceiveTime if direction == RECEIVING else TransmitTime
    # the ends as they were asked for: TDB would round them
    instants = [kind(int(ns)) for ns in tai_nanoseconds(borders)]
    instants[0], instants[-1] = kind(span.start.tai_ns), kind(span.end.tai_ns)
    zones: list[Zone] = []
    for number, angle in enumerate(middles):
        if angle < max(forbidden_deg, limits.degraded_below_deg):
            what: ZoneKind = "forbidden" if angle < forbidden_deg else "degraded"
            opens = instants[number]
            if zones and zones[-1].end == opens and zones[-1].kind == what:
                opens = zones.pop().start
            zones.append(Zone(opens, instants[number + 1], what))
    return tuple(zones)


def transmission_intervals(
    geometry: Geometry, craft_id: str, span: Interval
) -> tuple[Interval, ...]:
    """When, within `span` of transmit times, the craft is far enough from the Sun to be sent to."""
    opens, found = span.start, []
    for zone in conjunction_zones(geometry, craft_id, span, TRANSMITTING):
        if zone.kind == "forbidden":
            found.append(Interval(opens, zone.start))
            opens = zone.end
    return tuple(one for one in (*found, Interval(opens, span.end)) if one.start < one.end)


def _angle_deg(
    geometry: Geometry, craft_id: str, tdb_s: FloatArray, direction: Direction
) -> FloatArray:
    bodies = geometry.ephemeris
    earth = bodies.position_km("earth", tdb_s)
    _, craft = light_time_to_craft(bodies, geometry.craft(craft_id), earth, tdb_s, direction)
    to_craft = craft - earth
    to_sun = bodies.position_km("sun", tdb_s) - earth
    for _ in range(2):
        light_time = length(to_sun) / SPEED_OF_LIGHT_KM_S
        to_sun = bodies.position_km("sun", tdb_s + direction * light_time) - earth
    across = length(np.cross(to_sun, to_craft, axis=0))
    return np.degrees(np.arctan2(across, dot(to_sun, to_craft)))
