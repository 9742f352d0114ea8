"""What a contact can carry: the rate that closes, and the share of it that is data.

The share takes off what synchronisation, code and frame headers add (CCSDS 131.0-B, 132.0-B) and,
for UHF, what Proximity-1's headers, checksums and acknowledgements add (CCSDS 211.0-B).
"""

from __future__ import annotations

import numpy as np

from groundsys.geometry.link import needed_c_n0_dbhz
from groundsys.geometry.time_scales import FloatArray
from groundsys.mission.spacecraft.link_model import Framing, Radio

#: Reed–Solomon (255,223): octets of data and of parity in a codeword; the marker before a frame
_CODEWORD_DATA, _PARITY, _MARKER = 223, 32, 4
#: a frame's primary header and its operational control field
_FRAME_OVERHEAD = 10
#: of a proximity link's bits: headers, checksums, acknowledgements and what is said again
PROXIMITY_SHARE = 0.85
#: until the hail of a proximity link is answered
HAIL_S = 15.0


def data_share(framing: Framing) -> float:
    """The share of a downlink's channel bits that is packets."""
    length = framing.tm_frame_length
    coded = length + length // _CODEWORD_DATA * _PARITY + _MARKER
    return (length - _FRAME_OVERHEAD) / coded


def silence_s(acquisition_s: float, light_time_s: float) -> float:
    """How long after a pass began its first stored data arrive.

    A craft plays its recorder back only while it hears the station's carrier, which goes up as the
    pass begins: one round trip, and what the antenna needs to find the signal.
    """
    return acquisition_s + 2.0 * light_time_s


def closing_rates_bps(
    transmitter: Radio, receiver: Radio, c_n0_dbhz: FloatArray, margin_db: float
) -> FloatArray:
    """At each C/N0 the highest of the transmitter's rates that closes; 0 where none does."""
    best = np.zeros_like(c_n0_dbhz)
    for rate in sorted(transmitter.rates_bps):
        best[c_n0_dbhz >= needed_c_n0_dbhz(receiver, rate, margin_db)] = rate
    return best
