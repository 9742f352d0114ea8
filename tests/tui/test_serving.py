"""The console in a browser: who may open one, that it asks who sits there, and that it leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import psutil
import pytest

from groundsys.rehearsal.run_directory import RunDirectory
from groundsys.values.errors import EnvironmentLackError
from ops_tui.serving import check_seat
from tests.rehearsal.command_line import awaited, ended, still_alive
from tests.tui import pictures
from tests.tui.desk import Desk


@dataclass
class Seats:
    """A server of consoles beside a desk."""

    url: str
    desk: Desk
    server: subprocess.Popen[str]

    @property
    def consoles(self) -> list[psutil.Process]:
        return psutil.Process(self.server.pid).children(recursive=True)

    def sit(self, play: Callable[[aiohttp.ClientWebSocketResponse], Any]) -> None:
        """Open a page's console and play with it; then the page is closed."""

        async def run() -> None:
            async with (
                aiohttp.ClientSession(headers={"Origin": self.url}) as browser,
                browser.ws_connect(f"{self.url}/ws?width=80&height=24") as page,
            ):
                await until_seen(page, b"password")
                await page.send_json(["focus"])  # as a browser does
                await play(page)

        asyncio.run(run())


@pytest.fixture
def seats(tmp_path: Path) -> Iterator[Seats]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = RunDirectory(tmp_path / "a-run")
    run.create()
    with Desk(pictures.status()) as desk:
        desk.answers["log_in"] = {"name": "fay", "token": "fay's session"}
        run.write_facts({"pid": os.getpid()})
        found = {"events": desk.endpoints.events, "requests": desk.endpoints.requests}
        run.announce("desks", found)
        words = [sys.executable, "-m", "groundsys", "tui", "--serve", f"127.0.0.1:{port}"]
        server = subprocess.Popen([*words, "--run", str(run.path)], text=True)
        with ended(server):
            url = f"http://127.0.0.1:{port}"
            awaited(lambda: server.poll() is None and answers(url), "a page")
            yield Seats(url, desk, server)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


async def until_seen(page: aiohttp.ClientWebSocketResponse, text: bytes) -> None:
    """Read what the console draws until `text` has been drawn at once."""
    drawn = b""
    async with asyncio.timeout(60.0):
        while text not in drawn:
            drawn += (await page.receive()).data


async def press(page: aiohttp.ClientWebSocketResponse, keys: str) -> None:
    await page.send_json(["stdin", keys])


def test_a_page_is_shown_to_its_own_site_alone(seats: Seats) -> None:
    page = httpx.get(seats.url)
    assert 'data-session-websocket-url="ws://127.0.0.1:' in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in page.text.replace(seats.url, "")  # nothing comes from elsewhere
    script = httpx.get(f"{seats.url}/static/js/textual.js")
    assert script.status_code == 200
    assert httpx.get(seats.url, headers={"Host": "evil.example"}).status_code == 421
    for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        assert httpx.get(f"{seats.url}/ws", headers=origin).status_code == 403
    assert seats.consoles == []


def test_a_console_asks_who_sits_there_and_leaves_with_its_page(seats: Seats) -> None:
    desk = seats.desk
    desk.shut_out = "name or password is wrong"

    async def play(page: aiohttp.ClientWebSocketResponse) -> None:
        assert desk.requests == []  # nothing was asked, and so nothing shown, before
        await press(page, "fay\r")
        await until_seen(page, b"Enter: log in")
        await press(page, "guess\r")
        await until_seen(page, b"is wrong")
        desk.shut_out = ""
        await press(page, "secret\r")
        await until_seen(page, b"SIMULATED")
        assert len(seats.consoles) == 1

    seats.sit(play)
    guess, known, *others = desk.requests
    assert (guess["verb"], guess["name"], guess["password"]) == ("log_in", "fay", "guess")
    assert (known["verb"], known["name"], known["password"]) == ("log_in", "fay", "secret")
    assert others
    assert {one["token"] for one in others} == {"fay's session"}
    awaited(lambda: not seats.consoles, "the console's end")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_ends_takes_its_consoles_along(seats: Seats, by: signal.Signals) -> None:
    async def play(page: aiohttp.ClientWebSocketResponse) -> None:
        consoles.extend(seats.consoles)
        seats.server.send_signal(by)

    consoles: list[psutil.Process] = []
    seats.sit(play)
    seats.server.wait(60.0)
    assert len(consoles) == 1
    awaited(lambda: not still_alive(consoles), "the console's end")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "console.example"])
def test_nobody_else_s_machine_is_served(host: str) -> None:
    with pytest.raises(EnvironmentLackError, match=r"ssh -L 8777:127\.0\.0\.1"):
        check_seat(host, "https://console.example")


@pytest.mark.parametrize("url", ["http://console.example", "console.example", "https://a/b?c"])
def test_a_proxy_in_front_speaks_tls(url: str) -> None:
    with pytest.raises(EnvironmentLackError, match="no address for a console"):
        check_seat("127.0.0.1", url)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_is_served(host: str) -> None:
    check_seat(host, None)
    check_seat(host, "https://console.example:8443")
