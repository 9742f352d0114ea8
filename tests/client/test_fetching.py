from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundsys.client import Selection, fetch
from groundsys.client.downloading import Downloader
from groundsys.client.errors import PortalError
from groundsys.client.listing import ListedProduct
from groundsys.client.presigned import Grants, Presigned
from groundsys.client.signing_key import SIGNING_KEY
from groundsys.objects import FolderObjectStore
from groundsys.values.errors import (
    AccessRefusedError,
    EnvironmentLackError,
    ProductError,
)
from tests.client.cutting_proxy import CuttingProxy, cutting_proxy
from tests.portal.fake_desks import (
    AURORA_TOKEN,
    NOBODYS_TOKEN,
    POLAR_TOKEN,
    THARSIS_TOKEN,
    FakeDesks,
    listening,
)
from tests.portal.portal_process import running_portal

BIG = random.Random(5).randbytes(3_000_000)


@dataclass(frozen=True)
class Portal:
    url: str
    desks: FakeDesks
    objects: Path


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A real portal with one big and one small product for polar-weather."""
    objects = tmp_path_factory.mktemp("objects")
    desks = FakeDesks(FolderObjectStore(objects))
    desks.deliver("polar-weather", "weather-000001.dat", BIG, "cube-polar")
    desks.deliver("polar-weather", "weather-000001.manifest.json", b"{}\n", "cube-polar")
    with listening(desks) as endpoint, running_portal(endpoint, objects) as url:
        yield Portal(url, desks, objects)


@dataclass(frozen=True)
class Line:
    url: str
    proxy: CuttingProxy


def _files(folder: Path) -> dict[str, bytes]:
    """What is home beside the portal's signing key."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != SIGNING_KEY
    }


class Waits:
    """Pauses that are counted and not waited for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


class GivenUpError(Exception):
    """Whoever fetches does not wait."""


def give_up(_: float) -> None:
    raise GivenUpError


def test_a_first_fetch_brings_all_and_a_second_nothing(portal: Portal, tmp_path: Path) -> None:
    first = fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path)
    expected = {
        "cube-polar/weather-000001.dat": BIG,
        "cube-polar/weather-000001.manifest.json": b"{}\n",
    }
    assert _files(tmp_path) == expected
    assert len(first.fetched) == 2
    assert first.bytes_received == len(BIG) + 3
    second = fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path)
    assert (second.fetched, second.bytes_received) == ((), 0)
    assert len(second.already_there) == 2


def test_a_damaged_file_at_home_is_fetched_again(portal: Portal, tmp_path: Path) -> None:
    fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path)
    damaged = tmp_path / "cube-polar" / "weather-000001.manifest.json"
    damaged.write_bytes(b"[]\n")
    report = fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path)
    assert report.fetched == (damaged,)
    assert damaged.read_bytes() == b"{}\n"


@pytest.fixture(params=["through the portal", "past it"])
def line(
    portal: Portal, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Line]:
    """A line to the portal on which what products consist of can be cut, on either way."""
    if request.param == "through the portal":
        monkeypatch.setattr(Grants, "take", lambda self, product: None)
        with cutting_proxy(portal.url) as proxy:
            yield Line(proxy.url, proxy)
        return
    taken = Grants.take
    answer = httpx.get(
        f"{portal.url}/api/v1/products", headers={"Authorization": f"Bearer {POLAR_TOKEN}"}
    )
    wanted = {"products": [answer.json()["products"][0]["id"]]}
    granted = httpx.post(
        f"{portal.url}/api/v1/presigned",
        json=wanted,
        headers={"Authorization": f"Bearer {POLAR_TOKEN}"},
    )
    url = granted.json()["downloads"][0]["url"]
    with cutting_proxy(url) as proxy:

        def take(self: Grants, product: ListedProduct) -> Presigned | None:
            presigned = taken(self, product)
            assert presigned is not None
            path = presigned.url.split("/", 3)[3]
            return replace(presigned, url=f"{proxy.url}/{path}")

        monkeypatch.setattr(Grants, "take", take)
        yield Line(portal.url, proxy)


@pytest.mark.parametrize("status", [200, 302, 403, 404, 502, 503])
def test_whom_another_answers_past_the_portal_fetches_through_it(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    asked: list[httpx.URL] = []
    send = httpx.Client.send

    def by_proxy(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        if request.url.path.startswith("/api/"):
            return send(client, request, **options)
        asked.append(request.url)
        return httpx.Response(status, content=b"not from here", request=request)

    monkeypatch.setattr(httpx.Client, "send", by_proxy)
    waits = Waits()
    report = fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path, pause=waits)
    assert _files(tmp_path)["cube-polar/weather-000001.dat"] == BIG
    assert (report.bytes_received, len(asked), waits.seconds) == (len(BIG) + 3, 1, [])


@pytest.mark.parametrize(
    "error", [httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.WriteError]
)
def test_whom_the_way_past_the_portal_is_cut_fetches_through_it(
    portal: Portal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[httpx.TransportError],
) -> None:
    asked: list[httpx.URL] = []
    send = httpx.Client.send

    def cut(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        if request.url.path.startswith("/api/"):
            return send(client, request, **options)
        asked.append(request.url)
        raise error("by a firewall")

    monkeypatch.setattr(httpx.Client, "send", cut)
    waits = Waits()
    fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path, pause=waits)
    assert _files(tmp_path)["cube-polar/weather-000001.dat"] == BIG
    assert (len(asked), len(waits.seconds)) == (1, 1)


def test_a_portal_that_is_always_cut_is_one_clear_error(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Grants, "take", lambda self, product: None)
    with cutting_proxy(portal.url) as proxy:
        proxy.cuts = [500_000, *[1] * 20]
        with pytest.raises(PortalError, match="does not answer"):
            fetch("polar-weather", POLAR_TOKEN, proxy.url, tmp_path, pause=Waits())
    assert [name for name in _files(tmp_path) if not name.endswith(".part")] == []


def test_a_fetch_goes_on_where_the_line_was_cut(line: Line, tmp_path: Path) -> None:
    waits = Waits()
    line.proxy.cuts = [1_000_000, 1_000_000]
    report = fetch("polar-weather", POLAR_TOKEN, line.url, tmp_path, pause=waits)
    assert line.proxy.connections == 3
    assert _files(tmp_path)["cube-polar/weather-000001.dat"] == BIG
    assert report.resumed == 2
    assert report.bytes_received == len(BIG) + 3
    assert len(waits.seconds) == 2


def test_what_a_broken_fetch_left_is_used_by_the_next(
    portal: Portal, line: Line, tmp_path: Path
) -> None:
    line.proxy.cuts = [500_000]
    with pytest.raises(GivenUpError):
        fetch("polar-weather", POLAR_TOKEN, line.url, tmp_path, pause=give_up)
    assert [name for name in _files(tmp_path) if not name.endswith(".part")] == []
    report = fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path)
    assert report.resumed == 1
    assert report.bytes_received < len(BIG) - 300_000
    assert _files(tmp_path)["cube-polar/weather-000001.dat"] == BIG
    assert len(_files(tmp_path)) == 2


def test_a_spoilt_part_is_thrown_away_and_fetched_whole(portal: Portal, tmp_path: Path) -> None:
    digest = hashlib.sha256(BIG).hexdigest()[:16]
    part = tmp_path / "cube-polar" / f".weather-000001.dat.{digest}.part"
    part.parent.mkdir()
    part.write_bytes(bytes(1000))
    fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path)
    assert _files(tmp_path)["cube-polar/weather-000001.dat"] == BIG


def test_bytes_that_never_verify_are_not_kept(portal: Portal, tmp_path: Path) -> None:
    listed = hashlib.sha256(b"as catalogued").hexdigest()
    portal.desks.deliver("aurora-lab", "damaged.dat", b"as it is stored", sha256=listed)
    with pytest.raises(ProductError, match="does not verify, twice"):
        fetch("aurora-lab", AURORA_TOKEN, portal.url, tmp_path)
    assert _files(tmp_path) == {}


@pytest.mark.parametrize(
    ("customer", "token", "words"),
    [
        ("polar-weather", NOBODYS_TOKEN, "does not know this token"),
        ("polar-weather", THARSIS_TOKEN, "another customer's"),
        ("polar-weather", "gs1_short", "no token"),
        ("polar-weather", "", "no token"),
    ],
)
def test_a_wrong_token_is_one_clear_error(
    portal: Portal, tmp_path: Path, customer: str, token: str, words: str
) -> None:
    with pytest.raises(AccessRefusedError, match=words):
        fetch(customer, token, portal.url, tmp_path / "into")
    assert not (tmp_path / "into").exists() or _files(tmp_path / "into") == {}


def test_no_portal_is_one_clear_error(tmp_path: Path) -> None:
    waits = Waits()
    with pytest.raises(PortalError, match="does not answer"):
        fetch("polar-weather", POLAR_TOKEN, "http://127.0.0.1:1", tmp_path, pause=waits)
    assert waits.seconds == sorted(waits.seconds)
    assert len(waits.seconds) == 4


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://", "http://[::1"])
def test_a_url_that_is_none_is_one_clear_error(tmp_path: Path, url: str) -> None:
    with pytest.raises(PortalError, match="no URL of a portal"):
        fetch("polar-weather", POLAR_TOKEN, url, tmp_path, pause=Waits())


def test_a_folder_that_cannot_be_written_is_one_clear_error(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentLackError, match="cannot write into"):
        fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path / "file")


def test_many_come_at_once_and_all_are_right(portal: Portal, tmp_path: Path) -> None:
    contents = {f"many-{number:02d}.dat": bytes([number]) * 50_000 for number in range(40)}
    for name, content in contents.items():
        portal.desks.deliver("kiso-space", name, content)
    token = portal.desks.key_of("kiso-space")
    report = fetch("", token, portal.url, tmp_path, jobs=8)
    assert report.customer == "kiso-space"
    assert [path.name for path in report.fetched] == list(contents)
    assert _files(tmp_path) == {f"cube/{name}": content for name, content in contents.items()}
    assert report.bytes_received == 40 * 50_000
    again = fetch("", token, portal.url, tmp_path, jobs=8)
    assert (len(again.already_there), again.bytes_received) == (40, 0)


def test_one_that_fails_among_many_fails_the_fetch_and_spoils_no_other(
    portal: Portal, tmp_path: Path
) -> None:
    for number in range(8):
        portal.desks.deliver("hellas-demo", f"h{number}.dat", bytes([number]) * 1000)
    path = portal.desks.objects.path("hellas-demo/cube/h3.dat")
    assert path is not None
    path.write_bytes(bytes([9]) * 1000)
    token = portal.desks.key_of("hellas-demo")
    with pytest.raises(ProductError, match=r"does not send 'cube/h3\.dat'"):
        fetch("hellas-demo", token, portal.url, tmp_path, jobs=4)
    for name, content in _files(tmp_path).items():
        assert name != "cube/h3.dat"
        assert content == bytes([int(name[-5])]) * 1000


def test_only_what_is_chosen_comes(portal: Portal, tmp_path: Path) -> None:
    wanted = Selection.of(format="json", spacecraft="cube-polar")
    report = fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path, wanted=wanted)
    assert list(_files(tmp_path)) == ["cube-polar/weather-000001.manifest.json"]
    assert len(report.fetched) == 1
    odd = Selection.of(measured_since="yesterday")
    with pytest.raises(PortalError, match="no moment in ISO 8601"):
        fetch("polar-weather", POLAR_TOKEN, portal.url, tmp_path, wanted=odd)


def test_a_busy_portal_is_waited_for_as_long_as_it_says(tmp_path: Path) -> None:
    waits = Waits()
    answers = iter((429, 503, 200))

    def answer(request: httpx.Request) -> httpx.Response:
        status = next(answers)
        content = {"customer": "me", "products": [], "cursor": 0, "more": False}
        return httpx.Response(status, json=content, headers={"Retry-After": "7"})

    client = httpx.Client(base_url="http://portal", transport=httpx.MockTransport(answer))
    downloader = Downloader(client, tmp_path, pause=waits)
    assert downloader.ask("/api/v1/products", {}).status_code == 200
    assert waits.seconds == [7.0, 7.0]
