"""The interface for programs: filters, archives, versions, keys, tokens, webhooks, limits."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.exceptions import HTTPException
from litestar.testing import TestClient

from groundsys.customers.rate_limits import RateLimit
from groundsys.objects import FolderObjectStore
from groundsys.portal.access import Doorkeeper
from groundsys.portal.app import create_app
from groundsys.portal.limits import Limiter, Places
from tests.portal.fake_desks import (
    AURORA_TOKEN,
    CREATED,
    NOBODYS_TOKEN,
    POLAR_TOKEN,
    THARSIS_TOKEN,
    FakeDesks,
)

PRODUCTS = {
    "w1.dat": {"level": "L0"},
    "w1.cdf": {"level": "L1", "media_type": "application/x-cdf"},
    "w1.png": {"level": "QL", "media_type": "image/png", "payload": "camera"},
    "w2.dat": {"level": "L0"},
}


@pytest.fixture
def desks(tmp_path: Path) -> FakeDesks:
    desks = FakeDesks(FolderObjectStore(tmp_path))
    for number, (name, facts) in enumerate(PRODUCTS.items()):
        measured = CREATED - timedelta(hours=10 - number)
        times = {"measured_from": measured, "measured_until": measured + timedelta(minutes=5)}
        desks.deliver("polar-weather", name, name.encode() * 300, **facts, **times)
    desks.deliver("tharsis-seismo", "s1.dat", b"secret")
    return desks


@pytest.fixture
def client(desks: FakeDesks) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(desks, desks.objects)) as client:
        client.headers["Authorization"] = f"Bearer {POLAR_TOKEN}"
        yield client


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["name"].removeprefix("cube/") for one in answer.json()["products"]]


def as_(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# --- lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["w1.dat", "w1.cdf", "w1.png", "w2.dat"]),
        ("level=L0", ["w1.dat", "w2.dat"]),
        ("level=L1&level=QL", ["w1.cdf", "w1.png"]),
        ("payload=camera", ["w1.png"]),
        ("spacecraft=cube&format=cdf&format=png", ["w1.cdf", "w1.png"]),
        ("format=image/png", ["w1.png"]),
        ("spacecraft=cube-tharsis", []),
        ("measured_since=2031-08-20T01:12:00Z", ["w1.png", "w2.dat"]),
        ("measured_before=2031-08-20T00:12:00", ["w1.dat"]),
        ("measured_since=2031-08-20T01:15:00%2B01:00&level=L1", ["w1.cdf"]),
        ("created_since=2031-08-20T09:12:01Z", []),
        ("latest=true&limit=2", ["w1.dat", "w1.cdf"]),
        ("up_to=3", ["w1.dat", "w1.cdf", "w1.png"]),
        ("after=3", ["w2.dat"]),
    ],
)
def test_a_list_is_filtered(client: TestClient[Any], query: str, expected: list[str]) -> None:
    assert names(client.get(f"/api/v1/products?{query}")) == expected


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=100000", "after=-1", "measured_since=yesterday", "latest=perhaps"]
)
def test_a_filter_that_is_none_is_told(client: TestClient[Any], query: str) -> None:
    assert client.get(f"/api/v1/products?{query}").status_code == 400


def test_a_list_goes_on_by_its_cursor_and_is_not_sent_twice(
    client: TestClient[Any], desks: FakeDesks
) -> None:
    first = client.get("/api/v1/products?limit=3")
    assert first.json()["more"] is True
    rest = client.get(f"/api/v1/products?after={first.json()['cursor']}")
    assert (names(rest), rest.json()["more"]) == (["w2.dat"], False)
    cursor = rest.json()["cursor"]
    nothing = client.get(f"/api/v1/products?after={cursor}")
    assert (names(nothing), nothing.json()["cursor"]) == ([], cursor)
    held = {"If-None-Match": nothing.headers["etag"]}
    assert client.get(f"/api/v1/products?after={cursor}", headers=held).status_code == 304
    desks.deliver("polar-weather", "w3.dat", b"new")
    assert names(client.get(f"/api/v1/products?after={cursor}", headers=held)) == ["w3.dat"]


def test_versions_of_anothers_product_are_versions_of_none(client: TestClient[Any]) -> None:
    (own,) = client.get("/api/v1/products/p1/versions").json()["products"]
    assert (own["id"], own["version"], own["latest"]) == ("p1", 1, True)
    answers = [client.get(f"/api/v1/products/{id}/versions") for id in ("p5", "p99", "..%2f")]
    answers.append(client.get("/api/v1/products/p1/versions", headers=as_(NOBODYS_TOKEN)))
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}


# --- archives ---------------------------------------------------------------------------------


def test_an_archive_holds_what_fits_and_checks_itself(
    client: TestClient[Any], desks: FakeDesks
) -> None:
    answer = client.get("/api/v1/archive?level=L0")
    assert answer.headers["content-type"] == "application/x-tar"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        found = {
            member.name: archive.extractfile(member).read()  # type: ignore[union-attr]
            for member in archive.getmembers()
        }
    sums = found.pop("polar-weather/SHA256SUMS").decode()
    assert found == {
        "polar-weather/cube/w1.dat": b"w1.dat" * 300,
        "polar-weather/cube/w2.dat": b"w2.dat" * 300,
    }
    assert [line.split("  ")[1] for line in sums.splitlines()] == ["cube/w1.dat", "cube/w2.dat"]
    told = desks.downloads("polar-weather")
    assert [(one.product, one.octets, one.complete) for one in told] == [
        ("p1", 1800, True),
        ("p4", 1800, True),
    ]
    assert {one.notes["what"] for one in told} == {"archive"}


def test_a_cut_archive_goes_on_where_it_was_cut(client: TestClient[Any], desks: FakeDesks) -> None:
    whole = client.get("/api/v1/archive")
    url = f"/api/v1/archive?up_to={whole.headers['groundsys-cursor']}"
    desks.deliver("polar-weather", "w3.dat", b"new")
    for cut in (1, 511, 600, 2048, 5000, len(whole.content) - 1):
        headers = {"Range": f"bytes={cut}-", "If-Range": whole.headers["etag"]}
        rest = client.get(url, headers=headers)
        assert (rest.status_code, whole.content[:cut] + rest.content) == (206, whole.content)
    grown = client.get("/api/v1/archive", headers={"Range": "bytes=9-", "If-Range": whole.headers["etag"]})  # fmt: skip  # noqa: E501
    assert grown.status_code == 200
    assert len(grown.content) > len(whole.content)
    beyond = client.get(url, headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416
    assert client.get(url, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    head = client.head(url)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))


def test_an_archive_of_nothing_is_an_archive(client: TestClient[Any]) -> None:
    answer = client.get("/api/v1/archive?spacecraft=cube-tharsis")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        assert archive.getnames() == ["polar-weather/SHA256SUMS"]


# --- keys and tokens --------------------------------------------------------------------------


def test_a_key_is_made_used_listed_and_revoked(client: TestClient[Any], desks: FakeDesks) -> None:
    wish = {"label": "nightly fetch", "scopes": ["read_products"], "days": 30}
    made = client.post("/api/v1/keys", json=wish)
    assert made.status_code == 201
    key, secret = made.json()["key"], made.json()["secret"]
    assert (key["label"], key["scopes"], key["usable"]) == (
        "nightly fetch",
        ["read_products"],
        True,
    )
    assert key["expires"] == "2030-04-16T17:46:40Z"
    assert client.get("/api/v1/me", headers=as_(secret)).json() == {
        "customer": "polar-weather",
        "key": key["id"],
        "scopes": ["read_products"],
    }
    assert len(names(client.get("/api/v1/products", headers=as_(secret)))) == 4
    assert client.get("/api/v1/keys", headers=as_(secret)).status_code == 403
    listed = client.get("/api/v1/keys").json()["keys"]
    assert [one["id"] for one in listed][1:] == [key["id"]]
    assert secret not in client.get("/api/v1/keys").text
    assert client.delete(f"/api/v1/keys/{key['id']}").status_code == 204
    assert client.get("/api/v1/products", headers=as_(secret)).status_code == 401
    assert client.get("/api/v1/products/p1", headers=as_(secret)).status_code == 404


def test_a_key_that_reads_nothing_downloads_nothing(
    client: TestClient[Any], desks: FakeDesks
) -> None:
    session = desks.payload_operator("pia", "polar-weather")
    wish = {"scopes": ["request_commands"]}
    secret = client.post("/api/v1/keys", json=wish, headers=as_(session)).json()["secret"]
    assert client.get("/api/v1/products", headers=as_(secret)).status_code == 403
    assert client.get("/api/v1/archive", headers=as_(secret)).status_code == 403
    assert client.get("/api/v1/events", headers=as_(secret)).status_code == 403
    answers = [client.get(f"/api/v1/products/{id}", headers=as_(secret)) for id in ("p1", "p99")]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert client.post("/api/v1/keys", json=wish).status_code == 403  # the first key commands not


def test_a_token_for_minutes_reads_and_ends(client: TestClient[Any], desks: FakeDesks) -> None:
    made = client.post("/api/v1/tokens", json={"seconds": 60}).json()
    assert made["token"].startswith("gst_")
    assert made["scopes"] == ["read_products"]
    assert len(names(client.get("/api/v1/products", headers=as_(made["token"])))) == 4
    assert client.post("/api/v1/tokens", json={}, headers=as_(made["token"])).status_code == 403
    assert client.get("/api/v1/keys", headers=as_(made["token"])).status_code == 403
    desks.wall_s += 61.0
    assert client.get("/api/v1/products", headers=as_(made["token"])).status_code == 401
    early = client.post("/api/v1/tokens", json={}).json()["token"]
    assert client.delete("/api/v1/tokens", headers=as_(early)).status_code == 204
    assert client.get("/api/v1/products", headers=as_(early)).status_code == 401
    assert client.delete("/api/v1/tokens").status_code == 204  # which ends no key
    assert len(names(client.get("/api/v1/products"))) == 4


def test_keys_and_webhooks_of_others_are_absent(client: TestClient[Any]) -> None:
    (theirs,) = client.get("/api/v1/keys", headers=as_(THARSIS_TOKEN)).json()["keys"]
    url = {"url": "https://tharsis.example/in"}
    hook = client.post("/api/v1/webhooks", json=url, headers=as_(THARSIS_TOKEN)).json()["webhook"]
    for method, path, id in (
        ("DELETE", "keys/{}", theirs["id"]),
        ("DELETE", "webhooks/{}", hook["id"]),
        ("POST", "webhooks/{}/resume", hook["id"]),
    ):
        answers = [
            client.request(method, f"/api/v1/{path.format(one)}") for one in (id, "0" * len(id))
        ]
        assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert client.get("/api/v1/webhooks").json() == {"webhooks": []}
    (kept,) = client.get("/api/v1/webhooks", headers=as_(THARSIS_TOKEN)).json()["webhooks"]
    assert kept["state"] == "active"


def test_a_webhook_shows_its_secret_once(client: TestClient[Any]) -> None:
    made = client.post("/api/v1/webhooks", json={"url": "https://polar.example/in"})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("gsw_")
    assert made.json()["secret"] not in client.get("/api/v1/webhooks").text
    id = made.json()["webhook"]["id"]
    assert client.post(f"/api/v1/webhooks/{id}/resume").json()["state"] == "active"
    assert client.delete(f"/api/v1/webhooks/{id}").status_code == 204
    refused = client.post("/api/v1/webhooks", json={"url": "http://169.254.169.254/latest"})
    assert (refused.status_code, client.get("/api/v1/webhooks").json()["webhooks"]) == (403, [])


def test_every_access_is_shown_to_its_customer(client: TestClient[Any]) -> None:
    client.get("/api/v1/products?level=L1")
    client.get("/api/v1/products/p2", headers={"Range": "bytes=5-9"})
    client.get("/api/v1/products/p5")  # not theirs: nobody was shown anything
    told = client.get("/api/v1/accesses?limit=2").json()["accesses"]
    assert [(one["what"], one["product"], one["octets"], one["complete"]) for one in told] == [
        ("download", "p2", 5, False),
        ("list", "", 0, True),
    ]
    assert {one["key"] for one in told} == {client.get("/api/v1/me").json()["key"]}
    assert client.get("/api/v1/accesses", headers=as_(THARSIS_TOKEN)).json() == {"accesses": []}


# --- limits -----------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_again(desks: FakeDesks) -> None:
    now = [0.0]
    doorkeeper = Doorkeeper(
        Limiter(RateLimit(per_s=0.5, burst=3), lambda: now[0]),
        Limiter(RateLimit(per_s=0.1, burst=2), lambda: now[0]),
    )
    with TestClient(create_app(desks, desks.objects, doorkeeper=doorkeeper)) as client:

        def asked(token: str) -> httpx.Response:
            return client.get("/api/v1/products", headers=as_(token))

        assert [asked(POLAR_TOKEN).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert asked(POLAR_TOKEN).headers["retry-after"] == "2"
        assert asked(THARSIS_TOKEN).status_code == 200  # another key has a bucket of its own
        now[0] += 2.0
        assert asked(POLAR_TOKEN).status_code == 200
        now[0] += 20.0
        assert [asked(NOBODYS_TOKEN).status_code for _ in range(3)] == [401, 401, 429]
        assert asked(POLAR_TOKEN).status_code == 200  # known: strangers do not hold it up
        assert asked(AURORA_TOKEN).status_code == 429  # nobody knows it yet
        now[0] += 10.0
        assert asked(AURORA_TOKEN).status_code == 200


def test_many_customers_behind_one_address_are_no_strangers(desks: FakeDesks) -> None:
    doorkeeper = Doorkeeper(strangers=Limiter(RateLimit(per_s=0.001, burst=2)))
    with TestClient(create_app(desks, desks.objects, doorkeeper=doorkeeper)) as client:
        for _ in range(5):
            key = as_(desks.key_of("polar-weather"))
            assert client.get("/api/v1/products", headers=key).status_code == 200


def test_a_place_that_is_forgotten_is_free_again() -> None:
    places = Places(most=1)
    place = places.take("key")
    with pytest.raises(HTTPException):
        places.take("key")
    places.take("other")
    place.leave()
    place.leave()
    place = places.take("key")
    del place
    places.take("key").leave()
