"""A line beside the portal's own: sealed bytes from a local folder, for whoever shows a ticket.

The system sends them from its own memory (sendfile(2)), so that a download takes hardly more of
the processor than the network does; Python sees the request alone.  They are sent in clear on
purpose: each is sealed in authenticated segments, and the key to them is told by the portal, over
its own line.  Who listens learns lengths, and how to have the same sealed bytes again for as long
as the ticket stands.

HTTP is llhttp's.  What has no good ticket is answered alike, byte for byte, whatever it is.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import socket
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formatdate
from typing import BinaryIO
from urllib.parse import urlsplit

from litestar.exceptions import HTTPException

from groundsys.objects import FolderObjectStore
from groundsys.portal.access import Doorkeeper
from groundsys.portal.byte_ranges import requested_span
from groundsys.portal.request_reader import LONGEST_OCTETS, Request, RequestReader
from groundsys.portal.tickets import Ticket, Tickets
from groundsys.values.hosts import is_loopback_host

#: until a request is there as a whole, and for a client that takes nothing
_PATIENCE_S = 30.0
#: until the next connection is taken after one that could not be, as for want of files
_PAUSE_S = 1.0
_BACKLOG = 1024
#: connections that are taken before those that are open have their turn
_TAKEN_AT_ONCE = 64
#: what one client is sent before others have their turn
_SHARE_OCTETS = 1 << 22
#: what is read at once of a file system from which the system sends nothing by itself
_READ_OCTETS = 1 << 18
_CANNOT_SEND = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)
#: of Linux: a head goes with the first of the bytes, so that its reader is woken once
_WITH_WHAT_FOLLOWS = getattr(socket, "MSG_MORE", 0)

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: of a stream, `length` octets from `start` on."""

    status: int
    headers: Headers
    stream: BinaryIO | None = None
    start: int = 0
    length: int = 0


class SealedLine:
    """Listens on a port of its own, in the portal's loop."""

    def __init__(
        self, bucket: FolderObjectStore, tickets: Tickets, doorkeeper: Doorkeeper, most: int
    ) -> None:
        """At most so many connections are open at once; further ones are closed at once."""
        self._bucket = bucket
        self._tickets = tickets
        self._doorkeeper = doorkeeper
        self._most = most
        self._open: set[_Connection] = set()
        self._host, self._port = "", 0

    async def start(self, host: str, port: int) -> None:
        """Listen, beside others who share the port (`SO_REUSEPORT`); 0 takes a free one."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server(
            (host, port), family=family, backlog=_BACKLOG, reuse_port=True
        )
        self._socket.setblocking(False)
        # what the listening socket is told holds for those that it accepts
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # of Linux: ends what nobody takes any more
            patience_ms = round(_PATIENCE_S * 1e3)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience_ms)
        self._host, self._port = host, self._socket.getsockname()[1]
        self._loop = asyncio.get_running_loop()
        self._listening = self._loop.call_soon(self._listen)

    async def stop(self) -> None:
        """End what is being sent, too."""
        self._listening.cancel()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        for one in tuple(self._open):
            one.close()

    def url(self, reached_as: str, ticket: Ticket, lifetime: timedelta) -> str | None:
        """Where a ticket's bytes are, for who has reached the portal as that host (and port).

        None for a name that leads elsewhere than to this line, as a proxy's would.
        """
        try:
            name = urlsplit(f"//{reached_as}").hostname or ""
        except ValueError:
            return None
        if not name or (is_loopback_host(self._host) and not is_loopback_host(name)):
            return None
        place = f"[{name}]" if ":" in name else name
        return f"http://{place}:{self._port}/{self._tickets.issue(ticket, lifetime)}"

    def reply(self, request: Request, address: str) -> Reply:
        """What to answer; whoever asks too often is told to wait, as at the portal."""
        if request.refused:
            return _without_bytes(request.refused, [])
        if request.method not in (b"GET", b"HEAD"):
            return _without_bytes(405, [(b"Allow", b"GET, HEAD")])
        ticket = self._tickets.open(request.target.removeprefix("/"))
        try:
            self._doorkeeper.count_ticket(ticket.who if ticket is not None else "", address)
        except HTTPException as error:
            told = (error.headers or {}).items()
            waiting = [(name.encode(), value.encode()) for name, value in told]
            return _without_bytes(error.status_code, waiting)
        try:
            stream = self._bucket.open(ticket.key) if ticket is not None else None
        except OSError:  # such as too many open files
            return _without_bytes(503, [(b"Retry-After", b"5")])
        if ticket is None or stream is None:
            return _without_bytes(404, [])
        return _of_stream(request, ticket.key, stream)

    def leave(self, connection: _Connection) -> None:
        self._open.discard(connection)

    def _listen(self) -> None:
        self._loop.add_reader(self._socket.fileno(), self._accept)

    def _accept(self) -> None:
        """Take who has come; of a crowd the rest at the loop's next turn."""
        for _ in range(_TAKEN_AT_ONCE):
            try:
                client, address = self._socket.accept()
            except (BlockingIOError, ConnectionAbortedError):  # nobody, or who has left already
                return
            except OSError:
                self._loop.remove_reader(self._socket.fileno())
                self._listening = self._loop.call_later(_PAUSE_S, self._listen)
                return
            client.setblocking(False)
            if len(self._open) < self._most:
                self._open.add(_Connection(self, client, str(address[0])))
            else:
                client.close()


def _of_stream(request: Request, key: str, stream: BinaryIO) -> Reply:
    size = os.fstat(stream.fileno()).st_size
    entity_tag = f'"{hashlib.sha256(key.encode()).hexdigest()}"'
    span = requested_span(size, entity_tag, request.range, request.if_range)
    if span is None:
        stream.close()
        return _without_bytes(416, [(b"Content-Range", b"bytes */%d" % size)])
    headers = [
        (b"Accept-Ranges", b"bytes"),
        (b"Cache-Control", b"no-store"),
        (b"Content-Length", b"%d" % span.length),
        (b"Content-Type", b"application/octet-stream"),
        (b"ETag", entity_tag.encode()),
    ]
    if not span.whole:
        told = b"bytes %d-%d/%d" % (span.start, span.end - 1, size)
        headers.append((b"Content-Range", told))
    length = span.length if request.method == b"GET" else 0
    return Reply(200 if span.whole else 206, headers, stream, span.start, length)


def _without_bytes(status: int, headers: Headers) -> Reply:
    return Reply(status, [*headers, (b"Cache-Control", b"no-store"), (b"Content-Length", b"0")])


class _Connection:
    """One client's, request after request; nothing is read while there is something to answer."""

    def __init__(self, line: SealedLine, client: socket.socket, address: str) -> None:
        self._line = line
        self._client = client
        self._address = address
        self._reader = RequestReader()
        self._requests: deque[Request] = deque()
        self._sending: _Sending | None = None
        self._reads = True
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(client.fileno(), self._receive)
        self._wait()

    def close(self) -> None:
        self._waiting.cancel()
        self._loop.remove_reader(self._client.fileno())
        self._loop.remove_writer(self._client.fileno())
        if self._sending is not None:
            self._sending.end()
        self._client.close()
        self._line.leave(self)

    def _wait(self) -> None:
        self._waiting = self._loop.call_later(_PATIENCE_S, self.close)

    def _receive(self) -> None:
        try:
            octets = self._client.recv(LONGEST_OCTETS)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        if not octets:  # the client has gone
            self.close()
            return
        self._requests.extend(self._reader.feed(octets))
        if self._requests:
            self._waiting.cancel()
            self._answer()

    def _answer(self) -> None:
        """Answer one request as far as the client takes it; the rest at another turn of the loop.

        Most products are on their way then.
        """
        keeps = True
        try:
            if self._sending is None:
                reply = self._line.reply(self._requests[0], self._address)
                self._sending = _Sending(reply, self._requests[0].keeps)
            if self._sending.go_on(self._client):
                self._sending.end()
                self._sending = None
                keeps = self._requests.popleft().keeps
            if keeps:
                self._turn()
        except OSError:  # the client has gone
            keeps = False
        except Exception:
            self.close()
            raise
        if not keeps:
            self.close()

    def _turn(self) -> None:
        """Go on with answers as the client takes them; without any, read."""
        client = self._client.fileno()
        if self._requests and self._reads:
            self._loop.remove_reader(client)
            self._loop.add_writer(client, self._answer)
        elif not self._requests and not self._reads:
            self._loop.remove_writer(client)
            self._loop.add_reader(client, self._receive)
        self._reads = not self._requests
        if self._reads:
            self._wait()


class _Sending:
    """A reply on its way."""

    def __init__(self, reply: Reply, keeps: bool) -> None:
        self._head = _head(reply, keeps)
        self._reply = reply
        self._sent = 0

    def go_on(self, client: socket.socket) -> bool:
        """Send what the system takes now; True once that was all."""
        reply = self._reply
        try:
            if self._head:
                more = _WITH_WHAT_FOLLOWS if reply.length else 0
                self._head = self._head[client.send(self._head, more) :]
            if self._sent < reply.length and not self._head:
                assert reply.stream is not None
                share = min(reply.length - self._sent, _SHARE_OCTETS)
                sent = _send_of(reply.stream, reply.start + self._sent, share, client)
                if not sent:
                    raise OSError("a stored object has become shorter")
                self._sent += sent
        except BlockingIOError:
            return False
        return not self._head and self._sent == reply.length

    def end(self) -> None:
        if self._reply.stream is not None:
            self._reply.stream.close()


def _send_of(stream: BinaryIO, start: int, most: int, client: socket.socket) -> int:
    """Have the system send octets of a file, or read them for it; how many it has taken."""
    try:
        return os.sendfile(client.fileno(), stream.fileno(), start, most)
    except OSError as error:
        if error.errno not in _CANNOT_SEND:
            raise
    return client.send(os.pread(stream.fileno(), min(most, _READ_OCTETS), start))


def _head(reply: Reply, keeps: bool) -> bytes:
    headers = [(b"Date", formatdate(usegmt=True).encode()), *reply.headers]
    if not keeps:
        headers.append((b"Connection", b"close"))
    lines = b"".join([b"%s: %s\r\n" % header for header in headers])
    return b"HTTP/1.1 %d \r\n%s\r\n" % (reply.status, lines)
