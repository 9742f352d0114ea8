"""The console in a browser: each page that is opened is a console of its own, as a process.

A page is an operator's seat.  So it is served on this machine alone, each console asks for name and
password by itself, and no other site's page may open one (its `Origin` is looked at) or put one
into a frame.  From elsewhere it is reached by an ssh tunnel, or by a proxy of this machine that
speaks TLS; `public_url` is then what people type.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from groundsys.values.errors import EnvironmentLackError
from groundsys.values.hosts import is_loopback_host

#: consoles at a time: each is a process
MOST_CONSOLES = 8
#: wall seconds until a console has to have left once its page is closed
_LEAVES_WITHIN_S = 10.0
#: nothing is fetched from anywhere else, and nobody puts the page into a frame
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; font-src 'self'; "
    "img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src 'self' {socket}; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def check_seat(host: str, public_url: str | None) -> None:
    """Raise `EnvironmentLackError` before anything listens that others could read or write."""
    if not is_loopback_host(host):
        raise EnvironmentLackError(
            f"a console in a browser is not served at {host}: a page is an operator's seat, and "
            "this server speaks in clear",
            expected="an address of this machine alone, such as 127.0.0.1:8777",
            found=host,
            remedy="serve it here, and reach it by `ssh -L 8777:127.0.0.1:8777 THIS_MACHINE`, or "
            "by a proxy on this machine that speaks TLS and lets in whom you know, with "
            "--public-url https://…",
        )
    if public_url is not None:
        url = urlsplit(public_url)
        if url.scheme != "https" or not url.netloc or url.path.rstrip("/") or url.query:
            raise EnvironmentLackError(
                f"{public_url} is no address for a console",
                expected="https://HOST or https://HOST:PORT, that of the proxy before it",
                found=public_url,
                remedy="leave --public-url out to serve it on this machine alone",
            )


def serve_console(
    command: Sequence[str], host: str, port: int, *, title: str, public_url: str | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; each page's console is `command`, which ends with the page."""
    check_seat(host, public_url)
    _ConsoleServer(command, host, port, title, public_url).serve()


class _ConsoleServer(Server):
    def __init__(
        self, command: Sequence[str], host: str, port: int, title: str, public_url: str | None
    ) -> None:
        super().__init__(
            f"exec {shlex.join(command)}",
            host,
            port,
            title,
            (public_url or f"http://{_netloc(host, port)}").rstrip("/"),
            templates_path=Path(__file__).with_name("browser"),
        )
        self._consoles: set[asyncio.Task[web.WebSocketResponse]] = set()
        own = urlsplit(self.public_url).netloc
        self._hosts = frozenset({own, _netloc(host, port)})
        socket = self.public_url.replace("http", "ws", 1)
        self._headers = {name: text.format(socket=socket) for name, text in _HEADERS.items()}

    def initialize_logging(self) -> None:
        """What goes wrong is logged as everywhere else."""

    async def on_startup(self, app: web.Application) -> None:
        del app
        self.console.print(
            f"the console, in a browser: {self.public_url}\n"
            "each page asks for name and password; Ctrl-C ends all of them",
            highlight=False,
        )

    async def on_shutdown(self, app: web.Application) -> None:
        del app
        for one in self._consoles:
            one.cancel()
        if self._consoles:
            await asyncio.wait(self._consoles, timeout=_LEAVES_WITHIN_S)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Let in only pages of this very address."""
        if request.host not in self._hosts:
            raise web.HTTPMisdirectedRequest(text=f"the console is at {self.public_url}\n")
        if request.path == "/ws":
            if request.headers.get("Origin") != self.public_url:
                raise web.HTTPForbidden(text="a console is opened by its own page alone\n")
            if len(self._consoles) >= MOST_CONSOLES:
                raise web.HTTPServiceUnavailable(text=f"{MOST_CONSOLES} consoles are open\n")
            return await handler(request)
        response = await handler(request)
        response.headers.update(self._headers)
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        task = asyncio.ensure_future(super().handle_websocket(request))
        self._consoles.add(task)
        try:
            return await task
        finally:
            self._consoles.discard(task)


def _netloc(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
