from __future__ import annotations

import http.client
import socket
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from groundsys.objects import FolderObjectStore
from groundsys.portal.serving import serve_portal
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


def test_a_port_in_use_is_one_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(EnvironmentLackError, match="cannot listen on"):
            serve_portal("tcp://127.0.0.1:1", tmp_path, port=taken.getsockname()[1])
