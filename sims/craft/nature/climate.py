"""How warm the air at a landing site is through the day, by the season and the latitude.

    T_air = max(T_frost, T̄ + a · cos(2π (local hour − 14 h) / 24 h))

Over a day the ground sends out what it takes in, at its mean albedo A = 0.25 (H. H. Kieffer et al.
(eds.), *Mars*, 1992, ch. 1); of the sunlight above the atmosphere, with h₀ the Sun's hour angle at
sunset, the mean over a day and the amplitude of its first harmonic are (J. Appelbaum & D. J. Flood,
*Solar Radiation on Mars*, Solar Energy 45, 1990)

    Q  = S/π · (h₀ sin φ sin δ + cos φ cos δ sin h₀)
    Q₁ = S/π · (2 sin φ sin δ sin h₀ + cos φ cos δ (h₀ + sin h₀ cos h₀))
    (1 − A) · Q = σ · ⟨T⁴⟩ = σ · (T̄⁴ + 3 T̄² a² + 3/8 a⁴)

and a day's wave goes into the ground as into a half-space of thermal inertia Γ,

    a = 0.65 · (1 − A) · Q₁ / |4 σ T̄³ + Γ √ω · e^{iπ/4}|,   Γ = 250 J m⁻² K⁻¹ s^{−1/2}

(H. H. Kieffer et al., J. Geophys. Res. 82, 1977; 0.65 is what of the ground's swing the air a metre
above takes part in: an estimate of ours).  T̄ follows Q of 20° of Ls before, as the ground stores
warmth from season to season: another estimate, so that a late winter is as cold as Viking lander 2
saw it.  Where the air would freeze it does: frost of carbon dioxide holds

    T_frost = 3182.48 K / (23.3494 − ln(p / 1 mbar)),   p = 6.1 mbar · season · exp(−h / 11.1 km)

(with the constants of the planetary climate model of LMD, Paris).

Against those who were there, as the middle between a day's lowest and highest, and half the way
between them: Viking lander 1 at Ls 97–106, 187.2 to 241.8 K (S. L. Hess et al., Science 194, 1976,
78); Viking lander 2 at Ls 118–135, 191 to 241 K (the same, 1352), and at Ls 339, 160 to 175 K (JPL,
caption of the frost of 25 September 1977); Phoenix at Ls 77–105, −79 to −30 °C (Canadian Space
Agency, sols 1 to 63); InSight at Ls 342, −95 to −17 °C (NASA, 19 February 2019).  T̄ is right within
8 K there, a within 7 K but on frost; Curiosity, deep in Gale in the dusty season, was 13 K warmer.
Left out: dust, clouds, winds that bring warmth, what the ground is made of, slopes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from groundsys.mission.spacecraft.place_model import LandingSite
from groundsys.values.instants import SOL_S
from sims.craft.nature.mars import SOLAR_IRRADIANCE_W_M2, sun_from_mars
from sims.craft.nature.seasons import pressure_share, solar_longitude_deg

Values = npt.NDArray[np.float64]

ZERO_CELSIUS_K = 273.15
DATUM_PRESSURE_PA = 610.0
SCALE_HEIGHT_M = 11_100.0
_WARMEST_HOUR = 14.0
_ALBEDO = 0.25
_STEFAN_BOLTZMANN = 5.670_374e-8
_INERTIA_W_M2_K = 250.0 * math.sqrt(2.0 * math.pi / SOL_S)
_AIRS_SHARE = 0.65
#: by how much of Ls the mean lags behind the Sun, and how long Mars takes for that
_LAG_DEG = 20.0
_YEAR_DAYS, _DAY_NS = 686.98, 86_400_000_000_000
#: the season is looked at anew after so long
_LOOK_NS = 10_800_000_000_000
_PA_PER_MBAR = 100.0


@dataclass(frozen=True, slots=True)
class Climate:
    """A day's temperatures at a site: their mean, how far they swing, and where air freezes."""

    mean_c: float
    swing_c: float
    frost_c: float

    def at(self, hours: Values) -> Values:
        """The air's temperature at local solar hours, °C."""
        day = np.cos(2.0 * np.pi * (hours - _WARMEST_HOUR) / 24.0)
        return np.maximum(self.frost_c, self.mean_c + self.swing_c * day)

    def at_hour(self, hour: float) -> float:
        """The same at one of them."""
        day = math.cos(2.0 * math.pi * (hour - _WARMEST_HOUR) / 24.0)
        return max(self.frost_c, self.mean_c + self.swing_c * day)


def climate_at(site: LandingSite, tai_ns: int) -> Climate:
    """The climate of a site about true time `tai_ns`."""
    return _climate(site.latitude_deg, site.altitude_m, tai_ns // _LOOK_NS)


def surface_pressure_pa(altitude_m: float, solar_longitude: float) -> float:
    """The air's mean pressure at a height above the datum."""
    return (
        DATUM_PRESSURE_PA * pressure_share(solar_longitude) * math.exp(-altitude_m / SCALE_HEIGHT_M)
    )


def frost_point_k(pressure_pa: float) -> float:
    """Where carbon dioxide freezes out of the air."""
    return 3_182.48 / (23.3494 - math.log(pressure_pa / _PA_PER_MBAR))


@dataclass(frozen=True, slots=True)
class Insolation:
    """Sunlight on level ground, above the atmosphere: a day's mean and its first harmonic."""

    mean_w_m2: float
    swing_w_m2: float


def insolation(latitude_deg: float, tai_ns: int) -> Insolation:
    """Of the day about true time `tai_ns`."""
    sun = sun_from_mars(tai_ns)
    latitude, declination = math.radians(latitude_deg), math.asin(sun.direction[2])
    upright = math.sin(latitude) * math.sin(declination)
    turning = math.cos(latitude) * math.cos(declination)
    sunset = math.acos(min(1.0, max(-1.0, -upright / max(turning, 1e-12))))
    sine, cosine = math.sin(sunset), math.cos(sunset)
    least = SOLAR_IRRADIANCE_W_M2 / sun.distance_au**2 / math.pi
    return Insolation(
        max(0.0, least * (sunset * upright + turning * sine)),
        max(0.0, least * (2.0 * upright * sine + turning * (sunset + sine * cosine))),
    )


def day_temperatures(mean_w_m2: float, swing_w_m2: float, frost_k: float) -> tuple[float, float]:
    """Mean and swing, K, of the air over ground that takes in so much of the sunlight above."""
    taken, mean_k, swing_k = (1.0 - _ALBEDO) * mean_w_m2, frost_k, 0.0
    for _ in range(12):  # each gains a digit
        response = abs(complex(4.0 * _STEFAN_BOLTZMANN * mean_k**3) + _INERTIA_W_M2_K * _EIGHTH)
        swing_k = _AIRS_SHARE * (1.0 - _ALBEDO) * swing_w_m2 / response
        sent_out = _STEFAN_BOLTZMANN * (
            mean_k**4 + 3.0 * mean_k**2 * swing_k**2 + 0.375 * swing_k**4
        )
        mean_k = max(frost_k, mean_k * (taken / sent_out) ** 0.25)
    return mean_k, swing_k


#: of a turn
_EIGHTH = complex(math.sqrt(0.5), math.sqrt(0.5))


@lru_cache(maxsize=256)
def _climate(latitude_deg: float, altitude_m: float, look: int) -> Climate:
    tai_ns = look * _LOOK_NS
    frost_k = frost_point_k(surface_pressure_pa(altitude_m, solar_longitude_deg(tai_ns)))
    before_ns = tai_ns - round(_LAG_DEG / 360.0 * _YEAR_DAYS * _DAY_NS)
    mean_k, swing_k = day_temperatures(
        insolation(latitude_deg, before_ns).mean_w_m2,
        insolation(latitude_deg, tai_ns).swing_w_m2,
        frost_k,
    )
    return Climate(mean_k - ZERO_CELSIUS_K, swing_k, frost_k - ZERO_CELSIUS_K)
