"""When a file is whole: what the downlink loses is asked for again.

The ground asks once the craft has played back what it held, so a file with a lost frame is whole
one round trip after the playback's end, or early in the next pass if this one is too short.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundsys.geometry.time_scales import FloatArray
from groundsys.planning.contact_graph.contacts import Visit

#: Of a downlink's frames while the link closes with its margin: to fades and noise.  An estimate;
#: rehearsed days lose 1 % to 2 %.
FRAME_LOSS = 0.015
#: from the last frame of a playback to the request in the antenna: reading, deciding, queueing
_ASKING_S = 90.0


def whole_times(
    aboard_s: FloatArray,
    home_s: FloatArray,
    bits: FloatArray,
    frame_bits: float,
    visits: Sequence[Visit],
) -> tuple[FloatArray, FloatArray]:
    """When each item is whole, and the one-sigma uncertainty of it, in s; shapes (n,).

    `aboard_s` is when each is in the relay's recorder, `home_s` when the last of it arrives without
    loss (infinite: never); `visits` ascend.  An item that more likely than not lost a frame is
    expected after its repair, and what is not certain either way is its sigma.  What the last pass
    has no time to repair is left as it is.
    """
    if not visits:
        return home_s, np.zeros_like(home_s)
    ends = np.array([one.tracking.end for one in visits], dtype=np.float64)
    visit = np.minimum(np.searchsorted(ends, home_s), len(visits) - 1)
    starts = np.array([one.tracking.start for one in visits], dtype=np.float64)
    comes = np.isfinite(home_s)
    stored = comes & (aboard_s <= starts[visit])
    played = np.zeros(len(visits))
    np.maximum.at(played, visit[stored], home_s[stored])
    round_trip_s = np.array([2.0 * one.window.light_time_s for one in visits])
    begins = np.array([one.tracking.start + one.window.silence_s for one in visits])
    later = np.append(begins[1:] + _ASKING_S, np.inf)
    repaired = np.maximum(played[visit], home_s) + _ASKING_S + round_trip_s[visit]
    repaired = np.where(repaired <= ends[visit], repaired, later[visit])
    repaired = np.where(np.isfinite(repaired) & comes, repaired, home_s)
    harmed = 1.0 - (1.0 - FRAME_LOSS) ** np.ceil(bits / frame_bits)
    with np.errstate(invalid="ignore"):
        sigma_s = np.where(comes, (repaired - home_s) * np.sqrt(harmed * (1.0 - harmed)), 0.0)
    return np.where(harmed > 0.5, repaired, home_s), sigma_s
