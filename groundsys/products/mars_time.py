"""Local mean solar time on Mars.

M. Allison and M. McEwen, *A post-Pathfinder evaluation of areocentric solar coordinates with
improved timing recipes for Mars seasonal/diurnal climate studies*, Planet. Space Sci. 48 (2000)
215–235:
equation 22 with the constants of its later revision (NASA GISS, Mars24).  Good to a second.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundsys.products.time_tags import tt2000_ns

#: of a mean solar day of Mars, in days of 86 400 s
_SOL_DAYS = 1.0274912517
#: J2000.0 as a Mars Sol Date
_MSD_OF_J2000 = (2_451_545.0 - 2_451_549.5) / _SOL_DAYS + 44_796.0 - 0.0009626


def local_mean_solar_sols(tai_ns: NDArray[np.int64], longitude_deg: float) -> NDArray[np.float64]:
    """Mars Sol Date by local mean solar time at an east longitude; its fraction is the hour."""
    days = tt2000_ns(tai_ns) / 86_400e9
    return np.asarray(_MSD_OF_J2000 + days / _SOL_DAYS + longitude_deg / 360.0)


def clock_text(sols: float) -> str:
    """Hours, minutes and seconds of a sol, as PDS4 writes local mean solar time."""
    seconds = round((sols % 1.0) * 86_400) % 86_400
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
