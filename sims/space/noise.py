"""What noise and fades do to a frame: nothing, wrong bits, or below what a receiver can follow.

Every draw is keyed by seed, link and the frame's number on it, so a frame's fate does not depend
on what else is under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from groundsys.geometry.link import bit_error_rate
from sims.draws import generator, uniform

#: below this Eb/N0 of the channel's symbols a receiver loses lock
LOCK_EB_N0_DB = 0.0
#: so strong that no bit is ever wrong
NO_NOISE_DB = 99.0
#: a frame of so few expected errors has none
_NEGLIGIBLE_ERRORS = 1e-12


@dataclass(frozen=True, slots=True)
class Fading:
    """Chances of one frame to meet a fade, and how low a shallow one brings it."""

    deep_probability: float = 0.0
    shallow_probability: float = 0.0
    shallow_eb_n0_db: float = 0.0

    @classmethod
    def of_downlink(cls, truth: Mapping[str, float]) -> Self:
        return cls(
            truth.get("deep_fade_probability", 0.0),
            truth.get("shallow_fade_probability", 0.0),
            truth.get("shallow_fade_eb_n0_db", 0.0),
        )

    @classmethod
    def of_uplink(cls, truth: Mapping[str, float]) -> Self:
        return cls(
            truth.get("uplink_loss_probability", 0.0),
            truth.get("shallow_fade_probability", 0.0),
            truth.get("shallow_fade_eb_n0_db", 0.0),
        )


@dataclass(frozen=True, slots=True)
class Reception:
    """What arrives of some bits: None if they were lost."""

    data: bytes | None
    bit_errors: int = 0
    #: octets with a wrong bit (Reed–Solomon's symbols)
    octet_errors: int = 0


def receive(
    data: bytes,
    eb_n0_db: float,
    fading: Fading,
    seed: int,
    link: str,
    number: int,
    *,
    disturbed: float = 0.0,
) -> Reception:
    """What a receiver gets of `data`, bits sent at `eb_n0_db` over `link`.

    At least a share `disturbed` of bits is wrong, whatever the strength.
    """
    fade = uniform(seed, link, number, "fade")
    if fade < fading.deep_probability or eb_n0_db < LOCK_EB_N0_DB:
        return Reception(None)
    if fade < fading.deep_probability + fading.shallow_probability:
        eb_n0_db = min(eb_n0_db, fading.shallow_eb_n0_db)
    bits = 8 * len(data)
    rate = max(bit_error_rate(eb_n0_db), disturbed)
    if bits * rate < _NEGLIGIBLE_ERRORS:
        return Reception(data)
    none_wrong = (1.0 - rate) ** bits
    if uniform(seed, link, number, "bits") < none_wrong:
        return Reception(data)
    draws = generator(seed, link, number, "errors")
    count = 0
    while count == 0:  # at least one is wrong, as drawn above
        count = int(draws.binomial(bits, rate))
    places = draws.choice(bits, size=count, replace=False)
    octets = np.frombuffer(data, np.uint8).copy()
    np.bitwise_xor.at(octets, places // 8, (0x80 >> (places % 8)).astype(np.uint8))
    return Reception(octets.tobytes(), count, len(np.unique(places // 8)))
