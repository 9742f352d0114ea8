"""What the Sun's corona does to X-band signals that pass near the Sun: they scintillate.

How strongly their power fluctuates (standard deviation over mean, the scintillation index m) at
the Sun–Earth–probe angle θ, in degrees:

    m = 1                                        θ ≤ 1.1
    m = exp(−1.14 (θ − 1.1)) + 0.02 (θ − 1.1)    1.1 < θ < 5

a fit to conjunctions of 1998 to 2001 at 8.4 GHz (D. Morabito, *Solar Corona Amplitude
Scintillation Modeling and Comparison to Measurements at X-Band and Ka-Band*, IPN Progress Report
42-153, 2003, eq. 7); beyond 5° nothing.  The power in proportion to its mean is Rice's,

    I = |√(K/(K+1)) + (x + iy) / √(2(K+1))|²,    K = √(1 − m²) / (1 − √(1 − m²))

with x and y standard normal, so that its index is m (for m = 1 Rayleigh's fading, K = 0); so are
links modelled by Y. Feria, M. Belongie, T. McPheeters & H. Tan, *Solar Scintillation Effects on
Telecommunication Links at Ka-Band and X-Band*, TDA Progress Report 42-129, 1997.  One draw serves a
frame: fades last about as long as it.  Left out: what the Sun adds to a receiver's noise, phase
scintillation, outbursts, and that an uplink at 7.2 GHz suffers a little more.
"""

from __future__ import annotations

import math

from sims.draws import normal

#: the index is 1 up to here, and the fit ends there; degrees
SATURATED_DEG, UNDISTURBED_DEG = 1.1, 5.0
_DECAY_PER_DEG, _TAIL_PER_DEG = 1.14, 0.02


def scintillation_index(sun_earth_probe_deg: float) -> float:
    """m, from 0 to 1."""
    beyond_deg = sun_earth_probe_deg - SATURATED_DEG
    if beyond_deg <= 0.0:
        return 1.0
    if sun_earth_probe_deg >= UNDISTURBED_DEG:
        return 0.0
    return math.exp(-_DECAY_PER_DEG * beyond_deg) + _TAIL_PER_DEG * beyond_deg


def fade_db(sun_earth_probe_deg: float, seed: int, link: str, number: int) -> float:
    """What the link gains for its frame of this number, in dB: below 0 as it fades.

    It is 0, and nothing is drawn, where the corona disturbs nothing.
    """
    index = scintillation_index(sun_earth_probe_deg)
    if index == 0.0:
        return 0.0
    steady = math.sqrt(1.0 - index**2)
    # of the mean power, the steady part is K/(K+1) = √(1 − m²)
    scattered = math.sqrt((1.0 - steady) / 2.0)
    along = math.sqrt(steady) + scattered * normal(seed, link, number, "corona along")
    across = scattered * normal(seed, link, number, "corona across")
    return 10.0 * math.log10(along**2 + across**2)
