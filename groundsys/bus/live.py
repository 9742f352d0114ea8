"""Live events out and requests in, for whoever watches: console, portal, command line.

Publisher and subscriber use PUB/SUB with a topic and a msgpack map; a requester uses DEALER with
a deadline.  A watcher is no participant of the mission clock: it may come, die and come again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

import zmq

from groundsys.bus.binding import bound, connect
from groundsys.bus.curve import ClientKeys, ServerKeys
from groundsys.bus.token_file import Credential
from groundsys.bus.wire import pack, unpack
from groundsys.values.errors import (
    AccessRefusedError,
    DiskFullError,
    GroundsysError,
    NoAnswerError,
    NotLoggedInError,
    RefusalError,
)

#: by the title of an answer that is no: what it is to whoever has asked
_REFUSALS: Mapping[str, type[GroundsysError]] = {
    AccessRefusedError.title: AccessRefusedError,
    NotLoggedInError.title: NotLoggedInError,
    DiskFullError.title: NoAnswerError,
}


#: the key of an answer under which a token comes that replaces the one shown
FRESH_TOKEN = "fresh_token"


class Publisher:
    """Sends events; bound to a port of its own choosing unless told.

    Watchers' subscriptions come in on the same socket, so that what costs much is made only while
    somebody follows it.
    """

    def __init__(self, endpoint: str = "tcp://127.0.0.1:*", keys: ServerKeys | None = None) -> None:
        self._socket = _context().socket(zmq.XPUB)
        self._socket.setsockopt(zmq.LINGER, 200)
        #: every watcher's subscription is told, the same one again too; of endings the last alone
        self._socket.setsockopt(zmq.XPUB_VERBOSE, 1)
        self._followed: set[str] = set()
        self._begun: set[str] = set()
        self.endpoint = bound(self._socket, endpoint, keys)

    def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        self._take_subscriptions()
        self._socket.send_multipart([topic.encode(), pack(dict(event))])

    def followed(self) -> frozenset[str]:
        """The prefixes of topics that somebody follows now."""
        self._take_subscriptions()
        return frozenset(self._followed)

    def take_begun(self) -> frozenset[str]:
        """The prefixes that a watcher has begun to follow since this was asked last."""
        self._take_subscriptions()
        begun, self._begun = frozenset(self._begun), set()
        return begun

    def _take_subscriptions(self) -> None:
        while self._socket.poll(0):
            told = self._socket.recv()
            prefix = told[1:].decode(errors="replace")
            if told[:1] == b"\x01":
                self._followed.add(prefix)
                self._begun.add(prefix)
            elif told[:1] == b"\x00":
                self._followed.discard(prefix)

    def close(self) -> None:
        self._socket.close()


class Subscriber:
    """Receives events of the topics that start with one of `prefixes` (all by default)."""

    def __init__(
        self,
        endpoint: str,
        prefixes: tuple[str, ...] = ("",),
        keys: ClientKeys | None = None,
    ) -> None:
        self._socket = _context().socket(zmq.SUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._prefixes: frozenset[str] = frozenset()
        self.follow(frozenset(prefixes))
        connect(self._socket, endpoint, keys)

    def follow(self, prefixes: frozenset[str]) -> None:
        """From now on receive the topics that start with one of `prefixes`, and no others."""
        for prefix in self._prefixes - prefixes:
            self._socket.setsockopt(zmq.UNSUBSCRIBE, prefix.encode())
        for prefix in prefixes - self._prefixes:
            self._socket.setsockopt(zmq.SUBSCRIBE, prefix.encode())
        self._prefixes = prefixes

    def events(self, timeout_s: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what has come, waiting at most `timeout_s` for the first event."""
        wait_ms = round(timeout_s * 1000)
        while self._socket.poll(wait_ms):
            topic, payload = self._socket.recv_multipart()
            yield topic.decode(), unpack(payload)
            wait_ms = 0

    def close(self) -> None:
        self._socket.close()


class Requester:
    """Asks a desk; every request has a deadline in wall time and shows the credential's token."""

    def __init__(
        self,
        endpoint: str,
        credential: Credential | None = None,
        keys: ClientKeys | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._credential = credential
        self._keys = keys
        self._connect()

    def _connect(self) -> None:
        self._socket = _context().socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        connect(self._socket, self._endpoint, self._keys)

    def ask(self, verb: str, *, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
        """Send `{"verb": verb, **arguments}` and return the answer.

        A `token` among the arguments is shown instead of the credential's.  Raises `NoAnswerError`
        if no answer comes in time, or one that tells of a full disk, `AccessRefusedError` if the
        asker may not ask for this, and `RefusalError` if the answer is no for any other reason.
        """
        deadline = time.monotonic() + timeout_s
        credential = None if "token" in arguments else self._credential
        shown = credential.token() if credential is not None else ""
        content = {"verb": verb, **({"token": shown} if shown else {}), **arguments}
        # whoever was refused has no peer left: sending would wait for one for ever
        ready = self._comes(zmq.POLLOUT, deadline)
        if ready:
            self._socket.send(pack(content))
        if not ready or not self._comes(zmq.POLLIN, deadline):
            self._socket.close()
            self._connect()  # a late answer must not be taken for the next one's
            raise NoAnswerError(
                f"no answer to '{verb}' within {timeout_s:g} s",
                expected=f"a running ground segment at {self._endpoint}",
                remedy="see `groundsys status`; start one with `groundsys up`",
            )
        answer = cast(dict[str, Any], unpack(self._socket.recv()))
        if not answer.get("ok", False):
            refusal = _REFUSALS.get(str(answer.get("title")), RefusalError)
            raise refusal(str(answer.get("error", "request refused")))
        if credential is not None and (fresh := answer.pop(FRESH_TOKEN, "")):
            credential.keep(str(fresh))
        return answer

    def _comes(self, event: int, deadline: float) -> bool:
        remaining_ms = max(0, round((deadline - time.monotonic()) * 1000))
        return bool(self._socket.poll(remaining_ms, event))

    def close(self) -> None:
        self._socket.close()


def bind_requests(
    endpoint: str = "tcp://127.0.0.1:*", keys: ServerKeys | None = None
) -> tuple[zmq.Socket[bytes], str]:
    """A bound ROUTER for `host_nodes`, and where it listens."""
    socket = _context().socket(zmq.ROUTER)
    socket.setsockopt(zmq.LINGER, 200)
    return socket, bound(socket, endpoint, keys)


def _context() -> zmq.Context[zmq.Socket[bytes]]:
    return zmq.Context.instance()
