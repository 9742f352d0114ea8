"""Random draws that depend on what they are for, never on the order in which they are made.

A draw is keyed by the scenario's seed and by names and numbers that say what is drawn (a link,
a frame's time, …): the same seed gives the same truth on any machine and in any process.
"""

from __future__ import annotations

import hashlib
from statistics import NormalDist

import numpy as np

Key = str | int

_STANDARD_NORMAL = NormalDist()


def uniform(seed: int, *key: Key) -> float:
    """A number from 0 up to but without 1."""
    return (_digest(seed, key, 8) >> 11) / (1 << 53)


def normal(seed: int, *key: Key) -> float:
    """A number from the standard normal distribution."""
    return _STANDARD_NORMAL.inv_cdf(((_digest(seed, key, 8) >> 11) + 0.5) / (1 << 53))


def generator(seed: int, *key: Key) -> np.random.Generator:
    """A generator of its own, for many draws of one thing."""
    return np.random.Generator(np.random.Philox(key=_digest(seed, key, 16)))


def _digest(seed: int, key: tuple[Key, ...], size: int) -> int:
    text = "\x1f".join((str(seed), *map(str, key)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=size).digest(), "big")
