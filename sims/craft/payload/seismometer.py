"""Ground motion at a landing site: noise, and a few marsquakes as decaying wave packets.

    v(t) = noise(t) + Σ A · (x · e^(1−x)) · sin(2π f t + φ),  x = (t − arrival) / rise

The sum is over quakes and their phases: each has a P packet and, 60 to 300 s later, an S packet
of 2.2 times its amplitude.  Noise is white, between a night level and a day level that follows
the Sun as the wind does.  Sizes after InSight
(P. Lognonné et al., Nature Geosci. 13, 2020: nights of 1e-10 m/s²/√Hz, ten times that by day;
D. Giardini et al., ibid.: quakes of 0.3 to 1 Hz, some 10 minutes long, several a sol at the
smallest).  Simple because the product keeps the counts as they are; nobody inverts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundsys.mission.spacecraft.place_model import LandingSite
from sims.craft.nature.mars import sun_elevation_deg, sun_from_mars
from sims.draws import generator, normal, uniform

Values = npt.NDArray[np.float64]

COMPONENTS = ("vertical", "north", "east")
QUAKES_A_DAY = 4
_DAY_NS = 86_400_000_000_000
_LONGEST_QUAKE_S = 3_000.0
_NIGHT_NOISE_M_S = 1.2e-9
_DAY_NOISE_M_S = 9.0e-9
_NOISE_WAVES = 5


@dataclass(frozen=True, slots=True)
class Quake:
    """One marsquake as it reaches the site; `arrival_ns` is that of P, true TAI."""

    arrival_ns: int
    s_after_s: float
    amplitude_m_s: float
    frequency_hz: float
    rise_s: float


@dataclass(frozen=True, slots=True)
class GroundMotion:
    """The ground at one site; everything by seed and time alone."""

    seed: int
    craft: str
    site: LandingSite

    def quakes(self, day: int) -> Iterator[Quake]:
        """The quakes of one day, counted in days of TAI."""
        for number in range(QUAKES_A_DAY):
            key = (self.craft, "quake", day, number)
            yield Quake(
                arrival_ns=day * _DAY_NS + int(uniform(self.seed, *key, "time") * _DAY_NS),
                s_after_s=60.0 + 240.0 * uniform(self.seed, *key, "distance"),
                amplitude_m_s=6e-8 * 10.0 ** (0.5 * normal(self.seed, *key, "amplitude")),
                frequency_hz=0.3 + 0.7 * uniform(self.seed, *key, "frequency"),
                rise_s=15.0 + 45.0 * uniform(self.seed, *key, "rise"),
            )

    def sample(self, tai_ns: npt.NDArray[np.int64], file_number: int) -> dict[str, Values]:
        """Ground velocity in m/s by component at the instants `tai_ns` (true TAI) of one file."""
        noise = generator(self.seed, self.craft, "ground noise", file_number)
        first_ns = int(tai_ns[0])
        seconds = (tai_ns - first_ns) / 1e9
        level = self._noise_level_m_s(first_ns)
        motion = {component: level * noise.standard_normal(len(tai_ns)) for component in COMPONENTS}
        day = first_ns // _DAY_NS
        for quake in (*self.quakes(day - 1), *self.quakes(day)):
            arrival_s = (quake.arrival_ns - first_ns) / 1e9
            if arrival_s < seconds[-1] and arrival_s + _LONGEST_QUAKE_S > 0.0:
                self._add(motion, seconds, quake, arrival_s)
        return motion

    def _add(
        self, motion: dict[str, Values], seconds: Values, quake: Quake, arrival_s: float
    ) -> None:
        for component, p_share, s_share in zip(
            COMPONENTS, (1.0, 0.4, 0.5), (0.5, 1.0, 0.9), strict=True
        ):
            motion[component] += quake.amplitude_m_s * (
                p_share * _packet(seconds - arrival_s, quake, component)
                + 2.2 * s_share * _packet(seconds - arrival_s - quake.s_after_s, quake, component)
            )

    def _noise_level_m_s(self, tai_ns: int) -> float:
        elevation = sun_elevation_deg(self.site, sun_from_mars(tai_ns), tai_ns)
        daylight = max(0.0, np.sin(np.radians(elevation)))
        return float(_NIGHT_NOISE_M_S + (_DAY_NOISE_M_S - _NIGHT_NOISE_M_S) * daylight)


def _packet(since_arrival_s: Values, quake: Quake, component: str) -> Values:
    """A wave packet of unit peak that rises for `rise_s` and decays; zero before it arrives."""
    x = np.maximum(since_arrival_s, 0.0) / quake.rise_s
    waves = np.zeros_like(since_arrival_s)
    for wave in range(_NOISE_WAVES):
        frequency_hz = quake.frequency_hz * (0.8 + 0.1 * wave)
        phase = 2.0 * np.pi * uniform(quake.arrival_ns, component, wave)
        waves += np.sin(2.0 * np.pi * frequency_hz * since_arrival_s + phase)
    return np.asarray(x * np.exp(1.0 - x) * waves / _NOISE_WAVES)
