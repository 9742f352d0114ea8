"""What an antenna's predict is worth: how much of a craft's signal its beam catches, and where in
frequency the carrier truly is.

A beam's gain falls off by 12 (θ/θ₃)² dB at an offset θ from its axis, θ₃ its full width at half
power: the Gaussian main lobe of DSN 810-005, module 302, here without side lobes.
The carrier is the craft's own, one way, off by what its oscillator is off, and shifted by the rate
of light time.
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.link import beam_width_deg
from groundsys.geometry.time_scales import FloatArray
from groundsys.values.predicts import off_deg

#: light time is differentiated over twice this
_STEP_NS = 10_000_000_000
#: an uplink reaches nothing farther out
FARTHEST_DB = 60.0
#: more is as good as nothing, of however strong a signal
_NOTHING_DB = 300.0


def pointing_loss_db(
    geometry: Geometry,
    antenna_id: str,
    craft_id: str,
    looks: FloatArray,
    ns: int,
    offset_deg: tuple[float, float] = (0.0, 0.0),
) -> float:
    """What the antenna loses at receive time `ns` because it looks along `looks` (3,), in dB.

    `offset_deg`: it looks so far beside that, across and up.
    """
    antenna = geometry.mission.antennas[antenna_id]
    radio = geometry.mission.spacecraft[craft_id].radios["x_band"]
    at = np.array([ns], dtype=np.int64)
    azimuth, elevation = geometry.azimuth_elevation_deg(antenna_id, craft_id, at)
    beside_deg = off_deg(looks, float(azimuth[0]), float(elevation[0]), offset_deg)
    width_deg = beam_width_deg(antenna.diameter_m, radio.frequency_mhz)
    return min(_NOTHING_DB, 12.0 * (beside_deg / width_deg) ** 2)


def carrier_hz(
    geometry: Geometry, antenna_id: str, craft_id: str, ns: int, oscillator_error: float = 0.0
) -> float:
    """The frequency at which the craft's own carrier is received at `ns`.

    `oscillator_error`: by what share it is sent too high.
    """
    around = np.array([ns - _STEP_NS, ns + _STEP_NS], dtype=np.int64)
    before, after = geometry.downlink_light_time_s(antenna_id, craft_id, around)
    rate = float(after - before) / (2.0 * _STEP_NS * 1e-9)
    sent_hz = geometry.mission.spacecraft[craft_id].radios["x_band"].frequency_mhz * 1e6
    return sent_hz * (1.0 + oscillator_error) * (1.0 - rate)
