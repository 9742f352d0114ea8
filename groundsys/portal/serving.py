"""The portal's process: granian inside one asyncio loop, one worker, ended by SIGTERM.

Beside it, in the same loop, the line that sends sealed bytes of a folder.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar import Litestar

from groundsys.bus.curve import ClientKeys
from groundsys.bus.live import Requester, Subscriber
from groundsys.bus.token_file import Credential
from groundsys.objects import Bucket, FolderObjectStore
from groundsys.portal.access import Doorkeeper
from groundsys.portal.app import create_app
from groundsys.portal.events import TOPIC, News
from groundsys.portal.portal_state import PortalState
from groundsys.portal.sealed_line import SealedLine
from groundsys.portal.store_catalogue import StoreCatalogue
from groundsys.portal.tickets import SECRET_OCTETS, Tickets
from groundsys.portal.tls import TlsFiles, check_tls
from groundsys.published import PublishedCatalogue
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.hosts import is_loopback_host

_BACKLOG = 1024
#: of malloc.h
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1
#: connections at once, idle ones and event streams too; the next ones wait until one is closed
_MOST_CONNECTIONS = 8192


@dataclass(frozen=True, slots=True)
class SealedPort:
    """Of the line that sends sealed bytes; 0 takes a free one.

    Workers that share it share a secret (of `groundsys.portal.tickets`); otherwise one is drawn.
    """

    port: int = 0
    secret: bytes = b""


def serve_portal(
    desks_endpoint: str,
    bucket: Bucket,
    *,
    news_endpoint: str = "",
    credential: Credential | None = None,
    keys: ClientKeys | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: TlsFiles | None = None,
    state: Path | None = None,
    shares_port: bool = False,
    sealed: SealedPort | None = None,
    announce: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is called with the URL once it answers.

    `credential` is the portal's own: what it may ask the desks for, and nothing more.  With `tls`
    it speaks HTTPS, without only where nobody but this machine hears it.  Where the desks publish
    (`news_endpoint`), customers are told of events at once, otherwise within a second.
    With the folder `state` it goes by the catalogue in the bucket, and does without the desks where
    that can be (`groundsys.portal.store_catalogue`); webhooks are left to a portal that asks them.
    What is presigned of a folder's objects is sent by a line of its own, in clear since it is
    sealed: on loopback it has a free port, elsewhere only one that is named (`sealed`).
    Port 0 takes a free one.  A port in use raises `EnvironmentLackError` before anything starts,
    unless it is another worker's (`shares_port`), who serves the same.
    """
    check_tls(host, tls)
    if sealed is None and is_loopback_host(host):
        sealed = SealedPort()
    most = _most_connections()
    doorkeeper = Doorkeeper()
    line = None
    if sealed is not None and isinstance(bucket, FolderObjectStore):
        tickets = Tickets(sealed.secret or os.urandom(SECRET_OCTETS))
        line = SealedLine(bucket, tickets, doorkeeper, most // 8)
    common: dict[str, Any] = {"doorkeeper": doorkeeper, "sealed_line": line}
    desks = Requester(desks_endpoint, credential, keys)

    def subscribe() -> News:
        return Subscriber(news_endpoint, (TOPIC,), keys)

    with ExitStack() as ending:
        ending.callback(desks.close)
        if not shares_port:
            port = ending.enter_context(held_port(host, port))
            if line is not None and sealed is not None:
                sealed = replace(sealed, port=ending.enter_context(held_port(host, sealed.port)))
        if state is None:
            courier_here = is_loopback_host(host)
            news = subscribe if news_endpoint else None
            app = create_app(desks, bucket, subscribe=news, courier_here=courier_here, **common)
        else:
            app = create_app(desks, bucket, catalogue=_of_store(desks, bucket, state), **common)
        serving = _serve(app, host, port, tls, most, announce)
        if line is not None and sealed is not None:
            serving = _serve_beside(line, host, sealed.port, serving)
        asyncio.run(serving)


def _of_store(desks: Requester, bucket: Bucket, folder: Path) -> StoreCatalogue:
    state = PortalState(folder)
    kit = state.kit(desks.ask)
    return StoreCatalogue(desks, PublishedCatalogue(bucket, kit, seen=state.seen), state)


async def _serve_beside(
    line: SealedLine, host: str, port: int, serving: Coroutine[Any, Any, None]
) -> None:
    """Serve with the line of sealed bytes open."""
    await line.start(host, port)
    try:
        await serving
    finally:
        await line.stop()


async def _serve(
    app: Litestar,
    host: str,
    port: int,
    tls: TlsFiles | None,
    most: int,
    announce: Callable[[str], None],
) -> None:
    _keep_memory()
    logging.getLogger("_granian").setLevel(logging.ERROR)
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=_BACKLOG,
        backpressure=most - most // 8,
        log_enabled=False,
        ssl_cert=tls.certificate if tls is not None else None,
        ssl_key=tls.key if tls is not None else None,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve())
    if await _is_answering(host, port, server, serving):
        announce(f"{'http' if tls is None else 'https'}://{host}:{port}")
    await serving
    await _until_left_alone()


def _keep_memory() -> None:
    """Have blocks of a megabyte given back to this process alone, where that can be asked for.

    The GNU library takes and returns them page by page otherwise, which costs six times what
    opening them does.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        mallopt(_M_TRIM_THRESHOLD, 128 << 20)


def _most_connections() -> int:
    """As many as this process may open files for, each with a product besides."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * _MOST_CONNECTIONS + 256
    files = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(128, (files - 256) // 2)


async def _is_answering(host: str, port: int, server: Server, serving: asyncio.Task[None]) -> bool:
    """True once it is; False if it has been told to end, or has ended, before."""

    def is_over() -> bool:
        return serving.done() or server.interrupt_signal

    while not is_over():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)  # nothing tells when granian's own thread listens
            continue
        writer.close()
        await writer.wait_closed()
        return not is_over()
    return False


async def _until_left_alone() -> None:
    """Return once no thread of granian's is in the midst of Python code.

    One of them tells the loop, in Python, that the server has ended; where the machine gives its
    time to others just then, this process may be at its own end before that call returns.  Python
    would end the thread within it, and Rust aborts the process for that.
    """
    while sys._current_frames().keys() - _own_threads():
        await asyncio.sleep(0.001)  # nothing tells when a thread that is not Python's leaves


def _own_threads() -> set[int | None]:
    return {one.ident for one in threading.enumerate() if type(one) is not threading._DummyThread}


@contextmanager
def held_port(host: str, port: int) -> Iterator[int]:
    """Keep `port`, or a free one for 0, from all but who shares it on purpose (`SO_REUSEPORT`).

    A port that was only found free may be anybody's before the server listens; and granian would
    share, silently, one that somebody has.  What is held takes no connections.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as held:
        with socket.socket(family, socket.SOCK_STREAM) as found:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # of closed connections
            try:
                found.bind((host, port))
            except OSError as error:
                raise EnvironmentLackError(
                    f"the portal cannot listen on {host}, port {port}",
                    expected="a free port of this machine",
                    found=error.strerror or str(error),
                    remedy="choose another port, or 0 for any free one",
                ) from error
            for one in (found, held):  # `found` only now: nobody shared it
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind(found.getsockname())
        yield int(held.getsockname()[1])
