"""Local mean solar time on a body whose definition says how its days are counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundsys.mission.celestial.body_model import SolarTime
from groundsys.products.time_tags import tt2000_ns

_J2000_JD = 2_451_545.0


def local_mean_solar_sols(
    solar_time: SolarTime, tai_ns: NDArray[np.int64], longitude_deg: float
) -> NDArray[np.float64]:
    """Sols by local mean solar time at an east longitude; the fraction is the hour."""
    days = _J2000_JD - solar_time.epoch_jd_tt + tt2000_ns(tai_ns) / 86_400e9
    return np.asarray(solar_time.sols_at_epoch + days / solar_time.sol_days + longitude_deg / 360.0)


def clock_text(sols: float) -> str:
    """Hours, minutes and seconds of a sol, as PDS4 writes local mean solar time."""
    seconds = round((sols % 1.0) * 86_400) % 86_400
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
