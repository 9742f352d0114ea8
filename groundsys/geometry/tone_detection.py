"""Which tone a craft sends, told from noise without any lock: decisions only.

The receiver, tuned by the predict, makes Fourier transforms of short segments, adds their energies,
and looks for the strongest pair of subcarriers (DS1: DeCoste et al. 2000, section 2.4).  Each cell
is a tone and a frequency off the predict, one over a segment's length apart.  In units in which the
noise of one real component has the variance 1, the energy of a pair over M segments of T seconds is

    E ~ χ²(4 M) of noise alone,  χ²(4 M, λ) with the tone, λ = 2 M T P/N₀ sinc²(δ)

with the pair's power P, the noise density N₀, and δ cells from the middle of its cell (H. Urkowitz,
*Energy detection of unknown deterministic signals*, Proc. IEEE 55, 1967; J. G. Proakis, *Digital
Communications*, section 2.1.4).  So the chance to see it above a threshold t is

    P_D = Q_2M(√λ, √t)

Marcum's Q function.  The threshold keeps the chance that any cell of noise exceeds it below that
of a false alarm (each cell gets its share of it).  No loop needs to lock: with 1 s and ten minutes,
P/N₀ of -3 dBHz is enough; a telemetry receiver wants 20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from groundsys.mission.ground.beacon_model import ToneDetector

#: real components that a pair of subcarriers has in a segment
COMPONENTS = 4


@dataclass(frozen=True, slots=True)
class Heard:
    """The tone that was heard, or None; how strong its pair was, in dBHz, and how sure that is.

    `energy` and `threshold` are of the strongest cell, in units of the noise.
    """

    tone: str | None
    p_n0_dbhz: float | None
    energy: float
    threshold: float


def segments_in(detector: ToneDetector, seconds: float) -> int:
    """Whole segments of a listening; at least one."""
    return max(1, int(seconds / detector.segment_s + 1e-9))


def cells_of(detector: ToneDetector) -> int:
    """Frequencies off the predict at which each tone is looked for."""
    return 2 * int(detector.half_width_hz * detector.segment_s) + 1


def noncentrality(detector: ToneDetector, segments: int, p_n0_dbhz: float, off: float) -> float:
    """λ of the energy in a cell `off` cells from the tone."""
    energy = detector.segment_s * 10.0 ** (p_n0_dbhz / 10.0)
    return float(2.0 * segments * energy * np.sinc(off) ** 2)


def threshold_of(detector: ToneDetector, segments: int, tones: int) -> float:
    """What noise alone exceeds in some cell with the chance of a false alarm, at most."""
    share = detector.false_alarm / (tones * cells_of(detector))
    return float(stats.chi2.isf(share, COMPONENTS * segments))


def detection_probability(
    detector: ToneDetector, segments: int, tones: int, p_n0_dbhz: float, off: float = 0.0
) -> float:
    """P_D of a tone `off` cells from the middle of its cell."""
    threshold = threshold_of(detector, segments, tones)
    non_central = noncentrality(detector, segments, p_n0_dbhz, off)
    return float(stats.ncx2.sf(threshold, COMPONENTS * segments, non_central))


def hear_tone(
    detector: ToneDetector, segments: int, energies: Mapping[str, Sequence[float]]
) -> Heard:
    """The tone with the strongest cell, if that is above the threshold."""
    threshold = threshold_of(detector, segments, len(energies))
    tone = max(energies, key=lambda name: max(energies[name]))
    energy = max(energies[tone])
    if energy <= threshold:
        return Heard(None, None, energy, threshold)
    above = energy - COMPONENTS * segments
    strength = 10.0 * np.log10(above / (2.0 * segments * detector.segment_s))
    return Heard(tone, float(strength), energy, threshold)
