"""Which orbits simulators fly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.values.errors import DefinitionError
from sims.orbits import mean_motion
from tests.geometry.missions import MISSION


def test_an_orbit_that_no_simulator_flies_is_refused_in_words() -> None:
    orbit = MISSION.spacecraft["otv"].orbit
    assert orbit is not None
    with pytest.raises(DefinitionError, match="no simulator flies about MOON"):
        mean_motion(replace(orbit, center="MOON", frame=""))
