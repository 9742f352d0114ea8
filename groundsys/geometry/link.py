"""Link budget of one radio hop: carrier to noise density, Eb/N0, bit error rate, rate.

CCSDS 401.0-B's terms in their simplest form: free space, both ends' stated losses, BPSK with an
ideal demodulator.  J. G. Proakis, *Digital Communications*, section 4.2 for the error rate.  What
depends on range or elevation takes arrays as well as numbers.

Between craft, a landed one's antenna has a gain that depends on elevation: its `elevation_pattern`.
The landers in `mission_db/` have a quadrifilar helix of half a turn, straight up, whose pattern is
a cardioid, g(ε) = ((1 + sin ε) / 2)², of directivity 3 = 4.8 dBi (C. C. Kilgus, *Shaped-conical
radiation pattern performance of the backfire quadrifilar helix*, IEEE Trans. Antennas Propag. 23,
1975, on fractional turns); that its wires and a small deck cost 0.8 dB is an estimate of ours.
"""

from __future__ import annotations

from math import erfc, log10, pi, sqrt
from typing import TypeVar

import numpy as np

from groundsys.geometry.sight import SPEED_OF_LIGHT_KM_S
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.ground.antenna_model import Sky
from groundsys.mission.spacecraft.link_model import Radio
from groundsys.values.errors import DefinitionError

#: a number, or an array of them
Numbers = TypeVar("Numbers", float, FloatArray)

#: 10·log10 of Boltzmann's constant in W/(K·Hz)
BOLTZMANN_DBW_K_HZ = -228.599_167

_WIDTH_DEG = 70.0

#: Of the air as it glows, in average weather: 255 K + 25 K · 0.5 (DSN 810-005 module 105).
_AIR_K = 267.5
#: where an antenna's system noise is stated
_STATED_AT_DEG = 30.0
#: A flat slab of air holds above; below no antenna's mask opens.
_LOWEST_DEG = 5.0


def beam_width_deg(diameter_m: float, frequency_mhz: float) -> float:
    """Full width at half power of a dish: 70° λ/D.

    Of an aperture lit less towards its rim, as dishes are: C. A. Balanis, *Antenna Theory*, table
    12.2 (from 58.4° to 84° λ/D, as it is lit).
    """
    return _WIDTH_DEG * SPEED_OF_LIGHT_KM_S * 1e-3 / (frequency_mhz * diameter_m)


def free_space_loss_db(frequency_mhz: float, range_km: Numbers) -> Numbers:
    wavelength_km = SPEED_OF_LIGHT_KM_S / (frequency_mhz * 1e6)
    return 20.0 * _log10(4.0 * pi * range_km / wavelength_km)


def c_n0_dbhz(transmitter: Radio, receiver: Radio, range_km: Numbers) -> Numbers:
    """Carrier power to noise density at the receiver, in dBHz, at the transmitter's frequency."""
    radiated_dbw = (
        10.0 * log10(transmitter.transmit_power_w)
        + transmitter.antenna_gain_dbi
        - transmitter.losses_db
    )
    received_dbw = (
        radiated_dbw
        - free_space_loss_db(transmitter.frequency_mhz, range_km)
        + receiver.antenna_gain_dbi
        - receiver.losses_db
    )
    return received_dbw - BOLTZMANN_DBW_K_HZ - 10.0 * log10(receiver.system_noise_k)


def proximity_c_n0_dbhz(
    transmitter: Radio, receiver: Radio, range_km: Numbers, elevation_deg: Numbers
) -> Numbers:
    """As `c_n0_dbhz`, between two craft; the elevation is that at the one that is landed.

    Craft in orbit have no pattern by elevation, so that between two of them it may be any.
    """
    return (
        c_n0_dbhz(transmitter, receiver, range_km)
        + pattern_db(transmitter, elevation_deg)
        + pattern_db(receiver, elevation_deg)
    )


def pattern_db(radio: Radio, elevation_deg: Numbers) -> Numbers:
    """What the radio's antenna has beside its `antenna_gain_dbi` at an elevation, in dB."""
    pattern = radio.elevation_pattern or ((90.0, 0.0),)
    gains = np.interp(elevation_deg, *np.transpose(pattern))
    return np.asarray(gains) if isinstance(elevation_deg, np.ndarray) else float(gains)


def eb_n0_db(c_n0: Numbers, rate_bps: float) -> Numbers:
    """Energy per bit to noise density, in dB, for `c_n0` in dBHz."""
    return c_n0 - 10.0 * log10(rate_bps)


def bit_error_rate(eb_n0: float) -> float:
    """Of uncoded BPSK, for `eb_n0` in dB."""
    return 0.5 * erfc(sqrt(10.0 ** (eb_n0 / 10.0)))


def best_rate_bps(
    transmitter: Radio, receiver: Radio, range_km: float, margin_db: float = 3.0
) -> float:
    """The highest of the transmitter's rates that closes with `margin_db`; else the lowest.

    A radio without rates raises `DefinitionError`.
    """
    if not transmitter.rates_bps:
        raise DefinitionError("a transmitter without data rates", expected="rates_bps not empty")
    c_n0 = c_n0_dbhz(transmitter, receiver, range_km)
    closing = [
        rate
        for rate in transmitter.rates_bps
        if c_n0 >= needed_c_n0_dbhz(receiver, rate, margin_db)
    ]
    return max(closing) if closing else min(transmitter.rates_bps)


def needed_c_n0_dbhz(receiver: Radio, rate_bps: float, margin_db: float) -> float:
    """The carrier to noise density at which `rate_bps` just closes."""
    return receiver.required_eb_n0_db + margin_db + 10.0 * log10(rate_bps)


def greatest_range_km(
    transmitter: Radio, receiver: Radio, rate_bps: float, margin_db: float = 3.0
) -> float:
    """As far as `rate_bps` closes with `margin_db`."""
    excess_db = c_n0_dbhz(transmitter, receiver, 1.0) - needed_c_n0_dbhz(
        receiver, rate_bps, margin_db
    )
    return float(10.0 ** (excess_db / 20.0))


def attenuation_db(sky: Sky, elevation_deg: FloatArray) -> FloatArray:
    """What the air takes away: a flat slab, as thick as the sine of elevation is small."""
    elevation = np.radians(np.clip(elevation_deg, _LOWEST_DEG, 90.0))
    return np.asarray(sky.zenith_attenuation_db / np.sin(elevation))


def noise_increase_db(radio: Radio, sky: Sky, elevation_deg: FloatArray) -> FloatArray:
    """How much noisier an antenna is than at 30° of elevation, where its noise is stated."""
    added = _outer_noise_k(sky, elevation_deg) - _outer_noise_k(sky, np.array([_STATED_AT_DEG]))
    return np.asarray(10.0 * np.log10((radio.system_noise_k + added) / radio.system_noise_k))


def _outer_noise_k(sky: Sky, elevation_deg: FloatArray) -> FloatArray:
    """From the air and, past the dish, from the ground."""
    passing = 10.0 ** (-attenuation_db(sky, elevation_deg) / 10.0)
    elevation = np.clip(elevation_deg, _LOWEST_DEG, 90.0)
    spillover = sky.spillover_k * np.exp(-sky.spillover_decay_per_deg * elevation)
    return np.asarray(_AIR_K * (1.0 - passing) + spillover)


def _log10(value: Numbers) -> Numbers:
    return np.log10(value) if isinstance(value, np.ndarray) else log10(value)
