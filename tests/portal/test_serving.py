from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from groundsys.objects import FolderObjectStore
from groundsys.portal.serving import held_port, serve_portal
from groundsys.values.errors import EnvironmentLackError
from tests.portal.fake_desks import NOBODYS_TOKEN, POLAR_TOKEN, FakeDesks, listening
from tests.portal.portal_process import running_portal


def test_a_real_portal_asks_the_desks_and_sends_the_bytes(tmp_path: Path) -> None:
    desks = FakeDesks(FolderObjectStore(tmp_path))
    content = bytes(range(256)) * 4096
    weather = desks.deliver("polar-weather", "weather-000012.dat", content)
    secret = desks.deliver("tharsis-seismo", "seismometer-000001.dat", b"secret")
    bearer = {"Authorization": f"Bearer {POLAR_TOKEN}"}
    with (
        listening(desks) as endpoint,
        running_portal(endpoint, tmp_path) as url,
        httpx.Client(base_url=url) as client,
    ):
        assert client.get("/api/v1/health").json()["desks"] == "answering"
        listed = client.get("/api/v1/products", headers=bearer).json()["products"]
        assert [product["id"] for product in listed] == [weather]
        assert client.get(f"/api/v1/products/{weather}", headers=bearer).content == content
        part = client.get(f"/api/v1/products/{weather}", headers={**bearer, "Range": "bytes=-5"})
        assert (part.status_code, part.content) == (206, content[-5:])
        head = client.head(f"/api/v1/products/{weather}", headers=bearer)
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(content)))
        alike = [
            client.get(f"/api/v1/products/{secret}", headers=bearer),
            client.get("/api/v1/products/p999", headers=bearer),
            client.get(
                f"/api/v1/products/{weather}", headers={"Authorization": f"Bearer {NOBODYS_TOKEN}"}
            ),
        ]
        facts = [
            (a.status_code, a.content, {k: v for k, v in a.headers.items() if k != "date"})
            for a in alike
        ]
        assert facts[0] == facts[1] == facts[2]
        assert facts[0][0] == 404


def test_idle_connections_hold_nobody_up(tmp_path: Path) -> None:
    """Each keeps its connection open, as browsers, clients and event streams do."""
    desks = FakeDesks(FolderObjectStore(tmp_path))
    with ExitStack() as stack:
        url = stack.enter_context(running_portal(stack.enter_context(listening(desks)), tmp_path))
        for _ in range(300):
            connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10.0)
            stack.enter_context(closing(connection))
            connection.request("GET", "/portal.css")
            answer = connection.getresponse()
            assert (answer.status, len(answer.read()) > 1000) == (200, True)


_UNLUCKY = """
import sys, threading, time
from asyncio.selector_events import BaseSelectorEventLoop
from pathlib import Path
from groundsys.objects import FolderObjectStore
from groundsys.portal.serving import held_port, serve_portal

write = BaseSelectorEventLoop._write_to_self

def write_and_wait(loop):
    write(loop)
    if type(threading.current_thread()) is threading._DummyThread:  # granian's
        time.sleep(0.5)
        print("told", flush=True)

BaseSelectorEventLoop._write_to_self = write_and_wait
bucket = FolderObjectStore(Path(sys.argv[1]))
serve_portal("tcp://127.0.0.1:1", bucket, announce=lambda _: print("serving", flush=True))
print("ended", flush=True)
"""


def test_the_process_does_not_end_before_the_servers_own_thread_has_left_python(
    tmp_path: Path,
) -> None:
    """A busy machine may let that thread wait in the midst of telling of its end."""
    with subprocess.Popen(
        [sys.executable, "-c", _UNLUCKY, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "serving\n"
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    assert (process.returncode, output) == (0, "told\nended\n")


_STOPPED_AT_ONCE = """
import os, signal, sys
from pathlib import Path
from groundsys.objects import FolderObjectStore
from groundsys.portal.catalogue import Catalogue
from groundsys.portal.serving import held_port, serve_portal

Catalogue.start = lambda catalogue: os.kill(os.getpid(), signal.SIGTERM)
serve_portal("tcp://127.0.0.1:1", FolderObjectStore(Path(sys.argv[1])), announce=print)
"""


def test_a_portal_that_is_ended_while_it_begins_announces_nothing(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _STOPPED_AT_ONCE, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_port_in_use_is_one_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(EnvironmentLackError, match="cannot listen on"):
            serve_portal("tcp://127.0.0.1:1", tmp_path, port=taken.getsockname()[1])


def test_a_free_port_is_kept_for_those_who_share_it() -> None:
    """It was anybody's, until the server listened: one portal in thousands could not begin."""
    with held_port("127.0.0.1", 0) as port:
        address = ("127.0.0.1", port)
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(address)
        with pytest.raises(EnvironmentLackError, match="cannot listen on"), held_port(*address):
            pass
        with (
            socket.create_server(address, reuse_port=True) as server,
            socket.create_connection(address),
        ):
            server.settimeout(10.0)
            server.accept()[0].close()  # what is only held takes none of them
