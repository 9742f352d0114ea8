"""The signal that an antenna is to expect of a craft, by geometry and the link budget."""

from __future__ import annotations

import numpy as np

from groundsys.geometry.geometry import Geometry
from groundsys.geometry.link import attenuation_db, c_n0_dbhz, noise_increase_db
from groundsys.geometry.sight import SPEED_OF_LIGHT_KM_S
from groundsys.geometry.time_scales import FloatArray, NanosecondArray
from groundsys.mission.spacecraft.link_model import Radio


def predicted_c_n0_dbhz(
    geometry: Geometry, antenna_id: str, craft_id: str, radio: Radio, receive_ns: NanosecondArray
) -> FloatArray:
    """C/N0 in dBHz at an antenna for what it receives at `receive_ns`; shape as that, (n,).

    In average weather, as the antenna's `sky` states it; whether the craft is in view is not asked.
    """
    antenna = geometry.mission.antennas[antenna_id]
    light_s, elevation_deg = geometry.light_time_and_elevation(antenna_id, craft_id, receive_ns)
    found = np.asarray(c_n0_dbhz(radio, antenna.radio, light_s * SPEED_OF_LIGHT_KM_S))
    if antenna.sky is None:
        return found
    lost = attenuation_db(antenna.sky, elevation_deg)
    return np.asarray(found - lost - noise_increase_db(antenna.radio, antenna.sky, elevation_deg))
