"""A craft's links as frozen values: radios, frames, security, transponder, the Sun's limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class SolarConjunction:
    """What a craft's link to Earth suffers near the Sun: limits of the Sun–Earth–probe angle.

    X-band loses frames from 2° on (D. Morabito, IPN Progress Report 42-153, 2003), and NASA sends
    no commands to Mars within 2°.  One degree more for care, the inner limit and the loss are
    ours, estimated.
    """

    degraded_below_deg: float = 3.0
    #: nothing is sent to the craft
    uplink_forbidden_below_deg: float = 2.0
    #: nothing is received from it
    downlink_forbidden_below_deg: float = 1.0
    #: what a degraded link loses beyond its budget
    degraded_loss_db: float = 3.0


@dataclass(frozen=True, slots=True)
class LowGain:
    """A craft's second antenna, with a beam so wide that it need not be pointed.

    `back_dbi`: what it has in every direction that its beam does not reach.
    """

    gain_dbi: float
    #: full width at half power
    width_deg: float
    back_dbi: float


@dataclass(frozen=True, slots=True)
class Radio:
    """One radio of a craft or antenna: numbers of the link budget."""

    frequency_mhz: float
    transmit_power_w: float
    antenna_gain_dbi: float
    system_noise_k: float
    losses_db: float = 0.0
    required_eb_n0_db: float = 0.0
    rates_bps: tuple[float, ...] = ()
    #: how far the carrier may be off its frequency, one sigma, while nobody has measured it
    oscillator_ppm: float = 0.0
    #: of a craft that has one
    low_gain: LowGain | None = None
    #: of an antenna that stands upright on a landed craft: elevations in degrees, rising, and its
    #: gain there beside `antenna_gain_dbi` in dB, linear between; none: the same everywhere
    elevation_pattern: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Framing:
    """Transfer frame parameters (CCSDS 132.0-B, 232.0-B)."""

    spacecraft_id: int
    tm_frame_length: int
    tc_frame_length: int
    virtual_channels: Mapping[str, int]
    tc_virtual_channel: int
    uplink_mode: Literal["AD", "BD"]
    uplink_rate_bps: float


@dataclass(frozen=True, slots=True)
class LinkSecurity:
    """SDLS (CCSDS 355.0-B) on the telecommand channel: AES-256-GCM.

    `associations` are security parameter indices (SPI), each with a key of its own; the first is
    in use from launch.  A number (IV) may come up to `replay_window` - 1 behind the highest seen.
    """

    associations: tuple[int, ...]
    replay_window: int

    #: octets by which a protected frame is longer: SPI, IV and MAC
    OVERHEAD: ClassVar[int] = 2 + 12 + 16

    @property
    def first(self) -> int:
        """The association in use from launch."""
        return self.associations[0]


@dataclass(frozen=True, slots=True)
class Transponder:
    """How a craft sends a carrier back: at this ratio to what it received, and how much later."""

    #: downlink over uplink, X-band to X-band (CCSDS 401.0-B, 2.6.7)
    turnaround: tuple[int, int] = (880, 749)
    delay_ns: float = 0.0

    @property
    def ratio(self) -> float:
        return self.turnaround[0] / self.turnaround[1]
