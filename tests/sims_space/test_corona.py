"""The corona's scintillation against figures of the paper that it is taken from."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sims.space.corona import fade_db, scintillation_index


@pytest.mark.parametrize("sun_deg", [2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 4.9])
def test_the_index_is_that_of_the_papers_other_fit(sun_deg: float) -> None:
    """Morabito's separate fit of what was measured beyond 2°, with its scatter of 0.06."""
    beyond = sun_deg - 1.1
    other = math.exp(-1.74 * beyond) + 0.186 - 0.036 * beyond
    assert scintillation_index(sun_deg) == pytest.approx(other, abs=0.06)


def test_it_saturates_near_the_sun_and_is_nothing_far_away() -> None:
    # Mars Global Surveyor of 1998: transition from weak to strong scintillation at 1.1°
    assert scintillation_index(0.4) == scintillation_index(1.1) == 1.0
    assert scintillation_index(1.1001) == pytest.approx(1.0, abs=1e-3)
    assert scintillation_index(5.0) == scintillation_index(90.0) == 0.0
    assert fade_db(90.0, 1, "otv→dss-43", 7) == 0.0


@pytest.mark.parametrize("sun_deg", [0.5, 1.3, 1.6, 2.0, 3.0])
def test_power_fluctuates_by_the_index_about_its_mean(sun_deg: float) -> None:
    power = 10.0 ** (np.array([fade_db(sun_deg, 3, "link", n) for n in range(8000)]) / 10.0)
    assert power.mean() == pytest.approx(1.0, abs=0.04)
    assert power.std() / power.mean() == pytest.approx(scintillation_index(sun_deg), rel=0.05)


def test_saturated_it_fades_as_rayleigh_does() -> None:
    """Of a power with exponential distribution 1 − e^(−1/10) lies 10 dB below its mean."""
    deep = np.mean([fade_db(0.8, 5, "link", n) < -10.0 for n in range(8000)])
    assert deep == pytest.approx(1.0 - math.exp(-0.1), abs=0.01)
