"""The body of a cube that another craft carries into orbit: on its deck, and free.

Held, it has no Sun: its cable gives it `umbilical_w`, of which a full battery takes no more than
the loads draw (a shunt turns the rest to heat on the carrier's deck), and box and shell sink
towards the deck's temperature.

Free, it tumbles, with cells on all six faces, each of which gives `panel_w` when it faces the Sun:
by Cauchy's theorem (A. Cauchy, *Mémoire sur la rectification des courbes et la quadrature des
surfaces courbées*, 1850) a convex body turned at random shows a quarter of its surface on average,
which of a cube is 1.5 faces.  In a planet's shadow they give nothing.  What it sinks towards is
what the mothership's structure does (`orbiter_platform`).  Its place in the shadow is that of the
carrier's orbit when they parted: a metre a second leads it some kilometres away in an orbit, which
is a second or two of shadow.
"""

from __future__ import annotations

from groundsys.mission.spacecraft.craft_model import Spacecraft
from groundsys.mission.spacecraft.place_model import KeplerOrbit
from sims.craft.mothership.orbiter_platform import SINK_RISE_K, SINK_SHADOW_C
from sims.craft.nature.surroundings import light_at
from sims.craft.platform.power import RATED_IRRADIANCE_W_M2
from sims.craft.probe.lander_platform import CubePlatform

#: faces of a cube that it shows the Sun on average
FACES_SHOWN = 1.5


class CarriedPlatform(CubePlatform):
    """Held while `orbit` is None, free on it from then on."""

    def __init__(
        self, craft: Spacecraft, seed: int, start_ns: int, orbit: KeplerOrbit | None
    ) -> None:
        self.orbit = orbit
        #: of the carrier's structure, as it last was
        self.deck_c = craft.platform["temperature_initial_c"]
        super().__init__(craft, seed, start_ns, self.deck_c)

    def _collected_w(self) -> float:
        if self.orbit is None:
            return self._platform["umbilical_w"]
        light = light_at(self.orbit, self._now_ns)
        if not light.is_lit:
            return 0.0
        brightness = light.irradiance_w_m2 / RATED_IRRADIANCE_W_M2
        return self._platform["panel_w"] * FACES_SHOWN * brightness

    def _outside_c(self) -> float:
        if self.orbit is None:
            return self.deck_c
        light = light_at(self.orbit, self._now_ns)
        brightness = light.irradiance_w_m2 / RATED_IRRADIANCE_W_M2
        return SINK_SHADOW_C + (SINK_RISE_K * brightness if light.is_lit else 0.0)
