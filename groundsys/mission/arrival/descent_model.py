"""A craft that goes down to a small body, touches it and comes back, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LandingCandidate:
    """A place on the body that may be chosen: planetocentric, east-positive; and what it is like.

    Slope and largest boulder are what a survey has found within the reach of a landing's error.
    """

    number: int
    name: str
    latitude_deg: float
    longitude_deg: float
    slope_deg: float
    boulder_m: float


@dataclass(frozen=True, slots=True)
class SiteLimits:
    """What a site must be like, when it is touched, to be chosen; angles over its ellipsoid."""

    steepest_deg: float
    largest_boulder_m: float
    #: the way down, from upright
    lean_deg: float
    #: how high Sun and Earth stand at least
    sun_deg: float
    earth_deg: float


@dataclass(frozen=True, slots=True)
class DescentLimits:
    """Beyond any of these the craft breaks its descent off by itself."""

    #: from its reference path; far from the body the share of its altitude, if that is more
    corridor_m: float
    corridor_share: float
    #: between altimeter and guidance
    altitude_m: float
    #: so long may the altimeter measure nothing
    blind_s: float


@dataclass(frozen=True, slots=True)
class Descent:
    """How a craft goes down from beside its mothership, and up again.

    It goes `fast_m_s` along a straight line to where the site will be, and `slow_m_s` from
    `slow_below_m` on.  Below `go_below_m` it goes only if somebody has agreed to that, and below
    `commit_m` it takes no order to turn back.
    """

    body: str
    fast_m_s: float
    slow_m_s: float
    slow_below_m: float
    go_below_m: float
    commit_m: float
    ascent_m_s: float
    #: a descent begins no sooner than this after it has been ordered
    notice_s: float
    #: of thrusters, all together
    acceleration_m_s2: float
    #: from beside the mothership until it is held again
    docking_s: float
    limits: DescentLimits
    choice: SiteLimits
    sites: tuple[LandingCandidate, ...]

    def site(self, number: int) -> LandingCandidate | None:
        """The candidate with this number."""
        return next((one for one in self.sites if one.number == number), None)

    def lasts_s(self, way_m: float) -> float:
        """From its beginning to the touch-down, over so long a way."""
        slow_m = min(way_m, self.slow_below_m)
        return (way_m - slow_m) / self.fast_m_s + slow_m / self.slow_m_s

    def left_m(self, left_s: float) -> float:
        """How far it has still to go, so long before the touch-down; less than none after it."""
        slow_s = self.slow_below_m / self.slow_m_s
        if left_s <= slow_s:
            return left_s * self.slow_m_s
        return self.slow_below_m + (left_s - slow_s) * self.fast_m_s
