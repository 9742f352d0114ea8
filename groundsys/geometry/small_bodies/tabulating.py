"""A small body's ephemeris as a table that everybody can read: a CCSDS OEM about the Sun.

States stand `step_s` apart, and `near_step_s` where another body is near; Hermite's polynomial of
degree 11 through them meets the integration within a metre (tests/geometry/test_small_bodies.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from groundsys.geometry.central_bodies import CentralBodies, CentralBody
from groundsys.geometry.small_bodies.perturbers import SUN, Perturbers
from groundsys.geometry.small_bodies.propagation import Oblate, Propagation
from groundsys.geometry.time_scales import J2000_JD, SECONDS_PER_DAY, FloatArray
from groundsys.mission.celestial.body_model import Body, Table
from groundsys.mission.celestial.body_tables import recipe_line
from groundsys.values.errors import DefinitionError

_DEGREE = 11
_J2000 = datetime(2000, 1, 1, 12)


def propagated(body: Body, bodies: CentralBodies) -> Propagation:
    """The body's solution, integrated to the end of its table."""
    solution, table = body.ephemeris.solution, body.ephemeris.table
    if solution is None or table is None:
        raise DefinitionError(
            f"where {body.id} is, is not told by an orbit solution of its own",
            expected="ephemeris of kind oem, with solution and table",
            found=f"kind {body.ephemeris.kind}",
        )
    return Propagation(solution, _tdb_s(table.stop_jd_tdb), oblate_bodies(bodies))


def oblate_bodies(bodies: CentralBodies) -> tuple[Oblate, ...]:
    """Whose J2 counts: the star and the planets that DE440 has for themselves."""
    numbers = Perturbers().numbers
    return tuple(
        Oblate(one.definition.naif_id, one.definition, _pole(one))
        for one in bodies.values()
        if one.definition.naif_id in numbers and one.definition.body_class != "satellite"
    )


def oem_of(body: Body, propagation: Propagation, created: datetime) -> str:
    """The table as the text of an OEM (502.0-B-3, KVN): ICRF, TDB, about the Sun."""
    table = body.ephemeris.table
    assert table is not None
    assert body.ephemeris.solution is not None
    lines = [
        "CCSDS_OEM_VERS = 2.0",
        f"COMMENT Orbit solution {body.ephemeris.solution.name}",
        recipe_line(body.ephemeris),
        f"CREATION_DATE = {created:%Y-%m-%dT%H:%M:%S}",
        "ORIGINATOR = GROUNDSYS",
    ]
    for times in stretches(table, propagation):
        lines += [
            "",
            "META_START",
            f"OBJECT_NAME = {body.id.upper()}",
            f"OBJECT_ID = {body.naif_id}",
            "CENTER_NAME = SUN",
            "REF_FRAME = ICRF",
            "TIME_SYSTEM = TDB",
            f"START_TIME = {_epoch(times[0])}",
            f"STOP_TIME = {_epoch(times[-1])}",
            "INTERPOLATION = HERMITE",
            f"INTERPOLATION_DEGREE = {_DEGREE}",
            "META_STOP",
            "",
        ]
        for time in times:
            place, motion = propagation.from_body(SUN, float(time))
            numbers = [*(f"{one:.6f}" for one in place), *(f"{one:.12f}" for one in motion)]
            lines.append(f"{_epoch(time)} {' '.join(numbers)}")
    return "\n".join(lines) + "\n"


def stretches(table: Table, propagation: Propagation) -> list[FloatArray]:
    """Whole seconds of TDB since J2000, evenly spaced within each; they join.

    Steps of one length only: a polynomial through states of uneven steps strays between them.
    """
    start, stop = _tdb_s(table.start_jd_tdb), _tdb_s(table.stop_jd_tdb)
    coarse = np.append(np.arange(start, stop, table.step_s), stop)
    close = _nearest_km(coarse, propagation) < table.near_km
    is_near = close[:-1] | close[1:]
    borders = [0, *(np.flatnonzero(np.diff(is_near)) + 1), coarse.size - 1]
    return [
        np.append(np.arange(coarse[first], coarse[last], table.near_step_s), coarse[last])
        if is_near[first]
        else coarse[first : last + 1]
        for first, last in pairwise(borders)
    ]


def _nearest_km(times: FloatArray, propagation: Propagation) -> FloatArray:
    """Distance to the nearest perturber."""
    perturbers = Perturbers()
    places = propagation.state(times)[0].T
    return np.array(
        [
            np.linalg.norm(perturbers.states(float(time))[0] - place, axis=1).min()
            for time, place in zip(times, places, strict=True)
        ]
    )


def _pole(body: CentralBody) -> Callable[[float], FloatArray]:
    return lambda tdb_s: body.pole(np.array([tdb_s]))[:, 0]


def _tdb_s(jd_tdb: float) -> float:
    """The nearest whole second: a Julian date itself is good to 40 µs, in which it goes a metre."""
    return float(round((jd_tdb - J2000_JD) * SECONDS_PER_DAY))


def _epoch(tdb_s: float) -> str:
    """Whole seconds of TDB as ISO 8601, on a scale without leaps."""
    return f"{_J2000 + timedelta(seconds=round(float(tdb_s))):%Y-%m-%dT%H:%M:%S}"
