"""Portals without desks: two over one store serve what was published while nobody answers."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from groundsys.client import fetch
from groundsys.customers.product_filters import ProductFilter
from groundsys.customers.spaces import RESERVED_SPACE
from groundsys.objects import Bucket, FolderObjectStore
from groundsys.objects.s3 import S3Bucket
from groundsys.portal.app import create_app
from groundsys.portal.catalogue import Catalogue
from groundsys.portal.portal_state import PortalState
from groundsys.portal.store_catalogue import StoreCatalogue
from groundsys.published import PublishedCatalogue
from groundsys.values.errors import EnvironmentLackError
from groundsys.values.instants import Instant
from tests.objects.s3_server import running_s3
from tests.portal.fake_desks import (
    AURORA_TOKEN,
    CREATED,
    NOBODYS_TOKEN,
    POLAR_TOKEN,
    THARSIS_TOKEN,
    FakeDesks,
    listening,
)
from tests.portal.portal_process import running_portal

WEATHER = os.urandom(400_000)


@dataclass
class Store:
    """Where objects lie, as a setting and as a bucket."""

    setting: str | Path
    bucket: Bucket


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        yield Store(tmp_path / "objects", FolderObjectStore(tmp_path / "objects"))
        return
    with running_s3(presigned=True) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield Store(server.url("a-run"), S3Bucket(server.url("a-run")))


def ask(portal: str, path: str, token: str = POLAR_TOKEN, **headers: str) -> httpx.Response:
    return httpx.get(portal + path, headers={"Authorization": f"Bearer {token}", **headers})


def until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # between two looks at the condition above


def test_two_portals_over_one_store_serve_while_the_desks_are_dead(
    store: Store, tmp_path: Path
) -> None:
    desks = FakeDesks(store.bucket)
    desks.wall_s = time.time()
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
    desks.deliver("polar-weather", "plot.png", b"png", level="QL", media_type="image/png")
    secret = desks.deliver("tharsis-seismo", "seismometer-000001.dat", b"secret")
    desks.publish()
    folders = [tmp_path / "portal-1", tmp_path / "portal-2"]
    with ExitStack() as stack:
        with listening(desks) as endpoint:
            portals = [
                stack.enter_context(running_portal(endpoint, store.setting, state=folder))
                for folder in folders
            ]
            late = desks.deliver("polar-weather", "late.dat", b"came later")
            desks.publish()
            until(lambda: all(len(products(one)) == 3 for one in portals))
        # nobody answers at the endpoint any more
        for portal in portals:
            listed = products(portal)
            assert [one["id"] for one in listed] == [weather, "p2", late]
            assert listed[0]["sha256"] == hashlib.sha256(WEATHER).hexdigest()
            assert [one["id"] for one in products(portal, "?level=QL&format=png")] == ["p2"]
            assert ask(portal, f"/api/v1/products/{weather}").content == WEATHER
            part = ask(portal, f"/api/v1/products/{weather}", Range="bytes=70000-270000")
            assert (part.status_code, part.content) == (206, WEATHER[70_000:270_001])
            versions = ask(portal, f"/api/v1/products/{weather}/versions").json()["products"]
            assert [one["id"] for one in versions] == [weather]
            for path in (f"products/{secret}", f"products/{secret}/versions", "products/p99"):
                assert ask(portal, f"/api/v1/{path}").status_code == 404
            assert [one["id"] for one in products(portal, token=THARSIS_TOKEN)] == [secret]
        report = fetch("polar-weather", POLAR_TOKEN, portals[1], tmp_path / "home")
        assert len(report.fetched) == 3
        home = tmp_path / "home" / "cube" / "weather-000012.dat"
        assert home.read_bytes() == WEATHER
        refused_without_desks(portals[0])
        shown = sum(len(accesses_in(folder)) for folder in folders)
        assert count(desks) < shown - 10  # only what was shown while they lived
        # one of the two dies and begins anew, without desks: it knows what it needs
        stack.close()
        with running_portal(endpoint, store.setting, state=folders[0]) as portal:
            assert ask(portal, f"/api/v1/products/{late}").content == b"came later"
            with listening(desks, endpoint):  # they are back, and get what was shown meanwhile
                with running_portal(endpoint, store.setting, state=folders[1]):
                    until(lambda: count(desks) == shown + 1)
                health = httpx.get(f"{portal}/api/v1/health").json()
                assert (health["desks"], health["catalogue"]) == ("answering", "good")
        assert count(desks) == shown + 1
        downloads = [one for one in desks.downloads("polar-weather") if one.product == weather]
        assert [one.octets for one in downloads[:2]] == [len(WEATHER), 200_001]
        assert downloads[0].notes["what"] == "download"
        assert downloads[0].notes["key"]
        assert downloads[0].notes["shown"].startswith(time.strftime("%Y-%m-%d", time.gmtime()))


def products(portal: str, query: str = "", token: str = POLAR_TOKEN) -> list[dict[str, Any]]:
    answer = ask(portal, f"/api/v1/products{query}", token)
    answer.raise_for_status()
    return list(answer.json()["products"])


def refused_without_desks(portal: str) -> None:
    """What is a deed, or the desks' alone to tell, is told to come again; at once."""
    began = time.monotonic()
    for path in ("keys", "webhooks", "accesses", "on-its-way", "commands"):
        answer = ask(portal, f"/api/v1/{path}")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "Products go on being listed and downloaded" in answer.json()["title"]
    unknown = ask(portal, "/api/v1/products", NOBODYS_TOKEN)
    assert unknown.status_code == 503  # it may be a new one, which the desks alone know
    assert time.monotonic() - began < 15.0  # the first waits for desks that have just died
    assert httpx.get(f"{portal}/api/v1/health").json()["desks"] == "silent"


def accesses_in(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "accesses.jsonl").read_text().splitlines()
    return [access for line in map(json.loads, lines) for access in line.get("accesses", [])]


def count(desks: FakeDesks) -> int:
    return sum(len(desks.accesses(one)) for one in ("polar-weather", "tharsis-seismo"))


# --- in one process ---------------------------------------------------------------------------


@contextmanager
def portal_of(
    desks: FakeDesks, folder: Path, wall_s: Callable[[], float] | None = None
) -> Iterator[TestClient[Any]]:
    """A portal over the desks' store, which goes by what lies there."""
    state = PortalState(folder)
    wall = wall_s or (lambda: desks.wall_s)
    kit = state.kit(desks.ask)
    published = PublishedCatalogue(desks.objects, kit, seen=state.seen, wall_s=wall)
    catalogue = StoreCatalogue(desks, published, state, wall)
    with TestClient(create_app(desks, desks.objects, catalogue=catalogue)) as client:
        yield client


def get(client: TestClient[Any], path: str, token: str = POLAR_TOKEN) -> httpx.Response:
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def desks(tmp_path: Path) -> FakeDesks:
    desks = FakeDesks(FolderObjectStore(tmp_path / "objects"))
    desks.deliver("polar-weather", "w1.dat", b"weather")
    desks.publish()
    return desks


def heads(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "objects" / RESERVED_SPACE / "heads").iterdir())


def test_a_tampered_catalogue_is_refused(desks: FakeDesks, tmp_path: Path) -> None:
    with portal_of(desks, tmp_path / "a") as client:
        assert len(get(client, "/api/v1/products").json()["products"]) == 1
        desks.deliver("polar-weather", "w2.dat", b"weather")
        desks.publish()
        newest = heads(tmp_path)[-1]
        newest.write_bytes(newest.read_bytes()[:-1] + b"\0")
        desks.silent = True
        until(lambda: client.get("/api/v1/health").json()["catalogue"] == "refused")
        # what was read before still holds
        assert len(get(client, "/api/v1/products").json()["products"]) == 1
    with portal_of(desks, tmp_path / "a") as client:  # begun anew, it has nothing to go by
        answer = get(client, "/api/v1/products")
        assert answer.status_code == 503
        assert "the operators have to look" in answer.json()["title"]
        desks.silent = False  # with desks that answer it asks them
        until(lambda: client.get("/api/v1/health").json()["desks"] == "answering")
        assert len(get(client, "/api/v1/products").json()["products"]) == 2


def test_a_store_that_is_put_back_is_refused(desks: FakeDesks, tmp_path: Path) -> None:
    with portal_of(desks, tmp_path / "a") as client:
        desks.deliver("polar-weather", "w2.dat", b"weather")
        desks.publish()
        until(lambda: len(get(client, "/api/v1/products").json()["products"]) == 2)
    heads(tmp_path)[-1].unlink()
    desks.silent = True
    with portal_of(desks, tmp_path / "a") as client:
        assert client.get("/api/v1/health").json()["catalogue"] == "refused"
        assert get(client, "/api/v1/products").status_code == 503


def test_an_altered_space_is_refused_and_the_desks_are_asked(
    desks: FakeDesks, tmp_path: Path
) -> None:
    [batch] = (tmp_path / "objects" / RESERVED_SPACE / "spaces" / "polar-weather").iterdir()
    batch.write_bytes(batch.read_bytes()[:-1] + b"\0")
    with portal_of(desks, tmp_path / "a") as client:
        assert len(get(client, "/api/v1/products").json()["products"]) == 1
        assert client.get("/api/v1/health").json()["catalogue"] == "refused"
        desks.silent = True
        answer = get(client, "/api/v1/products")
        assert answer.status_code == 503
        assert "not as it was published" in answer.json()["title"]


def test_a_revoked_key_ends_with_what_is_published_next(desks: FakeDesks, tmp_path: Path) -> None:
    with portal_of(desks, tmp_path / "a") as client:
        assert get(client, "/api/v1/products").status_code == 200
        desks.revoke(POLAR_TOKEN)
        desks.publish()
        until(lambda: get(client, "/api/v1/products").status_code == 401, within_s=5.0)
        desks.silent = True
        until(lambda: get(client, "/api/v1/products").status_code == 503)


def test_nothing_is_believed_for_longer_than_a_day(desks: FakeDesks, tmp_path: Path) -> None:
    with portal_of(desks, tmp_path / "a") as client:
        desks.silent = True
        assert get(client, "/api/v1/products").status_code == 200
        desks.wall_s += 24 * 3600.0 + 1.0
        assert get(client, "/api/v1/products").status_code == 503
        desks.silent = False
        desks.publish()
        until(lambda: get(client, "/api/v1/products").status_code == 200)


def test_events_go_on_and_a_key_that_is_new_is_asked_for(
    desks: FakeDesks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundsys.portal.events.HEARTBEAT_S", 0.2)
    with portal_of(desks, tmp_path / "a") as client:
        fresh = desks.key_of("polar-weather")
        assert len(get(client, "/api/v1/products", fresh).json()["products"]) == 1
        desks.publish()
        desks.silent = True
        until(lambda: get(client, "/api/v1/products", fresh).status_code == 200)
        desks.silent = False
        desks.revoke(fresh)
        desks.publish()
        answer = get(client, "/api/v1/events?after=0", fresh)
        if answer.status_code == 200:  # it was let in before it was shut out
            assert answer.text.count("event: product") == 1


def test_a_destroyed_key_ends_downloads_here_too(desks: FakeDesks, tmp_path: Path) -> None:
    one = desks.deliver("aurora-lab", "a.dat", b"aurora")
    desks.publish()
    with portal_of(desks, tmp_path / "a") as client:
        assert get(client, f"/api/v1/products/{one}", AURORA_TOKEN).content == b"aurora"
        assert "aurora-lab" in (tmp_path / "a" / "kit.json").read_text()
        desks.sealed.keys.destroy("aurora-lab")
        desks.publish()
        path = f"/api/v1/products/{one}"
        until(lambda: get(client, path, AURORA_TOKEN).status_code == 410, within_s=6.0)
        until(lambda: "aurora-lab" not in (tmp_path / "a" / "kit.json").read_text())
        desks.silent = True
        until(lambda: get(client, path, AURORA_TOKEN).status_code == 503)
        assert get(client, "/api/v1/products").status_code == 200


def test_a_portal_belongs_to_one_ground_segment(desks: FakeDesks, tmp_path: Path) -> None:
    with portal_of(desks, tmp_path / "a"):
        pass
    other = FakeDesks()
    with pytest.raises(EnvironmentLackError, match="sign with another key"):
        PortalState(tmp_path / "a").kit(other.ask)
    other.silent = True
    with pytest.raises(EnvironmentLackError, match="cannot read the catalogue yet"):
        PortalState(tmp_path / "b").kit(other.ask)


# --- the same answers as the desks' ------------------------------------------------------------

WORDS = {
    "spacecraft": ["cube", "otv"],
    "payload": ["instrument", "camera"],
    "level": ["L0", "L1", "QL"],
    "format": ["dat", ".PNG", "image/png", "%", "application/octet-stream", "x"],
}


def moments() -> st.SearchStrategy[Instant | None]:
    return st.none() | st.integers(-3, 3).map(lambda hour: Instant(CREATED.tai_ns + hour * HOUR))


HOUR = 3_600_000_000_000


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalogue, Catalogue]:
    """A catalogue that asks the desks, and one that reads what they have published."""
    desks = FakeDesks()
    for number in range(24):
        suffix = ("dat", "png", "PNG", "tar.dat")[number % 4]
        measured = number % 5 - 2
        desks.deliver(
            *("polar-weather", f"w{number}.{suffix}", bytes([number])),
            spacecraft=WORDS["spacecraft"][number % 2],
            payload=WORDS["payload"][number // 2 % 2],
            level=WORDS["level"][number % 3],
            media_type=("application/octet-stream", "image/png")[number % 4 > 1],
            file=f"file-{number // 4}",
            version=1 + number % 4 // 2,
            created=Instant(CREATED.tai_ns + (number % 7 - 3) * HOUR),
            measured_from=None if number % 6 == 0 else Instant(CREATED.tai_ns + measured * HOUR),
            measured_until=(
                None if number % 6 == 0 else Instant(CREATED.tai_ns + (measured + 1) * HOUR)
            ),
        )
    desks.publish()
    state = PortalState(tmp_path_factory.mktemp("state"))
    published = PublishedCatalogue(desks.objects, state.kit(desks.ask), wall_s=lambda: desks.wall_s)
    here = StoreCatalogue(desks, published, state, lambda: desks.wall_s)
    here.look()
    assert here.whose_token(POLAR_TOKEN)["customer"] == "polar-weather"
    asking = Catalogue(desks)
    asked: list[str] = []
    here._ask = lambda verb, **_: asked.append(verb)  # type: ignore[method-assign,assignment]
    return asking, here


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_lists_are_the_desks_own(both: tuple[Catalogue, Catalogue], data: st.DataObject) -> None:
    asking, here = both
    chosen = {
        name: tuple(data.draw(st.lists(st.sampled_from(words), max_size=2), label=name))
        for name, words in WORDS.items()
    }
    wanted = ProductFilter(
        **chosen,
        measured_since=data.draw(moments()),
        measured_before=data.draw(moments()),
        created_since=data.draw(moments()),
        latest=data.draw(st.booleans()),
        after=data.draw(st.integers(0, 26)),
        up_to=data.draw(st.none() | st.integers(0, 26)),
    )
    limit = data.draw(st.integers(1, 30))
    assert here.find("polar-weather", wanted, limit) == asking.find("polar-weather", wanted, limit)
    most = data.draw(st.integers(1, 30))
    every = asking.find_all("polar-weather", wanted, 1000)
    found = here.find_all("polar-weather", wanted, most)
    assert found.products == every.products[:most]
    assert found.more == (len(every.products) > most)


def test_versions_events_and_products_are_the_desks_own(
    both: tuple[Catalogue, Catalogue],
) -> None:
    asking, here = both
    for number in range(1, 25):
        name = f"p{number}"
        assert here.versions("polar-weather", name) == asking.versions("polar-weather", name)
        one, other = (which.product("polar-weather", name) for which in (here, asking))
        assert one is not None
        assert other is not None
        assert (one.key, one.entry.id) == (other.key, other.entry.id)
    for after in (None, 0, 5, 24):
        assert here.events("polar-weather", after) == asking.events("polar-weather", after)


def test_the_folder_of_a_portal_is_its_owner_s_alone(desks: FakeDesks, tmp_path: Path) -> None:
    with portal_of(desks, tmp_path / "a") as client:
        get(client, "/api/v1/products")
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0
    for path in (tmp_path / "a").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
        assert POLAR_TOKEN not in path.read_text()
    shutil.rmtree(tmp_path / "a")
