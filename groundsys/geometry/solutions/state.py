"""An orbit solution that is one state: what OPM, OCM and the JSON of orbit services come to."""

from __future__ import annotations

from dataclasses import dataclass

from groundsys.geometry.central_bodies import Center
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.celestial.body_model import NonGravitational

GRAVITY_ALONE = NonGravitational(0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class StateSolution:
    """Place and motion (6,) in km and km/s along ICRF axes about a centre, at an epoch of TDB.

    `covariance` is of the state, and of A1 and A2 (au/d²) behind it, (8, 8); None: it states none.
    """

    #: of the object, and what its author calls the solution
    object_name: str
    name: str
    originator: str
    center: Center
    epoch_tdb_s: float
    state: FloatArray
    covariance: FloatArray | None
    non_gravitational: NonGravitational = GRAVITY_ALONE
