"""Two portals over one S3-compatible store and one set of desks; downloads past both of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import obstore
import pytest
from litestar.testing import TestClient
from obstore.store import S3Store

from groundsys.client import fetch
from groundsys.client.listing import ListedProduct
from groundsys.client.presigned import Grants
from groundsys.objects import FolderObjectStore
from groundsys.objects.s3 import S3Bucket
from groundsys.portal.app import create_app
from groundsys.values.errors import ProductError
from tests.objects.s3_server import S3Server, running_s3
from tests.portal.fake_desks import (
    AURORA_TOKEN,
    NOBODYS_TOKEN,
    POLAR_TOKEN,
    THARSIS_TOKEN,
    FakeDesks,
    listening,
)
from tests.portal.portal_process import running_portal

WEATHER = os.urandom(400_000)


@dataclass
class Ground:
    """One store, one set of desks, and as many portals as are started."""

    server: S3Server
    desks: FakeDesks
    endpoint: str
    url: str
    weather: str


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with running_s3(presigned=True) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        url = server.url("a-run")
        desks = FakeDesks(S3Bucket(url))
        weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
        desks.deliver("polar-weather", "empty.dat", b"")
        desks.deliver("tharsis-seismo", "seismometer-000001.dat", b"secret")
        with listening(desks) as endpoint:
            yield Ground(server, desks, endpoint, url, weather)


@pytest.fixture(scope="module")
def portal(ground: Ground) -> Iterator[str]:
    with running_portal(ground.endpoint, ground.url) as url:
        yield url


def ask(portal: str, path: str, token: str = POLAR_TOKEN, **headers: str) -> httpx.Response:
    return httpx.get(portal + path, headers={"Authorization": f"Bearer {token}", **headers})


def test_a_download_through_the_portal_is_opened_from_the_store(
    ground: Ground, portal: str
) -> None:
    answer = ask(portal, f"/api/v1/products/{ground.weather}", Range="bytes=70000-270000")
    assert answer.status_code == 206
    assert answer.content == WEATHER[70_000:270_001]


def test_a_presigned_download_delivers_what_only_its_customer_can_open(
    ground: Ground, portal: str
) -> None:
    answer = ask(portal, f"/api/v1/products/{ground.weather}/presigned")
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["url"].startswith(ground.server.endpoint)
    assert (told["seconds"], told["bound_to"]) == (900, "polar-weather/cube/weather-000012.dat")
    delivered = httpx.get(told["url"]).content
    assert len(delivered) == told["offset"] + told["octets"]
    assert WEATHER[:64] not in delivered
    access = ground.desks.downloads("polar-weather")[-1]
    assert (access.product, access.notes["what"]) == (ground.weather, "presigned")


@pytest.mark.parametrize("start", [0, 1, 65_479, 65_480, 65_481, 250_000, 399_999])
def test_it_is_opened_from_any_place_on(ground: Ground, portal: str, start: int) -> None:
    listed = ListedProduct(
        *(ground.weather, "cube/weather-000012.dat", len(WEATHER)),
        hashlib.sha256(WEATHER).hexdigest(),
    )
    bearer = {"Authorization": f"Bearer {POLAR_TOKEN}"}
    with httpx.Client(base_url=portal, headers=bearer) as client:
        presigned = Grants(client).take(listed)
        assert presigned is not None
        assert b"".join(presigned.content(client, start)) == WEATHER[start:]


def test_fetch_goes_past_the_portal_and_resumes(
    ground: Ground, portal: str, tmp_path: Path
) -> None:
    sha256 = hashlib.sha256(WEATHER).hexdigest()
    report = fetch("polar-weather", POLAR_TOKEN, portal, tmp_path)
    home = tmp_path / "cube" / "weather-000012.dat"
    assert home.read_bytes() == WEATHER
    assert (tmp_path / "cube" / "empty.dat").read_bytes() == b""
    assert report.bytes_received == len(WEATHER)
    accesses = ground.desks.downloads("polar-weather")[-2:]
    assert [one.notes["what"] for one in accesses] == ["presigned", "presigned"]
    home.unlink()
    home.with_name(f".{home.name}.{sha256[:16]}.part").write_bytes(WEATHER[:123_456])
    report = fetch("polar-weather", POLAR_TOKEN, portal, tmp_path)
    assert (report.bytes_received, report.resumed) == (len(WEATHER) - 123_456, 1)
    assert home.read_bytes() == WEATHER


def test_the_store_never_sees_the_token(
    ground: Ground, portal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[httpx.Request] = []
    send = httpx.Client.send

    def watch(client: httpx.Client, request: httpx.Request, **options: object) -> httpx.Response:
        seen.append(request)
        return send(client, request, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(httpx.Client, "send", watch)
    fetch("polar-weather", POLAR_TOKEN, portal, tmp_path)
    to_store = [one for one in seen if str(one.url).startswith(ground.server.endpoint)]
    assert len(to_store) == 2
    assert not any("authorization" in one.headers for one in to_store)
    assert not any(POLAR_TOKEN in str(one.url) for one in seen)


def test_what_is_spoilt_in_the_store_is_found(ground: Ground, portal: str, tmp_path: Path) -> None:
    identifier = ground.desks.deliver("aurora-lab", "spoilt.dat", os.urandom(1000))
    key = "aurora-lab/cube/spoilt.dat"
    stored = bytearray(ground.desks.objects.read(key, 0, 64 + 40 + 1000 + 16))
    stored[500] ^= 1
    store = S3Store(
        "products",
        prefix="a-run",
        endpoint=ground.server.endpoint,
        client_options={"allow_http": True},
    )
    obstore.put(store, key, bytes(stored))
    with pytest.raises(ProductError, match="not as it was stored"):
        fetch("aurora-lab", AURORA_TOKEN, portal, tmp_path)
    answer = ask(portal, f"/api/v1/products/{identifier}", AURORA_TOKEN)
    assert answer.status_code == 500
    assert not list(tmp_path.rglob("spoilt.dat"))


def test_another_s_and_what_is_not_there_are_answered_alike(ground: Ground, portal: str) -> None:
    answers = {
        (answer.status_code, answer.content, *sorted(_lasting(answer).items()))
        for identifier in (ground.weather, "none", "p99")
        for token in (THARSIS_TOKEN, NOBODYS_TOKEN, "forged", "not one")
        for answer in [ask(portal, f"/api/v1/products/{identifier}/presigned", token)]
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


def test_two_portals_serve_one_store_and_one_goes_on_without_the_other(
    ground: Ground, portal: str, tmp_path: Path
) -> None:
    with running_portal(ground.endpoint, ground.url) as other:
        assert other != portal
        lists = [ask(one, "/api/v1/products").json() for one in (portal, other)]
        assert lists[0] == lists[1]
        late = ground.desks.deliver("polar-weather", "late.dat", b"came later")
        for one in (portal, other):
            assert ask(one, f"/api/v1/products/{late}").content == b"came later"
        report = fetch("polar-weather", POLAR_TOKEN, other, tmp_path)
        assert len(report.fetched) == 3
    again = fetch("polar-weather", POLAR_TOKEN, portal, tmp_path)
    assert (len(again.fetched), len(again.already_there)) == (0, 3)


def test_a_destroyed_key_ends_downloads_of_either_kind(ground: Ground, portal: str) -> None:
    late = ground.desks.deliver("aurora-lab", "late.dat", b"came late")
    for ending in ("", "/presigned"):
        assert ask(portal, f"/api/v1/products/{late}{ending}", AURORA_TOKEN).status_code == 200
    ground.desks.sealed.keys.destroy("aurora-lab")
    for path in (f"products/{late}", f"products/{late}/presigned", "archive"):
        answer = ask(portal, f"/api/v1/{path}", AURORA_TOKEN)
        assert answer.status_code == 410
        assert "has been destroyed" in answer.text
    assert ask(portal, f"/api/v1/products/{ground.weather}").content == WEATHER


def test_a_folder_by_itself_signs_nothing(tmp_path: Path) -> None:
    desks = FakeDesks(FolderObjectStore(tmp_path))
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
    with TestClient(create_app(desks, desks.objects)) as client:
        answer = client.get(
            f"/api/v1/products/{weather}/presigned",
            headers={"Authorization": f"Bearer {POLAR_TOKEN}"},
        )
    assert answer.status_code == 409
    assert not desks.downloads("polar-weather")


def _lasting(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}
