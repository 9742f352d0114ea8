"""Local mean solar time, of Mars against worked examples of NASA GISS's Mars24.

https://www.giss.nasa.gov/tools/mars24/help/algorithm.html: example A, and B (Spirit's landing).
"""

from __future__ import annotations

import numpy as np
import pytest

from groundsys.geometry.central_bodies import known_bodies
from groundsys.products.solar_time import clock_text, local_mean_solar_sols
from groundsys.values.instants import Instant


@pytest.mark.parametrize(
    ("utc", "east_deg", "sols", "hours"),
    [
        ("2000-01-06T00:00:00Z", 0.0, 44795.99976, "23:59:39"),
        ("2004-01-03T13:46:31Z", -184.702, 46215.54856 - 184.702 / 360.0, "00:51:07"),
    ],
)
def test_it_agrees_with_mars24(utc: str, east_deg: float, sols: float, hours: str) -> None:
    tai_ns = np.array([Instant.from_utc_iso(utc).tai_ns])
    solar_time = known_bodies()["mars"].definition.solar_time
    assert solar_time is not None
    (found,) = local_mean_solar_sols(solar_time, tai_ns, east_deg)
    assert found == pytest.approx(sols, abs=1e-5)
    assert clock_text(found) == hours
