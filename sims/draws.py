"""Random numbers drawn by key, never by call order.

A draw is a function of the seed and of a key that names what is drawn (a link and a frame's
number, a craft and a quantity), so the same seed gives the same truth however the participants
of a run are scheduled.  BLAKE2b (RFC 7693) makes of seed and key the bits.
"""

from __future__ import annotations

import hashlib
from statistics import NormalDist

import numpy as np

_STANDARD_NORMAL = NormalDist()


def uniform(seed: int, *key: int | str) -> float:
    """A draw from the open interval (0, 1), with 53 random bits."""
    bits = int.from_bytes(_digest(seed, key)[:8], "big") >> 11
    return (bits + 0.5) / (1 << 53)


def normal(seed: int, *key: int | str) -> float:
    """A draw from the standard normal distribution."""
    return _STANDARD_NORMAL.inv_cdf(uniform(seed, *key))


def generator(seed: int, *key: int | str) -> np.random.Generator:
    """A numpy generator of its own for this key, for draws by the thousand."""
    return np.random.Generator(np.random.Philox(key=int.from_bytes(_digest(seed, key), "big")))


def _digest(seed: int, key: tuple[int | str, ...]) -> bytes:
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in (seed, *key))
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
