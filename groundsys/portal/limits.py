"""How often each key may ask, and whoever shows none: token buckets in memory, of one portal."""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable

from groundsys.customers.rate_limits import Bucket, RateLimit, after_request, full
from groundsys.portal.answers import too_many

#: of a key: a fetch of many small products goes at its own speed for a while
OF_KEYS = RateLimit(per_s=100.0, burst=2000.0)
#: of an address, requests that show nothing we know
OF_STRANGERS = RateLimit(per_s=2.0, burst=60.0)
#: event streams that one key may hold open
MOST_STREAMS = 10
_MOST = 10_000


class Limiter:
    """Buckets by name, the least used forgotten first: a new one is full."""

    def __init__(self, limit: RateLimit, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, who: str) -> None:
        """Count a request; status 429 if there were too many."""
        now_s = self._monotonic_s()
        with self._lock:
            bucket = self._buckets.pop(who, None) or full(self._limit, now_s)
            self._buckets[who], wait_s = after_request(bucket, self._limit, now_s)
            while len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        if wait_s:
            raise too_many(wait_s)

    def check(self, who: str) -> None:
        """Status 429 for who has nothing left; counts nothing."""
        now_s = self._monotonic_s()
        with self._lock:
            bucket = self._buckets.get(who) or full(self._limit, now_s)
            _, wait_s = after_request(bucket, self._limit, now_s)
        if wait_s:
            raise too_many(wait_s)


class Places:
    """So many of something at once, by name."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._taken: dict[str, int] = {}

    def take(self, who: str) -> Place:
        """A place, or status 429 if there is none; it is free again once it is left or forgotten.

        A stream that a client gives up before it has begun is only ever forgotten.
        """
        with self._lock:
            if self._taken.get(who, 0) >= self._most:
                raise too_many(30.0)
            self._taken[who] = self._taken.get(who, 0) + 1
        place = Place()
        place.leave = weakref.finalize(place, self._leave, who)
        return place

    def _leave(self, who: str) -> None:
        with self._lock:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]


class Place:
    """One that is taken; `leave` it, once or more often."""

    leave: Callable[[], object]
