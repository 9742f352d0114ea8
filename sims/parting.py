"""How a cube parts from the craft that carried it: what springs give, and whose way it changes.

The relative velocity is the craft's `release` in speed and direction, with errors of the sizes in
`scenario.truth`: `release_speed`, a share of the speed, and `release_pointing_rad` about each of
two axes across it, all normal and independent.  By momentum the cube takes m_carrier / m_both of it
and the carrier m_cube / m_both, the other way.  For size: the spring of Cal Poly's P-POD gives
CubeSats of 3 kg together about 1.6 m/s, which is 3.8 J; the same gives 12 kg 0.8 m/s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from groundsys.mission.spacecraft.place_model import KeplerOrbit, Release
from groundsys.values.instants import Instant
from sims.draws import normal


def springs_m_s(
    release: Release, cube: str, seed: int, truth: Mapping[str, float], share: float = 1.0
) -> tuple[float, float, float]:
    """The true relative velocity along the carrier's radial, along-track and cross-track axes.

    `share` is what worn springs give of it.
    """
    speed = (
        share
        * release.speed_m_s
        * (1.0 + truth.get("release_speed", 0.0) * normal(seed, cube, "release speed"))
    )
    wanted = np.asarray(release.direction)
    helper = np.eye(3)[int(np.argmin(np.abs(wanted)))]
    first = np.cross(wanted, helper)
    first /= np.linalg.norm(first)
    second = np.cross(wanted, first)
    size = truth.get("release_pointing_rad", 0.0)
    tilted = (
        wanted
        + size * normal(seed, cube, "release tilt", 1) * first
        + size * normal(seed, cube, "release tilt", 2) * second
    )
    x, y, z = (speed * tilted / np.linalg.norm(tilted)).tolist()
    return x, y, z


def orbit_to_body(orbit: KeplerOrbit) -> dict[str, Any]:
    """An orbit as a message between simulators carries it."""
    return {**asdict(orbit), "epoch": orbit.epoch.tai_ns}


def orbit_of_body(body: Mapping[str, Any]) -> KeplerOrbit:
    """What `orbit_to_body` has made."""
    return KeplerOrbit(**{**body, "epoch": Instant(int(body["epoch"]))})
