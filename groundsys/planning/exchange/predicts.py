"""What a station needs for a pass: where to point, what frequencies to expect and to send.

Two tables: one by receive time, one by transmit time.  Range rate is the rate of light time times
the speed of light, by receive or transmit time at the antenna.  Frequencies follow from it in
coordinate time (TDB): the differing rates of the clocks at craft and station, below 1e-8 (80 Hz at
X-band one way; the two ways cancel it but for 1e-10), are left out, as is refraction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from groundsys.geometry import SPEED_OF_LIGHT_KM_S, Geometry
from groundsys.geometry.sight import RECEIVING, TRANSMITTING
from groundsys.geometry.time_scales import FloatArray, NanosecondArray
from groundsys.mission.model import Mission
from groundsys.planning.plan import PlannedPass
from groundsys.values.errors import PlanError
from groundsys.values.instants import NANOSECONDS_PER_SECOND

#: of a coherent transponder, X-band up and down in deep space (CCSDS 401.0-B)
TURNAROUND_RATIO = 880.0 / 749.0
STEP_S = 10.0

#: Light time is differentiated over five points so far apart.  Instants of TDB come in steps of
#: 0.1 µs, in which the craft moves millimetres: nearer points would show these, farther ones bend.
#: Range rate is 0.3 mm/s off at most.
_STENCIL_S = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class ReceivePredicts:
    """By receive time (TAI ns); frequencies of the downlink in Hz, as the station receives them."""

    receive_ns: NanosecondArray
    azimuth_deg: FloatArray
    elevation_deg: FloatArray
    light_time_s: FloatArray
    range_rate_km_s: FloatArray
    #: from the craft's own oscillator
    one_way_hz: FloatArray
    #: coherent with an uplink that is tuned as `TransmitPredicts.tuned_hz` says
    two_way_tuned_hz: FloatArray
    #: coherent with an uplink that stays at its channel's frequency
    two_way_fixed_hz: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TransmitPredicts:
    """By transmit time (TAI ns), of what reaches the craft a light time later."""

    transmit_ns: NanosecondArray
    azimuth_deg: FloatArray
    elevation_deg: FloatArray
    light_time_s: FloatArray
    range_rate_km_s: FloatArray
    #: what to send so that the craft receives its channel's frequency
    tuned_hz: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Predicts:
    """A pass's predicts; `transmit` is None for a pass without uplink."""

    receive: ReceivePredicts
    transmit: TransmitPredicts | None


def predict(
    one: PlannedPass, mission: Mission, geometry: Geometry, step_s: float = STEP_S
) -> Predicts:
    """The pass's tables, every `step_s` and at both its ends.

    `PlanError` if the mission lacks antenna or craft, or the craft has no X-band radio.
    """
    if one.antenna not in mission.antennas or one.spacecraft not in mission.spacecraft:
        raise PlanError(
            f"{one.id} is of an antenna or craft that the mission does not have",
            expected=", ".join([*mission.antennas, *mission.spacecraft]),
            found=f"{one.antenna}, {one.spacecraft}",
        )
    radio = mission.spacecraft[one.spacecraft].radios.get("x_band")
    if radio is None:
        raise PlanError(
            f"{one.id} is with a craft that does not speak to Earth",
            expected="a craft with an x_band radio",
            found=one.spacecraft,
        )
    downlink_hz = radio.frequency_mhz * 1e6
    uplink_hz = mission.antennas[one.antenna].radio.frequency_mhz * 1e6
    receive = _receive(one, geometry, downlink_hz, uplink_hz, step_s)
    transmit = None
    if one.uplink_from < one.uplink_until:
        transmit = _transmit(one, geometry, uplink_hz, step_s)
    return Predicts(receive, transmit)


def _receive(
    one: PlannedPass, geometry: Geometry, downlink_hz: float, uplink_hz: float, step_s: float
) -> ReceivePredicts:
    antenna, craft = one.antenna, one.spacecraft

    def down_s(ns: NanosecondArray) -> FloatArray:
        return geometry.downlink_light_time_s(antenna, craft, ns)

    def up_s(ns: NanosecondArray) -> FloatArray:
        return geometry.uplink_light_time_s(antenna, craft, ns)

    ns = _grid(one.start.tai_ns, one.end.tai_ns, step_s)
    azimuth, elevation = geometry.azimuth_elevation_deg(antenna, craft, ns, RECEIVING)
    light_time, rate = down_s(ns), _rate(down_s, ns)
    emitted = ns - _whole_ns(light_time)
    # what is emitted then arrived as uplink that left a light time before: each round is 1e4
    # times nearer, and the first is a tenth of a second off
    sent = emitted - _whole_ns(light_time)
    for _ in range(3):
        sent = emitted - _whole_ns(up_s(sent))
    arriving = uplink_hz / (1.0 + _rate(up_s, sent))
    return ReceivePredicts(
        ns,
        azimuth,
        elevation,
        light_time,
        rate * SPEED_OF_LIGHT_KM_S,
        downlink_hz * (1.0 - rate),
        TURNAROUND_RATIO * uplink_hz * (1.0 - rate),
        TURNAROUND_RATIO * arriving * (1.0 - rate),
    )


def _transmit(
    one: PlannedPass, geometry: Geometry, uplink_hz: float, step_s: float
) -> TransmitPredicts:
    antenna, craft = one.antenna, one.spacecraft

    def up_s(ns: NanosecondArray) -> FloatArray:
        return geometry.uplink_light_time_s(antenna, craft, ns)

    ns = _grid(one.uplink_from.tai_ns, one.uplink_until.tai_ns, step_s)
    azimuth, elevation = geometry.azimuth_elevation_deg(antenna, craft, ns, TRANSMITTING)
    rate = _rate(up_s, ns)
    return TransmitPredicts(
        ns,
        azimuth,
        elevation,
        up_s(ns),
        rate * SPEED_OF_LIGHT_KM_S,
        uplink_hz * (1.0 + rate),
    )


def _rate(light_time_s: Callable[[NanosecondArray], FloatArray], ns: NanosecondArray) -> FloatArray:
    """How fast light time grows, by the time at the antenna: the five-point rule."""
    step_ns = round(_STENCIL_S * NANOSECONDS_PER_SECOND)
    offsets = np.array([-2, -1, 1, 2], dtype=np.int64)[:, None] * step_ns
    before2, before, after, after2 = light_time_s((ns + offsets).ravel()).reshape(4, -1)
    return np.asarray((8.0 * (after - before) - (after2 - before2)) / (12.0 * _STENCIL_S))


def _grid(start_ns: int, end_ns: int, step_s: float) -> NanosecondArray:
    """Every step from the first whole second on, and both ends."""
    step_ns = round(step_s * NANOSECONDS_PER_SECOND)
    first = -(-start_ns // NANOSECONDS_PER_SECOND) * NANOSECONDS_PER_SECOND
    return np.unique(
        np.append(np.arange(first, end_ns, step_ns, dtype=np.int64), [start_ns, end_ns])
    )


def _whole_ns(seconds: FloatArray) -> NanosecondArray:
    return np.rint(seconds * NANOSECONDS_PER_SECOND).astype(np.int64)
