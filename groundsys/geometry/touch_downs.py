"""When a craft beside a small body can touch a place on it, and where that is then.

Vectors in metres along ICRF axes from the body's centre.  A site is on the body's ellipsoid, which
turns as defined.  The craft waits at a place that does not turn with the body, and a descent is a
straight line from there to where the site will be; so once a turn there is a time at which the
site lies best beneath it.  Hayabusa2 came down so, along the line to Earth, while Ryugu turned
beneath (Y. Tsuda et al., Acta Astronautica 171, 2020, pp. 42-54).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundsys.geometry.central_bodies import CentralBody
from groundsys.geometry.time_scales import FloatArray, tdb_seconds
from groundsys.mission.arrival.descent_model import Descent, LandingCandidate
from groundsys.values.instants import Instant

_STEP_S = 30.0
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class TouchDown:
    """A descent as it is foreseen: its way, and when it begins and ends."""

    site: LandingCandidate
    at: Instant
    begins: Instant
    #: where the site is when it is touched
    aim_m: FloatArray
    #: of the waiting craft, from there: unit vector and distance
    up: FloatArray
    way_m: float


def surface_m(radii_m: FloatArray, along: FloatArray) -> float:
    """How far the ellipsoid reaches along a direction (3,) in the body's axes."""
    return float(1.0 / np.linalg.norm(along / np.linalg.norm(along) / radii_m))


class Sites:
    """Places on one body: where each is at any time."""

    def __init__(self, body: CentralBody) -> None:
        self.body = body
        self.radii_m: FloatArray = 1000.0 * np.asarray(body.definition.radii_km)
        rates = body.definition.rotation.prime_meridian_deg
        #: of the body, about its pole
        self.turn_s = _DAY_S * 360.0 / abs(rates[1])

    def place_m(self, site: LandingCandidate, tai_ns: np.ndarray) -> FloatArray:
        """(3, n) at n times."""
        turned = self.body.body_fixed_rotation(tdb_seconds(tai_ns))
        return np.asarray(np.einsum("ijn,i->jn", turned, self.fixed_m(site)))

    def fixed_m(self, site: LandingCandidate) -> FloatArray:
        """(3,) along axes that turn with the body."""
        latitude, longitude = np.radians([site.latitude_deg, site.longitude_deg])
        along = np.array(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ]
        )
        return surface_m(self.radii_m, along) * along

    def upright(self, site: LandingCandidate, tai_ns: np.ndarray) -> FloatArray:
        """(3, n) unit vectors at n times: straight up from the ellipsoid there."""
        outward = self.fixed_m(site) / self.radii_m**2
        turned = self.body.body_fixed_rotation(tdb_seconds(tai_ns))
        return np.asarray(np.einsum("ijn,i->jn", turned, outward / np.linalg.norm(outward)))

    def next_touch_down(
        self, descent: Descent, site: LandingCandidate, home_m: FloatArray, ordered: Instant
    ) -> TouchDown:
        """The first that is in time for an order that is there at `ordered`.

        Of all times within a turn, that at which the site's upright leans least from the way.
        """
        reach_m = float(np.linalg.norm(home_m))
        soonest_s = descent.notice_s + descent.lasts_s(reach_m)
        later_s = soonest_s + np.arange(0.0, self.turn_s, _STEP_S)
        ns = ordered.tai_ns + np.rint(later_s * 1e9).astype(np.int64)
        places = self.place_m(site, ns)
        ways = home_m[:, np.newaxis] - places
        upright = np.einsum("in,in->n", ways, places)
        upright /= np.linalg.norm(ways, axis=0) * np.linalg.norm(places, axis=0)
        best = int(np.argmax(upright))
        way_m = float(np.linalg.norm(ways[:, best]))
        at = Instant(int(ns[best]))
        return TouchDown(
            site=site,
            at=at,
            begins=at.plus_seconds(-descent.lasts_s(way_m)),
            aim_m=places[:, best],
            up=ways[:, best] / way_m,
            way_m=way_m,
        )
