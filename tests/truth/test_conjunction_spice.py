"""The Sun's zones against NAIF's SPICE, from the same positions: ends within 1 s."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import spiceypy as spice

from groundsys.geometry import Geometry, conjunction_zones
from groundsys.geometry.orbits import SecularOrbit
from groundsys.geometry.sight import RECEIVING, TRANSMITTING, Direction
from groundsys.values.instants import Instant, Interval
from tests.geometry.missions import MISSION, ORBIT, OTV, USUDA
from tests.truth.spice_scene import ORBITER, et_of, spice_scene

#: Mars passes behind the Sun on 2032-07-11
SUMMER = Interval(
    Instant.from_utc_iso("2032-06-25T00:00:00Z"), Instant.from_utc_iso("2032-07-28T00:00:00Z")
)


@pytest.mark.parametrize(
    ("direction", "forbidden_deg", "correction"),
    [(RECEIVING, 1.0, "CN"), (TRANSMITTING, 2.0, "XCN")],
)
def test_zones_are_those_that_gfsep_finds(
    tmp_path: Path, direction: Direction, forbidden_deg: float, correction: str
) -> None:
    orbit = replace(ORBIT, epoch=SUMMER.start)
    mission = replace(MISSION, spacecraft={"otv": replace(OTV, orbit=orbit)})
    before, within, after = conjunction_zones(Geometry(mission), "otv", SUMMER, direction)
    with spice_scene(tmp_path, [USUDA], SecularOrbit(orbit), SUMMER):
        for (start, end), limit in (
            ((before.start, after.end), 3.0),
            ((within.start, within.end), forbidden_deg),
        ):
            span, found = spice.cell_double(2), spice.cell_double(100)
            spice.wninsd(et_of(SUMMER.start), et_of(SUMMER.end), span)
            spice.gfsep(
                "SUN", "POINT", " ", ORBITER, "POINT", " ", correction, "EARTH", "<",
                np.radians(limit), 0.0, 7200.0, 50, span, found,
            )  # fmt: skip
            assert spice.wncard(found) == 1
            assert [et_of(start), et_of(end)] == pytest.approx(spice.wnfetd(found, 0), abs=1.0)
