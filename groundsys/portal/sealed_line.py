"""A line beside the portal's own: sealed bytes from a local folder, for whoever shows a ticket.

The system sends them from its own memory (sendfile(2)), so that a download takes hardly more of
the processor than the network does; Python sees the request alone.  They are sent in clear on
purpose: each is sealed in authenticated segments, and the key to them is told by the portal, over
its own line.  Who listens learns lengths, and how to have the same sealed bytes again for as long
as the ticket stands.

HTTP is h11's.  What has no good ticket is answered alike, byte for byte, whatever it is.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formatdate
from typing import BinaryIO, cast
from urllib.parse import urlsplit

import h11
from litestar.exceptions import HTTPException

from groundsys.objects import FolderObjectStore
from groundsys.portal.access import Doorkeeper
from groundsys.portal.byte_ranges import requested_span
from groundsys.portal.tickets import Ticket, Tickets
from groundsys.values.hosts import is_loopback_host

#: until a request is there as a whole, and for a client that takes nothing
_PATIENCE_S = 30.0
_BACKLOG = 1024
_LONGEST_HEAD_OCTETS = 8192

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: with a stream, `length` of its octets from `start` on."""

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
        self._server: asyncio.Server | None = None
        self._host, self._port = "", 0

    async def start(self, host: str, port: int, *, shares_port: bool = False) -> None:
        """Listen; port 0 takes a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            *(lambda: _Connection(self), host, port),
            backlog=_BACKLOG,
            reuse_port=shares_port or None,
        )
        self._host, self._port = host, self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End what is being sent, too."""
        assert self._server is not None
        self._server.close()
        for one in tuple(self._open):
            one.abort()
        await self._server.wait_closed()

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

    def enter(self, connection: _Connection) -> bool:
        """Whether there is room for one more."""
        if len(self._open) >= self._most:
            return False
        self._open.add(connection)
        return True

    def leave(self, connection: _Connection) -> None:
        self._open.discard(connection)

    def reply(self, request: h11.Request, address: str) -> Reply:
        """What to answer; whoever asks too often is told to wait, as at the portal."""
        if request.method not in (b"GET", b"HEAD"):
            return _without_bytes(405, [(b"Allow", b"GET, HEAD")])
        ticket = self._tickets.open(request.target.decode("ascii").removeprefix("/"))
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


def _of_stream(request: h11.Request, key: str, stream: BinaryIO) -> Reply:
    with ExitStack() as unless_sent:
        unless_sent.enter_context(stream)
        size = os.fstat(stream.fileno()).st_size
        entity_tag = f'"{hashlib.sha256(key.encode()).hexdigest()}"'
        asked = {bytes(name): value.decode("latin-1") for name, value in request.headers}
        span = requested_span(size, entity_tag, asked.get(b"range"), asked.get(b"if-range"))
        if span is None:
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
        status = 200 if span.whole else 206
        if request.method == b"HEAD":
            return Reply(status, headers)
        unless_sent.pop_all()
        return Reply(status, headers, stream, span.start, span.length)


def _without_bytes(status: int, headers: Headers) -> Reply:
    return Reply(status, [*headers, (b"Cache-Control", b"no-store"), (b"Content-Length", b"0")])


class _Connection(asyncio.Protocol):
    """One client's, request after request."""

    def __init__(self, line: SealedLine) -> None:
        self._line = line
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_HEAD_OCTETS)
        self._request: h11.Request | None = None
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._wait()
        if not self._line.enter(self):
            self.abort()
            return
        address = transport.get_extra_info("peername")
        self._address = str(address[0]) if address else ""
        self._socket: socket.socket = transport.get_extra_info("socket")
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # of Linux: ends what nobody takes any more
            patience_ms = round(_PATIENCE_S * 1e3)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience_ms)

    def connection_lost(self, _: Exception | None) -> None:
        self._waiting.cancel()
        if self._answering is not None:
            self._answering.cancel()
        self._line.leave(self)

    def data_received(self, data: bytes) -> None:
        self._http.receive_data(data)
        if self._answering is None:
            self._go_on()

    def abort(self) -> None:
        self._transport.abort()

    def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().call_later(_PATIENCE_S, self.abort)

    def _go_on(self) -> None:
        """Take what has come of a request; answer it once it is whole."""
        if self._transport.is_closing():  # since this was put off, behind another answer
            return
        try:
            while True:
                event = self._http.next_event()
                if isinstance(event, h11.Request):
                    self._request = event
                elif isinstance(event, h11.EndOfMessage):
                    break
                elif isinstance(event, h11.ConnectionClosed):
                    self._transport.close()
                    return
                elif not isinstance(event, h11.Data):
                    return  # more has to come
        except h11.RemoteProtocolError as error:
            reply = _without_bytes(error.error_status_hint, [(b"Connection", b"close")])
            self._write(_head(reply))
            self._transport.close()
            return
        self._waiting.cancel()
        assert self._request is not None
        self._answer(self._line.reply(self._request, self._address))

    def _answer(self, reply: Reply) -> None:
        """Send what the system takes at once, and leave the rest to a task.

        Most products are on their way then, without another turn of the loop.
        """
        self._write(_head(reply))
        if reply.stream is None:
            self._end_answer(reply)
            return
        sent = 0
        if not self._transport.get_write_buffer_size() and not self._transport.is_closing():
            with suppress(OSError):  # the task meets it again
                sent = os.sendfile(
                    *(self._socket.fileno(), reply.stream.fileno()), reply.start, reply.length
                )
        if sent == reply.length:
            reply.stream.close()
            self._end_answer(reply)
            return
        loop = asyncio.get_running_loop()
        self._answering = loop.create_task(self._send_rest(reply, sent))

    async def _send_rest(self, reply: Reply, sent: int) -> None:
        assert reply.stream is not None
        with reply.stream as stream:
            loop = asyncio.get_running_loop()
            try:
                await loop.sendfile(
                    *(self._transport, stream), reply.start + sent, reply.length - sent
                )
            except OSError:  # the client has gone
                self.abort()
                return
        self._answering = None
        self._end_answer(reply)

    def _end_answer(self, reply: Reply) -> None:
        if reply.stream is not None:
            self._http.send_with_data_passthrough(h11.Data(data=_Sent(reply.length)))  # type: ignore[arg-type]
        self._write(h11.EndOfMessage())
        if self._http.our_state is h11.MUST_CLOSE:
            self._transport.close()
            return
        self._http.start_next_cycle()
        self._wait()
        if self._http.trailing_data[0]:  # the next request has come meanwhile
            asyncio.get_running_loop().call_soon(self._go_on)

    def _write(self, event: h11.Event) -> None:
        self._transport.write(self._http.send(event) or b"")


@dataclass(frozen=True, slots=True)
class _Sent:
    """Stands for octets that have left by another way, as h11 counts them."""

    octets: int

    def __len__(self) -> int:
        return self.octets


def _head(reply: Reply) -> h11.Response:
    date = (b"Date", formatdate(usegmt=True).encode())
    return h11.Response(status_code=reply.status, headers=[date, *reply.headers])
