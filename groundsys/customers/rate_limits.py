"""How often somebody may ask: a token bucket, filled at a steady rate up to a burst."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests a second in the long run, and so many at once."""

    per_s: float
    burst: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left at a moment of monotonic time (seconds)."""

    left: float
    at_s: float


def full(limit: RateLimit, now_s: float) -> Bucket:
    return Bucket(limit.burst, now_s)


def after_request(bucket: Bucket, limit: RateLimit, now_s: float) -> tuple[Bucket, float]:
    """The bucket after one more request, and the seconds to wait: 0 if it may be answered.

    A request that has to wait takes nothing.
    """
    left = min(limit.burst, bucket.left + max(0.0, now_s - bucket.at_s) * limit.per_s)
    if left < 1.0:
        return Bucket(left, now_s), (1.0 - left) / limit.per_s
    return Bucket(left - 1.0, now_s), 0.0
