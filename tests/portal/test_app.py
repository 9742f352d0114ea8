from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from groundsys.customers import token_hash
from groundsys.objects import FolderObjectStore
from groundsys.portal.app import COOKIE, create_app
from tests.portal.fake_desks import NOBODYS_TOKEN, POLAR_TOKEN, THARSIS_TOKEN, FakeDesks

WEATHER = bytes(range(256)) * 4


@pytest.fixture
def desks(tmp_path: Path) -> FakeDesks:
    return FakeDesks(FolderObjectStore(tmp_path))


@pytest.fixture
def client(desks: FakeDesks) -> Iterator[TestClient]:
    with TestClient(create_app(desks, desks.objects)) as client:
        yield client


def _bearer(token: str, **further: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **further}


def test_a_customer_lists_its_own_products_and_no_others(
    client: TestClient, desks: FakeDesks
) -> None:
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER, "cube-polar")
    desks.deliver("tharsis-seismo", "seismometer-000001.dat", b"secret")
    answer = client.get("/api/v1/products", headers=_bearer(POLAR_TOKEN))
    assert answer.status_code == 200
    assert answer.json() == {
        "customer": "polar-weather",
        "products": [
            {
                "id": weather,
                "name": "cube-polar/weather-000012.dat",
                "spacecraft": "cube-polar",
                "payload": "instrument",
                "level": "L0",
                "version": 1,
                "latest": True,
                "media_type": "application/octet-stream",
                "size": 1024,
                "sha256": hashlib.sha256(WEATHER).hexdigest(),
                "created": "2031-08-20T09:12:00.000Z",
                "measured_from": None,
                "measured_until": None,
            }
        ],
        "cursor": 1,
        "more": False,
    }


def test_a_row_of_another_customer_is_not_shown_even_if_the_desks_say_it(
    client: TestClient, desks: FakeDesks
) -> None:
    desks.deliver("tharsis-seismo", "seismometer-000001.dat", b"secret")
    theirs = desks.ask("find_products", customer="tharsis-seismo")["products"]
    desks.tamper = lambda _, told: {**told, "products": theirs} if "products" in told else told
    answer = client.get("/api/v1/products", headers=_bearer(POLAR_TOKEN))
    assert answer.json()["products"] == []


def test_a_download_is_whole_tagged_and_recorded(client: TestClient, desks: FakeDesks) -> None:
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
    answer = client.get(f"/api/v1/products/{weather}", headers=_bearer(POLAR_TOKEN))
    assert answer.status_code == 200
    assert answer.content == WEATHER
    assert answer.headers["etag"] == f'"{hashlib.sha256(WEATHER).hexdigest()}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["content-disposition"] == 'attachment; filename="weather-000012.dat"'
    (access,) = desks.accesses("polar-weather")
    assert (access.product, access.octets, access.complete) == (weather, 1024, True)
    assert access.notes["what"] == "download"
    assert access.notes["key"] == token_hash(POLAR_TOKEN)[:12]


def test_a_part_is_sent_on_request(client: TestClient, desks: FakeDesks) -> None:
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
    url = f"/api/v1/products/{weather}"
    tag = f'"{hashlib.sha256(WEATHER).hexdigest()}"'
    headers = _bearer(POLAR_TOKEN, Range="bytes=1000-", **{"If-Range": tag})
    part = client.get(url, headers=headers)
    assert (part.status_code, part.content) == (206, WEATHER[1000:])
    assert part.headers["content-range"] == "bytes 1000-1023/1024"
    headers["If-Range"] = '"another"'
    assert (client.get(url, headers=headers).status_code) == 200
    beyond = client.get(url, headers=_bearer(POLAR_TOKEN, Range="bytes=1024-"))
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */1024")
    held = client.get(url, headers=_bearer(POLAR_TOKEN, **{"If-None-Match": tag}))
    assert (held.status_code, held.content) == (304, b"")


def test_head_tells_all_but_the_bytes(client: TestClient, desks: FakeDesks) -> None:
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
    answer = client.head(f"/api/v1/products/{weather}", headers=_bearer(POLAR_TOKEN))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "1024"
    assert desks.accesses("polar-weather") == []


def test_absent_forbidden_and_wrong_token_are_answered_alike(
    client: TestClient, desks: FakeDesks
) -> None:
    secret = desks.deliver("tharsis-seismo", "seismometer-000001.dat", b"secret")
    answers = [
        client.get(f"/api/v1/products/{identifier}", headers=headers)
        for identifier in (secret, "p999", "..%2fetc")
        for headers in (_bearer(POLAR_TOKEN), _bearer(NOBODYS_TOKEN), _bearer("junk"), {})
        if (identifier, headers) != (secret, _bearer(THARSIS_TOKEN))
    ]
    answers.append(client.get("/products/" + secret))
    assert {(a.status_code, a.content, tuple(sorted(a.headers.items()))) for a in answers} == {
        (answers[0].status_code, answers[0].content, tuple(sorted(answers[0].headers.items())))
    }
    assert answers[0].status_code == 404
    assert desks.accesses("polar-weather") == desks.accesses("tharsis-seismo") == []


def test_a_list_without_a_token_is_refused(client: TestClient) -> None:
    for headers in ({}, _bearer(NOBODYS_TOKEN), {"Authorization": "Basic eDp5"}):
        answer = client.get("/api/v1/products", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["title"] == "This token opens nothing."


def test_a_withdrawn_token_ends_at_once(client: TestClient, desks: FakeDesks) -> None:
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
    url = f"/api/v1/products/{weather}"
    assert client.get(url, headers=_bearer(POLAR_TOKEN)).status_code == 200
    desks.revoke(POLAR_TOKEN)
    assert client.get(url, headers=_bearer(POLAR_TOKEN)).status_code == 404


def test_silent_desks_are_told_and_health_says_so(client: TestClient, desks: FakeDesks) -> None:
    assert client.get("/api/v1/health").json()["desks"] == "answering"
    desks.silent = True
    assert client.get("/api/v1/health").json()["desks"] == "silent"
    answer = client.get("/api/v1/products", headers=_bearer(POLAR_TOKEN))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


def test_an_object_that_is_gone_is_an_error_of_ours(client: TestClient, desks: FakeDesks) -> None:
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER)
    path = desks.objects.path("polar-weather/cube/weather-000012.dat")
    assert path is not None
    path.unlink()
    answer = client.get(f"/api/v1/products/{weather}", headers=_bearer(POLAR_TOKEN))
    assert answer.status_code == 500
    assert "operators" in answer.json()["title"]


def test_the_interface_describes_itself(client: TestClient) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    assert set(schema["paths"]) == {
        f"/api/v1/{path}"
        for path in (
            *("health", "signing-key", "me", "products", "products/{identifier}"),
            *("products/{identifier}/presigned", "products/{identifier}/versions"),
            *("presigned", "archive", "events", "on-its-way"),
            *("commands", "commands/catalogue", "commands/foresee", "commands/{identifier}"),
            *("keys", "keys/{identifier}", "tokens", "accesses"),
            *("webhooks", "webhooks/{identifier}", "webhooks/{identifier}/resume"),
            "requests/{verb}",
        )
    }
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            assert told.get("description") or told.get("summary"), (method, path)
            if path not in ("/api/v1/health", "/api/v1/signing-key"):
                assert {"401", "404", "429", "503"} <= set(told["responses"]), (method, path)
    listed = schema["paths"]["/api/v1/products"]["get"]
    assert {one["name"] for one in listed["parameters"]} == {
        *("spacecraft", "payload", "level", "format", "measured_since", "measured_before"),
        *("created_since", "latest", "after", "up_to", "limit"),
    }
    assert all(one["description"] for one in listed["parameters"])
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_a_person_signs_in_sees_products_saves_one_and_signs_out(
    client: TestClient, desks: FakeDesks
) -> None:
    weather = desks.deliver("polar-weather", "weather-000012.dat", WEATHER, "cube-polar")
    assert "<form" in client.get("/").text
    page = client.post("/sign-in", data={"token": f" {POLAR_TOKEN}\n"})
    assert page.status_code == 200
    assert "Products of polar-weather" in page.text
    assert "weather-000012.dat</a>" in page.text
    assert "on cube-polar" in page.text
    assert "'unsafe" not in page.headers["content-security-policy"]
    assert page.text.count("<script") == page.text.count('<script src="/portal.js"') == 1
    assert client.get(f"/products/{weather}").content == WEATHER
    assert client.get("/api/v1/products").status_code == 401
    client.post("/sign-out")
    assert client.get(f"/products/{weather}").status_code == 404


def test_a_wrong_token_signs_nobody_in(client: TestClient) -> None:
    page = client.post("/sign-in", data={"token": NOBODYS_TOKEN})
    assert page.status_code == 403
    assert "This token opens nothing" in page.text
    assert COOKIE not in page.cookies
    assert client.post("/sign-in", data={}).status_code == 403


def test_the_cookie_is_for_this_site_only_and_hidden_from_scripts(
    client: TestClient, desks: FakeDesks
) -> None:
    answer = client.post("/sign-in", data={"token": POLAR_TOKEN}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert POLAR_TOKEN.lower() not in cookie


def test_a_large_body_is_refused(client: TestClient) -> None:
    answer: httpx.Response = client.post("/sign-in", data={"token": "x" * 100_000})
    assert answer.status_code == 413
