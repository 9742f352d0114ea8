"""A body of the solar system as its definition states it: size, gravity, rotation, whereabouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

BodyClass = Literal["star", "planet", "satellite", "asteroid"]

#: amplitude (deg), phase (deg), rate (deg per Julian century)
PeriodicTerm = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Rotation:
    """Pole and prime meridian in ICRF, as the IAU's working group states them (WGCCRE).

    Polynomials from the constant on, in degrees: of the pole's right ascension and declination by
    Julian centuries of TDB since J2000, of the prime meridian by days.  Periodic terms are sines,
    but cosines for the declination.
    """

    pole_right_ascension_deg: tuple[float, ...]
    pole_declination_deg: tuple[float, ...]
    prime_meridian_deg: tuple[float, ...]
    right_ascension_terms: tuple[PeriodicTerm, ...] = ()
    declination_terms: tuple[PeriodicTerm, ...] = ()
    prime_meridian_terms: tuple[PeriodicTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class NonGravitational:
    """Accelerations by sunlight at 1 au, and how they fall with distance; see `forces.sunlight`."""

    radial_au_d2: float
    transverse_au_d2: float
    #: ALN, NM, NN, NK and R0 of JPL's solutions
    normalisation: float = 1.0
    near_exponent: float = 2.0
    far_exponent: float = 5.093
    far_power: float = 0.0
    scale_au: float = 1.0


@dataclass(frozen=True, slots=True)
class HeliocentricSolution:
    """A small body's orbit as somebody determined it: its state about the Sun, along ICRF axes."""

    #: what its author calls it
    name: str
    epoch_jd_tdb: float
    position_au: tuple[float, float, float]
    velocity_au_d: tuple[float, float, float]
    non_gravitational: NonGravitational


@dataclass(frozen=True, slots=True)
class Table:
    """From when to when a solution is tabulated, and how densely: days of TDB.

    Where the body is within `near_km` of another that pulls, `near_step_s` holds.
    """

    start_jd_tdb: float
    stop_jd_tdb: float
    step_s: float
    near_step_s: float
    near_km: float


@dataclass(frozen=True, slots=True)
class BodyEphemeris:
    """Where a body is: by its number in DE440, or by a table (CCSDS OEM) made from `solution`."""

    kind: Literal["de440", "oem"]
    target: int | None = None
    #: relative to the folder of the mission's definitions
    path: str | None = None
    solution: HeliocentricSolution | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class OrbitLimits:
    """What elements about a body may say, and in which axes they are given.

    The frame is "ICRF", or that of the body's equator of epoch: x to its node on the ICRF
    equator, z the pole.
    """

    frame: str
    #: a periapsis below this is inside what `inside` names
    lowest_km: float
    inside: str
    highest_km: float
    #: of a hyperbola: past a small body's weak pull everything flies almost straight
    highest_eccentricity: float = 20.0


@dataclass(frozen=True, slots=True)
class SurfaceLimits:
    """How low and how high a landing site may lie, above the ellipsoid."""

    lowest_m: float
    highest_m: float


@dataclass(frozen=True, slots=True)
class SolarTime:
    """How mean solar days (sols) are counted at a body's prime meridian, from an epoch of TT."""

    #: in days of 86 400 s
    sol_days: float
    epoch_jd_tt: float
    sols_at_epoch: float


@dataclass(frozen=True, slots=True)
class PlasmaSheath:
    """Electrons in an entering body's wake: n₀ (ρ / 1 kg/m³) exp(−(V₀ / V)²), per m³."""

    electrons_per_m3: float
    speed_m_s: float


@dataclass(frozen=True, slots=True)
class AtmosphereProfile:
    """Air as one vertical profile in hydrostatic balance, from `lowest_km` to `highest_km`.

    `temperature_k` are pairs of geometric altitude in km and temperature, linear between and
    constant beyond.  Where the mean molecular mass changes with altitude they are molecular-scale
    temperatures T · M₀ / M, by which one `gas_constant_j_kg_k` holds throughout.  Weight falls as
    `gravity_m_s2` (R / (R + h))², R being `gravity_radius_km`.
    """

    lowest_km: float
    highest_km: float
    temperature_k: tuple[tuple[float, float], ...]
    #: at altitude zero
    pressure_pa: float
    gas_constant_j_kg_k: float
    ratio_of_specific_heats: float
    gravity_m_s2: float
    gravity_radius_km: float
    #: √(kg/m), of the stagnation point's convective heat
    sutton_graves: float
    #: None: nobody has fitted how plasma stops radio there
    plasma: PlasmaSheath | None = None


@dataclass(frozen=True, slots=True)
class FigureSigmas:
    """One sigma of what a body's figure is known by; 0 where its sources do not say."""

    gm_km3_s2: float = 0.0
    j2: float = 0.0
    radii_km: tuple[float, float, float] = (0.0, 0.0, 0.0)
    pole_deg: float = 0.0
    rotation_deg_per_day: float = 0.0


@dataclass(frozen=True, slots=True)
class Body:
    """A central body, or one that pulls, hides or shines."""

    id: str
    name: str
    body_class: BodyClass
    naif_id: int
    gm_km3_s2: float
    #: unnormalised, for `gravity_radius_km`
    j2: float
    gravity_radius_km: float
    #: semi-axes of the ellipsoid: along the prime meridian, across it, along the pole
    radii_km: tuple[float, float, float]
    rotation: Rotation
    ephemeris: BodyEphemeris
    #: None: no craft's orbit is stated about it
    orbits: OrbitLimits | None = None
    #: None: nobody lands there
    surface: SurfaceLimits | None = None
    #: None: nothing is said of its air, and nobody enters it
    atmosphere: AtmosphereProfile | None = None
    #: None: nobody counts its days
    solar_time: SolarTime | None = None
    #: what it may hide from Earth: craft about itself, or also those about Sun and Earth
    hides: Literal["nobody", "own", "all"] = "own"
    one_sigma: FigureSigmas = FigureSigmas()
    #: where each number comes from
    sources: Mapping[str, str] = field(default_factory=dict)
