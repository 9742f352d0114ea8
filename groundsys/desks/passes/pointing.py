"""Where an antenna is to look, told before it turns."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np

from groundsys.desks.control_room import ControlRoom
from groundsys.geometry import SPEED_OF_LIGHT_KM_S
from groundsys.geometry.navigation import sky_sigma
from groundsys.planning import PlannedPass
from groundsys.planning.exchange.predicts import predict
from groundsys.values.predicts import PointingPredict

#: the antenna is told this long before it must begin to configure
NOTICE = timedelta(seconds=30)
#: what an antenna and the hub still have in hand is waited for before a pass is judged
CLOSING = timedelta(seconds=30)
#: between two points of a predict, over which the sky turns by half a degree; and of a craft that
#: is so near that its own motion turns it by several
_PREDICT_STEP_S, _NEAR_PREDICT_STEP_S, _NEAR_KM = 120.0, 10.0, 50_000.0


def pointing_predict(room: ControlRoom, planned: PlannedPass) -> PointingPredict:
    """Where the antenna is to look, from when it turns to when it turns away."""
    mission, geometry = room.mission, room.geometry
    antenna, radio = (
        mission.antennas[planned.antenna],
        mission.spacecraft[planned.spacecraft].radios,
    )
    start_ns = np.array([planned.start.tai_ns])
    near = geometry.range_km(planned.antenna, planned.spacecraft, start_ns)[0] < _NEAR_KM
    sigma_deg, sigma_km_s = sky_sigma(
        geometry, planned.antenna, planned.spacecraft, planned.start.tai_ns
    )
    relative = math.hypot(sigma_km_s / SPEED_OF_LIGHT_KM_S, 1e-6 * radio["x_band"].oscillator_ppm)
    told = predict(
        replace(
            planned,
            start=planned.start.plus_seconds(-antenna.configuration_s) - NOTICE,
            end=planned.end + CLOSING,
            uplink_from=planned.uplink_until,
        ),
        mission,
        geometry,
        _NEAR_PREDICT_STEP_S if near else _PREDICT_STEP_S,
    ).receive
    return PointingPredict(
        tuple(told.receive_ns.tolist()),
        tuple(told.azimuth_deg.tolist()),
        tuple(told.elevation_deg.tolist()),
        tuple(told.one_way_hz.tolist()),
        sigma_deg,
        radio["x_band"].frequency_mhz * 1e6 * relative,
    )
