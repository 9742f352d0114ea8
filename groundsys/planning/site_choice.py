"""Which site of a small body to go down to, and when: what each would be like as it is touched.

A turn of the body brings each site beneath the craft once (`geometry/touch_downs.py`).  Whether
that is a time to touch it is judged by the limits in section `descent.choice` of the craft's file:
what the ground is like, and how Sun, Earth and the way down stand above it.  The go must leave
Earth while an antenna has the mothership above its mask, and the touch-down is to be heard as well.

Elevations are over the ellipsoid's plane; slope and boulders are what people have found in the
survey's pictures.  What a hill beside the site would hide is not looked at, nor which relay session
hands the go over: that is the plan's, and `ground.go_margin_s` counts with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundsys.geometry import Geometry
from groundsys.geometry.central_bodies import EARTH, SUN
from groundsys.geometry.time_scales import FloatArray, tdb_seconds
from groundsys.geometry.touch_downs import Sites, TouchDown
from groundsys.mission.arrival.descent_model import Descent, LandingCandidate
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.values.instants import Instant


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that a site is judged by; `share` of its limit that is left, negative if none."""

    name: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def share(self) -> float:
        if self.at_least:
            return self.value / self.limit - 1.0
        return 1.0 - self.value / self.limit

    def words(self) -> str:
        text = f"{self.name} {self.value:.3g}{self.unit}"
        if self.share >= 0.0:
            return text
        asked = "at least" if self.at_least else "at most"
        return f"{text}, {asked} {self.limit:g}{self.unit} is asked"


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A site at one time at which it can be touched."""

    spacecraft: str
    site: LandingCandidate
    begins: Instant
    touches: Instant
    #: the last moment at which a go may leave Earth
    go_leaves_by: Instant
    #: those that can send that go, and those that hear the touch-down
    sending: tuple[str, ...]
    hearing: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def against(self) -> tuple[str, ...]:
        """Why it is none; empty if nothing speaks against it."""
        found = [one.words() for one in self.figures if one.share < 0.0]
        if not self.sending:
            found.append("no antenna can send the go")
        if not self.hearing:
            found.append("no antenna hears the touch-down")
        return tuple(found)

    @property
    def left(self) -> float:
        """The share of its limit that is left of the figure that is nearest to it."""
        return min(one.share for one in self.figures)

    def plain(self) -> dict[str, Any]:
        """For machines: times in UTC at the body, units in the names."""
        return {
            "spacecraft": self.spacecraft,
            "site": self.site.number,
            "name": self.site.name,
            "begins": self.begins.utc_iso(0),
            "touches": self.touches.utc_iso(0),
            "go_leaves_by": self.go_leaves_by.utc_iso(0),
            "sending": list(self.sending),
            "hearing": list(self.hearing),
            "figures": {
                one.name: {"value": round(one.value, 3), "limit": one.limit, "unit": one.unit}
                for one in self.figures
            },
            "left": round(self.left, 3),
            "against": list(self.against),
        }


def opportunities(
    mission: Mission, scenario: Scenario, geometry: Geometry
) -> tuple[Opportunity, ...]:
    """Every touch-down within the scenario's span of every craft that goes down, the best first.

    Those that nothing speaks against, and of these that whose tightest figure leaves most; of
    equals the earlier one.
    """
    found = [
        one
        for id in scenario.spacecraft
        if (craft := mission.spacecraft[id]).descent is not None
        for one in _of_craft(craft, craft.descent, scenario, geometry)
    ]
    return tuple(sorted(found, key=lambda one: (bool(one.against), -one.left, one.touches)))


def _of_craft(
    craft: Spacecraft, descent: Descent, scenario: Scenario, geometry: Geometry
) -> Iterator[Opportunity]:
    assert craft.relay is not None
    sites = Sites(geometry.bodies[descent.body])
    for site in descent.sites:
        ordered = scenario.span.start
        while True:
            home_m = 1000.0 * _waits_km(geometry, craft.relay, descent.body, ordered)
            found = sites.next_touch_down(descent, site, home_m, ordered)
            if found.at > scenario.span.end:
                break
            yield _opportunity(craft.id, craft.relay, descent, found, sites, scenario, geometry)
            ordered = ordered.plus_seconds(sites.turn_s)


def _opportunity(
    craft: str,
    relay: str,
    descent: Descent,
    found: TouchDown,
    sites: Sites,
    scenario: Scenario,
    geometry: Geometry,
) -> Opportunity:
    go_there = found.at.plus_seconds(-descent.lasts_s(descent.go_below_m))
    leaves = go_there.plus_seconds(-_light_s(geometry, relay, scenario.antennas[0], go_there))
    heard = found.at.plus_seconds(_light_s(geometry, relay, scenario.antennas[0], found.at))
    return Opportunity(
        spacecraft=craft,
        site=found.site,
        begins=found.begins,
        touches=found.at,
        go_leaves_by=leaves,
        sending=tuple(
            one for one in scenario.antennas if geometry.visible_uplink(one, relay, _ns(leaves))[0]
        ),
        hearing=tuple(
            one for one in scenario.antennas if geometry.visible_downlink(one, relay, _ns(heard))[0]
        ),
        figures=_figures(descent, found, sites, geometry),
    )


def _figures(
    descent: Descent, found: TouchDown, sites: Sites, geometry: Geometry
) -> tuple[Figure, ...]:
    choice, site = descent.choice, found.site
    upright = sites.upright(site, _ns(found.at))[:, 0]

    def above_deg(towards: str) -> float:
        tdb_s = tdb_seconds(_ns(found.at))
        ephemeris = geometry.ephemeris
        way = ephemeris.position_km(towards, tdb_s) - ephemeris.position_km(sites.body.id, tdb_s)
        return _elevation_deg(way[:, 0], upright)

    lean_deg = 90.0 - _elevation_deg(found.up, upright)
    return (
        Figure("slope", site.slope_deg, choice.steepest_deg, "°"),
        Figure("boulders", site.boulder_m, choice.largest_boulder_m, " m"),
        Figure("lean", lean_deg, choice.lean_deg, "°"),
        Figure("Sun", above_deg(SUN), choice.sun_deg, "°", at_least=True),
        Figure("Earth", above_deg(EARTH), choice.earth_deg, "°", at_least=True),
    )


def _elevation_deg(way: FloatArray, upright: FloatArray) -> float:
    sine = float(way @ upright / (np.linalg.norm(way) * np.linalg.norm(upright)))
    return float(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))


def _waits_km(geometry: Geometry, relay: str, body: str, when: Instant) -> FloatArray:
    """(3,) from the body's centre: where the explorer is let go, and comes back to."""
    way = geometry.craft(relay).from_body_km(geometry.ephemeris, body, tdb_seconds(_ns(when)))
    return np.asarray(way[:, 0])


def _light_s(geometry: Geometry, craft: str, antenna: str, when: Instant) -> float:
    """Between Earth and the craft, either way: they differ by less than the antennas do, 20 ms."""
    return float(geometry.emission_light_time_s(antenna, craft, _ns(when))[0])


def _ns(when: Instant) -> np.ndarray:
    return np.array([when.tai_ns], dtype=np.int64)
