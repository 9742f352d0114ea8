"""Which of its two antennas a craft uses, and what it has towards Earth.

The high-gain dish is worth something only when it is turned to Earth, and has its whole gain then.
The low-gain antenna, beside it, has in its main lobe

    G(ψ) = G₀ − 3 (ψ / ψ₋₃)² dB,   ψ₋₃ half of its width at half power

(ITU-R S.672-4, annex 1, with its exponent 2), and beyond, where that is less, what it has behind.
Its gain is what its width allows: C. A. Balanis, *Antenna Theory*, equation 2-26: 41 253 / width²
in degrees, less some loss.

A craft leaves its launcher with the low-gain antenna on, and changes to the dish for good once
that is turned to Earth.
"""

from __future__ import annotations

from collections.abc import Callable

from groundsys.mission.spacecraft.link_model import LowGain, Radio


def gain_dbi(antenna: LowGain, off_deg: float) -> float:
    """Towards a direction so far from the antenna's axis."""
    ahead = antenna.gain_dbi - 3.0 * (off_deg / (antenna.width_deg / 2.0)) ** 2
    return max(ahead, antenna.back_dbi)


class Antennas:
    """Both of one craft; times are true TAI nanoseconds."""

    def __init__(
        self,
        radio: Radio,
        *,
        faces_earth: Callable[[int], bool],
        off_earth_deg: Callable[[int], float],
    ) -> None:
        """`faces_earth`: whether the dish is on Earth; `off_earth_deg`: how far its axis is off."""
        self._radio = radio
        self._faces_earth = faces_earth
        self._off_earth_deg = off_earth_deg
        self.uses_low_gain = False

    def gain_db(self, now_ns: int) -> float | None:
        """Towards Earth, over the dish's gain; None: as good as nothing."""
        if self._faces_earth(now_ns):
            self.uses_low_gain = False
            return 0.0
        if not self.uses_low_gain or self._radio.low_gain is None:
            return None
        towards_earth = gain_dbi(self._radio.low_gain, self._off_earth_deg(now_ns))
        return towards_earth - self._radio.antenna_gain_dbi
