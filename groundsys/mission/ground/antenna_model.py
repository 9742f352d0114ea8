"""An antenna as a frozen value: its place, radio, sky, and how it tracks and acquires."""

from __future__ import annotations

from dataclasses import dataclass, field

from groundsys.mission.ground.beacon_model import ToneDetector
from groundsys.mission.ground.drives import Drive
from groundsys.mission.spacecraft.link_model import Radio


@dataclass(frozen=True, slots=True)
class Sky:
    """How an antenna's noise and what the air takes away change with elevation.

    As in DSN 810-005 module 104: the air attenuates by `zenith_attenuation_db` / sin(elevation)
    and glows with its temperature; the antenna sees the warm ground by `spillover_k` ·
    exp(−`spillover_decay_per_deg` · elevation).  A radio's `system_noise_k` is then that at 30°.
    """

    zenith_attenuation_db: float
    spillover_k: float = 0.0
    spillover_decay_per_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Radiometrics:
    """How an antenna measures two-way range and Doppler.

    Noise is one sigma of the one-way equivalent, at X-band and far from the Sun: C. L. Thornton
    and J. S. Border, *Radiometric Tracking Techniques for Deep-Space Navigation*, JPL 2000, ch. 3.
    """

    #: what Doppler is counted over, and the time between measurements
    count_interval_s: float = 60.0
    range_noise_m: float = 1.0
    doppler_noise_mm_s: float = 0.1
    #: of its own chain, up and down together, as calibrated
    delay_ns: float = 0.0


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What a receiver needs to lock on to a carrier."""

    #: it searches so far to either side of the frequency that is foreseen
    search_hz: float = 20_000.0
    #: least C/N0 of the signal, in dBHz
    threshold_dbhz: float = 20.0
    #: so fast where what is foreseen may be farther off: see `groundsys.station.search`
    sweep_hz_s: float = 10_000.0


@dataclass(frozen=True, slots=True)
class Antenna:
    """One antenna; WGS84 geodetic position."""

    id: str
    name: str
    complex: str
    agency: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    diameter_m: float
    elevation_mask_deg: float
    radio: Radio
    #: from one pass to the next: to set everything up and to turn, which it does meanwhile
    configuration_s: float = 300.0
    acquisition_s: float = 60.0
    source: str = ""
    #: as a landing site's
    horizon: tuple[tuple[float, float], ...] = ()
    #: where transmission is restricted to higher elevations than reception
    transmit_elevation_mask_deg: float | None = None
    #: after a pass the antenna is still occupied so long
    teardown_s: float = 0.0
    #: craft in one beam that it can receive at once (it transmits to one)
    downlinks_per_beam: int = 1
    #: what an hour of it costs, in the unit in which a scenario values data
    cost_per_hour: float = 0.0
    #: its link is taken for the same at all elevations if this is not stated
    sky: Sky | None = None
    tracking: Radiometrics = field(default_factory=Radiometrics)
    acquisition: Acquisition = field(default_factory=Acquisition)
    #: it turns at once if this is not stated
    drive: Drive | None = None
    #: of one that can hear tones without a lock
    tone_detector: ToneDetector | None = None
