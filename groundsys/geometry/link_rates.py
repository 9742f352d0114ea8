"""The data rate that a link carries, as a step function of time.

The carrier to noise density follows range and elevation, where an antenna's `sky` or a landed
craft's pattern is stated; the fastest rate that closes with its margin holds until another does.
Near the Sun a link to Earth loses what its craft's `conjunction` says, or carries nothing.  Whether
the other end is in view is not asked here: view periods and overflights say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundsys.geometry.conjunction import conjunction_zones
from groundsys.geometry.ephemeris_table import EphemerisTable
from groundsys.geometry.geometry import Geometry
from groundsys.geometry.link import (
    attenuation_db,
    c_n0_dbhz,
    needed_c_n0_dbhz,
    noise_increase_db,
    proximity_c_n0_dbhz,
)
from groundsys.geometry.overflights import Pair
from groundsys.geometry.rotations import dot, length
from groundsys.geometry.sight import (
    RECEIVING,
    TRANSMITTING,
    Direction,
    light_time_to_craft,
    station_state,
)
from groundsys.geometry.stretches import Function, sample_times, sign_changes
from groundsys.geometry.time_scales import (
    FloatArray,
    instants_ns,
    tai_nanoseconds,
    tdb_seconds,
)
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.link_model import Radio
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import (
    EarthReceiveTime,
    Instant,
    Interval,
    SpacecraftEventTime,
    TransmitTime,
)

#: craft's radios, by the names that definitions give them
_TO_EARTH, _TO_CRAFT = "x_band", "uhf"
#: range and elevation change within hours at an antenna, within minutes between craft
_STEP_S = 600.0
_TOLERANCE_S = 1e-2


@dataclass(frozen=True, slots=True)
class RateStep:
    """A stretch in which one rate holds; 0 if none closes.

    Ends are receive times of a downlink, transmit times of an uplink, and times at either craft
    of a hop between craft.
    """

    start: Instant
    end: Instant
    rate_bps: float


@dataclass(frozen=True, slots=True)
class _Hop:
    """One hop of a kind, ready to be evaluated."""

    #: carrier to noise density in dBHz at times of TDB since J2000
    budget: Function
    receiver: Radio
    rates_bps: Sequence[float]
    time: type[Instant]
    step_s: float
    #: craft whose link the Sun disturbs, and which way the signal goes; None between craft
    near_sun: tuple[str, Direction] | None


def rate_steps(
    geometry: Geometry,
    transmitter_id: str,
    receiver_id: str,
    interval: Interval,
    *,
    margin_db: float = 3.0,
    loss_db: float = 0.0,
) -> tuple[RateStep, ...]:
    """The rates from an antenna or craft to another over `interval`, without gaps between them.

    From craft to antenna the fastest of the craft's X-band rates, from antenna to craft its
    command rate, between craft the fastest of the transmitter's UHF rates.  `loss_db` is lost
    beside the budget (weather).  Ask once for a long interval and cut it (`steps_within`): that
    costs little more than a short one.
    """
    start, end = (float(time) for time in tdb_seconds(instants_ns(interval.start, interval.end)))
    if end <= start:
        return ()
    hop = _hop(geometry, transmitter_id, receiver_id, start, end)
    pieces = [(interval, loss_db, False)]
    if hop.near_sun is not None:
        craft_id, direction = hop.near_sun
        extra_db = geometry.mission.spacecraft[craft_id].conjunction.degraded_loss_db
        pieces = []
        from_instant = interval.start
        for zone in conjunction_zones(geometry, craft_id, interval, direction):
            pieces.append((Interval(from_instant, zone.start), loss_db, False))
            silent = zone.kind == "forbidden"
            pieces.append((Interval(zone.start, zone.end), loss_db + extra_db, silent))
            from_instant = zone.end
        pieces.append((Interval(from_instant, interval.end), loss_db, False))
    steps: list[RateStep] = []
    for piece, lost_db, silent in pieces:
        for step in _silence(hop, piece) if silent else _steps(hop, piece, margin_db + lost_db):
            opens = step.start
            if steps and steps[-1].rate_bps == step.rate_bps:
                opens = steps.pop().start
            steps.append(RateStep(opens, step.end, step.rate_bps))
    return tuple(steps)


def steps_within(steps: Sequence[RateStep], interval: Interval) -> tuple[RateStep, ...]:
    """The part of `steps` (in order of time) that lies in `interval`."""
    return tuple(
        RateStep(max(step.start, interval.start), min(step.end, interval.end), step.rate_bps)
        for step in steps
        if step.end > interval.start and step.start < interval.end
    )


def _silence(hop: _Hop, piece: Interval) -> tuple[RateStep, ...]:
    return (RateStep(hop.time(piece.start.tai_ns), hop.time(piece.end.tai_ns), 0.0),)


def _steps(hop: _Hop, piece: Interval, margin_db: float) -> list[RateStep]:
    """Each rate's threshold is crossed at its own times; the count of those passed is the rate."""
    start, end = (float(time) for time in tdb_seconds(instants_ns(piece.start, piece.end)))
    if end <= start:
        return []
    times = sample_times(start, end, hop.step_s)
    values = hop.budget(times)
    rates = (0.0, *sorted(hop.rates_bps))
    level = 0
    changes: list[tuple[float, int]] = []
    for rate in rates[1:]:
        needed = needed_c_n0_dbhz(hop.receiver, rate, margin_db)
        if values.min() - 1.0 > needed:
            level += 1
            continue
        if values.max() + 1.0 < needed:
            continue

        def excess(tdb_s: FloatArray, needed: float = needed) -> FloatArray:
            return hop.budget(tdb_s) - needed

        found = sign_changes(excess, times, values - needed, _TOLERANCE_S)
        level += found.positive_at_first
        changes.extend(zip(found.times_s.tolist(), np.where(found.rising, 1, -1), strict=True))
    changes.sort()
    borders = tai_nanoseconds(np.array([time for time, _ in changes])).tolist()
    steps = []
    opens = piece.start.tai_ns
    for border, (_, change) in zip(borders, changes, strict=True):
        closes = min(max(border, opens), piece.end.tai_ns)
        if closes > opens:
            steps.append(RateStep(hop.time(opens), hop.time(closes), rates[level]))
        opens, level = closes, level + change
    steps.append(RateStep(hop.time(opens), hop.time(piece.end.tai_ns), rates[level]))
    return steps


def _hop(
    geometry: Geometry, transmitter_id: str, receiver_id: str, start: float, end: float
) -> _Hop:
    antennas, spacecraft = geometry.mission.antennas, geometry.mission.spacecraft
    if transmitter_id in spacecraft and receiver_id in antennas:
        craft, antenna = spacecraft[transmitter_id], antennas[receiver_id]
        radio = _radio(craft, _TO_EARTH)
        budget = _earth_budget(geometry, antenna, craft, radio, RECEIVING, start, end)
        return _Hop(
            budget, antenna.radio, radio.rates_bps, EarthReceiveTime, _STEP_S,
            (craft.id, RECEIVING),
        )  # fmt: skip
    if transmitter_id in antennas and receiver_id in spacecraft:
        antenna, craft = antennas[transmitter_id], spacecraft[receiver_id]
        radio = _radio(craft, _TO_EARTH)
        budget = _earth_budget(geometry, antenna, craft, radio, TRANSMITTING, start, end)
        return _Hop(
            budget, radio, (craft.framing.uplink_rate_bps,), TransmitTime, _STEP_S,
            (craft.id, TRANSMITTING),
        )  # fmt: skip
    if transmitter_id in spacecraft and receiver_id in spacecraft:
        return _craft_hop(geometry, spacecraft[transmitter_id], spacecraft[receiver_id], start, end)
    raise DefinitionError(
        f"no link leads from '{transmitter_id}' to '{receiver_id}'",
        expected="craft of the mission, or a craft and an antenna",
        found=f"{transmitter_id}, {receiver_id}",
        remedy=f"known: {', '.join(sorted([*antennas, *spacecraft]))}",
    )


def _craft_hop(
    geometry: Geometry, transmitter: Spacecraft, receiver: Spacecraft, start: float, end: float
) -> _Hop:
    first, second = _radio(transmitter, _TO_CRAFT), _radio(receiver, _TO_CRAFT)
    landed = geometry.craft(transmitter.id).site is not None
    relay, other = (receiver, transmitter) if landed else (transmitter, receiver)
    pair = Pair(geometry, relay.id, other.id, start, end)

    def budget(tdb_s: FloatArray) -> FloatArray:
        elevation_deg, range_km = pair.look(tdb_s)
        return proximity_c_n0_dbhz(first, second, range_km, elevation_deg)

    step_s = pair.step_s(start, end)
    return _Hop(budget, second, first.rates_bps, SpacecraftEventTime, step_s, None)


def _earth_budget(
    geometry: Geometry,
    antenna: Antenna,
    craft: Spacecraft,
    radio: Radio,
    direction: Direction,
    start: float,
    end: float,
) -> Function:
    bodies = EphemerisTable(geometry.ephemeris, start, end)
    place, flown = geometry.station(antenna.id), geometry.craft(craft.id)
    transmitter, receiver = (
        (radio, antenna.radio) if direction == RECEIVING else (antenna.radio, radio)
    )

    def budget(tdb_s: FloatArray) -> FloatArray:
        station, _ = station_state(bodies, place.position_km, tdb_s)
        _, position = light_time_to_craft(bodies, flown, station, tdb_s, direction)
        sight = position - station
        c_n0 = c_n0_dbhz(transmitter, receiver, length(sight))
        if antenna.sky is None:
            return c_n0
        up = bodies.from_earth_fixed(tdb_s, place.up)
        elevation = np.degrees(np.arcsin(dot(sight, up) / length(sight)))
        lost = attenuation_db(antenna.sky, elevation)
        if direction == RECEIVING:
            lost = lost + noise_increase_db(antenna.radio, antenna.sky, elevation)
        return np.asarray(c_n0 - lost)

    return budget


def _radio(craft: Spacecraft, name: str) -> Radio:
    radio = craft.radios.get(name)
    if radio is None or not radio.rates_bps:
        raise DefinitionError(
            f"{craft.id} has no {name} radio with data rates",
            expected=f"radios.{name} with rates_bps",
            found=", ".join(sorted(craft.radios)) or "no radio",
        )
    return radio
