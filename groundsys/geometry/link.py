"""Link budget of one radio hop: carrier to noise density, Eb/N0, bit error rate, rate.

CCSDS 401.0-B's terms in their simplest form: free space, both ends' stated losses, BPSK with an
ideal demodulator.  J. G. Proakis, *Digital Communications*, section 4.2 for the error rate.
"""

from __future__ import annotations

from math import erfc, log10, pi, sqrt

from groundsys.geometry.geometry import SPEED_OF_LIGHT_KM_S
from groundsys.mission.model import Radio
from groundsys.values.errors import DefinitionError

#: 10·log10 of Boltzmann's constant in W/(K·Hz)
BOLTZMANN_DBW_K_HZ = -228.599_167


def free_space_loss_db(frequency_mhz: float, range_km: float) -> float:
    wavelength_km = SPEED_OF_LIGHT_KM_S / (frequency_mhz * 1e6)
    return 20.0 * log10(4.0 * pi * range_km / wavelength_km)


def c_n0_dbhz(transmitter: Radio, receiver: Radio, range_km: float) -> float:
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


def eb_n0_db(c_n0: float, rate_bps: float) -> float:
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
        if eb_n0_db(c_n0, rate) >= receiver.required_eb_n0_db + margin_db
    ]
    return max(closing) if closing else min(transmitter.rates_bps)
