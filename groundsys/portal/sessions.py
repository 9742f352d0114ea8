"""Who is signed in on the page: a random cookie stands for a token's hash, for an hour."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

LIFETIME_S = 3600.0
_MOST = 1000


class Sessions:
    """Sessions in memory; one that is lost costs a customer one more sign-in."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._sessions: dict[str, tuple[str, float]] = {}

    def begin(self, token_hash: str) -> str:
        """A new session's identifier, for the cookie."""
        identifier = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._sessions) >= _MOST:
                del self._sessions[next(iter(self._sessions))]
            self._sessions[identifier] = (token_hash, self._monotonic() + LIFETIME_S)
        return identifier

    def token_hash(self, identifier: str | None) -> str | None:
        """The token's hash of a session that is not over."""
        with self._lock:
            token_hash, ends = self._sessions.get(identifier or "", ("", 0.0))
            if not token_hash or self._monotonic() > ends:
                self._sessions.pop(identifier or "", None)
                return None
            return token_hash

    def end(self, identifier: str | None) -> None:
        with self._lock:
            self._sessions.pop(identifier or "", None)
